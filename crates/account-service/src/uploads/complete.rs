//! Completion: the store is asked what it has, and only then a picture exists.

use account_api::{CompletedPart, ErrorCode, VerifiedBy};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use uuid::Uuid;

use super::announcement::Announced;
use super::confirm::confirm;
use super::ledger;
use super::stored::{Completed, Stored, finished};
use crate::error::{Error, Result};
use crate::object_store::{ObjectFacts, StoreError};
use crate::service::Service;
use crate::storage::entity::upload;

/// Finishes one upload whose bytes the service has stored itself. Doing it twice, also at the same time, gives the same picture.
///
/// # Errors
/// [`ErrorCode::UploadIncomplete`], [`ErrorCode::ChecksumMismatch`], [`ErrorCode::UploadGone`].
pub async fn complete(app: &Service, user_id: Uuid, id: Uuid, parts: Vec<CompletedPart>) -> Result<Completed> {
    let row = ledger::find(app.database.read(), user_id, id).await?;
    match look(app, row, parts).await? {
        Looked::Over(completed) => Ok(*completed),
        Looked::Stored(stored) => {
            confirm(app, user_id, &[*stored], None).await?.pop().unwrap_or_else(|| Err(ledger::gone()))
        }
    }
}

/// What the store was found to have of an upload.
pub enum Looked {
    /// What was announced.
    Stored(Box<Stored>),
    /// The upload had ended before.
    Over(Box<Completed>),
}

/// Has the store put parts together, and compares what it has with what was announced.
///
/// # Errors
/// As [`complete`].
pub async fn look(app: &Service, row: upload::Model, parts: Vec<CompletedPart>) -> Result<Looked> {
    let (user_id, id) = (row.user_id, row.id);
    if row.state != upload::State::Open {
        return Ok(Looked::Over(Box::new(finished(app, &row).await?)));
    }
    let announced = Announced::taken_up(row)?;
    if announced.parts().is_some() {
        assemble(app, &announced, parts).await?;
    }
    let facts = match app.store.head(&announced.row.object_key).await {
        Ok(facts) => facts,
        Err(StoreError::NoSuchKey) => {
            // A completion of the same upload that ran beside this one may have been a duplicate and removed it.
            let row = ledger::find(app.database.read(), user_id, id).await?;
            if row.state != upload::State::Open {
                return Ok(Looked::Over(Box::new(finished(app, &row).await?)));
            }
            return Err(incomplete());
        }
        Err(error) => return Err(error.into()),
    };
    match prove(app, &announced, &facts).await? {
        Ok(proof) => Ok(Looked::Stored(Box::new(Stored { announced, facts, proof }))),
        Err(what) => {
            ledger::close(app, user_id, id).await?;
            let message = format!(
                "What the store has is not what was announced ({what} differs). It was removed; send it again."
            );
            Err(Error::new(ErrorCode::ChecksumMismatch, message))
        }
    }
}

fn incomplete() -> Error {
    Error::new(ErrorCode::UploadIncomplete, "The store doesn’t have all of this picture yet. Send what is missing.")
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

/// How it is proven that the store has what was announced, or what differs.
///
/// The store has checked every body against the MD5 that was signed for it. Entity tags are opaque (RFC 9110); one of 32 hex
/// digits on a single PUT is mostly the MD5, and a further witness. Encrypted objects have others of the same form: then the
/// bytes settle it.
async fn prove(
    app: &Service,
    announced: &Announced,
    stored: &ObjectFacts,
) -> Result<std::result::Result<VerifiedBy, &'static str>> {
    if stored.size != announced.file.size {
        return Ok(Err("the size"));
    }
    if announced.parts().is_some() {
        return Ok(Ok(VerifiedBy::PartMd5));
    }
    let md5 = stored.etag.as_deref().filter(|etag| etag.len() == 32).and_then(|etag| hex::decode(etag).ok());
    if md5.is_none_or(|md5| BASE64_STANDARD.encode(md5) == announced.file.content_md5) {
        return Ok(Ok(VerifiedBy::ContentMd5));
    }
    let read = app.store.read_back(&announced.row.object_key).await?;
    Ok(if read.sha256 == announced.file.sha256 { Ok(VerifiedBy::ReadBack) } else { Err("the checksum") })
}
