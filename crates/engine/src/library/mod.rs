//! The library as people see it: layout, rows, facts, edits, trash, download.

mod convert;
mod download;
mod edit;
mod file_name;
mod read;
mod record;
mod trash;
mod unfinished;

pub(crate) use convert::has_preview;
pub(crate) use download::download;
pub(crate) use edit::{delete, delete_forever, edit_description, make_edits_in, rename, restore, set_favourite};
pub use read::asks_for_nothing;
pub(crate) use read::{counts, known_picture, layout, matched, picture, resolve, rows};
pub use record::record_verified;
pub(crate) use trash::{checked as checked_trash_days, plan as trash_plan, trash};
pub(crate) use unfinished::remove_left_behind;
