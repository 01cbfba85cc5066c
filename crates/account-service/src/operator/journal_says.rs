//! What an account's journal says of objects that no row needs, and whether it can be believed to be all.

use std::collections::HashMap;

use account_api::Operation;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::finding::{Finding, Kind};
use crate::error::Result;
use crate::journal::{self, Coverage, LARGEST, SegmentKey};
use crate::object_store::{Depth, StoreError};
use crate::service::Service;
use crate::storage::entity::{image, tombstone, upload};

/// What the newest entry of a picture says, as far as it matters here.
struct Newest {
    revision: i64,
    /// Where its bytes are, what they are, and its name; none when it is gone for good.
    there: Option<(String, String, String)>,
}

/// An account's journal, read.
#[derive(Default)]
pub struct JournalSays {
    pictures: HashMap<String, Newest>,
    /// Segments that are damaged.
    pub damaged: Vec<Finding>,
    /// Whether changes may be missing in it.
    pub is_incomplete: bool,
}

impl JournalSays {
    /// Reads all of it: about 300 bytes of memory for each picture.
    ///
    /// # Errors
    /// When the store can't be reached.
    pub async fn read(app: &Service, user_id: Uuid) -> Result<Self> {
        let (mut says, mut covered, mut from) = (Self::default(), Coverage::default(), None);
        loop {
            let page = app.store.list(&journal::of_user(user_id), Depth::Everything, from).await?;
            for object in &page.objects {
                let Some(said) = SegmentKey::read(&object.key) else { continue };
                let segment = match app.store.get(&object.key, LARGEST).await {
                    Ok(bytes) => journal::read(&bytes),
                    // Compacted meanwhile: what was in it is in a later one.
                    Err(StoreError::NoSuchKey) => continue,
                    Err(StoreError::Request(_)) => journal::Segment::default(),
                    Err(error) => return Err(error.into()),
                };
                let covers = segment.header.as_ref().map(|header| header.covers.clone());
                covered.add(&covers.unwrap_or_else(|| Coverage::of(said.first, said.last)));
                if !segment.is_whole() {
                    says.damaged.push(damaged(&object.key, segment.lost, user_id));
                }
                segment.entries.into_iter().for_each(|entry| says.take(entry));
            }
            match page.next {
                Some(next) => from = Some(next),
                None => break,
            }
        }
        says.is_incomplete = !says.damaged.is_empty() || !covered.gaps().is_empty() || covered.ends().is_none();
        Ok(says)
    }

    fn take(&mut self, entry: journal::Entry) {
        let revision = entry.change.revision;
        if self.pictures.get(&entry.change.image_id).is_some_and(|known| known.revision > revision) {
            return;
        }
        let there = match (entry.change.operation, entry.stored) {
            (Operation::Upsert { image }, Some(stored)) => Some((stored.key, image.sha256, image.name)),
            _ => None,
        };
        self.pictures.insert(entry.change.image_id, Newest { revision, there });
    }

    /// Of pictures that people have, by the journal, the SHA-256 and the name by the key of the object.
    pub fn by_key(&self) -> HashMap<&str, (&str, &str)> {
        let there = self.pictures.values().filter_map(|newest| newest.there.as_ref());
        there.map(|(key, sha256, name)| (&**key, (&**sha256, &**name))).collect()
    }
}

fn damaged(key: &str, lost: usize, user_id: Uuid) -> Finding {
    let message = format!(
        "This part of the journal is damaged: {} changes in it can't be read. A rebuild would lack these edits, and no \
         picture.",
        lost.max(1)
    );
    Finding::new(Kind::DamagedJournal, key, message).whose(user_id)
}

/// Whether an object may be made a picture again, for all that the database knows: not when its upload was closed or ended
/// otherwise, when the picture was removed for good, or when its bytes are a picture's already.
///
/// # Errors
/// When the database can't be reached.
pub async fn may_be_adopted(app: &Service, user_id: Uuid, id: Uuid, sha256: Option<&str>) -> Result<bool> {
    let read = app.database.read();
    let ledger = upload::Entity::find_by_id(id).one(read).await?;
    if ledger.is_some_and(|row| row.state != upload::State::Verified)
        || tombstone::Entity::find_by_id(id).one(read).await?.is_some()
    {
        return Ok(false);
    }
    let Some(sha256) = sha256 else { return Ok(true) };
    let same = image::Entity::find().filter(image::Column::UserId.eq(user_id)).filter(image::Column::Sha256.eq(sha256));
    Ok(same.one(read).await?.is_none())
}
