//! Removing an account, and all of it: rows at once, and what the bucket has of it as fast as the store goes.
//!
//! The bucket is looked into three times: at once; when the last address has ended by which a client could store something;
//! and a day later, for what was on its way then.

use std::time::Duration;

use account_api::RemoveAccountRequest;
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::second_factor::{self, Proof};
use super::users;
use crate::clock;
use crate::error::Result;
use crate::journal;
use crate::object_store::{Depth, StoreError};
use crate::service::Service;
use crate::storage::Write;
use crate::storage::entity::removed_account::{Column, Entity, Model};
use crate::storage::entity::{held_key, removed_account, upload, user};
use crate::uploads::{PICTURES, THUMBNAILS, addresses_end, queue_deletion};

/// How long removing objects may keep whoever asked for it; the rest goes later.
const PATIENCE: Duration = Duration::from_secs(10);

/// When the bucket is looked into for the last time.
const LAST_LOOK: Duration = Duration::from_secs(24 * 60 * 60);

/// How many accounts at a time.
const BATCH: u64 = 100;

/// Removes the account of somebody who has proven to be its owner.
///
/// # Errors
/// [`account_api::ErrorCode::InvalidCredentials`] for a wrong password, [`account_api::ErrorCode::TotpRequired`] and
/// [`account_api::ErrorCode::TotpInvalid`] about the second factor. Then nothing was removed.
pub async fn remove_own(app: &Service, user_id: Uuid, request: RemoveAccountRequest) -> Result<()> {
    let user = users::with_password(app, user_id, request.password).await?;
    let proof = Proof { totp_code: request.totp_code, recovery_code: request.recovery_code };
    let write = app.database.write().await?;
    users::lock(&write, &user).await?;
    if !second_factor::check(app, &write, &user, &proof).await? {
        write.commit().await?;
        return Err(second_factor::wrong_code());
    }
    remove(app, write, user_id).await?;
    if tokio::time::timeout(PATIENCE, clear(app)).await.is_err() {
        tracing::info!(user = %user_id, "the rest of a removed account’s objects goes later");
    }
    Ok(())
}

/// Removes an account for its operator, and waits until the store has removed what it had of it.
///
/// # Errors
/// When the database can't be reached.
pub async fn remove_any(app: &Service, user_id: Uuid) -> Result<()> {
    remove(app, app.database.write().await?, user_id).await?;
    clear(app).await;
    Ok(())
}

async fn remove(app: &Service, write: Write, user_id: Uuid) -> Result<()> {
    let now = clock::now();
    let row =
        removed_account::ActiveModel { user_id: Set(user_id), removed_at: Set(now), look_at: Set(now), looks: Set(0) };
    Entity::insert(row).exec_without_returning(&*write).await?;
    // A store that can't list multipart uploads ends those that are known.
    let begun = upload::Entity::find()
        .filter(upload::Column::UserId.eq(user_id))
        .filter(upload::Column::State.eq(upload::State::Open))
        .filter(upload::Column::StoreUploadId.is_not_null())
        .all(&*write)
        .await?;
    for row in begun {
        queue_deletion(&write, row.object_key, row.store_upload_id).await?;
    }
    // Its room is nobody's any more, and its keys are looked for with all others.
    held_key::Entity::delete_many().filter(held_key::Column::UserId.eq(user_id)).exec(&*write).await?;
    // Everything else that is the account's goes with its row.
    user::Entity::delete_by_id(user_id).exec(&*write).await?;
    write.commit().await?;
    // Whoever follows its changes finds that it is gone.
    app.news.publish(user_id);
    tracing::info!(user = %user_id, "an account was removed");
    Ok(())
}

/// Removes from the bucket what is left of removed accounts, where it is time to look. What the store doesn't remove now is
/// for the next time.
pub async fn clear(app: &Service) {
    if let Err(error) = clear_all(app).await {
        tracing::warn!(%error, "objects of removed accounts are still in the store; it will be tried again");
    }
}

async fn clear_all(app: &Service) -> Result<()> {
    loop {
        let rows = Entity::find()
            .filter(Column::LookAt.lte(clock::now()))
            .order_by_asc(Column::LookAt)
            .limit(BATCH)
            .all(app.database.read())
            .await?;
        if rows.is_empty() {
            return Ok(());
        }
        for row in rows {
            clear_one(app, &row).await?;
        }
    }
}

async fn clear_one(app: &Service, row: &Model) -> Result<()> {
    let user_id = row.user_id;
    let folders = [format!("{PICTURES}{user_id}/"), format!("{THUMBNAILS}{user_id}/"), journal::of_user(user_id)];
    for folder in &folders {
        remove_folder(app, folder).await?;
    }
    let next = match row.looks {
        0 => Some(addresses_end(app)),
        1 => Some(clock::now() + LAST_LOOK.as_millis() as i64),
        _ => None,
    };
    let write = app.database.write().await?;
    match next {
        Some(look_at) => {
            let change =
                removed_account::ActiveModel { look_at: Set(look_at), looks: Set(row.looks + 1), ..Default::default() };
            Entity::update_many()
                .set(change)
                .filter(Column::UserId.eq(user_id))
                .filter(Column::Looks.eq(row.looks))
                .exec(&*write)
                .await?;
        }
        None => {
            Entity::delete_by_id(user_id).exec(&*write).await?;
        }
    }
    Ok(write.commit().await?)
}

/// Everything in a folder of the bucket goes: multipart uploads that are under way, and objects.
async fn remove_folder(app: &Service, folder: &str) -> Result<(), StoreError> {
    match app.store.unfinished(folder).await {
        Ok(unfinished) => {
            for one in unfinished {
                app.store.abort_multipart(&one.key, &one.upload_id).await?;
            }
        }
        Err(StoreError::Refused { status: 501, .. }) => {
            tracing::debug!("this store can’t list multipart uploads; its own rules have to end them");
        }
        Err(error) => return Err(error),
    }
    loop {
        // From the beginning each time: what was listed is gone.
        let page = app.store.list(folder, Depth::Everything, None).await?;
        for object in &page.objects {
            app.store.delete(&object.key).await?;
        }
        if page.objects.is_empty() || page.next.is_none() {
            return Ok(());
        }
    }
}
