//! Writing what an account's journal lacks.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use md5::{Digest, Md5};
use sea_orm::EntityTrait;
use uuid::Uuid;

use super::coverage::Coverage;
use super::entry::Entry;
use super::position;
use super::said::AlbumEntry;
use super::segment::{Draft, Line};
use crate::albums::wire_link;
use crate::changes::{self, Changed};
use crate::error::{Error, Result};
use crate::object_store::PutSpec;
use crate::service::Service;
use crate::storage::entity::user;

/// How many changes are read at a time, and so how many entries a new segment has at most.
const ENTRIES: u32 = 1000;

/// The media type of segments.
pub const NDJSON: &str = "application/x-ndjson";

/// Writes everything that an account's journal lacks. Gives the number of segments.
///
/// Nothing is locked while a segment is on its way. When two instances write at the same time, one of them moves the
/// position, and the other one takes its segment back.
///
/// # Errors
/// When the database or the store can't be reached. Whatever was written until then counts.
pub async fn write_all(app: &Service, user_id: Uuid) -> Result<u32> {
    let Some(user) = user::Entity::find_by_id(user_id).one(app.database.read()).await? else { return Ok(0) };
    let mut segments = 0;
    loop {
        let position = position::find(app.database.read(), user_id).await?;
        let page = changes::page(app, user_id, position.written_to, ENTRIES).await?;
        if page.next <= position.written_to {
            return Ok(segments);
        }
        let (mut draft, mut to) = (Draft::default(), page.next);
        for changed in page.changes {
            draft.add(&line(changed)?).map_err(Error::internal)?;
            if draft.is_full() {
                to = draft.last();
                break;
            }
        }
        // Revisions without a change are covered by the next segment that has some.
        let key = if draft.is_empty() {
            None
        } else {
            put(app, &user, draft, Coverage::of(position.covered_to + 1, to)).await?
        };
        if position::advance(app, &position, to, key.is_some()).await? {
            segments += u32::from(key.is_some());
            continue;
        }
        if let Some(key) = key {
            tracing::debug!(key, "another instance has written the same changes to the journal");
            app.store.delete(&key).await?;
        }
    }
}

fn line(changed: Changed) -> Result<Line> {
    Ok(match changed {
        Changed::Image(picture) => Line::Picture(Box::new(Entry::of(*picture)?)),
        Changed::Removed(row) => Line::Picture(Box::new(Entry::of_removed(&row))),
        Changed::Album(row) => Line::Album(AlbumEntry::of(row)?),
        Changed::Link(row) => Line::Link(wire_link(row)),
    })
}

/// Puts a segment into the bucket, under a fresh key, which it gives; none when it covers nothing.
///
/// # Errors
/// When the store can't be reached or refuses.
pub async fn put(app: &Service, user: &user::Model, draft: Draft, covers: Coverage) -> Result<Option<String>> {
    let finished = draft.finish(user.id, &user.username, covers).map_err(Error::internal)?;
    let Some((key, bytes)) = finished else { return Ok(None) };
    let key = key.fresh();
    let content_md5 = BASE64_STANDARD.encode(Md5::digest(&bytes));
    let size = bytes.len() as u64;
    let spec = PutSpec { key: &key, content_type: NDJSON, size, content_md5: &content_md5, facts: None };
    app.store.put(&spec, Bytes::from(bytes)).await?;
    tracing::debug!(key, size, "a segment of the journal was written");
    Ok(Some(key))
}
