//! What a person has done, in batches that can be undone and done again: the last 200, over restarts.
//!
//! Undoing makes new operations out of what was there before, and leaves alone what was changed since by somebody else. What
//! a person does after undoing takes the place of what was undone.

mod change;
mod read;

use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Connection, Result};
use serde::{Deserialize, Serialize};

pub use change::{Turn, edit, go_on, redo, undo};
pub use read::{Batch, batches, redoable, undoable};

/// How many batches are kept.
const KEPT: u32 = 200;

/// The tables: `what` is a [`What`], `edit` an [`account_api::EditKind`], `before` a list of them.
pub const MIGRATION: &str = "
CREATE TABLE batch (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    what     TEXT NOT NULL,
    pictures INTEGER NOT NULL,
    made_at  TEXT NOT NULL,
    state    TEXT NOT NULL CHECK (state IN ('done', 'undone', 'final'))
) STRICT;
CREATE TABLE batch_edit (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    batch     INTEGER NOT NULL REFERENCES batch (id) ON DELETE CASCADE,
    operation TEXT NOT NULL UNIQUE,
    picture   INTEGER REFERENCES picture (id) ON DELETE CASCADE,
    edit      TEXT NOT NULL,
    before    TEXT NOT NULL
) STRICT;
CREATE INDEX batch_edit_of_batch ON batch_edit (batch, id);
CREATE INDEX batch_edit_of_picture ON batch_edit (picture) WHERE picture IS NOT NULL;
";

/// What a batch did, for those who name it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum What {
    /// A picture's name.
    Rename {
        /// The new one.
        name: String,
    },
    /// Favourites, or no longer.
    Favourite {
        /// Which.
        favourite: bool,
    },
    /// Something else that was set of pictures as a whole.
    Mark {
        /// Which of [`account_api::Marks`].
        mark: String,
        /// What it became.
        value: serde_json::Value,
    },
    /// When something was taken.
    TakenAt,
    /// What is said of a picture.
    Describe,
    /// What is said of it to people who can't see it.
    AltText,
    /// One tag more.
    AddTag {
        /// The tag.
        tag: String,
    },
    /// One tag less.
    RemoveTag {
        /// The tag.
        tag: String,
    },
    /// One tag in place of others.
    ReplaceTags {
        /// The others.
        tags: Vec<String>,
        /// The one.
        by: String,
    },
    /// How something is turned or what of it is shown.
    Frame,
    /// Into the trash.
    Trash,
    /// Out of the trash.
    Restore,
    /// Gone for good.
    Remove,
    /// A new album.
    CreateAlbum {
        /// Its name.
        name: String,
    },
    /// An album's name.
    RenameAlbum {
        /// The new one.
        name: String,
    },
    /// Something else about an album.
    ChangeAlbum {
        /// Its name.
        name: String,
    },
    /// An album less.
    RemoveAlbum {
        /// Its name.
        name: String,
    },
    /// Into an album.
    AddToAlbum {
        /// Its name.
        name: String,
    },
    /// Out of an album.
    RemoveFromAlbum {
        /// Its name.
        name: String,
    },
    /// Several things at once.
    Several,
}

/// Where a batch stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It holds, and can be undone.
    Done,
    /// It was undone, and can be done again.
    Undone,
    /// It can't be undone, and somebody who tried has been told.
    Final,
}

impl State {
    const ALL: [State; 3] = [State::Done, State::Undone, State::Final];

    /// As it stands in the table.
    const fn as_str(self) -> &'static str {
        match self {
            State::Done => "done",
            State::Undone => "undone",
            State::Final => "final",
        }
    }
}

impl ToSql for State {
    fn to_sql(&self) -> Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(self.as_str()))
    }
}

impl FromSql for State {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let text = value.as_str()?;
        State::ALL.into_iter().find(|state| state.as_str() == text).ok_or(FromSqlError::InvalidType)
    }
}

/// Forgets what an operation did, because the account has not taken it: it can't be undone.
pub fn forget(conn: &Connection, operation: &str) -> Result<()> {
    conn.prepare_cached("DELETE FROM batch_edit WHERE operation = ?1")?.execute([operation]).map(drop)
}
