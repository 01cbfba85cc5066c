//! Completion: the store is asked what it has, and only then a picture exists.

use account_api::{CompletedPart, ErrorCode, VerifiedBy};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use sea_orm::ActiveValue::Set;
use sea_orm::{ActiveModelTrait, EntityTrait};
use uuid::Uuid;

use super::announcement::Announced;
use super::ledger;
use crate::clock;
use crate::error::{Error, Result};
use crate::images::{doom, verified_by_text};
use crate::object_store::{ObjectFacts, StoreError};
use crate::quota;
use crate::service::Service;
use crate::storage::entity::{image, upload};
use crate::storage::{Write, next_revision};

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
    match look(app, user_id, id, parts).await? {
        Looked::Over(completed) => Ok(completed),
        Looked::Stored(stored) => confirm(app, user_id, &[stored]).await?.pop().unwrap_or_else(|| Err(ledger::gone())),
    }
}

/// An upload whose bytes are in the store.
pub struct Stored {
    announced: Announced,
    facts: ObjectFacts,
}

/// What the store was found to have of an upload.
pub enum Looked {
    /// What was announced.
    Stored(Stored),
    /// The upload had ended before.
    Over(Completed),
}

/// Has the store put parts together, and compares what it has with what was announced.
///
/// # Errors
/// As [`complete`].
pub async fn look(app: &Service, user_id: Uuid, id: Uuid, parts: Vec<CompletedPart>) -> Result<Looked> {
    let row = ledger::find(app.database.read(), user_id, id).await?;
    if row.state != upload::State::Open {
        return Ok(Looked::Over(finished(app, &row).await?));
    }
    let announced = Announced::of(row)?;
    if announced.parts().is_some() {
        assemble(app, &announced, parts).await?;
    }
    let facts = match app.store.head(&announced.row.object_key).await {
        Ok(facts) => facts,
        Err(StoreError::NoSuchKey) => {
            // A completion of the same upload that ran beside this one may have been a duplicate and removed it.
            let row = ledger::find(app.database.read(), user_id, id).await?;
            if row.state != upload::State::Open {
                return Ok(Looked::Over(finished(app, &row).await?));
            }
            return Err(incomplete());
        }
        Err(error) => return Err(error.into()),
    };
    if let Err(error) = compare(&announced, &facts) {
        ledger::close(app, user_id, id).await?;
        return Err(error);
    }
    Ok(Looked::Stored(Stored { announced, facts }))
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

/// Writes pictures and closes their uploads, in one transaction under the account's lock: the disk is waited for once. One
/// whose upload has ended meanwhile doesn't keep the others from being confirmed.
///
/// # Errors
/// When the database can't be reached; then none of them is confirmed.
pub async fn confirm(app: &Service, user_id: Uuid, stored: &[Stored]) -> Result<Vec<Result<Completed>>> {
    let write = app.database.write().await?;
    let mut confirmed = Vec::with_capacity(stored.len());
    for one in stored {
        confirmed.push(confirm_in(&write, user_id, &one.announced, &one.facts).await?);
    }
    write.commit().await?;
    app.news.publish(user_id);
    for one in &confirmed {
        if let Confirmed::Now(now) = one
            && let Completed::Verified(row) = &**now
        {
            app.metrics.verified(row.size);
        }
    }
    if confirmed.iter().any(Confirmed::dooms) {
        crate::housekeeping::remove_doomed(app).await;
    }
    let mut completed = Vec::with_capacity(confirmed.len());
    for one in confirmed {
        completed.push(match one {
            Confirmed::Now(now) => Ok(*now),
            Confirmed::Mended(row) => Ok(Completed::Verified(*row)),
            Confirmed::Before(row) => finished(app, &row).await,
        });
    }
    Ok(completed)
}

/// What a transaction found or did.
enum Confirmed {
    Now(Box<Completed>),
    /// The bytes of a picture that had lost them.
    Mended(Box<image::Model>),
    /// The upload had ended.
    Before(upload::Model),
}

impl Confirmed {
    /// Whether an object may have become superfluous.
    fn dooms(&self) -> bool {
        match self {
            Self::Now(now) => matches!(**now, Completed::Duplicate(_)),
            Self::Mended(_) => true,
            Self::Before(_) => false,
        }
    }
}

async fn confirm_in(write: &Write, user_id: Uuid, announced: &Announced, stored: &ObjectFacts) -> Result<Confirmed> {
    let revision = next_revision(write, user_id).await?;
    let now = ledger::find(&**write, user_id, announced.row.id).await?;
    if now.state != upload::State::Open {
        return Ok(Confirmed::Before(now));
    }
    let upload_id = announced.row.id;
    let first = ledger::same_bytes(&**write, user_id, &announced.file.sha256).await?;
    if let Some(lost) = first.as_ref().filter(|first| first.fault.is_some()) {
        let row = mended(lost, announced, stored, revision)?.update(&**write).await?;
        // Unless these very bytes have been found in the bucket, and made a picture, meanwhile.
        if lost.object_key != row.object_key {
            doom(write, lost.object_key.clone(), None).await?;
        }
        // The picture has had its room all along; what the upload took is one too many.
        quota::give_back(write, user_id, announced.row.size, 1).await?;
        ledger::set_state(write, upload_id, upload::State::Verified, Some(row.id)).await?;
        return Ok(Confirmed::Mended(Box::new(row)));
    }
    if let Some(mut first) = first {
        ledger::set_state(write, upload_id, upload::State::Duplicate, Some(first.id)).await?;
        // Unless these very bytes have been found in the bucket, and made a picture, meanwhile.
        if first.object_key != announced.row.object_key {
            doom(write, announced.row.object_key.clone(), None).await?;
        }
        quota::give_back(write, user_id, announced.row.size, 1).await?;
        if first.deleted_at.is_some() {
            let row = image::ActiveModel {
                id: Set(first.id),
                deleted_at: Set(None),
                updated_at: Set(clock::now()),
                revision: Set(revision),
                ..Default::default()
            };
            first = row.update(&**write).await?;
        }
        return Ok(Confirmed::Now(Box::new(Completed::Duplicate(first))));
    }
    let row = image_row(announced, stored, revision)?.insert(&**write).await?;
    ledger::set_state(write, upload_id, upload::State::Verified, Some(row.id)).await?;
    Ok(Confirmed::Now(Box::new(Completed::Verified(row))))
}

/// The picture whose object was lost or changed, with the new object in its place.
fn mended(
    lost: &image::Model,
    announced: &Announced,
    stored: &ObjectFacts,
    revision: i64,
) -> Result<image::ActiveModel> {
    let now = clock::now();
    let mut row = image::ActiveModel {
        id: Set(lost.id),
        object_key: Set(announced.row.object_key.clone()),
        updated_at: Set(now),
        deleted_at: Set(None),
        revision: Set(revision),
        stored_size: Set(i64::try_from(stored.size).map_err(Error::internal)?),
        etag: Set(stored.etag.clone()),
        verified_by: Set(verified_by_text(check_of(announced)).to_owned()),
        verified_at: Set(now),
        fault: Set(None),
        ..Default::default()
    };
    if !lost.has_thumbnail {
        row.thumbnail_key = Set(announced.thumbnail_key());
        row.thumbnail_spec = Set(spec_text(announced)?);
    }
    Ok(row)
}

/// By which check a completion is proven.
fn check_of(announced: &Announced) -> VerifiedBy {
    if announced.parts().is_some() { VerifiedBy::PartMd5 } else { VerifiedBy::ContentMd5 }
}

fn spec_text(announced: &Announced) -> Result<Option<String>> {
    announced.file.thumbnail.as_ref().map(serde_json::to_string).transpose().map_err(Error::internal)
}

fn image_row(announced: &Announced, stored: &ObjectFacts, revision: i64) -> Result<image::ActiveModel> {
    let now = clock::now();
    let thumbnail_key = announced.thumbnail_key();
    let verified_by = check_of(announced);
    let thumbnail_spec = spec_text(announced)?;
    let Announced { row, file, media } = announced;
    let side = |side: Option<u32>| side.and_then(|side| i32::try_from(side).ok());
    Ok(image::ActiveModel {
        // The object's key holds it, too: a picture that is found in the bucket alone is still the same picture.
        id: Set(row.id),
        user_id: Set(row.user_id),
        name: Set(file.name.trim().to_owned()),
        format: Set(media.name.to_owned()),
        content_type: Set(media.content_type.to_owned()),
        size: Set(row.size),
        sha256: Set(file.sha256.clone()),
        width: Set(side(file.width)),
        height: Set(side(file.height)),
        taken_at: Set(file.taken_at.clone()),
        camera: Set(file.camera.clone()),
        thumbhash: Set(file.thumbhash.clone()),
        object_key: Set(row.object_key.clone()),
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
        etag: Set(stored.etag.clone()),
        verified_by: Set(verified_by_text(verified_by).to_owned()),
        verified_at: Set(now),
        fault: Set(None),
    })
}
