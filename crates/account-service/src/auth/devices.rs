//! The devices that are signed in: each is a session.

use account_api::Session;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use super::{Caller, pending};
use crate::clock;
use crate::error::{Error, Result};
use crate::service::Service;
use crate::storage::Write;
use crate::storage::entity::session::{Column, Entity};

/// All sessions of the caller that can still be used, the most recently used one first.
///
/// # Errors
/// When the database can't be reached.
pub async fn list(app: &Service, caller: &Caller) -> Result<Vec<Session>> {
    let rows = Entity::find()
        .filter(Column::UserId.eq(caller.user_id))
        .filter(Column::RevokedAt.is_null())
        .filter(Column::LastUsedAt.gt(clock::now() - app.sessions.idle.as_millis() as i64))
        .order_by_desc(Column::LastUsedAt)
        .order_by_desc(Column::CreatedAt)
        .order_by_asc(Column::Id)
        .all(app.database.read())
        .await?;
    let wire = |row: crate::storage::entity::session::Model| Session {
        id: row.id.to_string(),
        current: row.id == caller.session_id,
        device_name: row.device_name,
        created_at: clock::wire(row.created_at),
        last_used_at: clock::wire(row.last_used_at),
    };
    Ok(rows.into_iter().map(wire).collect())
}

/// Signs one device of the caller out.
///
/// # Errors
/// [`account_api::ErrorCode::NotFound`] when it isn't theirs, or is signed out already.
pub async fn end_one(app: &Service, caller: &Caller, session_id: Uuid) -> Result<()> {
    let write = app.database.write().await?;
    let done = Entity::update_many()
        .col_expr(Column::RevokedAt, Expr::value(clock::now()))
        .filter(Column::Id.eq(session_id))
        .filter(Column::UserId.eq(caller.user_id))
        .filter(Column::RevokedAt.is_null())
        .exec(&*write)
        .await?;
    if done.rows_affected == 0 {
        return Err(Error::not_found("session"));
    }
    Ok(write.commit().await?)
}

/// Signs all devices of the caller out but the one that asks.
///
/// # Errors
/// When the database can't be reached.
pub async fn end_others(app: &Service, caller: &Caller) -> Result<()> {
    let write = app.database.write().await?;
    end_all(&write, caller.user_id, Some(caller.session_id)).await?;
    Ok(write.commit().await?)
}

/// Signs all devices of a person out, but for one, and ends what any of them began by mail: somebody else may have begun it.
///
/// # Errors
/// When the database can't be reached.
pub async fn end_all(write: &Write, user_id: Uuid, except: Option<Uuid>) -> Result<()> {
    let mut ending = Entity::update_many()
        .col_expr(Column::RevokedAt, Expr::value(clock::now()))
        .filter(Column::UserId.eq(user_id))
        .filter(Column::RevokedAt.is_null());
    if let Some(session_id) = except {
        ending = ending.filter(Column::Id.ne(session_id));
    }
    ending.exec(&**write).await?;
    pending::end(write, user_id).await
}
