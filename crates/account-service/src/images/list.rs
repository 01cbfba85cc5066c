//! Finding pictures, newest first, by keyset: the millionth page is as fast as the first.

use account_api::{ImagesPage, ImagesQuery, MAX_PAGE};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::wire::with_urls_all;
use crate::error::{Error, Result};
use crate::form;
use crate::service::Service;
use crate::storage::entity::image;

/// A page without a given size.
const PAGE: u32 = 100;

/// A picture of this person; one in the trash only when asked for.
///
/// # Errors
/// [`account_api::ErrorCode::NotFound`].
pub async fn find(app: &Service, user_id: Uuid, id: Uuid, in_trash: bool) -> Result<image::Model> {
    let mut query = image::Entity::find_by_id(id).filter(image::Column::UserId.eq(user_id));
    if !in_trash {
        query = query.filter(image::Column::DeletedAt.is_null());
    }
    query.one(app.database.read()).await?.ok_or_else(|| Error::not_found("picture"))
}

/// How many entries a page has.
///
/// # Errors
/// When that is none or more than [`MAX_PAGE`].
pub fn page_size(asked: Option<u32>, default: u32) -> Result<u32> {
    match asked.unwrap_or(default) {
        limit @ 1..=MAX_PAGE => Ok(limit),
        _ => Err(Error::invalid(format!("limit: {}.", form::parameter("limit")))),
    }
}

/// A page of pictures.
///
/// # Errors
/// When the cursor is none of this service's.
pub async fn page(app: &Service, user_id: Uuid, query: ImagesQuery) -> Result<ImagesPage> {
    let limit = page_size(query.limit, PAGE)? as usize;
    let mut rows = image::Entity::find().filter(image::Column::UserId.eq(user_id));
    rows = if query.trash.unwrap_or(false) {
        rows.filter(image::Column::DeletedAt.is_not_null())
    } else {
        rows.filter(image::Column::DeletedAt.is_null())
    };
    if let Some(cursor) = query.cursor {
        let (created_at, id) =
            read_cursor(&cursor).ok_or_else(|| Error::invalid("cursor: not one of this service."))?;
        // As row values rather than "older, or as old and with a smaller id": an index is entered with the former, while
        // the latter has the database read everything newer first.
        let place = Expr::tuple([Expr::col(image::Column::CreatedAt), Expr::col(image::Column::Id)]);
        rows = rows.filter(place.lt(Expr::tuple([Expr::value(created_at), Expr::value(id)])));
    }
    let mut rows = rows
        .order_by_desc(image::Column::CreatedAt)
        .order_by_desc(image::Column::Id)
        .limit(limit as u64 + 1)
        .all(app.database.read())
        .await?;
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next_cursor = rows.last().filter(|_| more).map(|row| cursor(row.created_at, row.id));
    Ok(ImagesPage { images: with_urls_all(app, rows).await?, next_cursor })
}

fn cursor(created_at: i64, id: Uuid) -> String {
    let mut bytes = created_at.to_be_bytes().to_vec();
    bytes.extend_from_slice(id.as_bytes());
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

fn read_cursor(cursor: &str) -> Option<(i64, Uuid)> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(cursor).ok()?;
    let (created_at, id) = bytes.split_first_chunk::<8>()?;
    Some((i64::from_be_bytes(*created_at), Uuid::from_slice(id).ok()?))
}
