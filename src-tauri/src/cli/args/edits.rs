//! What can be typed about edits, tags and albums.

use clap::{Args, Subcommand, ValueEnum};

#[derive(Args)]
pub struct Edit {
    #[command(flatten)]
    pub change: Change,
    /// Pictures' ids, or the beginnings of them
    #[arg(required = true, value_name = "ID")]
    pub ids: Vec<String>,
}

/// What is to be changed: one thing at least.
#[derive(Args)]
#[group(required = true, multiple = true)]
pub struct Change {
    /// Another name
    #[arg(long, value_name = "N")]
    pub name: Option<String>,
    /// A favourite, or no longer
    #[arg(long, value_enum, value_name = "yes|no")]
    pub favourite: Option<YesNo>,
    /// How good it is, in stars; 0 takes them away
    #[arg(long, value_name = "0-5", value_parser = clap::value_parser!(u8).range(0..=5))]
    pub rating: Option<u8>,
    /// One word more to find it by; may be given several times
    #[arg(long = "add-tag", value_name = "T")]
    pub add_tags: Vec<String>,
    /// One word less; may be given several times
    #[arg(long = "remove-tag", value_name = "T")]
    pub remove_tags: Vec<String>,
    /// What it shows; an empty one is taken away, and a model's is shown again
    #[arg(long, value_name = "D")]
    pub description: Option<String>,
    /// The same for people who can't see it
    #[arg(long, value_name = "A")]
    pub alt: Option<String>,
    /// When it was taken, such as 2024-05-06T07:08, with an offset only if it is known; empty ("") for what the file says
    #[arg(long, value_name = "WHEN")]
    pub taken_at: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum YesNo {
    Yes,
    No,
}

#[derive(Args)]
pub struct Tags {
    #[command(subcommand)]
    pub action: Option<TagsAction>,
}

#[derive(Subcommand)]
pub enum TagsAction {
    /// Give another name to a tag, on all pictures
    Rename {
        /// As it is called now
        old: String,
        /// As it is called from then on
        new: String,
    },
    /// Put one tag in the place of others, on all pictures
    Merge {
        /// The others, then the one
        #[arg(required = true, num_args = 2.., value_name = "OLD... INTO")]
        tags: Vec<String>,
    },
}

#[derive(Args)]
pub struct Album {
    #[command(subcommand)]
    pub action: AlbumAction,
}

/// Albums go by their names, or by their ids or the beginnings of them.
#[derive(Subcommand)]
pub enum AlbumAction {
    /// List the albums
    List,
    /// Make a new album
    Create {
        /// Its name
        name: String,
    },
    /// Give an album another name
    Rename {
        /// The album
        album: String,
        /// Its new name
        name: String,
    },
    /// Delete an album; its pictures stay in the library
    Delete {
        /// The album
        album: String,
    },
    /// Put pictures into an album
    Add(InAlbum),
    /// Take pictures out of an album
    Remove(InAlbum),
    /// List the pictures in an album, in its order
    Show {
        /// The album
        album: String,
    },
}

#[derive(Args)]
pub struct InAlbum {
    /// The album
    pub album: String,
    /// Pictures' ids, or the beginnings of them
    #[arg(required = true, value_name = "ID")]
    pub ids: Vec<String>,
}
