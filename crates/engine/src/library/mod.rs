//! The library as people see it: layout, rows, facts, edits, trash, download.

mod albums;
mod cameras;
mod convert;
mod date;
mod decide;
mod difference;
mod download;
mod duplicates;
mod edit;
mod file_name;
mod handle;
mod history;
mod news;
mod read;
mod record;
mod refusal;
mod replace;
mod saving;
mod tags;
mod trash;
mod unfinished;
mod window_layout;

pub(crate) use albums::{
    add_to_album, album, album_for_uploads, album_pictures, albums, create_album, put_into, remove_album,
    remove_from_album, rename_album, set_album_cover,
};
pub(crate) use cameras::cameras;
pub(crate) use convert::has_preview;
pub(crate) use decide::{decide, keep, keep_of_groups};
pub(crate) use download::{download, download_all, saved_name};
pub(crate) use duplicates::duplicates;
pub(crate) use edit::{delete, delete_forever, edit, restore};
pub use handle::Library;
pub(crate) use history::{history, redo, turns, undo};
pub(crate) use news::news;
pub(crate) use read::{counts, known_picture, layout, matched, named, picture, resolve, rows};
pub use record::record_verified;
pub(crate) use replace::replace;
pub(crate) use tags::{replace_tags, tags};
pub(crate) use trash::{checked as checked_trash_days, plan as trash_plan, trash};
pub(crate) use unfinished::remove_left_behind;
pub(crate) use window_layout::WindowLayout;
