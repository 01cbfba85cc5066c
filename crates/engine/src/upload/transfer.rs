//! Sending one granted file, whole or in parts.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use account_api::{CompletedPart, ErrorDetail, Grant, Transfer};

use super::body::Content;
use super::deliver::{Permit, Undelivered};
use super::live::LiveRow;
use super::multipart::{self, Parts};
use super::patience::Patience;
use super::put::Said;
use super::reading::Reading;
use super::refusal::Refusal;
use super::worker::Shared;

/// A grant that is too old within this time was so from the beginning.
pub(super) const SOON: Duration = Duration::from_secs(60);

/// A file that is being sent.
pub(super) struct Transferring<'a> {
    /// Where progress is shown.
    pub(super) live: &'a Arc<LiveRow>,
    /// Where the file is.
    pub(super) path: &'a Path,
    /// What reading it gave.
    pub(super) reading: &'a Reading,
}

/// Why an attempt to send a file came to nothing.
#[derive(Debug)]
pub(super) enum Attempted {
    /// The grant is too old to be used: ask for a new one.
    Stale,
    /// The upload is unknown by now: begin anew.
    Anew,
    /// Everything is in the store already: confirm it.
    AllThere,
    /// The store refuses the grant: ask for a new one, and believe it the second time.
    Denied(Said),
    /// What arrived wasn't what was sent, again and again.
    Spoilt,
    /// The file isn't the one that was read.
    Changed,
    /// The file can't be read any more.
    Unreadable(std::io::Error),
    /// The service refused to go on.
    Refused(ErrorDetail),
    /// It has failed.
    Failed(Refusal),
    /// The library has been closed.
    Lost,
}

/// Sends a file as it was granted; gives the parts, if it has any.
pub(super) async fn send(
    shared: &Arc<Shared>,
    work: &Transferring<'_>,
    grant: Grant,
    granted: Instant,
    patience: &mut Patience,
) -> Result<Vec<CompletedPart>, Attempted> {
    match grant.transfer {
        Transfer::Single { put } => {
            let content = content_of(work).await?;
            let permit = Permit::since(put, granted);
            match shared.road.deliver(&work.live.rank, &permit, &content, &work.live.counter, patience).await {
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
