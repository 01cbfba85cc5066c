//! The hybrid logical clock of an account: the latest moment of everything that was said of its pictures and albums.

use account_api::Clock;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::Write;
use super::entity::user;
use crate::clock;
use crate::error::{Error, Result};

/// The latest moment; the first one of all before anything was said.
///
/// # Errors
/// When the database can't be reached.
pub async fn latest_clock(connection: &impl ConnectionTrait, user_id: Uuid) -> Result<Clock> {
    let text: Option<String> = user::Entity::find_by_id(user_id)
        .select_only()
        .column(user::Column::Clock)
        .into_tuple()
        .one(connection)
        .await?;
    text.map_or(Ok(Clock::default()), |text| text.parse().map_err(Error::internal))
}

/// Notes a moment that is the latest from now on. Under the account's lock.
///
/// # Errors
/// When the database can't be reached.
pub async fn note_clock(write: &Write, user_id: Uuid, clock: Clock) -> Result<()> {
    user::Entity::update_many()
        .col_expr(user::Column::Clock, Expr::value(clock.to_string()))
        .filter(user::Column::Id.eq(user_id))
        .exec(&**write)
        .await?;
    Ok(())
}

/// The moment of something that the service does now, later than everything that was said. Under the account's lock.
///
/// # Errors
/// When the database can't be reached.
pub async fn next_clock(write: &Write, user_id: Uuid) -> Result<Clock> {
    let next = latest_clock(&**write, user_id).await?.tick(clock::now());
    note_clock(write, user_id, next).await?;
    Ok(next)
}
