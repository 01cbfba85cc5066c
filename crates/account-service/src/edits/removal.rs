//! Removing pictures for good.

use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::batch::Batch;
use super::read::Operation;
use crate::clock::Millis;
use crate::error::Result;
use crate::service::Service;
use crate::storage::Write;
use crate::storage::entity::{image, tombstone};
use crate::uploads::let_go_of_picture;

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
    let mut batch = Batch::open(app, user_id).await?;
    let due = match which {
        Which::All => None,
        // Asked here, so that nothing goes by a rule that has just been taken back.
        Which::Due => match batch.trash_rule().await?.due_before(batch.now) {
            Some(before) => Some(before),
            None => return Ok(0),
        },
    };
    let clock = batch.tick();
    let operations: Vec<Operation> = ids
        .iter()
        .map(|id| Operation::own(clock, account_api::EditKind::Remove { image_id: id.to_string() }))
        .collect();
    batch.read(&operations).await?;
    let mut removed = 0;
    for operation in &operations {
        let picture = operation.image_id().and_then(|id| batch.picture(id));
        let is_due = picture.is_some_and(|picture| {
            due.is_none_or(|before| picture.row.deleted_at.is_some_and(|deleted_at| deleted_at < before))
        });
        if is_due {
            batch.merge(operation)?;
            removed += 1;
        }
    }
    if removed > 0 {
        batch.finish(&[]).await?;
        crate::housekeeping::remove_doomed(app).await;
    }
    Ok(removed)
}

/// Removes rows, each at a revision: their bytes and thumbnails go, and their room is free once nobody holds an address any
/// more by which they could come back.
///
/// # Errors
/// When the database can't be reached.
pub async fn remove_rows(write: &Write, user_id: Uuid, rows: &[(image::Model, i64)], now: Millis) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    for (row, _) in rows {
        let_go_of_picture(write, row).await?;
    }
    let tombstones = rows.iter().map(|(row, revision)| tombstone::ActiveModel {
        image_id: Set(row.id),
        user_id: Set(user_id),
        revision: Set(*revision),
        removed_at: Set(now),
    });
    tombstone::Entity::insert_many(tombstones).exec_without_returning(&**write).await?;
    image::Entity::delete_many()
        .filter(image::Column::Id.is_in(rows.iter().map(|(row, _)| row.id)))
        .exec(&**write)
        .await?;
    Ok(())
}
