//! Completion: the store is asked what it has, and only then a picture exists.

use std::sync::Arc;

use account_api::{
    CompleteItem, CompleteOutcome, CompleteRequest, CompleteResponse, CompleteResult, CompletedPart, ErrorCode,
    PresignedPut, VerifiedBy,
};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use futures::{StreamExt, stream};
use sea_orm::ActiveValue::Set;
use sea_orm::{ActiveModelTrait, EntityTrait};
use uuid::Uuid;

use super::announcement::Announced;
use super::{ledger, thumbnails};
use crate::clock;
use crate::error::{Error, Result};
use crate::images::{self, doom, verified_by_text};
use crate::object_store::{ObjectFacts, StoreError};
use crate::quota;
use crate::service::{App, Service};
use crate::storage::entity::{image, upload};
use crate::storage::next_revision;

/// How many uploads of a batch are worked on at the same time.
const AT_ONCE: usize = 8;

/// Finishes a batch, in its order. One that can't be confirmed doesn't keep the others from being.
///
/// # Errors
/// When the request as a whole is not as documented.
pub async fn complete_batch(app: &App, user_id: Uuid, request: CompleteRequest) -> Result<CompleteResponse> {
    super::check_batch(request.uploads.len())?;
    request.uploads.iter().flat_map(|item| &item.parts).try_for_each(|part| super::check_part_number(part.number))?;
    let results = stream::iter(request.uploads)
        .map(|item| {
            let app = Arc::clone(app);
            async move {
                let upload_id = item.upload_id.clone();
                let outcome = complete_item(&app, user_id, item).await;
                let outcome = outcome.unwrap_or_else(|error| CompleteOutcome::Failed { error: error.into_detail() });
                CompleteResult { upload_id, outcome }
            }
        })
        .buffered(AT_ONCE)
        .collect()
        .await;
    Ok(CompleteResponse { results })
}

async fn complete_item(app: &Service, user_id: Uuid, item: CompleteItem) -> Result<CompleteOutcome> {
    let id = Uuid::try_parse(&item.upload_id).map_err(|_| ledger::gone())?;
    let outcome = match complete(app, user_id, id, item.parts).await? {
        Completed::Verified(row) => {
            let thumbnail = thumbnail_put(app, user_id, id, &row).await?;
            CompleteOutcome::Verified { image: Box::new(images::with_urls(app, row).await?), thumbnail }
        }
        Completed::Duplicate(row) => CompleteOutcome::Duplicate { image: Box::new(images::with_urls(app, row).await?) },
    };
    Ok(outcome)
}

async fn thumbnail_put(app: &Service, user_id: Uuid, id: Uuid, row: &image::Model) -> Result<Option<PresignedPut>> {
    if row.has_thumbnail {
        return Ok(None);
    }
    let announced = Announced::of(ledger::find(app.database.read(), user_id, id).await?)?;
    let (Some(spec), Some(key)) = (&announced.file.thumbnail, &row.thumbnail_key) else { return Ok(None) };
    Ok(Some(app.store.presign_put(&thumbnails::object(spec, key)).await?))
}

/// What came of an upload.
pub enum Completed {
    /// The picture exists.
    Verified(image::Model),
    /// Another upload of the same bytes was first; this is its picture.
    Duplicate(image::Model),
}

