//! Rows that go for good, and what stays in their place.

use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use crate::clock::Millis;
use crate::error::Result;
use crate::storage::Write;
use crate::storage::entity::{image, tombstone};
use crate::uploads::let_go_of_picture;

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
