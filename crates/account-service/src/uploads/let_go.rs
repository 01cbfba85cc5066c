//! Letting go of objects: their keys, and the room that they took.
//!
//! A client holds presigned addresses, which nobody can take back: until they end, something can be stored at the key of an
//! upload that was aborted, or of a picture that was removed. So the room is given back when the addresses have ended and
//! what lies at the key has been removed, and a day later the key is looked at once more: a request that began while its
//! address was good may last longer than the address.

use std::time::Duration;

use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};
use uuid::Uuid;

use crate::clock::{self, Millis};
use crate::error::Result;
use crate::object_store::StoreError;
use crate::quota;
use crate::service::Service;
use crate::storage::Write;
use crate::storage::entity::{held_key, image, queued_deletion, upload};

/// When a key is looked at for the last time, after its addresses have ended.
const LAST_LOOK: Duration = Duration::from_secs(24 * 60 * 60);

/// How many rows at a time.
const BATCH: u64 = 500;

/// Something that is let go of.
pub struct LetGo {
    /// Its key.
    pub object_key: String,
    /// The multipart upload to abort.
    pub store_upload_id: Option<String>,
    /// The bytes that it takes.
    pub bytes: i64,
    /// The pictures that it counts as.
    pub pictures: i64,
    /// When the last address for it ends.
    pub until: Millis,
}

/// When addresses end that are given out now. A bit later, because clocks differ.
pub fn addresses_end(app: &Service) -> Millis {
    let good_for = app.limits.address.as_millis() as i64;
    clock::now() + good_for + good_for / 15
}

/// Lets go of an object in the transaction that lets go of its row: it is removed as soon as can be, and its room is given
/// back once nobody can store anything there any more.
///
/// # Errors
/// When the database can't be reached.
pub async fn let_go(write: &Write, user_id: Uuid, what: LetGo) -> Result<()> {
    let LetGo { object_key, store_upload_id, bytes, pictures, until } = what;
    queue_deletion(write, object_key.clone(), store_upload_id.clone()).await?;
    if until <= clock::now() {
        return quota::give_back(write, user_id, bytes, pictures).await;
    }
    let row = held_key::ActiveModel {
        object_key: Set(object_key),
        store_upload_id: Set(store_upload_id),
        user_id: Set(user_id),
        bytes: Set(bytes),
        pictures: Set(pictures),
        until: Set(until),
        given_back: Set(false),
    };
    let noted = held_key::Entity::insert(row)
        .on_conflict(OnConflict::column(held_key::Column::ObjectKey).do_nothing().to_owned())
        .exec_without_returning(&**write)
        .await?;
    if noted == 0 {
        // It is held already, with what it took then.
        quota::give_back(write, user_id, bytes, pictures).await?;
    }
    Ok(())
}

/// Notes an object for removal, in the transaction that lets go of it.
///
/// # Errors
/// When the database can't be reached.
pub async fn queue_deletion(write: &Write, object_key: String, store_upload_id: Option<String>) -> Result<()> {
    let row = queued_deletion::ActiveModel {
        object_key: Set(object_key),
        store_upload_id: Set(store_upload_id),
        queued_at: Set(clock::now()),
    };
    queued_deletion::Entity::insert(row)
        .on_conflict(OnConflict::column(queued_deletion::Column::ObjectKey).do_nothing().to_owned())
        .exec_without_returning(&**write)
        .await?;
    Ok(())
}

/// Lets go of a picture's bytes and of its thumbnail, and of the room of both.
///
/// # Errors
/// When the database can't be reached.
pub async fn let_go_of_picture(write: &Write, row: &image::Model) -> Result<()> {
    let (object, thumbnail) = addresses_of(write, row).await?;
    let let_go_of = |object_key: &str, bytes, pictures, until| LetGo {
        object_key: object_key.to_owned(),
        store_upload_id: None,
        bytes,
        pictures,
        until,
    };
    let_go(write, row.user_id, let_go_of(&row.object_key, row.size, 1, object)).await?;
    let bytes = quota::of_thumbnail(row.thumbnail_spec.as_deref());
    match &row.thumbnail_key {
        Some(key) => let_go(write, row.user_id, let_go_of(key, bytes, 0, thumbnail)).await,
        None => quota::give_back(write, row.user_id, bytes, 0).await,
    }
}

