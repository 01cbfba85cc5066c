//! One module a table: its migration, its row, what is read from it and written to it.
//!
//! The functions take a connection of [`Catalogue::read`](crate::Catalogue::read) or
//! [`Catalogue::write`](crate::Catalogue::write), so that several can be one transaction.

pub mod album;
pub mod audit;
pub mod carry;
pub mod clock;
pub mod description_use;
pub mod history;
pub mod job;
mod json;
pub mod likeness;
pub mod local_file;
pub mod operation;
pub mod pending_edit;
pub mod picture;
pub mod picture_search;
pub mod reason;
pub mod say_again;
pub mod state;
pub mod tag;
mod time_zone;
pub mod upload;
pub mod upload_part;
pub mod waiting;

pub(crate) use time_zone::follow_time_zone;
