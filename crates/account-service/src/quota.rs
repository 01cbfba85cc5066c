//! Quotas: how many bytes and pictures an account may hold.
//!
//! An account's row counts what the account holds: its pictures, in the trash or not, and its open uploads, which take their
//! room when they are granted; each with its thumbnail. So grants that are asked for at the same time can't overshoot
//! together, and the count costs the same for a million pictures as for one. What is let go of keeps its room for as long
//! as somebody may still store something in its place; see [`crate::uploads::let_go`].

use account_api::{ErrorCode, NewPicture, ThumbnailSpec, Usage};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, ExprTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use crate::arrivals::Arriving;
use crate::clock;
use crate::config::Quotas;
use crate::counted::counted;
use crate::error::{Error, Result};
use crate::service::Service;
use crate::size;
use crate::storage::Write;
use crate::storage::entity::{held_key, image, upload, user};

/// What an account holds and may hold: what its row says, else what holds for everyone.
pub fn usage(defaults: &Quotas, user: &user::Model) -> Usage {
    // Below zero means that this account has no limit, whatever holds for the others.
    let limit = |own: Option<i64>, default: Option<u64>| own.map_or(default, |own| u64::try_from(own).ok());
    Usage {
        bytes: user.used_bytes.try_into().unwrap_or_default(),
        pictures: user.used_pictures.try_into().unwrap_or_default(),
        quota_bytes: limit(user.quota_bytes, defaults.bytes),
        quota_pictures: limit(user.quota_pictures, defaults.pictures),
    }
}

/// The bytes that a thumbnail takes, which is described in JSON.
pub fn of_thumbnail(spec: Option<&str>) -> i64 {
    let spec = spec.and_then(|spec| serde_json::from_str::<ThumbnailSpec>(spec).ok());
    spec.and_then(|spec| i64::try_from(spec.size).ok()).unwrap_or_default()
}

/// The bytes that an upload takes: those of its picture and of its thumbnail.
pub fn of_upload(row: &upload::Model) -> i64 {
    let announced = serde_json::from_str::<NewPicture>(&row.announced).ok();
    let thumbnail = announced.and_then(|file| file.thumbnail).and_then(|spec| i64::try_from(spec.size).ok());
    row.size + thumbnail.unwrap_or_default()
}

/// The bytes that a picture takes, with its thumbnail.
pub fn of_picture(row: &image::Model) -> i64 {
    row.size + of_thumbnail(row.thumbnail_spec.as_deref())
}

/// Takes room for pictures of so many bytes together, in the transaction that begins their uploads. From here to the commit the account's row is
/// locked, so nobody else takes the same room.
///
/// # Errors
/// [`ErrorCode::QuotaExceeded`]; the transaction has to be dropped then.
pub async fn take(app: &Service, write: &Write, user_id: Uuid, bytes: i64, pictures: usize) -> Result<()> {
    change(write, user_id, bytes, i64::try_from(pictures).map_err(Error::internal)?).await?;
    let user = user::Entity::find_by_id(user_id).one(&**write).await?.ok_or_else(|| Error::not_found("account"))?;
    let after = usage(&app.quotas, &user);
    let (bytes, pictures) = (bytes.unsigned_abs(), pictures as u64);
    let before =
        Usage { bytes: after.bytes.saturating_sub(bytes), pictures: after.pictures.saturating_sub(pictures), ..after };
    match fits(&before, bytes, pictures) {
        Ok(()) => Ok(()),
        Err(error) => Err(with_held(write, user_id, error).await?),
    }
}

/// Says so when some of the room comes back by itself.
async fn with_held(write: &Write, user_id: Uuid, error: Error) -> Result<Error> {
    let held: Option<Option<i64>> = held_key::Entity::find()
        .select_only()
        .column_as(held_key::Column::Until.max(), "until")
        .filter(held_key::Column::UserId.eq(user_id))
        .filter(held_key::Column::GivenBack.eq(false))
        .into_tuple()
        .one(&**write)
        .await?;
    let Some(until) = held.flatten() else { return Ok(error) };
    let minutes = u64::try_from(until - clock::now()).unwrap_or_default() / 60_000 + 1;
    Ok(error.and(&format!(
        " What was deleted or aborted a moment ago keeps its room until nobody can send it any more, for {minutes} \
         minutes at most."
    )))
}

