//! The ledger of uploads: rows that exist before anything is sent.

use std::collections::HashMap;

use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter};
use uuid::Uuid;

use account_api::ErrorCode;

use super::let_go::{self, LetGo};
use crate::clock;
use crate::error::{Error, Result};
use crate::quota;
use crate::service::Service;
use crate::storage::Write;
use crate::storage::entity::{image, upload};
use crate::storage::next_revision;

/// The refusal of an upload that was aborted, or never was.
pub fn gone() -> Error {
    Error::new(ErrorCode::UploadGone, "This upload is over or was never begun. Ask for a new grant.")
}

/// An upload of this person.
///
/// # Errors
/// [`ErrorCode::UploadGone`].
pub async fn find(connection: &impl ConnectionTrait, user_id: Uuid, id: Uuid) -> Result<upload::Model> {
    upload::Entity::find_by_id(id).filter(upload::Column::UserId.eq(user_id)).one(connection).await?.ok_or_else(gone)
}

/// Those of these uploads that are this person's.
///
/// # Errors
/// When the database can't be reached.
pub async fn find_all(
    connection: &impl ConnectionTrait,
    user_id: Uuid,
    ids: impl IntoIterator<Item = Uuid>,
) -> Result<HashMap<Uuid, upload::Model>> {
    let rows = upload::Entity::find()
        .filter(upload::Column::Id.is_in(ids))
        .filter(upload::Column::UserId.eq(user_id))
        .all(connection)
        .await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

/// An upload of this person that awaits bytes.
///
/// # Errors
/// [`ErrorCode::UploadGone`].
pub async fn find_open(app: &Service, user_id: Uuid, id: Uuid) -> Result<upload::Model> {
    let row = find(app.database.read(), user_id, id).await?;
    if row.state == upload::State::Open { Ok(row) } else { Err(gone()) }
}

/// The picture of this person with these bytes, in the trash or not.
///
/// # Errors
/// When the database can't be reached.
pub async fn same_bytes(
    connection: &impl ConnectionTrait,
    user_id: Uuid,
    sha256: &str,
) -> Result<Option<image::Model>> {
    let found = image::Entity::find()
        .filter(image::Column::UserId.eq(user_id))
        .filter(image::Column::Sha256.eq(sha256))
        .one(connection)
        .await?;
    Ok(found)
}

/// Where the room for an upload comes from.
#[derive(Clone, Copy)]
pub enum Room {
    /// It is taken from what the account has left.
    Needed,
    /// It goes to a picture whose bytes the store has lost, and so have left this much room; what is taken for it is given
    /// back at the end.
    Left(i64),
}

/// Begins uploads, in one transaction: one for each would wait for the disk as often. Either all of them or none; false when
/// one of the same bytes has been begun meanwhile.
///
/// # Errors
/// [`ErrorCode::QuotaExceeded`], [`ErrorCode::TooManyUploads`], or when the database can't be reached.
pub async fn begin(app: &Service, user_id: Uuid, rows: &[upload::Model], room: Room) -> Result<bool> {
    if rows.is_empty() {
        return Ok(true);
    }
    let write = app.database.write().await?;
    let bytes: i64 = rows.iter().map(quota::of_upload).sum();
    // Before anything else, because it locks the account's row, as everything does that changes the account's uploads.
    match room {
        Room::Needed => quota::take(app, &write, user_id, bytes, rows.len()).await?,
        Room::Left(left) if bytes <= left => quota::count(&write, user_id, bytes, rows.len() as i64).await?,
        // Other bytes than those that were lost, whatever SHA-256 they are said to have.
        Room::Left(_) => quota::take(app, &write, user_id, bytes, rows.len()).await?,
    }
    // Under the same lock.
    let open = upload::Entity::find()
        .filter(upload::Column::UserId.eq(user_id))
        .filter(upload::Column::State.eq(upload::State::Open))
        .count(&*write)
        .await?;
    if open + rows.len() as u64 > app.limits.open_uploads {
        return Err(too_many(app.limits.open_uploads));
    }
    let begun = upload::Entity::insert_many(rows.iter().map(|row| row.clone().into_active_model()))
        // Without a column: the index is a partial one, and it is the only one that can be in the way.
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .exec_without_returning(&*write)
        .await?;
    if begun != rows.len() as u64 {
        // The room that was taken here is given back with the transaction.
        return Ok(false);
    }
    write.commit().await?;
    Ok(true)
}

/// After how many seconds it is worth asking again whether some uploads have ended.
const OTHERS_END: u64 = 5;

fn too_many(most: u64) -> Error {
    Error::new(
        ErrorCode::TooManyUploads,
        format!(
            "This account has as many uploads open as may be at once, which is {most}. Nothing was sent; it goes on as \
             soon as some of them have ended."
        ),
    )
    .retry_after(OTHERS_END)
}

/// Moves an upload to another state, in a transaction.
///
/// # Errors
/// When the database can't be reached.
pub async fn set_state(write: &Write, id: Uuid, state: upload::State, image_id: Option<Uuid>) -> Result<()> {
    let row = upload::ActiveModel {
        state: sea_orm::ActiveValue::Set(state),
        image_id: sea_orm::ActiveValue::Set(image_id),
        updated_at: sea_orm::ActiveValue::Set(clock::now()),
        ..Default::default()
    };
    upload::Entity::update_many().set(row).filter(upload::Column::Id.eq(id)).exec(&**write).await?;
    Ok(())
}

/// How exactly it is known when a multipart upload was last wanted, in milliseconds. Writing it down every time would cost
/// a write for each part; and once it is aborted, the addresses of its parts lead nowhere.
const EXACTNESS: i64 = 60 * 60 * 1000;

/// Notes that an upload is still wanted, and until when somebody may store something with the address that they get next.
/// False when it has ended meanwhile: then nobody gets one.
///
/// # Errors
/// When the database can't be reached.
pub async fn touch(app: &Service, row: &upload::Model) -> Result<bool> {
    let (now, end) = (clock::now(), let_go::addresses_end(app));
    let is_known = match row.part_size {
        Some(_) => now - row.updated_at < EXACTNESS,
        None => row.addresses_until >= now + app.limits.address.as_millis() as i64,
    };
    if is_known {
        return Ok(true);
    }
    let write = app.database.write().await?;
    let noted = upload::Entity::update_many()
        .col_expr(upload::Column::UpdatedAt, Expr::value(now))
        .col_expr(upload::Column::AddressesUntil, Expr::value(end))
        .filter(upload::Column::Id.eq(row.id))
        .filter(upload::Column::State.eq(upload::State::Open))
        .exec(&*write)
        .await?;
    write.commit().await?;
    Ok(noted.rows_affected == 1)
}

/// Notes until when somebody may store the thumbnail of a picture, with the address that they get next.
///
/// # Errors
/// When the database can't be reached.
pub async fn thumbnail_goes_out(app: &Service, image_id: Uuid) -> Result<()> {
    let good_for = app.limits.address.as_millis() as i64;
    let known = upload::Entity::find()
        .filter(upload::Column::ImageId.eq(image_id))
        .filter(upload::Column::State.eq(upload::State::Verified))
        .filter(upload::Column::AddressesUntil.gte(clock::now() + good_for))
        .count(app.database.read())
        .await?;
    if known > 0 {
        return Ok(());
    }
    let end = let_go::addresses_end(app);
    let write = app.database.write().await?;
    upload::Entity::update_many()
        .col_expr(upload::Column::AddressesUntil, Expr::value(end))
        .filter(upload::Column::ImageId.eq(image_id))
        .filter(upload::Column::State.eq(upload::State::Verified))
        .filter(upload::Column::AddressesUntil.lt(end))
        .exec(&*write)
        .await?;
    Ok(write.commit().await?)
}

/// Closes an open upload and removes what was sent; any other stays as it is. Its room is free once nobody can send any of
/// it any more.
///
/// # Errors
/// When the database can't be reached, or there is no such upload of this person.
pub async fn close(app: &Service, user_id: Uuid, id: Uuid) -> Result<()> {
    let write = app.database.write().await?;
    // Takes the account's lock, so that a completion is either over or will find the upload closed.
    next_revision(&write, user_id).await?;
    let row = find(&*write, user_id, id).await?;
    if row.state != upload::State::Open {
        return Ok(());
    }
    set_state(&write, id, upload::State::Closed, None).await?;
    let_go::let_go(&write, user_id, of_upload(&row)).await?;
    write.commit().await?;
    crate::deletion_queue::work_off(app).await;
    Ok(())
}

/// What is let go of when an upload ends without a picture.
pub fn of_upload(row: &upload::Model) -> LetGo {
    // Parts have addresses only once the store knows of their upload.
    let has_addresses = row.part_size.is_none() || row.store_upload_id.is_some();
    LetGo {
        object_key: row.object_key.clone(),
        store_upload_id: row.store_upload_id.clone(),
        bytes: quota::of_upload(row),
        pictures: 1,
        until: if has_addresses { row.addresses_until } else { 0 },
    }
}
