//! Sending one granted file, whole or in parts.

pub(super) mod attempt;
pub(super) mod body;
pub(super) mod deliver;
pub(super) mod multipart;
pub(super) mod outbox;
pub(super) mod put;
pub(super) mod retry_after;
pub(super) mod thumbnails;

use std::fs::File;
use std::sync::Arc;
use std::time::Instant;

use account_api::{CompletedPart, Grant, Transfer};

use crate::upload::schedule::retry_budget::RetryBudget;
use crate::upload::shared::Shared;
use crate::upload::transfer::attempt::{Attempted, Transferring};
use crate::upload::transfer::body::Content;
use crate::upload::transfer::deliver::{TimedGrant, Undelivered};
use crate::upload::transfer::multipart::Parts;

/// Sends a file as it was granted; gives the parts, if it has any.
pub(in crate::upload) async fn send(
    shared: &Arc<Shared>,
    work: &Transferring<'_>,
    grant: Grant,
    granted: Instant,
    budget: &mut RetryBudget,
) -> Result<Vec<CompletedPart>, Attempted> {
    match grant.transfer {
        Transfer::Single { put } => {
            let content = content_of(work).await?;
            let grant = TimedGrant::since(put, granted);
            match shared.sender.deliver(&work.in_flight.rank, &grant, &content, &work.in_flight.counter, budget).await {
                Ok(_) => Ok(Vec::new()),
                Err(Undelivered::Stale) => Err(Attempted::Stale),
                Err(Undelivered::Gone) => Err(Attempted::Anew),
                Err(Undelivered::Denied(said)) => Err(Attempted::Denied(said)),
                Err(Undelivered::OtherBytes) if work.reading.identity.still_holds(work.path) => Err(Attempted::Spoilt),
                Err(Undelivered::OtherBytes) => Err(Attempted::Changed),
                Err(Undelivered::Unreadable(error)) => Err(Attempted::Unreadable(error)),
                Err(Undelivered::Failed(refusal)) => Err(Attempted::Failed(refusal)),
            }
        }
        Transfer::Multipart { part_size, part_count } => {
            let parts = Parts { upload_id: grant.upload_id, part_size, count: part_count };
            multipart::send(shared, work, &parts).await
        }
    }
}

async fn content_of(work: &Transferring<'_>) -> Result<Content, Attempted> {
    if let Some(bytes) = &work.reading.bytes {
        return Ok(Content::Memory(bytes.clone()));
    }
    let path = work.path.to_owned();
    let opened = tokio::task::spawn_blocking(move || File::open(path)).await.map_err(|_| Attempted::Anew)?;
    let file = Arc::new(opened.map_err(Attempted::Unreadable)?);
    // What is in it now is compared by the store with the checksum of what was read.
    Ok(Content::File { file, offset: 0, size: work.reading.identity.size })
}
