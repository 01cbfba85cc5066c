//! Edits made here that the account doesn't know yet, in the order they were made.
//!
//! A picture's row shows them already. Whenever the account's version of the picture is written, the edits that still wait
//! are applied to it again, so that nothing that comes in can undo them.

use rusqlite::{Connection, OptionalExtension, Result, params};
use serde::{Deserialize, Serialize};

use super::picture::{self, Facts};

/// The table.
pub const MIGRATION: &str = "
CREATE TABLE pending_edit (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    picture INTEGER NOT NULL REFERENCES picture (id) ON DELETE CASCADE,
    subject TEXT NOT NULL,
    edit    TEXT NOT NULL,
    made_at TEXT NOT NULL
) STRICT;
CREATE INDEX pending_edit_of_picture ON pending_edit (picture, id);
";

/// One change of one picture.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Edit {
    /// Another name.
    Rename {
        /// 1 to 255 characters.
        name: String,
    },
    /// A favourite, or no longer.
    Favourite {
        /// Which.
        favourite: bool,
    },
    /// Another description, as a whole.
    Describe {
        /// What it shows; empty removes it.
        description: String,
        /// For people who can't see it.
        alt_text: String,
        /// Words to find it by.
        tags: Vec<String>,
        /// Text that can be read in it.
        text_in_image: String,
        /// A model's name, or `person`.
        described_by: String,
    },
    /// Into the trash.
    Delete,
    /// Out of the trash.
    Restore,
    /// Gone for good.
    Remove,
}

impl Edit {
    /// What it is about: a newer edit of the same subject replaces one that waits.
    fn subject(&self) -> &'static str {
        match self {
            Edit::Rename { .. } => "name",
            Edit::Favourite { .. } => "favourite",
            Edit::Describe { .. } => "description",
            Edit::Delete | Edit::Restore | Edit::Remove => "presence",
        }
    }

    /// Makes the change.
    pub(super) fn apply(&self, facts: &mut Facts, made_at: &str) {
        let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        match self {
            Edit::Rename { name } => facts.name.clone_from(name),
            Edit::Favourite { favourite } => facts.favourite = *favourite,
            Edit::Describe { description, alt_text, tags, text_in_image, described_by } => {
                facts.description = text(description);
                facts.alt_text = text(alt_text);
                facts.tags.clone_from(tags);
                facts.text_in_image = text(text_in_image);
                facts.described_by = text(described_by);
                facts.described_at = Some(made_at.to_owned());
            }
            Edit::Delete => facts.deleted_at = facts.deleted_at.take().or_else(|| Some(made_at.to_owned())),
            Edit::Restore => facts.deleted_at = None,
            Edit::Remove => {}
        }
    }
}

/// An edit that waits.
#[derive(Debug, Clone, PartialEq)]
pub struct PendingEdit {
    /// Its number, rising in the order of making.
    pub id: i64,
    /// The picture's local number.
    pub picture: u32,
    /// The service's identifier of the picture.
    pub image_id: String,
    /// The change.
    pub edit: Edit,
    /// When it was made (UTC, RFC 3339).
    pub made_at: String,
}

/// Makes a change: shows it at once and notes it for the account. False when there is no such picture.
pub fn make(conn: &Connection, picture: u32, edit: &Edit) -> Result<bool> {
    let Some(mut facts) = picture::facts(conn, picture)? else { return Ok(false) };
    let made_at = now(conn)?;
    conn.prepare_cached("DELETE FROM pending_edit WHERE picture = ?1 AND subject = ?2")?
        .execute(params![picture, edit.subject()])?;
    conn.prepare_cached("INSERT INTO pending_edit (picture, subject, edit, made_at) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![picture, edit.subject(), encode(edit)?, made_at])?;
    edit.apply(&mut facts, &made_at);
    picture::overwrite(conn, picture, &facts, *edit == Edit::Remove)?;
    Ok(true)
}

/// The oldest edits that wait, at most `limit`, newer than the edit `after` (0 for all).
pub fn oldest(conn: &Connection, after: i64, limit: u32) -> Result<Vec<PendingEdit>> {
    conn.prepare_cached(
        "SELECT e.id, e.picture, p.image_id, e.edit, e.made_at FROM pending_edit e JOIN picture p ON p.id = e.picture
         WHERE e.id > ?1 ORDER BY e.id LIMIT ?2",
    )?
    .query_map(params![after, limit], |row| {
        Ok(PendingEdit {
            id: row.get(0)?,
            picture: row.get(1)?,
            image_id: row.get(2)?,
            edit: decode(&row.get::<_, String>(3)?)?,
            made_at: row.get(4)?,
        })
    })?
    .collect()
}

/// Forgets an edit, because the account has it or will never take it. One that was replaced meanwhile stays.
pub fn forget(conn: &Connection, id: i64) -> Result<()> {
    conn.prepare_cached("DELETE FROM pending_edit WHERE id = ?1")?.execute([id]).map(drop)
}

/// How many edits wait.
pub fn count(conn: &Connection) -> Result<u64> {
    conn.prepare_cached("SELECT count(*) FROM pending_edit")?
        .query_row([], |row| row.get::<_, i64>(0).map(|n| n as u64))
}

/// Applies what waits for a picture to the account's version of it. True when it is to be gone for good.
pub(super) fn apply_all(conn: &Connection, picture: u32, facts: &mut Facts) -> Result<bool> {
    let mut statement = conn.prepare_cached("SELECT edit, made_at FROM pending_edit WHERE picture = ?1 ORDER BY id")?;
    let mut rows = statement.query([picture])?;
    let mut gone = false;
    while let Some(row) = rows.next()? {
        let edit = decode(&row.get::<_, String>(0)?)?;
        edit.apply(facts, &row.get::<_, String>(1)?);
        gone |= edit == Edit::Remove;
    }
    Ok(gone)
}

/// Now, as the wire types write it.
fn now(conn: &Connection) -> Result<String> {
    conn.prepare_cached("SELECT strftime('%Y-%m-%dT%H:%M:%fZ', 'now')")?.query_row([], |row| row.get(0))
}

fn encode(edit: &Edit) -> Result<String> {
    serde_json::to_string(edit).map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))
}

fn decode(text: &str) -> Result<Edit> {
    serde_json::from_str(text)
        .map_err(|error| rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Text, error.into()))
}

/// Whether anything waits for a picture.
pub fn waits(conn: &Connection, picture: u32) -> Result<bool> {
    Ok(conn
        .prepare_cached("SELECT 1 FROM pending_edit WHERE picture = ?1 LIMIT 1")?
        .query_row([picture], |_| Ok(()))
        .optional()?
        .is_some())
}
