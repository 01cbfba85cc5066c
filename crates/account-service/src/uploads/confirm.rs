//! Confirmation: what the store was found to have becomes pictures, in one transaction and a few statements for a batch.

use std::collections::{HashMap, HashSet};

use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveEnum, ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::announcement::Announced;
use super::ledger;
use super::let_go::{self, LetGo};
use super::stored::{Completed, Stored, finished};
use crate::clock::{self, Millis};
use crate::edits::TRASH;
use crate::error::{Error, Result};
use crate::quota;
use crate::service::Service;
use crate::stamps::{Stamp, Stamps};
use crate::storage::entity::{image, upload};
use crate::storage::{Write, next_clock, take_revisions};

/// Writes pictures and closes their uploads, in one transaction under the account's lock: the disk is waited for once. One
/// whose upload has ended meanwhile doesn't keep the others from being confirmed. The client gets addresses for thumbnails
/// next, which end at `addresses_until`; none when the service stores them itself.
///
/// # Errors
/// When the database can't be reached; then none of them is confirmed.
pub async fn confirm(
    app: &Service,
    user_id: Uuid,
    stored: &[Stored],
    addresses_until: Option<Millis>,
) -> Result<Vec<Result<Completed>>> {
    let write = app.database.write().await?;
    let count = i64::try_from(stored.len()).map_err(Error::internal)?;
    let last = take_revisions(&write, user_id, count).await?;
    let revisions = || last - count + 1..=last;
    let mut new = confirm_new(&write, user_id, stored, revisions(), addresses_until).await?;
    let mut confirmed = Vec::with_capacity(stored.len());
    for (one, revision) in stored.iter().zip(revisions()) {
        confirmed.push(match new.remove(&one.announced.row.id) {
            Some(row) => Confirmed::Now(Box::new(Completed::Verified(row))),
            None => confirm_in(&write, user_id, one, revision).await?,
        });
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
    if confirmed.iter().any(Confirmed::lets_go) {
        crate::deletion_queue::work_off(app).await;
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
    fn lets_go(&self) -> bool {
        match self {
            Self::Now(now) => matches!(**now, Completed::Duplicate(_)),
            Self::Mended(_) => true,
            Self::Before(_) => false,
        }
    }
}

/// The usual case, for all at once: the upload awaits bytes, and nothing else is or has the same ones. Gives the pictures
/// by their uploads; what is not among them has to be looked at by itself.
async fn confirm_new(
    write: &Write,
    user_id: Uuid,
    stored: &[Stored],
    revisions: impl Iterator<Item = i64>,
    addresses_until: Option<Millis>,
) -> Result<HashMap<Uuid, image::Model>> {
    let uploads = ledger::find_all(&**write, user_id, stored.iter().map(|one| one.announced.row.id)).await?;
    let held = image::Entity::find()
        .select_only()
        .column(image::Column::Sha256)
        .filter(image::Column::UserId.eq(user_id))
        .filter(image::Column::Sha256.is_in(stored.iter().map(|one| one.announced.row.sha256.as_str())));
    let mut held: HashSet<String> = held.into_tuple().all(&**write).await?.into_iter().collect();
    let mut new = HashMap::with_capacity(stored.len());
    for (one, revision) in stored.iter().zip(revisions) {
        let row = &one.announced.row;
        let is_open = uploads.get(&row.id).is_some_and(|now| now.state == upload::State::Open);
        if is_open && held.insert(row.sha256.clone()) {
            new.insert(row.id, new_picture(one, revision)?);
        }
    }
    if !new.is_empty() {
        let rows = new.values().map(|row| row.clone().into_active_model());
        image::Entity::insert_many(rows).exec_without_returning(&**write).await?;
        let mut closing = upload::Entity::update_many()
            .col_expr(upload::Column::State, Expr::value(upload::State::Verified.to_value()))
            // A picture has the identifier of its upload.
            .col_expr(upload::Column::ImageId, Expr::col(upload::Column::Id))
            .col_expr(upload::Column::UpdatedAt, Expr::value(clock::now()))
            .filter(upload::Column::Id.is_in(new.keys().copied()));
        if let Some(until) = addresses_until {
            closing = closing.col_expr(upload::Column::AddressesUntil, Expr::value(until));
        }
        closing.exec(&**write).await?;
    }
    Ok(new)
}

/// Any other case. Nobody else changes the account's uploads or pictures meanwhile: its revision is taken.
async fn confirm_in(write: &Write, user_id: Uuid, stored: &Stored, revision: i64) -> Result<Confirmed> {
    let announced = &stored.announced;
    let now = ledger::find(&**write, user_id, announced.row.id).await?;
    if now.state != upload::State::Open {
        return Ok(Confirmed::Before(now));
    }
    let upload_id = announced.row.id;
    // Read by the same transaction a moment ago: what is open and whose bytes nobody has was confirmed then.
    let Some(mut first) = ledger::same_bytes(&**write, user_id, &announced.file.sha256).await? else {
        return Err(Error::internal(format!("upload {upload_id} is new and was not confirmed as such")));
    };
    // These very bytes may have been found in the bucket, and made a picture, meanwhile.
    let is_same_object = first.object_key == announced.row.object_key;
    if !first.is_safe() {
        let before = quota::of_picture(&first);
        let mut row = mended(&first, stored, revision)?;
        row.stamps = Set(out_of_trash(write, &first).await?);
        let row = row.update(&**write).await?;
        let_go_of_lost(write, &first, &row).await?;
        // What the picture takes now was taken twice: by the upload, and by what was there before, of which the object
        // itself has just been let go.
        let twice = quota::of_upload(&announced.row) + before - quota::of_picture(&row) - first.size;
        quota::give_back(write, user_id, twice, 0).await?;
        ledger::set_state(write, upload_id, upload::State::Verified, Some(row.id)).await?;
        return Ok(Confirmed::Mended(Box::new(row)));
    }
    // The picture has had its room all along; what the upload took is one too many.
    let mut superfluous = ledger::of_upload(&announced.row);
    if is_same_object {
        quota::give_back(write, user_id, superfluous.bytes, superfluous.pictures).await?;
    } else {
        // Its parts have been put together.
        superfluous.store_upload_id = None;
        if announced.row.part_size.is_some() {
            superfluous.until = 0;
        }
        let_go::let_go(write, user_id, superfluous).await?;
    }
    ledger::set_state(write, upload_id, upload::State::Duplicate, Some(first.id)).await?;
    if first.deleted_at.is_some() {
        let row = image::ActiveModel {
            id: Set(first.id),
            deleted_at: Set(None),
            stamps: Set(out_of_trash(write, &first).await?),
            updated_at: Set(clock::now()),
            revision: Set(revision),
            ..Default::default()
        };
        first = row.update(&**write).await?;
    }
    Ok(Confirmed::Now(Box::new(Completed::Duplicate(first))))
}

/// The stamps of a picture that is out of the trash from now on, because somebody has sent its bytes again.
async fn out_of_trash(write: &Write, row: &image::Model) -> Result<String> {
    if row.deleted_at.is_none() {
        return Ok(row.stamps.clone());
    }
    let mut stamps = Stamps::read(&row.stamps)?;
    stamps.take(TRASH, Stamp::of_service(next_clock(write, row.user_id).await?));
    stamps.text()
}

/// Lets go of the object that a picture had lost, or that had other bytes.
async fn let_go_of_lost(write: &Write, lost: &image::Model, mended: &image::Model) -> Result<()> {
    if lost.object_key == mended.object_key {
        return quota::give_back(write, lost.user_id, lost.size, 1).await;
    }
    let (until, _) = let_go::addresses_of(write, lost).await?;
    let object_key = lost.object_key.clone();
    let what = LetGo { object_key, store_upload_id: None, bytes: lost.size, pictures: 1, until };
    let_go::let_go(write, lost.user_id, what).await
}

/// The picture whose object was lost, changed or never proven, with the new object in its place.
fn mended(lost: &image::Model, stored: &Stored, revision: i64) -> Result<image::ActiveModel> {
    let now = clock::now();
    let Stored { announced, facts, proof } = stored;
    let mut row = image::ActiveModel {
        id: Set(lost.id),
        object_key: Set(announced.row.object_key.clone()),
        // Bytes of the same SHA-256 have the same size, unless one of the two was not what it was said to be.
        size: Set(announced.row.size),
        updated_at: Set(now),
        deleted_at: Set(None),
        revision: Set(revision),
        stored_size: Set(i64::try_from(facts.size).map_err(Error::internal)?),
        etag: Set(facts.etag.clone()),
        verified_by: Set(proof.as_str().to_owned()),
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

fn spec_text(announced: &Announced) -> Result<Option<String>> {
    announced.file.thumbnail.as_ref().map(serde_json::to_string).transpose().map_err(Error::internal)
}

fn new_picture(stored: &Stored, revision: i64) -> Result<image::Model> {
    let Stored { announced, facts, proof } = stored;
    let thumbnail_key = announced.thumbnail_key();
    let thumbnail_spec = spec_text(announced)?;
    let Announced { row, file, media, .. } = announced;
    let side = |side: Option<u32>| side.and_then(|side| i32::try_from(side).ok());
    Ok(image::Model {
        name: file.name.trim().to_owned(),
        format: media.name.to_owned(),
        content_type: media.content_type.to_owned(),
        size: row.size,
        sha256: file.sha256.clone(),
        width: side(file.width),
        height: side(file.height),
        taken_at: file.taken_at.clone(),
        file_modified_at: file.file_modified_at.clone(),
        camera: file.camera.clone(),
        facts: image::facts_text(&file.facts.clone().sound()),
        thumbhash: file.thumbhash.clone(),
        remark: image::remark_text(file.remark.as_ref()),
        object_key: row.object_key.clone(),
        thumbnail_key,
        thumbnail_spec,
        revision,
        stored_size: i64::try_from(facts.size).map_err(Error::internal)?,
        etag: facts.etag.clone(),
        verified_by: proof.as_str().to_owned(),
        // The object's key holds the identifier, too: found in the bucket alone, it is still the same picture.
        ..image::Model::new(row.id, row.user_id, clock::now())
    })
}
