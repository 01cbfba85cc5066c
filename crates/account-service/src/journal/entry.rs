//! What a line of a segment says of a picture.

use account_api::{Change, Operation, ThumbnailSpec};
use serde::{Deserialize, Serialize};

use super::said::Said;
use crate::changes::{wire_change, wire_removal};
use crate::error::{Error, Result};
use crate::images::Picture;
use crate::storage::entity::{image, tombstone};

/// A change of the feed, with what only the service knows.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Entry {
    /// As a device would get it.
    #[serde(flatten)]
    pub change: Change,
    /// Where the picture is in the bucket; absent when it is gone for good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stored: Option<StoredAs>,
    /// When it was said, and what was taken away. Absent when the picture is gone for good, and in segments of the first form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub said: Option<Said>,
}

/// Where a picture is in the bucket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredAs {
    /// Key of the bytes.
    pub key: String,
    /// Key of the thumbnail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thumbnail_key: Option<String>,
    /// The thumbnail as it was announced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thumbnail: Option<ThumbnailSpec>,
}

impl Entry {
    /// The entry of a picture that is there.
    ///
    /// # Errors
    /// When the row was written by another version in another form.
    pub fn of(picture: Picture) -> Result<Self> {
        let (stored, said) = (Some(stored_as(&picture.row)?), Some(Said::of(&picture)?));
        Ok(Self { change: wire_change(picture)?, stored, said })
    }

    /// The entry of a picture that is gone for good.
    pub fn of_removed(row: &tombstone::Model) -> Self {
        Self { change: wire_removal(row), stored: None, said: None }
    }

    /// Whether it says that the picture is gone for good.
    pub fn is_removal(&self) -> bool {
        matches!(self.change.operation, Operation::Remove)
    }

    /// Of two entries of one picture the one that counts, which is the later one. Where a removed picture was stays
    /// known.
    #[must_use]
    pub fn later_of(self, other: Self) -> Self {
        let (earlier, mut later) = if self.order() > other.order() { (other, self) } else { (self, other) };
        later.stored = later.stored.or(earlier.stored);
        later
    }

    /// Revisions settle it; times only where two databases have counted on from the same one.
    fn order(&self) -> (i64, &str) {
        let at = match &self.change.operation {
            Operation::Upsert { image } => &*image.updated_at,
            Operation::Remove => "",
        };
        (self.change.revision, at)
    }
}

fn stored_as(row: &image::Model) -> Result<StoredAs> {
    let thumbnail = row.thumbnail_spec.as_deref().map(serde_json::from_str).transpose().map_err(Error::internal)?;
    Ok(StoredAs { key: row.object_key.clone(), thumbnail_key: row.thumbnail_key.clone(), thumbnail })
}