/// When the last addresses of a picture's object and of its thumbnail end. The parts of a multipart upload can't be sent
/// any more once it has been put together.
pub async fn addresses_of(write: &Write, row: &image::Model) -> Result<(Millis, Millis)> {
    let uploads = upload::Entity::find()
        .filter(upload::Column::ImageId.eq(row.id))
        .filter(upload::Column::State.eq(upload::State::Verified))
        .all(&**write)
        .await?;
    let last = |of: &dyn Fn(&&upload::Model) -> bool| {
        uploads.iter().filter(of).map(|upload| upload.addresses_until).max().unwrap_or_default()
    };
    let object = last(&|upload| upload.object_key == row.object_key && upload.part_size.is_none());
    Ok((object, last(&|_| true)))
}

/// Gives room back whose addresses have ended, after what lies at their keys has been removed.
///
/// # Errors
/// When database or store can't be reached; what is left is for the next time.
pub async fn give_back_ended(app: &Service) -> Result<()> {
    loop {
        let rows = held_key::Entity::find()
            .filter(held_key::Column::Until.lt(clock::now()))
            .order_by_asc(held_key::Column::Until)
            .limit(BATCH)
            .all(app.database.read())
            .await?;
        if rows.is_empty() {
            return Ok(());
        }
        for row in rows {
            end(app, row).await?;
        }
    }
}

/// The store has aborted the multipart upload of this key: its addresses lead nowhere from now on.
///
/// # Errors
/// When database or store can't be reached.
pub async fn aborted(app: &Service, object_key: &str) -> Result<()> {
    let row = held_key::Entity::find_by_id(object_key).one(app.database.read()).await?;
    match row.filter(|row| row.store_upload_id.is_some() && !row.given_back) {
        Some(row) => give_back(app, &row).await,
        None => Ok(()),
    }
}

async fn end(app: &Service, row: held_key::Model) -> Result<()> {
    if !is_needed(app, &row.object_key).await? {
        remove(app, &row).await?;
    }
    if !row.given_back {
        return give_back(app, &row).await;
    }
    let write = app.database.write().await?;
    held_key::Entity::delete_by_id(&row.object_key).exec(&*write).await?;
    Ok(write.commit().await?)
}

async fn remove(app: &Service, row: &held_key::Model) -> Result<(), StoreError> {
    if let Some(upload_id) = &row.store_upload_id {
        app.store.abort_multipart(&row.object_key, upload_id).await?;
    }
    app.store.delete(&row.object_key).await
}

/// Whether a picture has been made meanwhile of what came late: found in the bucket, it has the key's identifier.
async fn is_needed(app: &Service, key: &str) -> Result<bool> {
    let name = key.rsplit('/').next().and_then(|name| name.split('.').next());
    let Some(id) = name.and_then(|name| Uuid::try_parse(name).ok()) else { return Ok(false) };
    let row = image::Entity::find_by_id(id).one(app.database.read()).await?;
    Ok(row.is_some_and(|row| row.object_key == key || row.thumbnail_key.as_deref() == Some(key)))
}

/// Gives the room back, once, however many processes are at it.
async fn give_back(app: &Service, row: &held_key::Model) -> Result<()> {
    let write = app.database.write().await?;
    let next = held_key::ActiveModel {
        given_back: Set(true),
        until: Set(clock::now() + LAST_LOOK.as_millis() as i64),
        ..Default::default()
    };
    let done = held_key::Entity::update_many()
        .set(next)
        .filter(held_key::Column::ObjectKey.eq(&*row.object_key))
        .filter(held_key::Column::GivenBack.eq(false))
        .exec(&*write)
        .await?;
    if done.rows_affected == 1 {
        quota::give_back(&write, row.user_id, row.bytes, row.pictures).await?;
    }
    Ok(write.commit().await?)
}
