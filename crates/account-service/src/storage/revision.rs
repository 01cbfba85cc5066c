//! The revision of an account: every change of its pictures, albums and links has one, strictly rising.

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, ExprTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::Write;
use super::entity::user;
use crate::error::{Error, Result};

/// Takes the account's next revision. From here to the commit no other transaction changes this account's pictures,
/// because the account's row is locked: so revisions become visible in their order.
///
/// # Errors
/// When the account is gone or the database can't be reached.
pub async fn next_revision(write: &Write, user_id: Uuid) -> Result<i64> {
    take_revisions(write, user_id, 1).await
}

/// Takes so many revisions, and gives the last of them; with 0 the newest, under the account's lock.
///
/// # Errors
/// When the account is gone or the database can't be reached.
pub async fn take_revisions(write: &Write, user_id: Uuid, count: i64) -> Result<i64> {
    user::Entity::update_many()
        .col_expr(user::Column::Revision, Expr::col(user::Column::Revision).add(count))
        .filter(user::Column::Id.eq(user_id))
        .exec(&**write)
        .await?;
    user::Entity::find_by_id(user_id)
        .select_only()
        .column(user::Column::Revision)
        .into_tuple()
        .one(&**write)
        .await?
        .ok_or_else(|| Error::not_found("account"))
}
