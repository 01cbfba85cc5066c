//! Where thumbnails are, for a screen of pictures at once.

use std::collections::HashMap;

use account_api::{ThumbnailUrl, ThumbnailUrlsRequest, ThumbnailUrlsResponse};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::wire::thumbnail_url;
use crate::error::Result;
use crate::service::Service;
use crate::storage::entity::image;
use crate::uploads::check_batch;

/// Presigned URLs of the thumbnails of these pictures, in this order, without those that aren't this person's or have none.
///
/// # Errors
/// When the request is not as documented, or the database can't be reached.
pub async fn thumbnail_urls(
    app: &Service,
    user_id: Uuid,
    request: ThumbnailUrlsRequest,
) -> Result<ThumbnailUrlsResponse> {
    check_batch(request.image_ids.len())?;
    let ids: Vec<Uuid> = request.image_ids.iter().filter_map(|id| Uuid::try_parse(id).ok()).collect();
    let keys: Vec<(Uuid, Option<String>)> = image::Entity::find()
        .select_only()
        .columns([image::Column::Id, image::Column::ThumbnailKey])
        .filter(image::Column::UserId.eq(user_id))
        .filter(image::Column::Id.is_in(ids.iter().copied()))
        .filter(image::Column::HasThumbnail.eq(true))
        .into_tuple()
        .all(app.database.read())
        .await?;
    let mut keys: HashMap<Uuid, String> = keys.into_iter().filter_map(|(id, key)| Some((id, key?))).collect();
    let mut thumbnails = Vec::with_capacity(keys.len());
    for id in ids {
        if let Some(key) = keys.remove(&id) {
            thumbnails.push(ThumbnailUrl { image_id: id.to_string(), url: thumbnail_url(app, &key).await? });
        }
    }
    Ok(ThumbnailUrlsResponse { thumbnails })
}
