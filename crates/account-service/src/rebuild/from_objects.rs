//! Pictures that only the bucket knows, by what their objects say of themselves, or, where they don't, by their bytes.

use futures::{StreamExt, stream};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};

use super::by_bytes;
use super::failure::RebuildError;
use super::key::{Key, made_up_name};
use super::owner::Owner;
use super::report::{Report, Teller};
use super::rows::add;
use super::scratch::{Found, Scratch};
use super::twins;
use crate::clock;
use crate::error::{Error, Result};
use crate::object_store::{StoreError, StoredObject};
use crate::service::Service;
use crate::storage::entity::image;

/// How many objects are looked at in one go.
const BATCH: u32 = 200;

/// How many are asked at the same time.
const AT_ONCE: usize = 16;

/// Adds the pictures that have no entry.
pub async fn restore(
    app: &Service,
    owner: &Owner,
    scratch: &Scratch,
    teller: &Teller<'_>,
    report: &mut Report,
) -> Result<(), RebuildError> {
    let mut after = String::new();
    loop {
        let page = scratch.unknown(&after, BATCH).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after.clone_from(&last.key);
        let done = page.len() as u64;
        let here = here_already(app, &page).await?;
        let mut asked = Vec::with_capacity(page.len());
        for found in page {
            match Key::read(&found.key) {
                Some(_) if here.contains(&found.key) => report.already += 1,
                Some(key) if !scratch.is_removed(&key.id.to_string()).await? => asked.push((key, found)),
                _ => report.left_alone += 1,
            }
        }
        let mut looked = stream::iter(asked)
            .map(|(key, found)| async move {
                let looked = look(app, owner, &key, &found).await;
                (key, looked)
            })
            .buffered(AT_ONCE);
        let mut rows = Vec::new();
        while let Some((key, looked)) = looked.next().await {
            let (mut row, read) = match settle(app, looked).await? {
                Looked::Gone => continue,
                Looked::Unread => {
                    report.unread += 1;
                    continue;
                }
                Looked::NoPicture => {
                    report.left_alone += 1;
                    continue;
                }
                Looked::Picture { row, by_bytes } => (row, by_bytes),
            };
            report.by_bytes += u64::from(read);
            row.thumbnail_key = scratch.thumbnail(&key.thumbnails()).await?;
            row.has_thumbnail = row.thumbnail_key.is_some();
            rows.push((*row).into());
        }
        let added = add(app, owner, rows, false).await?;
        let told_apart = twins::settle(app, owner, added.taken, report).await?;
        report.from_objects += added.new + told_apart;
        report.not_proven += added.not_proven;
        report.already += added.already;
        report.left_alone += added.left_alone;
        teller.done(done);
    }
}

/// What an object turned out to be.
enum Looked {
    /// A picture.
    Picture {
        /// Its row, but for its thumbnail.
        row: Box<image::Model>,
        /// Whether its bytes were read for that.
        by_bytes: bool,
    },
    /// Something else.
    NoPicture,
    /// It went meanwhile.
    Gone,
    /// The store doesn't give it.
    Unread,
}

/// One object that can't be read doesn't keep the others from being; a store that gives nothing at all does.
async fn settle(app: &Service, looked: Result<Looked, RebuildError>) -> Result<Looked, RebuildError> {
    match looked {
        Err(RebuildError::Store(StoreError::NoSuchKey)) => Ok(Looked::Gone),
        Err(RebuildError::Store(error)) => {
            app.store.check().await?;
            tracing::warn!(%error, "an object of the bucket can’t be read");
            Ok(Looked::Unread)
        }
        looked => looked,
    }
}

async fn look(app: &Service, owner: &Owner, key: &Key, found: &Found) -> Result<Looked, RebuildError> {
    let stored = app.store.head_in_full(&found.key).await?;
    if stored.facts.size == 0 {
        return Ok(Looked::NoPicture);
    }
    let row = match &stored.says.sha256 {
        Some(sha256) => Some(said(owner, key, found, &stored, sha256)?),
        None => by_bytes::row(app, owner, key, &found.key, &stored).await?,
    };
    let by_bytes = stored.says.sha256.is_none();
    Ok(row.map_or(Looked::NoPicture, |row| Looked::Picture { row: Box::new(row), by_bytes }))
}

async fn here_already(app: &Service, page: &[Found]) -> Result<Vec<String>> {
    let keys = image::Entity::find()
        .select_only()
        .column(image::Column::ObjectKey)
        .filter(image::Column::ObjectKey.is_in(page.iter().map(|found| found.key.clone())))
        .into_tuple()
        .all(app.database.read())
        .await?;
    Ok(keys)
}

/// The row of an object that says what it is. That is its word alone: nothing is proven by it.
fn said(owner: &Owner, key: &Key, found: &Found, stored: &StoredObject, sha256: &str) -> Result<image::Model> {
    let says = stored.says.clone();
    let size = i64::try_from(stored.facts.size).map_err(Error::internal)?;
    let side = |side: Option<u32>| side.and_then(|side| i32::try_from(side).ok());
    let at = stored.modified.unwrap_or_else(clock::now);
    Ok(image::Model {
        name: says.name.unwrap_or_else(|| made_up_name(key, says.taken_at.as_deref(), key.media)),
        format: key.media.name.to_owned(),
        content_type: key.media.content_type.to_owned(),
        size,
        sha256: sha256.to_owned(),
        width: side(says.width),
        height: side(says.height),
        taken_at: says.taken_at,
        file_modified_at: says.file_modified_at,
        camera: says.camera,
        thumbhash: says.thumbhash,
        remark: image::remark_text(says.remark.as_ref()),
        object_key: found.key.clone(),
        stored_size: size,
        etag: stored.facts.etag.clone(),
        ..image::Model::new(key.id, owner.user_id, at)
    })
}