/// Counts pictures that were found rather than sent, whatever the quota: they are there.
///
/// # Errors
/// When the database can't be reached.
pub async fn count(write: &Write, user_id: Uuid, bytes: i64, pictures: i64) -> Result<()> {
    change(write, user_id, bytes, pictures).await
}

/// Gives the room of pictures back, in the transaction that lets go of them.
///
/// # Errors
/// When the database can't be reached.
pub async fn give_back(write: &Write, user_id: Uuid, bytes: i64, pictures: i64) -> Result<()> {
    change(write, user_id, -bytes, -pictures).await
}

/// Whether there is room for one picture of so many bytes right now, beside what is on its way through the service
/// (`arriving`). Gives how many bytes there is room for, with what is on its way; none without a limit. Only [`take`] is
/// certain.
///
/// # Errors
/// [`ErrorCode::QuotaExceeded`].
pub async fn check(app: &Service, user_id: Uuid, size: u64, arriving: Arriving) -> Result<Option<u64>> {
    let user = user::Entity::find_by_id(user_id).one(app.database.read()).await?;
    let held = usage(&app.quotas, &user.ok_or_else(|| Error::not_found("account"))?);
    let room = held.quota_bytes.map(|most| most.saturating_sub(held.bytes));
    let with_arriving = Usage {
        bytes: held.bytes.saturating_add(arriving.bytes),
        pictures: held.pictures.saturating_add(arriving.pictures),
        ..held
    };
    fits(&with_arriving, size, 1)?;
    Ok(room)
}

async fn change(write: &Write, user_id: Uuid, bytes: i64, pictures: i64) -> Result<()> {
    user::Entity::update_many()
        .col_expr(user::Column::UsedBytes, Expr::col(user::Column::UsedBytes).add(bytes))
        .col_expr(user::Column::UsedPictures, Expr::col(user::Column::UsedPictures).add(pictures))
        .filter(user::Column::Id.eq(user_id))
        .exec(&**write)
        .await?;
    Ok(())
}

fn fits(held: &Usage, size: u64, pictures: u64) -> Result<()> {
    const WAY_OUT: &str = "Nothing was sent. Remove pictures for good, or ask the service’s operator for more room.";
    let exceeded = |what: String| Err(Error::new(ErrorCode::QuotaExceeded, format!("{what} {WAY_OUT}")));
    if let Some(most) = held.quota_pictures.filter(|most| held.pictures.saturating_add(pictures) > *most) {
        let most = counted(most, "picture");
        return exceeded(format!("This account may hold {most}, and it holds {}.", held.pictures));
    }
    if let Some(most) = held.quota_bytes.filter(|most| held.bytes.saturating_add(size) > *most) {
        return exceeded(format!(
            "This account may hold {} and holds {}; this picture has {}.",
            size::in_words(most),
            size::in_words(held.bytes),
            size::in_words(size),
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_byte_and_the_last_picture_fit() {
        let held = Usage { bytes: 90, pictures: 9, quota_bytes: Some(100), quota_pictures: Some(10) };
        assert!(fits(&held, 10, 1).is_ok());
        assert_eq!(fits(&held, 11, 1).unwrap_err().code(), ErrorCode::QuotaExceeded);
        assert_eq!(fits(&held, 10, 2).unwrap_err().code(), ErrorCode::QuotaExceeded);
        let full = Usage { pictures: 10, ..held };
        assert_eq!(fits(&full, 1, 1).unwrap_err().code(), ErrorCode::QuotaExceeded);
        assert!(fits(&Usage { quota_bytes: None, quota_pictures: None, ..full }, u64::MAX, 1).is_ok());
    }
}