/// Finishes one upload. Doing it twice, also at the same time, gives the same picture.
///
/// # Errors
/// [`ErrorCode::UploadIncomplete`], [`ErrorCode::ChecksumMismatch`], [`ErrorCode::UploadGone`].
pub async fn complete(app: &Service, user_id: Uuid, id: Uuid, parts: Vec<CompletedPart>) -> Result<Completed> {
    let row = ledger::find(app.database.read(), user_id, id).await?;
    if row.state != upload::State::Open {
        return finished(app, &row).await;
    }
    let announced = Announced::of(row)?;
    if announced.parts().is_some() {
        assemble(app, &announced, parts).await?;
    }
    let stored = match app.store.head(&announced.row.object_key).await {
        Ok(stored) => stored,
        Err(StoreError::NoSuchKey) => {
            // A completion of the same upload that ran beside this one may have been a duplicate and removed it.
            let row = ledger::find(app.database.read(), user_id, id).await?;
            if row.state != upload::State::Open {
                return finished(app, &row).await;
            }
            return Err(incomplete());
        }
        Err(error) => return Err(error.into()),
    };
    if let Err(error) = compare(&announced, &stored) {
        ledger::close(app, user_id, id).await?;
        return Err(error);
    }
    confirm(app, announced, stored).await
}

fn incomplete() -> Error {
    Error::new(ErrorCode::UploadIncomplete, "The store doesn't have all of this picture yet. Send what is missing.")
}

/// The answer for an upload that is over.
async fn finished(app: &Service, row: &upload::Model) -> Result<Completed> {
    let image = match row.image_id {
        Some(image_id) => image::Entity::find_by_id(image_id).one(app.database.read()).await?,
        None => None,
    };
    match (row.state, image) {
        (upload::State::Verified, Some(image)) => Ok(Completed::Verified(image)),
        (upload::State::Duplicate, Some(image)) => Ok(Completed::Duplicate(image)),
        _ => Err(ledger::gone()),
    }
}

/// Has the store put the parts together. What it answers is not proof either way, so most errors are left to what HEAD
/// says next.
async fn assemble(app: &Service, announced: &Announced, parts: Vec<CompletedPart>) -> Result<()> {
    let Some(store_upload_id) = &announced.row.store_upload_id else { return Err(incomplete()) };
    let key = &announced.row.object_key;
    let (_, count) = announced.parts().unwrap_or_default();
    let stored = match app.store.list_parts(key, store_upload_id).await {
        Ok(stored) => stored,
        // Already put together, or aborted: HEAD tells.
        Err(StoreError::NoSuchUpload | StoreError::NoSuchKey) => return Ok(()),
        Err(error) => return Err(error.into()),
    };
    // The store's own list counts, and it tells what is missing before the store is asked for something impossible. The
    // client's list has to agree where it says something.
    let mut named = Vec::with_capacity(count as usize);
    for number in 1..=count {
        let part = stored
            .iter()
            .find(|part| part.number == number && announced.size_of_part(number) == Some(part.size))
            .ok_or_else(incomplete)?;
        if parts.iter().any(|said| said.number == number && said.etag.trim_matches('"') != part.etag) {
            return Err(incomplete());
        }
        named.push((number, part.etag.clone()));
    }
    match app.store.complete_multipart(key, store_upload_id, &named).await {
        Ok(()) => Ok(()),
        Err(StoreError::NoSuchUpload | StoreError::NoSuchKey) => Ok(()),
        Err(StoreError::Refused { status: 400..=499, code, .. })
            if matches!(&*code, "InvalidPart" | "InvalidPartOrder" | "EntityTooSmall") =>
        {
            Err(incomplete().because(code))
        }
        Err(error) => {
            tracing::warn!(%error, "completing a multipart upload failed; looking whether it was done all the same");
            match app.store.head(key).await {
                Ok(_) => Ok(()),
                Err(_) => Err(error.into()),
            }
        }
    }
}

/// Whether the store has what was announced. Entity tags are opaque (RFC 9110), but one of 32 hex digits on a single PUT
/// is the MD5 in every store that gives such; encrypted objects have others, which say nothing.
fn compare(announced: &Announced, stored: &ObjectFacts) -> Result<()> {
    let mismatch = |what: &str| {
        Error::new(
            ErrorCode::ChecksumMismatch,
            format!("What the store has is not what was announced ({what} differs). It was removed; send it again."),
        )
    };
    if stored.size != announced.file.size {
        return Err(mismatch("the size"));
    }
    if announced.parts().is_none()
        && let Some(etag) = stored.etag.as_deref().filter(|etag| etag.len() == 32)
        && let Ok(md5) = hex::decode(etag)
        && BASE64_STANDARD.encode(md5) != announced.file.content_md5
    {
        return Err(mismatch("the checksum"));
    }
    Ok(())
}

