//! Links that people give to others.

use std::collections::HashMap;
use std::time::Duration;

use account_api::Link;
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};
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
use crate::storage::take_revisions;

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
    let mut rows: HashMap<Uuid, image::Model> = rows.into_iter().map(|row| (row.id, row)).collect();
    let rows: Vec<image::Model> = ids.iter().filter_map(|id| rows.remove(id)).collect();
    if let LinkStyle::Service = app.links {
        return service_links(app, user_id, &rows, base).await;
    }
    let mut links = Vec::with_capacity(rows.len());
    for row in &rows {
        links.push(presigned_link(app, row).await?);
    }
    Ok(links)
}

async fn presigned_link(app: &Service, row: &image::Model) -> Result<Link> {
    let url = app.store.presign_get(&row.object_key, disposition(row), LONGEST).await?;
    let expires_at = clock::wire(signed_until(&url).ok_or_else(|| Error::internal("a signed address has no end"))?);
    Ok(Link { image_id: row.id.to_string(), url, expires_at: Some(expires_at) })
}

/// When a signed address ends, in milliseconds since 1970, by the clock that signed it: the store's, which this computer's may be
/// far from.
fn signed_until(url: &str) -> Option<i64> {
    let url = Url::parse(url).ok()?;
    let of = |name: &str| url.query_pairs().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value);
    let format = time::macros::format_description!("[year][month][day]T[hour][minute][second]Z");
    let from = time::PrimitiveDateTime::parse(&of("X-Amz-Date")?, &format).ok()?.assume_utc();
    let good_for: i64 = of("X-Amz-Expires")?.parse().ok()?;
    from.unix_timestamp().checked_add(good_for)?.checked_mul(1000)
}

async fn service_links(app: &Service, user_id: Uuid, rows: &[image::Model], base: &Url) -> Result<Vec<Link>> {
    let mut tokens = known(app.database.read(), rows).await?;
    if rows.iter().any(|row| !tokens.contains_key(&row.id)) {
        give(app, user_id, rows).await?;
        tokens = known(app.database.read(), rows).await?;
    }
    let base = base.as_str().trim_end_matches('/');
    // A picture that was removed in this very moment has none.
    let links = rows.iter().filter_map(|row| {
        let url = format!("{base}/i/{}", tokens.get(&row.id)?);
        Some(Link { image_id: row.id.to_string(), url, expires_at: None })
    });
    Ok(links.collect())
}

/// The tokens of those of these pictures that have a link.
async fn known(connection: &impl ConnectionTrait, rows: &[image::Model]) -> Result<HashMap<Uuid, String>> {
    let ids = rows.iter().map(|row| row.id);
    let links = link::Entity::find().filter(link::Column::ImageId.is_in(ids)).all(connection).await?;
    Ok(links.into_iter().map(|link| (link.image_id, link.token)).collect())
}

/// Gives a link to those of these pictures that have none, each as a change of the feed.
async fn give(app: &Service, user_id: Uuid, rows: &[image::Model]) -> Result<()> {
    let write = app.database.write().await?;
    // Takes the account's lock: nobody else gives them links, or removes them, meanwhile.
    let before = take_revisions(&write, user_id, 0).await?;
    let there: Vec<Uuid> = image::Entity::find()
        .select_only()
        .column(image::Column::Id)
        .filter(image::Column::Id.is_in(rows.iter().map(|row| row.id)))
        .into_tuple()
        .all(&*write)
        .await?;
    let has_one = known(&*write, rows).await?;
    let now = clock::now();
    let new: Vec<link::ActiveModel> = there
        .into_iter()
        .filter(|id| !has_one.contains_key(id))
        .zip(before + 1..)
        .map(|(image_id, revision)| link::ActiveModel {
            token: Set(random_token::<16>()),
            image_id: Set(image_id),
            user_id: Set(user_id),
            created_at: Set(now),
            revision: Set(revision),
        })
        .collect();
    if new.is_empty() {
        return Ok(());
    }
    take_revisions(&write, user_id, new.len() as i64).await?;
    link::Entity::insert_many(new).exec_without_returning(&*write).await?;
    write.commit().await?;
    app.news.publish(user_id);
    Ok(())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_ends_when_its_signature_does() {
        let url = "https://s3.example.com/b/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=20261130T010203Z&X-Amz-Expires=604800";
        assert_eq!(signed_until(url).map(clock::wire).as_deref(), Some("2026-12-07T01:02:03.000Z"));
        assert_eq!(signed_until("https://s3.example.com/b/k"), None);
    }
}
