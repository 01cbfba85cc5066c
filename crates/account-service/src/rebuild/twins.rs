//! Pictures that have another one's bytes, for all that is said of both. What is said may be wrong: only their bytes tell.

use account_api::VerifiedBy;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};

use super::by_bytes;
use super::failure::RebuildError;
use super::key::Key;
use super::owner::Owner;
use super::report::Report;
use super::rows::add;
use crate::clock;
use crate::error::{Error, Result};
use crate::images::Picture;
use crate::object_store::{ReadBack, StoreError};
use crate::quota;
use crate::service::Service;
use crate::storage::entity::image;
use crate::storage::next_revision;

/// Reads such pictures, and adds those whose bytes nobody else has. Gives how many were added.
///
/// # Errors
/// When database or store can't be reached. That one object can't be read keeps the others from nothing.
pub async fn settle(
    app: &Service,
    owner: &Owner,
    taken: Vec<Picture>,
    report: &mut Report,
) -> Result<u64, RebuildError> {
    let mut new = 0;
    for picture in taken {
        match tell_apart(app, owner, picture).await {
            Ok(Some(picture)) => {
                let added = add(app, owner, vec![picture], false).await?;
                new += added.new;
                report.by_bytes += added.new;
                report.not_proven += added.not_proven;
                report.already += added.already;
                report.left_alone += added.left_alone + added.taken.len() as u64;
            }
            Ok(None) => report.left_alone += 1,
            Err(RebuildError::Store(StoreError::NoSuchKey)) => {}
            Err(RebuildError::Store(error)) => {
                app.store.check().await?;
                tracing::warn!(%error, "an object of the bucket can’t be read");
                report.unread += 1;
            }
            Err(error) => return Err(error),
        }
    }
    Ok(new)
}

/// The picture as its bytes are, when no other one has them; none when one has, or when they are no picture.
async fn tell_apart(app: &Service, owner: &Owner, mut picture: Picture) -> Result<Option<Picture>, RebuildError> {
    let key = picture.row.object_key.clone();
    if picture.row.proof() == VerifiedBy::NotProven || picture.row.fault.is_some() {
        let Some(row) = corrected(app, owner, &picture.row).await? else { return Ok(None) };
        picture.row = row;
    }
    let Some(holder) = holder(app, owner, &picture.row.sha256).await? else { return Ok(Some(picture)) };
    // What was read or proven is not read again; of anything else its own bytes decide.
    if holder.object_key == key || holder.proof() != VerifiedBy::NotProven {
        return Ok(None);
    }
    let read = match app.store.read_back(&holder.object_key).await {
        Ok(read) => read,
        Err(StoreError::NoSuchKey) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let gave_way = read.sha256 != holder.sha256 && restate(app, owner, holder, &read).await?;
    Ok(gave_way.then_some(picture))
}

async fn holder(app: &Service, owner: &Owner, sha256: &str) -> Result<Option<image::Model>> {
    let held =
        image::Entity::find().filter(image::Column::UserId.eq(owner.user_id)).filter(image::Column::Sha256.eq(sha256));
    Ok(held.one(app.database.read()).await?)
}

/// What is said of a picture, corrected by what its bytes are; none when they are no picture.
async fn corrected(app: &Service, owner: &Owner, said: &image::Model) -> Result<Option<image::Model>, RebuildError> {
    let Some(key) = Key::read(&said.object_key) else { return Ok(None) };
    let stored = app.store.head_in_full(&said.object_key).await?;
    let read = by_bytes::row(app, owner, &key, &said.object_key, &stored).await?;
    Ok(read.map(|read| image::Model {
        format: read.format,
        content_type: read.content_type,
        size: read.size,
        sha256: read.sha256,
        width: read.width,
        height: read.height,
        taken_at: read.taken_at,
        camera: read.camera,
        facts: read.facts,
        thumbhash: read.thumbhash,
        remark: read.remark,
        stored_size: read.stored_size,
        etag: read.etag,
        verified_by: read.verified_by,
        verified_at: read.verified_at,
        fault: None,
        ..said.clone()
    }))
}

/// Corrects a picture's row that claimed another one's bytes. Says whether it could: not when it changed meanwhile, or when a
/// third picture has its bytes.
async fn restate(app: &Service, owner: &Owner, claimed: image::Model, read: &ReadBack) -> Result<bool, RebuildError> {
    let size = i64::try_from(read.size).map_err(Error::internal)?;
    let row = match corrected(app, owner, &claimed).await? {
        Some(row) => row,
        // It stays what it was called, and says what it has.
        None => image::Model {
            sha256: read.sha256.clone(),
            size,
            stored_size: size,
            etag: read.etag.clone(),
            verified_by: VerifiedBy::AsFound.as_str().to_owned(),
            ..claimed.clone()
        },
    };
    Ok(replace(app, owner, &claimed, row).await?)
}

async fn replace(app: &Service, owner: &Owner, claimed: &image::Model, row: image::Model) -> Result<bool> {
    let write = app.database.write().await?;
    let revision = next_revision(&write, owner.user_id).await?;
    let now = image::Entity::find_by_id(claimed.id).one(&*write).await?;
    let third = image::Entity::find()
        .filter(image::Column::UserId.eq(owner.user_id))
        .filter(image::Column::Sha256.eq(&*row.sha256))
        .one(&*write)
        .await?;
    if now.as_ref() != Some(claimed) || third.is_some() {
        return Ok(false);
    }
    quota::count(&write, owner.user_id, row.size - claimed.size, 0).await?;
    let row = image::Model { revision, updated_at: clock::now(), ..row };
    row.into_active_model().reset_all().update(&*write).await?;
    write.commit().await?;
    app.news.publish(owner.user_id);
    tracing::warn!(image = %claimed.id, "a picture’s object claimed the bytes of another picture");
    Ok(true)
}
