//! Asking the store again: whether it still has what was proven, and proving what isn't yet. What is found, for good or
//! ill, is written down, so that every device shows it, and the same bytes can be sent again where something is wrong.

use std::collections::HashMap;
use std::sync::Arc;

use account_api::{
    CheckedBy, ErrorCode, Fault, VerifiedBy, VerifyOutcome, VerifyRequest, VerifyResponse, VerifyResult,
};
use futures::{StreamExt, stream};
use sea_orm::ActiveValue::Set;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use tokio::sync::OnceCell;
use uuid::Uuid;

use super::wire::{fault_text, without_urls};
use crate::clock;
use crate::counted::counted;
use crate::embedded_store::ObjectRecord;
use crate::error::{Error, Result};
use crate::object_store::{Facts, ReadBack, StoreError};
use crate::service::{App, Service};
use crate::storage::entity::image;
use crate::storage::next_revision;
use crate::uploads::check_batch;

/// How many pictures of a batch are asked about at the same time.
const AT_ONCE: usize = 16;

/// Asks about a batch, in its order. One that can't be asked about doesn't keep the others from being.
///
/// # Errors
/// When the request as a whole is not as documented, or the database can't be reached.
pub async fn verify_batch(app: &App, user_id: Uuid, request: VerifyRequest) -> Result<VerifyResponse> {
    check_batch(request.image_ids.len())?;
    let wanted: Vec<Uuid> = request.image_ids.iter().filter_map(|id| Uuid::try_parse(id).ok()).collect();
    let rows = image::Entity::find()
        .filter(image::Column::UserId.eq(user_id))
        .filter(image::Column::Id.is_in(wanted))
        .all(app.database.read())
        .await?;
    let mut rows: HashMap<String, image::Model> = rows.into_iter().map(|row| (row.id.to_string(), row)).collect();
    let work: Vec<_> = request.image_ids.into_iter().map(|id| (rows.remove(&id), id)).collect();
    let bucket = Arc::new(OnceCell::new());
    let how = How { read_back: request.read_back, proof: request.proof };
    let results = stream::iter(work)
        .map(|(row, image_id)| {
            let (app, bucket) = (Arc::clone(app), Arc::clone(&bucket));
            async move {
                let (outcome, image) = match row {
                    Some(row) => verify(&app, row, how, &bucket).await,
                    None => (VerifyOutcome::Unknown, None),
                };
                let image = match image {
                    Some(row) => without_urls(&app, row).await.ok().map(Box::new),
                    None => None,
                };
                let checked_at = (outcome != VerifyOutcome::Unknown).then(|| clock::wire(clock::now()));
                VerifyResult { image_id, checked_at, outcome, image }
            }
        })
        .buffered(AT_ONCE)
        .collect()
        .await;
    Ok(VerifyResponse { results })
}

/// How thoroughly the store is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct How {
    /// Whether the bytes are read in any case.
    read_back: bool,
    /// Whether a tag counts only where it is the store's word for the bytes of today.
    proof: bool,
}

/// Reads a picture's bytes back and writes down what is new, for whoever compares database and bucket.
///
/// # Errors
/// When database or bucket can't be reached.
pub async fn read_back(app: &Service, row: image::Model) -> Result<VerifyOutcome> {
    match verify(app, row, How { read_back: true, proof: true }, &OnceCell::new()).await.0 {
        VerifyOutcome::Failed { error } => Err(Error::new(error.code, error.message)),
        outcome => Ok(outcome),
    }
}

