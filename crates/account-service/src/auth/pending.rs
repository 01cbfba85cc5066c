//! What is under way by mail: links that set a new password, and addresses that await their confirmation.

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use crate::clock;
use crate::error::Result;
use crate::storage::Write;
use crate::storage::entity::{email_change, reset_link};

/// Ends all of it, of one person: whoever began it may not be who has just proven to be the account's owner.
///
/// # Errors
/// When the database can't be reached.
pub async fn end(write: &Write, user_id: Uuid) -> Result<()> {
    email_change::Entity::delete_many().filter(email_change::Column::UserId.eq(user_id)).exec(&**write).await?;
    reset_link::Entity::update_many()
        .col_expr(reset_link::Column::UsedAt, Expr::value(clock::now()))
        .filter(reset_link::Column::UserId.eq(user_id))
        .filter(reset_link::Column::UsedAt.is_null())
        .exec(&**write)
        .await?;
    Ok(())
}
