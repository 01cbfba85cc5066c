//! What this computer knows of a library: the catalogue (a mirror of the account, edits that wait to be sent, the upload
//! ledger) and, in a file of its own, the thumbnails.
//!
//! Both are SQLite in WAL mode with one writing connection and a few reading ones, each on a thread of its own, and both
//! stand two processes. The functions of [`table`] do the work; [`Catalogue::read`] and [`Catalogue::write`] run them.

mod alike;
mod catalogue;
mod changes;
mod error;
mod glance;
mod migrate;
mod open;
mod pool;
mod pragma;
pub mod search;
pub mod table;
mod thumbs;
mod words;

pub use catalogue::{Catalogue, FILE_NAME, Opened, Origin};
pub use error::{CatalogueError, Result};
pub use glance::{Glance, glance};
pub use rusqlite::{Connection, Error as SqliteError};
pub use thumbs::{ThumbStore, Thumbnail};
