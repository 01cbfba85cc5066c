//! Up to where the journal of an account is written.

use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, OnConflict, Query};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use crate::error::Result;
use crate::service::Service;
use crate::storage::Write;
use crate::storage::entity::{journal_position, user};

/// An account's position; at the beginning when nothing has been written.
///
/// # Errors
/// When the database can't be reached.
pub async fn find(connection: &impl ConnectionTrait, user_id: Uuid) -> Result<journal_position::Model> {
    let found = journal_position::Entity::find_by_id(user_id).one(connection).await?;
    Ok(found.unwrap_or(journal_position::Model { user_id, written_to: 0, covered_to: 0, segments: 0 }))
}

/// Moves an account's position to a revision, with a segment that was written, or without one when there was nothing to
/// write. Says false when another instance has moved it meanwhile; then nothing is changed.
///
/// # Errors
/// When the database can't be reached.
pub async fn advance(app: &Service, from: &journal_position::Model, to: i64, with_segment: bool) -> Result<bool> {
    let write = app.database.write().await?;
    let moved = advance_within(&write, from, to, with_segment).await?;
    write.commit().await?;
    Ok(moved)
}

/// The same in a transaction that does more.
///
/// # Errors
/// When the database can't be reached.
pub async fn advance_within(
    write: &Write,
    from: &journal_position::Model,
    to: i64,
    with_segment: bool,
) -> Result<bool> {
    let beginning = journal_position::ActiveModel {
        user_id: Set(from.user_id),
        written_to: Set(0),
        covered_to: Set(0),
        segments: Set(0),
    };
    journal_position::Entity::insert(beginning)
        .on_conflict(OnConflict::column(journal_position::Column::UserId).do_nothing().to_owned())
        .exec_without_returning(&**write)
        .await?;
    let mut update =
        journal_position::Entity::update_many().col_expr(journal_position::Column::WrittenTo, Expr::value(to));
    if with_segment {
        update = update
            .col_expr(journal_position::Column::CoveredTo, Expr::value(to))
            .col_expr(journal_position::Column::Segments, Expr::col(journal_position::Column::Segments).add(1));
    }
    let moved = update
        .filter(journal_position::Column::UserId.eq(from.user_id))
        .filter(journal_position::Column::WrittenTo.eq(from.written_to))
        .exec(&**write)
        .await?;
    Ok(moved.rows_affected == 1)
}

/// Notes that an account's segments have been compacted.
///
/// # Errors
/// When the database can't be reached.
pub async fn compacted(app: &Service, user_id: Uuid) -> Result<()> {
    let write = app.database.write().await?;
    journal_position::Entity::update_many()
        .col_expr(journal_position::Column::Segments, Expr::value(0))
        .filter(journal_position::Column::UserId.eq(user_id))
        .exec(&*write)
        .await?;
    Ok(write.commit().await?)
}

/// Accounts whose journal lacks something, a page of them in the order of their identifiers.
///
/// # Errors
/// When the database can't be reached.
pub async fn behind(app: &Service, after: Option<Uuid>, limit: u64) -> Result<Vec<Uuid>> {
    let written = Query::select()
        .column(journal_position::Column::UserId)
        .from(journal_position::Entity)
        .and_where(
            Expr::col((journal_position::Entity, journal_position::Column::WrittenTo))
                .gte(Expr::col((user::Entity, user::Column::Revision))),
        )
        .and_where(
            Expr::col((journal_position::Entity, journal_position::Column::UserId))
                .equals((user::Entity, user::Column::Id)),
        )
        .to_owned();
    let mut lacking = Condition::all().add(user::Column::Revision.gt(0)).add(Expr::exists(written).not());
    if let Some(after) = after {
        lacking = lacking.add(user::Column::Id.gt(after));
    }
    let found = user::Entity::find()
        .select_only()
        .column(user::Column::Id)
        .filter(lacking)
        .order_by_asc(user::Column::Id)
        .limit(limit)
        .into_tuple()
        .all(app.database.read())
        .await?;
    Ok(found)
}
