//! The trash, and removing for good.

use sea_orm::ActiveValue::Set;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, ModelTrait, QueryFilter};
use uuid::Uuid;

use crate::clock::{self, Millis};
use crate::error::{Error, Result};
use crate::service::Service;
use crate::storage::entity::{image, tombstone};
use crate::storage::{Write, next_revision};
use crate::trash_rule;
use crate::uploads::let_go_of_picture;

/// Moves a picture to the trash.
///
/// # Errors
/// When there is no such picture outside of it.
pub async fn trash(app: &Service, user_id: Uuid, id: Uuid) -> Result<()> {
    move_it(app, user_id, id, Some(clock::now())).await.map(drop)
}

/// Takes a picture out of the trash; one that isn't there stays as it is.
///
/// # Errors
/// When there is no such picture.
pub async fn restore(app: &Service, user_id: Uuid, id: Uuid) -> Result<image::Model> {
    move_it(app, user_id, id, None).await
}

async fn move_it(app: &Service, user_id: Uuid, id: Uuid, deleted_at: Option<i64>) -> Result<image::Model> {
    let write = app.database.write().await?;
    let revision = next_revision(&write, user_id).await?;
    let row = image::Entity::find_by_id(id).filter(image::Column::UserId.eq(user_id)).one(&*write).await?;
    let row = row.ok_or_else(|| Error::not_found("picture"))?;
    match (row.deleted_at, deleted_at) {
        (Some(_), Some(_)) => return Err(Error::not_found("picture")),
        (None, None) => return Ok(row),
        _ => {}
    }
    let mut row = row.into_active_model();
    row.deleted_at = Set(deleted_at);
    row.updated_at = Set(clock::now());
    row.revision = Set(revision);
    let row = row.update(&*write).await?;
    write.commit().await?;
    app.news.publish(user_id);
    Ok(row)
}

/// Removes a picture for good, whether in the trash or not: row, bytes and thumbnail. Its room is free once nobody holds an
/// address any more by which they could come back.
///
/// # Errors
/// When there is no such picture. That the store can't be reached is no error: the bytes go later.
pub async fn remove(app: &Service, user_id: Uuid, id: Uuid) -> Result<()> {
    if remove_all(app, user_id, &[id], Which::All).await? == 0 {
        return Err(Error::not_found("picture"));
    }
    Ok(())
}

/// Whose turn it is to be removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// All that were named.
    All,
    /// Of those, the ones whose time in the trash is over.
    Due,
}

/// Removes these pictures of one person for good, in one transaction. Gives their number.
///
/// # Errors
/// When the database can't be reached.
pub async fn remove_all(app: &Service, user_id: Uuid, ids: &[Uuid], which: Which) -> Result<usize> {
    let write = app.database.write().await?;
    // Asked here, so that nothing goes by a rule that has just been taken back.
    let due = match which {
        Which::All => None,
        Which::Due => match trash_rule::current(&*write).await?.due_before(clock::now()) {
            Some(before) => Some(before),
            None => return Ok(0),
        },
    };
    let mut removed = 0;
    for id in ids {
        let revision = next_revision(&write, user_id).await?;
        let mut query = image::Entity::find_by_id(*id).filter(image::Column::UserId.eq(user_id));
        if let Some(before) = due {
            query = query.filter(image::Column::DeletedAt.lt(before));
        }
        let Some(row) = query.one(&*write).await? else { continue };
        let_go_of_picture(&write, &row).await?;
        tombstone::ActiveModel {
            image_id: Set(row.id),
            user_id: Set(user_id),
            revision: Set(revision),
            removed_at: Set(clock::now()),
        }
        .insert(&*write)
        .await?;
        row.delete(&*write).await?;
        removed += 1;
    }
    if removed == 0 {
        return Ok(0);
    }
    write.commit().await?;
    app.news.publish(user_id);
    crate::housekeeping::remove_doomed(app).await;
    Ok(removed)
}

/// Lets time in the trash not count, because nobody could get at it: everything in a person's trash stays so much longer.
///
/// # Errors
/// When the database can't be reached.
pub async fn pass_over(write: &Write, user_id: Uuid, time: Millis) -> Result<()> {
    let rule = trash_rule::current(&**write).await?;
    let trashed =
        image::Entity::find().filter(image::Column::UserId.eq(user_id)).filter(image::Column::DeletedAt.is_not_null());
    for row in trashed.all(&**write).await? {
        let deleted_at = row.deleted_at.map(|at| rule.counts_from(at) + time);
        let mut row = row.into_active_model();
        row.deleted_at = Set(deleted_at);
        row.updated_at = Set(clock::now());
        row.revision = Set(next_revision(write, user_id).await?);
        row.update(&**write).await?;
    }
    Ok(())
}
