//! What an account's journal says of objects that no row needs.

use std::collections::HashMap;

use account_api::{Clock, Operation};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::finding::{Finding, Kind};
use crate::error::Result;
use crate::journal::{self, LARGEST, SegmentKey};
use crate::object_store::{Depth, StoreError};
use crate::service::Service;
use crate::storage::entity::{image, tombstone, upload};

/// What the newest entry of a picture says, as far as it matters here.
struct Newest {
    revision: i64,
    /// The latest moment at which something was said of it.
    latest: Clock,
    /// Where its bytes are, what they are, and its name; none when it is gone for good.
    there: Option<(String, String, String)>,
}

/// An account's journal, read.
#[derive(Default)]
pub struct JournalSays {
    pictures: HashMap<String, Newest>,
    /// Segments that are damaged, or of which the own store's record is.
    pub damaged: Vec<Finding>,
}

impl JournalSays {
    /// Reads all of it: about 300 bytes of memory for each picture.
    ///
    /// # Errors
    /// When the store can't be reached.
    pub async fn read(app: &Service, user_id: Uuid) -> Result<Self> {
        let (mut says, mut from) = (Self::default(), None);
        loop {
            let page = app.store.list(&journal::of_user(user_id), Depth::Everything, from).await?;
            for object in &page.objects {
                if SegmentKey::read(&object.key).is_none() {
                    continue;
                }
                let segment = match app.store.get(&object.key, LARGEST).await {
                    Ok(bytes) => journal::read(&bytes),
                    // Compacted meanwhile: what was in it is in a later one.
                    Err(StoreError::NoSuchKey) => continue,
                    Err(StoreError::Request(_)) => journal::Segment::default(),
                    Err(error) => return Err(error.into()),
                };
                if !segment.is_whole() {
                    says.damaged.push(damaged(&object.key, segment.lost, user_id));
                } else if object.etag.is_none() && app.own_store.is_some() {
                    says.damaged.push(bad_record(&object.key, user_id));
                }
                segment.entries.into_iter().for_each(|entry| says.take(entry));
            }
            match page.next {
                Some(next) => from = Some(next),
                None => break,
            }
        }
        Ok(says)
    }

    fn take(&mut self, entry: journal::Entry) {
        let revision = entry.change.revision;
        if self.pictures.get(&entry.change.image_id).is_some_and(|known| known.revision > revision) {
            return;
        }
        let latest = entry.said.as_ref().map(|said| said.stamps.latest()).unwrap_or_default();
        let there = match (entry.change.operation, entry.stored) {
            (Operation::Upsert { image }, Some(stored)) => Some((stored.key, image.sha256, image.name)),
            _ => None,
        };
        self.pictures.insert(entry.change.image_id, Newest { revision, latest, there });
    }

    /// Whether a picture was removed for good, by the journal.
    pub fn is_gone(&self, id: Uuid) -> bool {
        self.pictures.get(&id.to_string()).is_some_and(|newest| newest.there.is_none())
    }

    /// Whether the journal has something of a picture that was said later than all that its row says.
    pub fn is_later(&self, id: Uuid, revision: i64, latest: Clock) -> bool {
        let newest = self.pictures.get(&id.to_string());
        newest.is_some_and(|newest| newest.revision > revision && newest.latest > latest)
    }

    /// Of pictures that people have, by the journal, the SHA-256 and the name by the key of the object.
    pub fn by_key(&self) -> HashMap<&str, (&str, &str)> {
        let there = self.pictures.values().filter_map(|newest| newest.there.as_ref());
        there.map(|(key, sha256, name)| (&**key, (&**sha256, &**name))).collect()
    }
}

fn damaged(key: &str, lost: usize, user_id: Uuid) -> Finding {
    let changes = match lost {
        0 | 1 => "a change in it".to_owned(),
        lost => format!("{lost} changes in it"),
    };
    let message = format!(
        "This part of the journal is damaged: {changes} can’t be read. A rebuild would lack such edits, and no picture."
    );
    Finding::new(Kind::DamagedJournal, key, message).whose(user_id)
}

fn bad_record(key: &str, user_id: Uuid) -> Finding {
    let message = "The store’s own record of this part of the journal is damaged; its bytes are whole.";
    Finding::new(Kind::BadRecord, key, message).whose(user_id)
}

/// Whether an object may be made a picture again, for all that the database knows of its upload: not when that was closed or
/// ended otherwise, or when the picture was removed for good.
///
/// # Errors
/// When the database can't be reached.
pub async fn may_be_wanted(app: &Service, id: Uuid) -> Result<bool> {
    let read = app.database.read();
    let ledger = upload::Entity::find_by_id(id).one(read).await?;
    let is_closed = ledger.is_some_and(|row| row.state != upload::State::Verified);
    Ok(!is_closed && tombstone::Entity::find_by_id(id).one(read).await?.is_none())
}

/// The picture that has these bytes, by its row.
///
/// # Errors
/// When the database can't be reached.
pub async fn holder(app: &Service, user_id: Uuid, sha256: &str) -> Result<Option<image::Model>> {
    let same = image::Entity::find().filter(image::Column::UserId.eq(user_id)).filter(image::Column::Sha256.eq(sha256));
    Ok(same.one(app.database.read()).await?)
}
