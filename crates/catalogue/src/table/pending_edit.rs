//! Edits made here that the account doesn't know yet, in the order they were made.
//!
//! A picture's row shows them already. Whenever the account's version of the picture is written, the edits that still wait
//! are applied to it again, so that nothing that comes in can undo them.

use std::borrow::Cow;

use account_api::{Description, DescriptionPatch, Image};
use rusqlite::{Connection, OptionalExtension, Result, params};
use serde::{Deserialize, Serialize};

use super::picture;

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

/// Edits of a description as a whole, which earlier versions made, as edits of one thing each.
pub const ONE_THING_EACH: &str = "
INSERT INTO pending_edit (picture, subject, edit, made_at)
    SELECT picture, 'reading', json_object('kind', 'reading', 'description', edit ->> 'description',
        'alt_text', edit ->> 'alt_text', 'tags', edit -> 'tags', 'text_in_image', edit ->> 'text_in_image',
        'model', edit ->> 'described_by'), made_at
    FROM pending_edit WHERE edit ->> 'kind' = 'describe' AND edit ->> 'described_by' <> 'person' ORDER BY id;
INSERT INTO pending_edit (picture, subject, edit, made_at)
    SELECT picture, 'description', json_object('kind', 'set_description', 'text', edit ->> 'description'), made_at
    FROM pending_edit WHERE edit ->> 'kind' = 'describe' AND edit ->> 'described_by' = 'person' ORDER BY id;
INSERT INTO pending_edit (picture, subject, edit, made_at)
    SELECT picture, 'alt_text', json_object('kind', 'set_alt_text', 'text', edit ->> 'alt_text'), made_at
    FROM pending_edit WHERE edit ->> 'kind' = 'describe' AND edit ->> 'described_by' = 'person' ORDER BY id;
INSERT INTO pending_edit (picture, subject, edit, made_at)
    SELECT picture, 'tag ' || lower(tag.value), json_object('kind', 'add_tag', 'tag', tag.value), made_at
    FROM pending_edit, json_each(edit, '$.tags') AS tag
    WHERE edit ->> 'kind' = 'describe' AND edit ->> 'described_by' = 'person' ORDER BY pending_edit.id;
DELETE FROM pending_edit WHERE edit ->> 'kind' = 'describe';
";

/// One change of one thing about one picture: what it doesn't name it can't put back.
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
    /// What a person says that it shows.
    SetDescription {
        /// Sentences; empty removes them.
        text: String,
    },
    /// What a person says to people who can't see it.
    SetAltText {
        /// A short text; empty removes it.
        text: String,
    },
    /// One word more to find it by.
    AddTag {
        /// The word.
        tag: String,
    },
    /// One word less.
    RemoveTag {
        /// The word, in whatever case.
        tag: String,
    },
    /// What a model says of it. A person's words stay.
    Reading {
        /// What it shows.
        description: String,
        /// For people who can't see it.
        alt_text: String,
        /// Words to find it by, in addition to those that it has.
        tags: Vec<String>,
        /// Text that can be read in it.
        text_in_image: String,
        /// The model's name.
        model: String,
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
    fn subject(&self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Edit::Rename { .. } => "name",
            Edit::Favourite { .. } => "favourite",
            Edit::SetDescription { .. } => "description",
            Edit::SetAltText { .. } => "alt_text",
            Edit::Reading { .. } => "reading",
            Edit::AddTag { tag } | Edit::RemoveTag { tag } => return format!("tag {}", tag.to_lowercase()).into(),
            Edit::Delete | Edit::Restore | Edit::Remove => "presence",
        })
    }

    /// As a change of the description, for those that are one.
    pub fn description_patch(&self) -> Option<DescriptionPatch> {
        let nothing = DescriptionPatch::default();
        Some(match self {
            Edit::SetDescription { text } => DescriptionPatch { description: Some(text.clone()), ..nothing },
            Edit::SetAltText { text } => DescriptionPatch { alt_text: Some(text.clone()), ..nothing },
            Edit::AddTag { tag } => DescriptionPatch { add_tags: vec![tag.clone()], ..nothing },
            Edit::RemoveTag { tag } => DescriptionPatch { remove_tags: vec![tag.clone()], ..nothing },
            Edit::Reading { description, alt_text, tags, text_in_image, model } => DescriptionPatch {
                description: Some(description.clone()),
                alt_text: Some(alt_text.clone()),
                add_tags: tags.clone(),
                text_in_image: Some(text_in_image.clone()),
                described_by: Some(model.clone()),
                ..nothing
            },
            _ => return None,
        })
    }

    /// Makes the change.
    pub(super) fn apply(&self, image: &mut Image, made_at: &str) {
        match self {
            Edit::Rename { name } => image.name.clone_from(name),
            Edit::Favourite { favourite } => image.favourite = *favourite,
            Edit::Delete => image.deleted_at = image.deleted_at.take().or_else(|| Some(made_at.to_owned())),
            Edit::Restore => image.deleted_at = None,
            Edit::Remove => {}
            _ => {
                if let Some(patch) = self.description_patch() {
                    describe(image, &patch, made_at);
                }
            }
        }
    }
}

/// Changes what is said of a picture, by the same rule as the service.
fn describe(image: &mut Image, patch: &DescriptionPatch, made_at: &str) {
    let some = |text: String| (!text.is_empty()).then_some(text);
    let mut said = Description {
        description: image.description.take().unwrap_or_default(),
        alt_text: image.alt_text.take().unwrap_or_default(),
        tags: std::mem::take(&mut image.tags),
        text_in_image: image.text_in_image.take().unwrap_or_default(),
        described_by: image.described_by.take().unwrap_or_default(),
    };
    let of_texts = patch.apply(&mut said);
    image.description = some(said.description);
    image.alt_text = some(said.alt_text);
    image.tags = said.tags;
    image.text_in_image = some(said.text_in_image);
    image.described_by = some(said.described_by);
    if of_texts {
        image.described_at = image.described_by.is_some().then(|| made_at.to_owned());
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
    let Some(mut image) = picture::record(conn, picture)? else { return Ok(false) };
    let made_at = now(conn)?;
    conn.prepare_cached("DELETE FROM pending_edit WHERE picture = ?1 AND subject = ?2")?
        .execute(params![picture, edit.subject()])?;
    conn.prepare_cached("INSERT INTO pending_edit (picture, subject, edit, made_at) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![picture, edit.subject(), encode(edit)?, made_at])?;
    edit.apply(&mut image, &made_at);
    picture::overwrite(conn, picture, &image, *edit == Edit::Remove)?;
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
pub(super) fn apply_all(conn: &Connection, picture: u32, image: &mut Image) -> Result<bool> {
    let mut statement = conn.prepare_cached("SELECT edit, made_at FROM pending_edit WHERE picture = ?1 ORDER BY id")?;
    let mut rows = statement.query([picture])?;
    let mut gone = false;
    while let Some(row) = rows.next()? {
        let edit = decode(&row.get::<_, String>(0)?)?;
        edit.apply(image, &row.get::<_, String>(1)?);
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
