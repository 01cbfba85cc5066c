//! A thumbnail that is lost, made anew from its picture.

use account_api::ThumbnailSpec;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use md5::{Digest, Md5};
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use sha2::Sha256;
use uuid::Uuid;

use super::thumbnails;
use crate::clock;
use crate::describing::IN_MEMORY;
use crate::error::{Error, Result};
use crate::images;
use crate::media;
use crate::object_store::StoreError;
use crate::quota;
use crate::service::Service;
use crate::storage::entity::image;
use crate::storage::next_revision;

/// What came of it.
pub enum Remade {
    /// The bucket has a thumbnail again.
    Stored,
    /// None can be made, for the reason given, and the picture doesn't claim to have one any more.
    Withdrawn(&'static str),
}

/// Makes a picture's thumbnail and stores it.
///
/// # Errors
/// When database or store can't be reached, or the picture is gone.
pub async fn remake(app: &Service, user_id: Uuid, image_id: Uuid) -> Result<Remade> {
    let row = images::find(app, user_id, image_id, true).await?;
    let made = match app.store.get(&row.object_key, IN_MEMORY).await {
        Ok(bytes) => make(app, &row, bytes).await?,
        Err(StoreError::NoSuchKey) => Err("The picture’s own bytes are missing."),
        Err(StoreError::Request(_)) => Err("The picture is too large to be read into memory."),
        Err(error) => return Err(error.into()),
    };
    match made {
        Ok(thumbnail) => {
            let spec = ThumbnailSpec {
                content_type: thumbnail.mime.to_owned(),
                size: thumbnail.bytes.len() as u64,
                content_md5: BASE64_STANDARD.encode(Md5::digest(&thumbnail.bytes)),
            };
            let extension = media::thumbnail_extension(&spec.content_type)
                .ok_or_else(|| Error::internal(format!("thumbnails can’t be {}", spec.content_type)))?;
            let place = row.thumbnail_key.as_deref().and_then(|key| key.rsplit_once('.')).map(|(place, _)| place);
            let place = place.ok_or_else(|| Error::internal("a picture without a place for its thumbnail"))?;
            let key = format!("{place}.{extension}");
            app.store.put(&thumbnails::object(&spec, &key), Bytes::from(thumbnail.bytes)).await?;
            let spec = serde_json::to_string(&spec).map_err(Error::internal)?;
            note(app, &row, Some((key, spec))).await?;
            Ok(Remade::Stored)
        }
        Err(why) => {
            note(app, &row, None).await?;
            Ok(Remade::Withdrawn(why))
        }
    }
}

async fn make(
    app: &Service,
    row: &image::Model,
    bytes: Bytes,
) -> Result<std::result::Result<pictures::Thumbnail, &'static str>> {
    let sha256 = row.sha256.clone();
    let _permit = app.picture_workers.acquire().await.map_err(Error::internal)?;
    let made = tokio::task::spawn_blocking(move || {
        if hex::encode(Sha256::digest(&bytes)) != sha256 {
            return Err("The picture’s own bytes are damaged.");
        }
        let picture = decoding::examine(&bytes).map_err(|_| "The picture can’t be decoded.")?;
        picture.thumbnail.ok_or("Pictures of this format can’t be decoded here.")
    });
    made.await.map_err(Error::internal)
}

/// Notes the new thumbnail, or that there is none, as one change of the feed; nothing when the picture is gone.
async fn note(app: &Service, row: &image::Model, thumbnail: Option<(String, String)>) -> Result<()> {
    let write = app.database.write().await?;
    let mut change = image::ActiveModel {
        has_thumbnail: Set(thumbnail.is_some()),
        updated_at: Set(clock::now()),
        revision: Set(next_revision(&write, row.user_id).await?),
        ..Default::default()
    };
    if let Some((_, spec)) = &thumbnail
        && let Some(now) = image::Entity::find_by_id(row.id).one(&*write).await?
    {
        let before = quota::of_thumbnail(now.thumbnail_spec.as_deref());
        quota::count(&write, row.user_id, quota::of_thumbnail(Some(spec)) - before, 0).await?;
    }
    if let Some((key, spec)) = thumbnail {
        change.thumbnail_key = Set(Some(key));
        change.thumbnail_spec = Set(Some(spec));
    }
    image::Entity::update_many()
        .set(change)
        .filter(image::Column::Id.eq(row.id))
        .filter(image::Column::UserId.eq(row.user_id))
        .exec(&*write)
        .await?;
    write.commit().await?;
    app.news.publish(row.user_id);
    Ok(())
}
