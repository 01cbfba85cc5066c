//! `duplicates`.

use clap::{Args, Subcommand};

use super::several::Several;

#[derive(Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Duplicates {
    #[command(subcommand)]
    pub action: Option<DuplicatesAction>,
    /// List bursts instead: pictures that one camera took within seconds
    #[arg(long)]
    pub bursts: bool,
    /// At most so many groups
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,
}

#[derive(Subcommand)]
pub enum DuplicatesAction {
    /// Keep these, and move the others of their groups to the trash
    ///
    /// Tags, albums, descriptions, ratings and favourites of the others move over to the first of a group that is kept. Several that
    /// are kept are not taken for the same any more. `undo` takes it back.
    Keep(Several),
    /// Say that these show different things: they are not listed together again, on any computer
    Apart(Several),
    /// Say that these show the same, although they don't look alike
    Together(Several),
}