/// Writes the picture and closes the upload, in one transaction under the account's lock.
async fn confirm(app: &Service, announced: Announced, stored: ObjectFacts) -> Result<Completed> {
    let write = app.database.write().await?;
    let user_id = announced.row.user_id;
    let revision = next_revision(&write, user_id).await?;
    let now = ledger::find(&*write, user_id, announced.row.id).await?;
    if now.state != upload::State::Open {
        drop(write);
        return finished(app, &now).await;
    }
    let upload_id = announced.row.id;
    if let Some(mut first) = ledger::same_bytes(&*write, user_id, &announced.file.sha256).await? {
        ledger::set_state(&write, upload_id, upload::State::Duplicate, Some(first.id)).await?;
        // Unless these very bytes have been found in the bucket, and made a picture, meanwhile.
        if first.object_key != announced.row.object_key {
            doom(&write, announced.row.object_key, None).await?;
        }
        quota::give_back(&write, user_id, announced.row.size, 1).await?;
        if first.deleted_at.is_some() {
            let row = image::ActiveModel {
                id: Set(first.id),
                deleted_at: Set(None),
                updated_at: Set(clock::now()),
                revision: Set(revision),
                ..Default::default()
            };
            first = row.update(&*write).await?;
        }
        write.commit().await?;
        app.news.publish(user_id);
        crate::housekeeping::remove_doomed(app).await;
        return Ok(Completed::Duplicate(first));
    }
    let row = image_row(announced, stored, revision)?.insert(&*write).await?;
    ledger::set_state(&write, upload_id, upload::State::Verified, Some(row.id)).await?;
    write.commit().await?;
    app.news.publish(user_id);
    Ok(Completed::Verified(row))
}

fn image_row(announced: Announced, stored: ObjectFacts, revision: i64) -> Result<image::ActiveModel> {
    let now = clock::now();
    let thumbnail_key = announced.thumbnail_key();
    let verified_by = if announced.parts().is_some() { VerifiedBy::PartMd5 } else { VerifiedBy::ContentMd5 };
    let Announced { row, file, media } = announced;
    let thumbnail_spec = file.thumbnail.as_ref().map(serde_json::to_string).transpose().map_err(Error::internal)?;
    let side = |side: Option<u32>| side.and_then(|side| i32::try_from(side).ok());
    Ok(image::ActiveModel {
        // The object's key holds it, too: a picture that is found in the bucket alone is still the same picture.
        id: Set(row.id),
        user_id: Set(row.user_id),
        name: Set(file.name.trim().to_owned()),
        format: Set(media.name.to_owned()),
        content_type: Set(media.content_type.to_owned()),
        size: Set(row.size),
        sha256: Set(file.sha256),
        width: Set(side(file.width)),
        height: Set(side(file.height)),
        taken_at: Set(file.taken_at),
        camera: Set(file.camera),
        thumbhash: Set(file.thumbhash),
        object_key: Set(row.object_key),
        thumbnail_key: Set(thumbnail_key),
        thumbnail_spec: Set(thumbnail_spec),
        has_thumbnail: Set(false),
        favourite: Set(false),
        description: Set(None),
        alt_text: Set(None),
        tags: Set("[]".to_owned()),
        text_in_image: Set(None),
        described_by: Set(None),
        described_at: Set(None),
        created_at: Set(now),
        updated_at: Set(now),
        deleted_at: Set(None),
        revision: Set(revision),
        stored_size: Set(i64::try_from(stored.size).map_err(Error::internal)?),
        etag: Set(stored.etag),
        verified_by: Set(verified_by_text(verified_by).to_owned()),
        verified_at: Set(now),
    })
}
