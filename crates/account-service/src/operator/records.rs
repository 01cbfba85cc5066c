//! The own store's records of objects: what they have to say, and writing those anew that don't.

use account_api::VerifyOutcome;
use sea_orm::EntityTrait;
use uuid::Uuid;

use super::finding::{Repair, done, left};
use super::holdings::{PICTURES, THUMBNAILS};
use crate::embedded_store::{Folder, ObjectRecord};
use crate::error::Result;
use crate::images;
use crate::journal;
use crate::media;
use crate::object_store::{Facts, ReadBack, StoreError};
use crate::service::App;
use crate::storage::entity::image;

/// Whether a picture's record says what it has to: its media type, the tag that its row has, and the file's SHA-256 where that
/// is proven.
pub async fn fits(store: &Folder, row: &image::Model) -> bool {
    let Ok(record) = store.record(&row.object_key).await else { return false };
    let is_typed = record.content_type.as_deref() == Some(&*row.content_type);
    let is_hashed = record.metadata.get(Facts::SHA256) == Some(&row.sha256);
    Some(&record.etag) == row.etag.as_ref() && (!row.proof().is_proof() || (is_typed && is_hashed))
}

/// Writes the record of an object anew: of the picture of this identifier, or of a thumbnail or a part of a journal.
///
/// # Errors
/// When database or store can't be reached.
pub async fn mend(app: &App, key: &str, image_id: Option<Uuid>) -> Result<Repair> {
    let Some(store) = &app.own_store else { return Ok(left("The store keeps its own records.")) };
    let read = match app.store.read_back(key).await {
        Ok(read) => read,
        Err(StoreError::NoSuchKey) => return Ok(left("The object is gone by now.")),
        Err(error) => return Err(error.into()),
    };
    match image_id.filter(|_| key.starts_with(PICTURES)) {
        Some(id) => picture(app, store, id, &read).await,
        None => other(store, key, &read).await,
    }
}

async fn picture(app: &App, store: &Folder, id: Uuid, read: &ReadBack) -> Result<Repair> {
    let row = || image::Entity::find_by_id(id).one(app.database.read());
    let Some(before) = row().await? else { return Ok(left("The picture is gone by now.")) };
    if before.sha256 != read.sha256 {
        images::read_back(app, before).await?;
        return Ok(left("The picture’s bytes are not what they were any more."));
    }
    images::mend_record(app, &before, read).await;
    // What was written is the store's word from now on, and the row's.
    let outcome = images::read_back(app, before).await?;
    let now = row().await?;
    let is_mended = match &now {
        Some(now) => matches!(outcome, VerifyOutcome::Confirmed { .. }) && fits(store, now).await,
        None => true,
    };
    Ok(if is_mended { done("Written anew from the picture’s bytes.") } else { left(unwritten(store, now.as_ref())) })
}

async fn other(store: &Folder, key: &str, read: &ReadBack) -> Result<Repair> {
    let extension = key.rsplit_once('.').map(|(_, extension)| extension).unwrap_or_default();
    let content_type = match key.starts_with(THUMBNAILS) {
        true => media::by_extension(extension).map(|media| media.content_type.to_owned()),
        false => Some(journal::NDJSON.to_owned()),
    };
    let record = ObjectRecord { content_type, etag: read.md5.clone(), ..ObjectRecord::default() };
    Ok(match store.mend(key, record).await {
        Ok(_) => done("Written anew from the object’s bytes."),
        Err(error) => left(format!("The record can’t be written: {}.", machine::why(&error))),
    })
}

fn unwritten(store: &Folder, row: Option<&image::Model>) -> String {
    let place = row.and_then(|row| store.facts(&row.object_key)).map(|path| path.display().to_string());
    let place = names::visible_name(&place.unwrap_or_default());
    format!("The record can’t be written. Look at what is in its place, {place}, move it away, and repair again.")
}
