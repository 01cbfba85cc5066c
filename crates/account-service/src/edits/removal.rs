//! Removing pictures for good.

use uuid::Uuid;

use super::batch::Batch;
use super::read::Operation;
use crate::error::Result;
use crate::service::Service;
use crate::trash_rule;

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
        Which::Due => match trash_rule::due_before(app, &batch.trash_rule().await?, batch.now) {
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
        crate::deletion_queue::work_off(app).await;
    }
    Ok(removed)
}
