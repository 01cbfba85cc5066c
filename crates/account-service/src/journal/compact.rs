//! Compaction: many small segments become a few large ones, so that reading a journal stays fast.

use std::collections::HashMap;

use account_api::LinkChange;
use sea_orm::EntityTrait;
use uuid::Uuid;

use super::coverage::Coverage;
use super::entry::Entry;
use super::key::{SegmentKey, of_user};
use super::position;
use super::said::AlbumEntry;
use super::segment::{self, Draft, FULL, Line, Segment};
use super::writer::put;
use crate::error::{Error, Result};
use crate::object_store::{Depth, StoreError};
use crate::service::Service;
use crate::storage::entity::user;

/// How much is read into memory for it, in bytes.
const AT_ONCE: u64 = 16 * 1024 * 1024;

/// The largest segment that is read, in bytes.
pub const LARGEST: u64 = 64 * 1024 * 1024;

/// Compacts an account's segments: the smallest are read, their newest entries written again, and then they are removed.
/// A damaged one is left as it is. Whatever breaks off, every entry is still there, perhaps twice. Gives the number of
/// segments that were removed.
///
/// # Errors
/// When the database or the store can't be reached.
pub async fn compact(app: &Service, user_id: Uuid) -> Result<usize> {
    let Some(user) = user::Entity::find_by_id(user_id).one(app.database.read()).await? else { return Ok(0) };
    let small = smallest(app, user_id).await?;
    let mut newest = Newest::default();
    let (mut read, mut covers) = (Vec::new(), Coverage::default());
    for key in small {
        let bytes = match app.store.get(&key, LARGEST).await {
            Ok(bytes) => bytes,
            // Another instance is at it.
            Err(StoreError::NoSuchKey) => return Ok(0),
            Err(error) => return Err(error.into()),
        };
        let segment = segment::read(&bytes);
        let Some(header) = segment.header.as_ref().filter(|_| segment.is_whole()) else {
            tracing::warn!(key, lost = segment.lost, "a segment of the journal is damaged");
            continue;
        };
        covers.add(&header.covers);
        newest.take(segment);
        read.push(key);
    }
    if read.len() < 2 {
        return Ok(0);
    }
    let mut draft = Draft::default();
    for line in newest.lines() {
        draft.add(&line).map_err(Error::internal)?;
        if draft.is_full() {
            let up_to = covers.take_up_to(draft.last());
            put(app, &user, std::mem::take(&mut draft), up_to).await?;
        }
    }
    put(app, &user, draft, covers).await?;
    for key in &read {
        app.store.delete(key).await?;
    }
    position::compacted(app, user_id).await?;
    tracing::debug!(user = %user_id, segments = read.len(), "the journal was compacted");
    Ok(read.len())
}

/// The newest entry of each picture, album and link.
#[derive(Default)]
struct Newest {
    pictures: HashMap<String, Entry>,
    albums: HashMap<Uuid, AlbumEntry>,
    links: HashMap<String, LinkChange>,
}

impl Newest {
    fn take(&mut self, segment: Segment) {
        for entry in segment.entries {
            let entry = match self.pictures.remove(&entry.change.image_id) {
                Some(other) => entry.later_of(other),
                None => entry,
            };
            self.pictures.insert(entry.change.image_id.clone(), entry);
        }
        for entry in segment.albums {
            if self.albums.get(&entry.album_id).is_none_or(|known| known.revision < entry.revision) {
                self.albums.insert(entry.album_id, entry);
            }
        }
        for entry in segment.links {
            if self.links.get(&entry.token).is_none_or(|known| known.revision < entry.revision) {
                self.links.insert(entry.token.clone(), entry);
            }
        }
    }

    /// In the order of their revisions.
    fn lines(self) -> Vec<Line> {
        let pictures = self.pictures.into_values().map(|entry| Line::Picture(Box::new(entry)));
        let others = self.albums.into_values().map(Line::Album).chain(self.links.into_values().map(Line::Link));
        let mut lines: Vec<Line> = pictures.chain(others).collect();
        lines.sort_by_key(Line::revision);
        lines
    }
}

/// The keys of the smallest segments, as many as may be read at once.
async fn smallest(app: &Service, user_id: Uuid) -> Result<Vec<String>> {
    let mut small = Vec::new();
    let mut next = None;
    loop {
        let page = app.store.list(&of_user(user_id), Depth::Everything, next).await?;
        let segments = page.objects.into_iter().filter(|object| SegmentKey::read(&object.key).is_some());
        small.extend(segments.filter(|object| object.size < FULL as u64).map(|object| (object.size, object.key)));
        next = page.next;
        if next.is_none() {
            break;
        }
    }
    small.sort_unstable();
    let mut room = AT_ONCE;
    let fits = small.into_iter().take_while(|(size, _)| {
        let fits = *size <= room;
        room = room.saturating_sub(*size);
        fits
    });
    Ok(fits.map(|(_, key)| key).collect())
}
