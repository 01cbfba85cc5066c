//! What the bucket holds: objects, thumbnails, and the journal's entries.

use std::collections::BTreeSet;

use futures::{StreamExt, TryStreamExt, stream};
use uuid::Uuid;

use super::failure::RebuildError;
use super::report::{DamagedSegment, Report, Stage, Teller};
use super::scratch::Scratch;
use crate::journal::{self, Coverage, LARGEST, Segment, SegmentKey};
use crate::object_store::{Depth, Listed, StoreError};
use crate::service::Service;
use crate::uploads::{PICTURES, THUMBNAILS};

/// How many segments and objects are asked for at the same time.
const AT_ONCE: usize = 8;

/// How many keys are read at a time.
const PAGE: u32 = 500;

/// How often the journal is listed again because it was compacted meanwhile.
const LISTINGS: u32 = 5;

/// Lists pictures and thumbnails.
pub async fn objects(app: &Service, library: Uuid, scratch: &Scratch, teller: &Teller<'_>) -> Result<(), RebuildError> {
    teller.begin(Stage::Listing, 0);
    let mut next = None;
    loop {
        let page = app.store.list(&format!("{PICTURES}{library}/"), Depth::Everything, next).await?;
        scratch.add_objects(&page.objects).await?;
        teller.done(page.objects.len() as u64);
        next = page.next;
        if next.is_none() {
            break;
        }
    }
    loop {
        let page = app.store.list(&format!("{THUMBNAILS}{library}/"), Depth::Everything, next).await?;
        scratch.add_thumbnails(&page.objects).await?;
        next = page.next;
        if next.is_none() {
            return Ok(());
        }
    }
}

/// Reads the journal. Gives the newest revision that it knows of.
pub async fn journal(
    app: &Service,
    library: Uuid,
    scratch: &Scratch,
    teller: &Teller<'_>,
    report: &mut Report,
) -> Result<i64, RebuildError> {
    let mut covered = Coverage::default();
    let mut newest = 0;
    let mut read = BTreeSet::new();
    for _ in 0..LISTINGS {
        let fresh: Vec<Listed> = segments(app, library).await?.into_iter().filter(|o| !read.contains(&o.key)).collect();
        teller.begin(Stage::Journal, (read.len() + fresh.len()) as u64);
        teller.done(read.len() as u64);
        let mut compacted = false;
        let mut arriving = stream::iter(fresh)
            .map(|object| async move {
                match app.store.get(&object.key, LARGEST).await {
                    Ok(bytes) => Ok((object.key, Some(journal::read(&bytes)))),
                    Err(StoreError::NoSuchKey) => Ok((object.key, None)),
                    // Not a segment of ours any more, if it ever was one.
                    Err(StoreError::Request(_)) if object.size > LARGEST => Ok((object.key, Some(Segment::default()))),
                    Err(error) => Err(error),
                }
            })
            .buffered(AT_ONCE);
        while let Some((key, segment)) = arriving.try_next().await? {
            let (Some(mut segment), Some(said)) = (segment, SegmentKey::read(&key)) else {
                compacted = true;
                continue;
            };
            covered.add(
                &segment.header.as_ref().map_or_else(|| Coverage::of(said.first, said.last), |h| h.covers.clone()),
            );
            if !segment.is_whole() {
                tracing::warn!(key, lost = segment.lost, "a segment of the journal is damaged");
                report.damaged.push(DamagedSegment { key: key.clone(), lost: segment.lost as u64 });
            }
            let of_pictures = segment.entries.iter().map(|entry| entry.change.revision);
            let of_others = segment.albums.iter().map(|entry| entry.revision);
            let revisions = of_pictures.chain(of_others).chain(segment.links.iter().map(|entry| entry.revision));
            newest = revisions.chain([newest, said.last]).max().unwrap_or_default();
            scratch.add_entries(std::mem::take(&mut segment.entries)).await?;
            scratch.add_others(segment.albums, segment.links).await?;
            report.segments += 1;
            teller.done(1);
            read.insert(key);
        }
        if !compacted {
            break;
        }
    }
    report.lost = covered.gaps();
    elsewhere(app, library, scratch).await?;
    Ok(newest)
}

async fn segments(app: &Service, library: Uuid) -> Result<Vec<Listed>, StoreError> {
    let (mut segments, mut next) = (Vec::new(), None);
    loop {
        let page = app.store.list(&journal::of_user(library), Depth::Everything, next).await?;
        segments.extend(page.objects.into_iter().filter(|object| SegmentKey::read(&object.key).is_some()));
        next = page.next;
        if next.is_none() {
            return Ok(segments);
        }
    }
}

/// A library may have taken in pictures that lie among those of another one: these are asked for one by one.
async fn elsewhere(app: &Service, library: Uuid, scratch: &Scratch) -> Result<(), RebuildError> {
    let own = format!("{PICTURES}{library}/");
    let mut after = String::new();
    loop {
        let keys = scratch.keys_elsewhere(&own, &after, PAGE).await?;
        let Some(last) = keys.last() else { return Ok(()) };
        after.clone_from(last);
        let found: Vec<Option<Listed>> = stream::iter(keys)
            .map(|key| async move {
                match app.store.head(&key).await {
                    Ok(facts) => Ok(Some(Listed { key, size: facts.size, etag: facts.etag, modified: None })),
                    Err(StoreError::NoSuchKey) => Ok(None),
                    Err(error) => Err(error),
                }
            })
            .buffered(AT_ONCE)
            .try_collect()
            .await?;
        scratch.add_objects(&found.into_iter().flatten().collect::<Vec<_>>()).await?;
    }
}