/// Asks about one picture and writes down what is new. Gives its row when that changed.
async fn verify(
    app: &Service,
    row: image::Model,
    how: How,
    bucket: &OnceCell<bool>,
) -> (VerifyOutcome, Option<image::Model>) {
    let found = match look(app, &row, how).await {
        Err(StoreError::NoSuchKey) if bucket_is_there(app, bucket).await => Ok(Found::Missing),
        // HEAD says the same of a bucket that isn't there: then nothing is known of any picture.
        Err(StoreError::NoSuchKey) => Err(Error::new(
            ErrorCode::StorageUnavailable,
            "The bucket of the pictures can’t be found right now. Nothing was changed; try again later.",
        )),
        Err(error) => Err(error.into()),
        Ok(found) => Ok(found),
    };
    let noted = match &found {
        Ok(found) => note(app, &row, found).await,
        Err(_) => Ok(None),
    };
    match (found, noted) {
        (Ok(found), Ok(changed)) => (found.outcome(), changed),
        (Err(error), _) | (_, Err(error)) => (VerifyOutcome::Failed { error: error.into_detail() }, None),
    }
}

async fn bucket_is_there(app: &Service, bucket: &OnceCell<bool>) -> bool {
    *bucket.get_or_init(|| async { app.store.check().await.is_ok() }).await
}

/// What the store has.
enum Found {
    Same(CheckedBy, Option<String>),
    Missing,
    Other(String),
}

impl Found {
    fn outcome(self) -> VerifyOutcome {
        match self {
            Found::Same(checked_by, _) => VerifyOutcome::Confirmed { checked_by },
            Found::Missing => VerifyOutcome::Missing,
            Found::Other(message) => VerifyOutcome::Changed { message },
        }
    }

    fn fault(&self) -> Option<Fault> {
        match self {
            Found::Same(..) => None,
            Found::Missing => Some(Fault::Missing),
            Found::Other(_) => Some(Fault::Changed),
        }
    }
}

async fn look(app: &Service, row: &image::Model, how: How) -> Result<Found, StoreError> {
    if !how.read_back {
        let head = app.store.head(&row.object_key).await?;
        if i64::try_from(head.size).ok() != Some(row.size) {
            return Ok(Found::Other(other_size(head.size, row)));
        }
        // A fault that was noted is taken back by the bytes alone, and what was never compared is proven by them alone.
        let settled_by_tag = row.proof().is_proof()
            && row.fault.as_deref() != Some(fault_text(Fault::Changed))
            && !(how.proof && app.own_store.is_some());
        // Entity tags are opaque: a bucket that was copied has others for the same bytes. And without any, a size says
        // nothing of bytes.
        if settled_by_tag && head.etag.is_some() && head.etag == row.etag {
            return Ok(Found::Same(CheckedBy::SizeAndTag, None));
        }
    }
    let read = match read_through(app, &row.object_key).await? {
        Read::Whole(read) => read,
        Read::BreaksOff { after } => return Ok(Found::Other(breaks_off(after, row))),
    };
    if read.sha256 == row.sha256 {
        let etag = match &read.etag {
            Some(etag) => Some(etag.clone()),
            None => mend_record(app, row, &read).await,
        };
        return Ok(Found::Same(CheckedBy::ReadBack, etag));
    }
    if i64::try_from(read.size).ok() != Some(row.size) {
        return Ok(Found::Other(other_size(read.size, row)));
    }
    // Of a picture that was found in the store nobody knows the file's size: the one that is recorded is the object's.
    let same_size = if row.proof().is_proof() { " of the same size" } else { "" };
    Ok(Found::Other(format!("The store has other bytes{same_size}: their SHA-256 differs.")))
}

/// What reading an object came to.
enum Read {
    Whole(ReadBack),
    /// The store never gives more than so many bytes of it.
    BreaksOff {
        after: u64,
    },
}

/// How often an object is read that breaks off.
const READINGS: usize = 3;

/// Reads an object. A network breaks somewhere, and somewhere else the next time; a store that can't give an object, such as
/// one that finds its own block damaged, always breaks off at the same byte.
async fn read_through(app: &Service, key: &str) -> Result<Read, StoreError> {
    let mut broken: Option<u64> = None;
    for reading in 1..=READINGS {
        match app.store.read_back(key).await {
            Ok(read) => return Ok(Read::Whole(read)),
            Err(StoreError::BrokeOff { after, why }) if broken.is_none_or(|before| before == after) => {
                tracing::warn!(key, after, why, reading, "the store broke off giving an object");
                broken = Some(after);
            }
            Err(error) => return Err(error),
        }
    }
    Ok(Read::BreaksOff { after: broken.unwrap_or_default() })
}

