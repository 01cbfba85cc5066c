//! Links that people give to others.

use std::time::Duration;

use account_api::Link;
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use url::Url;
use uuid::Uuid;

use crate::clock;
use crate::config::LinkStyle;
use crate::error::{Error, Result};
use crate::key_file::random_token;
use crate::media;
use crate::object_store::{Disposition, GOOD_FOR};
use crate::service::Service;
use crate::storage::entity::{image, link, user};

/// The longest that S3 lets a presigned URL live.
const LONGEST: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// Links of these pictures, in this order, without those that aren't this person's or are in the trash.
///
/// # Errors
/// When the database can't be reached.
pub async fn links(app: &Service, user_id: Uuid, ids: &[Uuid], base: &Url) -> Result<Vec<Link>> {
    let rows = image::Entity::find()
        .filter(image::Column::UserId.eq(user_id))
        .filter(image::Column::Id.is_in(ids.iter().copied()))
        .filter(image::Column::DeletedAt.is_null())
        .all(app.database.read())
        .await?;
    let mut links = Vec::with_capacity(rows.len());
    for id in ids {
        let Some(row) = rows.iter().find(|row| row.id == *id) else { continue };
        links.push(match app.links {
            LinkStyle::Service => service_link(app, row, base).await?,
            LinkStyle::Presigned => presigned_link(app, row).await?,
        });
    }
    Ok(links)
}

async fn presigned_link(app: &Service, row: &image::Model) -> Result<Link> {
    let url = app.store.presign_get(&row.object_key, disposition(row), LONGEST).await?;
    let expires_at = clock::wire(clock::now() + LONGEST.as_millis() as i64);
    Ok(Link { image_id: row.id.to_string(), url, expires_at: Some(expires_at) })
}

async fn service_link(app: &Service, row: &image::Model, base: &Url) -> Result<Link> {
    let known = || link::Entity::find().filter(link::Column::ImageId.eq(row.id)).one(app.database.read());
    let token = match known().await? {
        Some(link) => link.token,
        None => {
            let write = app.database.write().await?;
            link::Entity::insert(link::ActiveModel {
                token: Set(random_token::<16>()),
                image_id: Set(row.id),
                user_id: Set(row.user_id),
                created_at: Set(clock::now()),
            })
            .on_conflict(OnConflict::column(link::Column::ImageId).do_nothing().to_owned())
            .exec_without_returning(&*write)
            .await?;
            write.commit().await?;
            known().await?.ok_or_else(|| Error::not_found("picture"))?.token
        }
    };
    let base = base.as_str().trim_end_matches('/');
    Ok(Link { image_id: row.id.to_string(), url: format!("{base}/i/{token}"), expires_at: None })
}

/// Where the picture behind a link's token is right now: a presigned address, good for minutes.
///
/// # Errors
/// When there is no such link, its picture is in the trash, or the account was closed.
pub async fn follow(app: &Service, token: &str) -> Result<String> {
    let gone = || Error::new(account_api::ErrorCode::NotFound, "This link leads to no picture (any more).");
    // PostgreSQL takes no text with a NUL, and no token has one.
    if token.contains('\0') {
        return Err(gone());
    }
    let link = link::Entity::find_by_id(token)
        .filter(link::Column::UserId.in_subquery(user::not_disabled()))
        .one(app.database.read())
        .await?
        .ok_or_else(gone)?;
    let row = image::Entity::find_by_id(link.image_id)
        .filter(image::Column::DeletedAt.is_null())
        .one(app.database.read())
        .await?
        .ok_or_else(gone)?;
    Ok(app.store.presign_get(&row.object_key, disposition(&row), GOOD_FOR).await?)
}

/// Raster pictures are shown; anything else is saved, because a browser would run what is in it.
fn disposition(row: &image::Model) -> Disposition<'_> {
    match media::by_name(&row.format) {
        Some(media) if media.shown_inline => {
            Disposition { content_type: media.content_type, inline: true, file_name: &row.name }
        }
        _ => Disposition { content_type: "application/octet-stream", inline: false, file_name: &row.name },
    }
}
