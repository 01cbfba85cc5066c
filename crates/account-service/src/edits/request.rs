//! `POST /api/edits`

use std::sync::Arc;

use account_api::{EditResult, EditStatus, EditsResponse, MAX_EDITS};
use serde_json::Value;
use uuid::Uuid;

use super::batch::{Batch, Outcome};
use super::read::{Operation, Unreadable, read};
use crate::clock;
use crate::error::{Error, Result};
use crate::service::App;

/// What is to be answered to one operation.
enum Answered {
    /// It was made before.
    Before(Uuid, EditStatus, Option<i64>),
    /// It is made now: which one of those.
    Now(usize),
    /// It makes no sense.
    Never(Unreadable),
}

/// Makes operations, in their order.
///
/// # Errors
/// When there are too many, or the database can't be reached; then none was made.
pub async fn apply(app: &App, user_id: Uuid, operations: Vec<Value>) -> Result<EditsResponse> {
    if operations.len() > MAX_EDITS {
        return Err(Error::invalid(format!("operations: at most {MAX_EDITS}.")));
    }
    let now = clock::now();
    let read: Vec<Result<Operation, Unreadable>> = operations.into_iter().map(|sent| read(sent, now)).collect();
    let mut batch = Batch::open(app, user_id).await?;
    let before = batch.answered(read.iter().flatten().map(|operation| operation.id)).await?;
    batch.read(read.iter().flatten().filter(|operation| !before.contains_key(&operation.id))).await?;
    let mut made: Vec<(Uuid, Outcome)> = Vec::with_capacity(read.len());
    let mut numbers = std::collections::HashMap::new();
    let mut answered = Vec::with_capacity(read.len());
    for one in read {
        answered.push(match one {
            Err(unreadable) => Answered::Never(unreadable),
            Ok(operation) => match (before.get(&operation.id), numbers.get(&operation.id)) {
                (Some((status, revision)), _) => Answered::Before(operation.id, *status, *revision),
                (None, Some(number)) => Answered::Now(*number),
                (None, None) => {
                    numbers.insert(operation.id, made.len());
                    made.push((operation.id, batch.merge(&operation)?));
                    Answered::Now(made.len() - 1)
                }
            },
        });
    }
    let done = batch.finish(&made).await?;
    if done.lets_go {
        // A thousand objects take the store longer than anybody should wait. What it doesn't get to is noted, and goes later.
        let app = Arc::clone(app);
        tokio::spawn(async move { crate::deletion_queue::work_off(&app).await });
    }
    let results = answered.into_iter().map(|one| match one {
        Answered::Before(id, status, revision) => EditResult { id: id.to_string(), status, revision, message: None },
        Answered::Never(Unreadable { id, message }) => {
            EditResult { id, status: EditStatus::Invalid, revision: None, message: Some(message) }
        }
        Answered::Now(number) => {
            let (id, outcome) = &made[number];
            let (status, message) = (outcome.status, outcome.message.clone());
            EditResult { id: id.to_string(), status, revision: done.revision(outcome), message }
        }
    });
    Ok(EditsResponse { results: results.collect() })
}
