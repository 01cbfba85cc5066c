//! Thumbnails: sent after their picture is verified, believed after the store has been asked.

use std::sync::Arc;

use account_api::{ThumbnailSpec, ThumbnailsRequest, ThumbnailsResponse};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use futures::{StreamExt, stream};
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use crate::clock;
use crate::error::{Error, Result};
use crate::object_store::{PutSpec, StoreError};
use crate::service::{App, Service};
use crate::storage::entity::image;
use crate::storage::take_revisions;

/// How many are asked for at the same time.
const AT_ONCE: usize = 16;

/// What goes to the store.
pub fn object<'a>(spec: &'a ThumbnailSpec, key: &'a str) -> PutSpec<'a> {
    PutSpec { key, content_type: &spec.content_type, size: spec.size, content_md5: &spec.content_md5, facts: None }
}

/// Confirms the thumbnails that the store has.
///
/// # Errors
/// When the request is not as documented, or the store can't be reached.
pub async fn confirm(app: &App, user_id: Uuid, request: ThumbnailsRequest) -> Result<ThumbnailsResponse> {
    super::check_batch(request.image_ids.len())?;
    let ids: Vec<Uuid> = request.image_ids.iter().filter_map(|id| Uuid::try_parse(id).ok()).collect();
    let rows = image::Entity::find()
        .filter(image::Column::UserId.eq(user_id))
        .filter(image::Column::Id.is_in(ids))
        .all(app.database.read())
        .await?;
    let mut confirmed: Vec<Uuid> = rows.iter().filter(|row| row.has_thumbnail).map(|row| row.id).collect();
    let found: Vec<Result<Option<Uuid>>> = stream::iter(rows.into_iter().filter(|row| !row.has_thumbnail))
        .map(|row| {
            let app = Arc::clone(app);
            async move { Ok(is_stored(&app, &row).await?.then_some(row.id)) }
        })
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    let found: Vec<Uuid> = found.into_iter().collect::<Result<Vec<_>>>()?.into_iter().flatten().collect();
    note(app, user_id, &found).await?;
    confirmed.extend(found);
    Ok(ThumbnailsResponse { confirmed: confirmed.iter().map(Uuid::to_string).collect() })
}

async fn is_stored(app: &Service, row: &image::Model) -> Result<bool> {
    let (Some(key), Some(spec)) = (&row.thumbnail_key, &row.thumbnail_spec) else { return Ok(false) };
    let spec: ThumbnailSpec = serde_json::from_str(spec).map_err(Error::internal)?;
    let stored = match app.store.head(key).await {
        Ok(stored) => stored,
        Err(StoreError::NoSuchKey) => return Ok(false),
        Err(error) => return Err(error.into()),
    };
    let md5 = stored.etag.filter(|etag| etag.len() == 32).and_then(|etag| hex::decode(etag).ok());
    Ok(stored.size == spec.size && md5.is_none_or(|md5| BASE64_STANDARD.encode(md5) == spec.content_md5))
}

/// Notes that these thumbnails are in the store, one change each.
///
/// # Errors
/// When the database can't be reached.
pub async fn note(app: &Service, user_id: Uuid, ids: &[Uuid]) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    let write = app.database.write().await?;
    let count = i64::try_from(ids.len()).map_err(Error::internal)?;
    let last = take_revisions(&write, user_id, count).await?;
    for (id, revision) in ids.iter().zip(last - count + 1..) {
        let row = image::ActiveModel {
            has_thumbnail: Set(true),
            updated_at: Set(clock::now()),
            revision: Set(revision),
            ..Default::default()
        };
        // As a condition rather than by key: the picture may have been removed meanwhile, which is no error.
        image::Entity::update_many()
            .set(row)
            .filter(image::Column::Id.eq(*id))
            .filter(image::Column::UserId.eq(user_id))
            .exec(&*write)
            .await?;
    }
    write.commit().await?;
    app.news.publish(user_id);
    Ok(())
}
