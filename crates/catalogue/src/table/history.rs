//! What a person has done, in batches that can be undone and done again: the last 200, over restarts.
//!
//! Undoing withdraws the operations that were not sent, as if they had not been made. Of the others it makes new operations out of
//! what was there before, and leaves alone what was changed since by somebody else. Doing again is undoing the undoing. What
//! a person does after undoing takes the place of what was undone.

mod change;
mod operations;
mod read;
mod standing;
mod turn;
mod vain;

use rusqlite::Result;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use serde::{Deserialize, Serialize};

pub use change::{edit, go_on};
pub use operations::forget;
pub use read::{Batch, batches, redoable, undoable};
pub use turn::{Turn, redo, undo};
pub use vain::{not_sent, supersede};

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

/// The operations by which a change stands as it does: those that made it, or those that undid it. Which ones those were of a
/// batch that an earlier version undid is not known. Those that made it are kept as undone beside the newer ones that undid it. A
/// change that was superseded is somebody else's by now.
pub const OPERATIONS: &str = "
CREATE TABLE batch_change (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    batch      INTEGER NOT NULL REFERENCES batch (id) ON DELETE CASCADE,
    picture    INTEGER REFERENCES picture (id) ON DELETE CASCADE,
    edit       TEXT NOT NULL,
    before     TEXT NOT NULL,
    superseded INTEGER NOT NULL DEFAULT 0
) STRICT;
INSERT INTO batch_change (id, batch, picture, edit, before) SELECT id, batch, picture, edit, before FROM batch_edit;
CREATE TABLE batch_operation (
    operation TEXT PRIMARY KEY NOT NULL,
    edit      INTEGER NOT NULL REFERENCES batch_change (id) ON DELETE CASCADE,
    undone    INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
INSERT INTO batch_operation (operation, edit)
    SELECT operation, batch_edit.id FROM batch_edit JOIN batch ON batch.id = batch WHERE state = 'done';
DROP TABLE batch_edit;
ALTER TABLE batch_change RENAME TO batch_edit;
CREATE INDEX batch_edit_of_batch ON batch_edit (batch, id);
CREATE INDEX batch_edit_of_picture ON batch_edit (picture) WHERE picture IS NOT NULL;
CREATE INDEX batch_operation_of_edit ON batch_operation (edit, operation);
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
    /// A whole picture in the place of a damaged one.
    Replace,
    /// Some of the pictures that show the same are kept.
    KeepDuplicates,
    /// Pictures show the same, a person says.
    Together,
    /// They don't.
    Apart,
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
    /// It can't be undone, or done again, and somebody who tried has been told.
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
