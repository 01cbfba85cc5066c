//! A picture's row.

use rusqlite::types::Type;
use rusqlite::{Error, Result, Row};

/// What the account knows of a picture.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Facts {
    /// The service's identifier.
    pub image_id: String,
    /// The account's revision of this record.
    pub revision: i64,
    /// The name.
    pub name: String,
    /// `jpeg`, `heic`, …
    pub format: String,
    /// The media type.
    pub content_type: String,
    /// Size in bytes.
    pub size: u64,
    /// 64 lower-case hex digits.
    pub sha256: String,
    /// Pixels after orientation.
    pub width: Option<u32>,
    /// Pixels after orientation.
    pub height: Option<u32>,
    /// By the camera's clock.
    pub taken_at: Option<String>,
    /// When its file was last modified (UTC), of a picture that doesn't say when it was taken.
    pub file_modified_at: Option<String>,
    /// Make and model.
    pub camera: Option<String>,
    /// Base64.
    pub thumbhash: Option<String>,
    /// Whether the account's store has a thumbnail.
    pub has_thumbnail: bool,
    /// A favourite.
    pub favourite: bool,
    /// What it shows.
    pub description: Option<String>,
    /// For people who can't see it.
    pub alt_text: Option<String>,
    /// Words to find it by.
    pub tags: Vec<String>,
    /// Text that can be read in it.
    pub text_in_image: Option<String>,
    /// A model's name, or `person`.
    pub described_by: Option<String>,
    /// When the description was written (UTC).
    pub described_at: Option<String>,
    /// When it was added (UTC).
    pub created_at: String,
    /// When the record was last changed (UTC).
    pub updated_at: String,
    /// When it went into the trash (UTC).
    pub deleted_at: Option<String>,
    /// The size that the store reported.
    pub stored_size: u64,
    /// The store's entity tag.
    pub etag: Option<String>,
    /// How the bytes were compared, or that they weren't: the wire's `verified_by`.
    pub verified_by: String,
    /// When (UTC); empty while nothing is proven.
    pub verified_at: String,
    /// What a later look at the store found wrong: the wire's `fault`.
    pub fault: Option<String>,
}

/// A picture of the library.
#[derive(Debug, Clone, PartialEq)]
pub struct Picture {
    /// Its local number: positive, never reused.
    pub id: u32,
    /// What the account knows, with the edits that wait applied.
    pub facts: Facts,
    /// Whether edits wait.
    pub pending: bool,
}

/// What a tile of the grid needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tile {
    /// The local number.
    pub id: u32,
    /// The name.
    pub name: String,
    /// `jpeg`, `heic`, …
    pub format: String,
    /// SHA-256, by which thumbnails are kept.
    pub sha256: String,
    /// Pixels after orientation.
    pub width: Option<u32>,
    /// Pixels after orientation.
    pub height: Option<u32>,
    /// Base64.
    pub thumbhash: Option<String>,
    /// Whether the account's store has a thumbnail.
    pub has_thumbnail: bool,
    /// A favourite.
    pub favourite: bool,
    /// For people who can't see it.
    pub alt_text: Option<String>,
    /// Whether it has a description.
    pub described: bool,
    /// What a later look at the store found wrong.
    pub fault: Option<String>,
    /// How the bytes were compared, or that they weren't: the wire's `verified_by`.
    pub verified_by: String,
    /// When it was moved to the trash (UTC).
    pub deleted_at: Option<String>,
}

/// The columns of [`Facts`], in its order.
pub(super) const COLUMNS: &str = "image_id, revision, name, format, content_type, size, sha256, width, height, taken_at, \
     camera, thumbhash, has_thumbnail, favourite, description, alt_text, tags, text_in_image, described_by, described_at, \
     created_at, updated_at, deleted_at, stored_size, etag, verified_by, verified_at, fault, file_modified_at";

impl Facts {
    /// Reads [`COLUMNS`] from the column `at` on.
    pub(super) fn from_row(row: &Row<'_>, at: usize) -> Result<Facts> {
        let tags: String = row.get(at + 16)?;
        Ok(Facts {
            image_id: row.get(at)?,
            revision: row.get(at + 1)?,
            name: row.get(at + 2)?,
            format: row.get(at + 3)?,
            content_type: row.get(at + 4)?,
            size: unsigned(row.get(at + 5)?),
            sha256: row.get(at + 6)?,
            width: row.get(at + 7)?,
            height: row.get(at + 8)?,
            taken_at: row.get(at + 9)?,
            camera: row.get(at + 10)?,
            thumbhash: row.get(at + 11)?,
            has_thumbnail: row.get(at + 12)?,
            favourite: row.get(at + 13)?,
            description: row.get(at + 14)?,
            alt_text: row.get(at + 15)?,
            tags: serde_json::from_str(&tags)
                .map_err(|error| Error::FromSqlConversionFailure(at + 16, Type::Text, error.into()))?,
            text_in_image: row.get(at + 17)?,
            described_by: row.get(at + 18)?,
            described_at: row.get(at + 19)?,
            created_at: row.get(at + 20)?,
            updated_at: row.get(at + 21)?,
            deleted_at: row.get(at + 22)?,
            stored_size: unsigned(row.get(at + 23)?),
            etag: row.get(at + 24)?,
            verified_by: row.get(at + 25)?,
            verified_at: row.get(at + 26)?,
            fault: row.get(at + 27)?,
            file_modified_at: row.get(at + 28)?,
        })
    }

    /// Whether there is a description.
    pub fn described(&self) -> bool {
        self.description.as_ref().is_some_and(|text| !text.is_empty())
    }

    /// Width divided by height, times 1,000; 1,000 when it is unknown.
    pub(super) fn aspect_milli(&self) -> u32 {
        match (self.width, self.height) {
            (Some(width @ 1..), Some(height @ 1..)) => {
                let milli = u64::from(width) * 1000 / u64::from(height);
                u32::try_from(milli).unwrap_or(u32::MAX).max(1)
            }
            _ => 1000,
        }
    }
}

fn unsigned(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(0)
}
