//! What was answered, so that an operation that is sent again gets the same answer.

use std::collections::HashMap;
use std::time::Duration;

use account_api::EditStatus;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect};
use uuid::Uuid;

use crate::clock::{self, Millis};
use crate::error::Result;
use crate::service::Service;
use crate::storage::Write;
use crate::storage::entity::applied_edit::{Column, Entity, Model};

/// How long an answer is kept. Whoever sends an operation again after that has it merged again, which changes nothing: its
/// stamp is what it was.
const KEPT: Duration = Duration::from_secs(90 * 24 * 60 * 60);

/// How many rows go into one statement.
const ROWS: usize = 5_000;

/// How many rows are forgotten at a time.
const BATCH: u64 = 10_000;

/// What was answered to one operation, and the picture's or album's revision then.
pub type Answer = (EditStatus, Option<i64>);

/// What was answered to those of these operations that were made.
///
/// # Errors
/// When the database can't be reached.
pub async fn known(
    connection: &impl ConnectionTrait,
    user_id: Uuid,
    ids: impl IntoIterator<Item = Uuid>,
) -> Result<HashMap<Uuid, Answer>> {
    let rows = Entity::find().filter(Column::UserId.eq(user_id)).filter(Column::Id.is_in(ids)).all(connection).await?;
    Ok(rows.into_iter().map(|row| (row.id, (status(&row.status), row.revision))).collect())
}

/// Keeps answers.
///
/// # Errors
/// When the database can't be reached.
pub async fn keep(write: &Write, user_id: Uuid, answers: &[(Uuid, Answer)], now: Millis) -> Result<()> {
    for some in answers.chunks(ROWS) {
        let rows = some.iter().map(|(id, (status, revision))| {
            Model { user_id, id: *id, status: text(*status).to_owned(), revision: *revision, applied_at: now }
                .into_active_model()
        });
        Entity::insert_many(rows).exec_without_returning(&**write).await?;
    }
    Ok(())
}

/// Forgets answers that nobody asks for any more.
///
/// # Errors
/// When the database can't be reached.
pub async fn forget(app: &Service) -> Result<()> {
    let before = clock::now() - KEPT.as_millis() as i64;
    loop {
        let old: Vec<(Uuid, Uuid)> = Entity::find()
            .select_only()
            .columns([Column::UserId, Column::Id])
            .filter(Column::AppliedAt.lt(before))
            .limit(BATCH)
            .into_tuple()
            .all(app.database.read())
            .await?;
        if old.is_empty() {
            return Ok(());
        }
        let write = app.database.write().await?;
        Entity::delete_many()
            .filter(Column::AppliedAt.lt(before))
            .filter(Column::Id.is_in(old.into_iter().map(|(_, id)| id)))
            .exec(&*write)
            .await?;
        write.commit().await?;
    }
}

fn text(status: EditStatus) -> &'static str {
    match status {
        EditStatus::Applied => "applied",
        EditStatus::Superseded => "superseded",
        EditStatus::Gone => "gone",
        EditStatus::Invalid => "invalid",
    }
}

fn status(text: &str) -> EditStatus {
    match text {
        "superseded" => EditStatus::Superseded,
        "gone" => EditStatus::Gone,
        "invalid" => EditStatus::Invalid,
        _ => EditStatus::Applied,
    }
}