fn breaks_off(after: u64, row: &image::Model) -> String {
    format!("The store can’t give its bytes: of {} it gives {after} and breaks off, each time.", row.size)
}

fn other_size(now: u64, row: &image::Model) -> String {
    let known = if row.proof().is_proof() { "it confirmed" } else { "were recorded" };
    format!("The store has {}, not the {} that {known}.", counted(now, "byte"), row.size)
}

/// Writes the own store's record of an object anew, whose bytes have just been found right and which gave no entity tag: the
/// record is damaged, or older than the bytes. Gives the tag.
pub async fn mend_record(app: &Service, row: &image::Model, read: &ReadBack) -> Option<String> {
    let store = app.own_store.as_ref()?;
    let side = |side: Option<i32>| side.and_then(|side| u32::try_from(side).ok());
    // Of a picture whose bytes alone tell of it, the hash is no word of the file, and nobody shall take it for one later.
    let of_file = row.proof() != VerifiedBy::AsFound;
    let remark = row.remark();
    let facts = Facts {
        name: &row.name,
        sha256: &row.sha256,
        taken_at: row.taken_at.as_deref(),
        file_modified_at: row.file_modified_at.as_deref(),
        width: side(row.width),
        height: side(row.height),
        camera: row.camera.as_deref(),
        thumbhash: row.thumbhash.as_deref(),
        remark: remark.as_ref(),
    };
    let mut metadata = facts.metadata();
    if !of_file {
        metadata.remove(Facts::SHA256);
    }
    let record = ObjectRecord { content_type: Some(row.content_type.clone()), metadata, etag: read.md5.clone() };
    match store.mend(&row.object_key, record).await {
        Ok(etag) => Some(etag),
        Err(error) => {
            tracing::warn!(why = machine::why(&error), key = row.object_key, "the record of an object can’t be mended");
            None
        }
    }
}

/// Writes down what is new about a picture; nothing, as a rule.
async fn note(app: &Service, seen: &image::Model, found: &Found) -> Result<Option<image::Model>> {
    let fault = found.fault().map(|fault| fault_text(fault).to_owned());
    let new_tag = match found {
        Found::Same(CheckedBy::ReadBack, Some(etag)) if seen.etag.as_ref() != Some(etag) => Some(etag.clone()),
        _ => None,
    };
    // Bytes that are compared with themselves prove nothing of a file.
    let by_file = seen.proof() != VerifiedBy::AsFound;
    let newly_proven = matches!(found, Found::Same(CheckedBy::ReadBack, _)) && !seen.proof().is_proof() && by_file;
    if fault == seen.fault && new_tag.is_none() && !newly_proven {
        return Ok(None);
    }
    let write = app.database.write().await?;
    let revision = next_revision(&write, seen.user_id).await?;
    let now = image::Entity::find_by_id(seen.id).one(&*write).await?;
    // Removed, or sent again, since it was looked at.
    let Some(row) = now.filter(|row| row.object_key == seen.object_key) else { return Ok(None) };
    let mut row = row.into_active_model();
    row.fault = Set(fault);
    if newly_proven || (new_tag.is_some() && by_file) {
        row.verified_by = Set(VerifiedBy::ReadBack.as_str().to_owned());
        row.verified_at = Set(clock::now());
        row.stored_size = Set(seen.size);
    }
    if new_tag.is_some() {
        row.etag = Set(new_tag);
    }
    row.updated_at = Set(clock::now());
    row.revision = Set(revision);
    let row = row.update(&*write).await?;
    write.commit().await?;
    app.news.publish(seen.user_id);
    Ok(Some(row))
}
