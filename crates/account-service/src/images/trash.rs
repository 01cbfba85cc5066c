//! Time in the trash that doesn't count.

use sea_orm::ActiveValue::Set;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use uuid::Uuid;

use crate::clock::{self, Millis};
use crate::error::Result;
use crate::storage::entity::image;
use crate::storage::{Write, next_revision};
use crate::trash_rule;

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
