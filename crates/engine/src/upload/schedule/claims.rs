//! Which rows a worker takes: those that are next, and those of workers that have ended.

use std::sync::Arc;
use std::time::Duration;

use catalogue::table::upload::{self, Upload};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::Result;
use crate::upload::context::{Context, Ranges};
use crate::upload::row_task;
use crate::upload::shared::Shared;
use crate::worker_lock::has_ended;

/// How many rows are worked on at a time, most of them waiting for an answer.
const PLACES: usize = 192;

/// How many rows are claimed together.
const CLAIMED: usize = 64;

/// How often is looked for rows of other processes that have ended, and for rows that they added.
const LOOK: Duration = Duration::from_secs(2);

/// Claims rows as places become free.
pub(in crate::upload) async fn claim_all(
    shared: Arc<Shared>,
    only: Option<Ranges>,
    stop: CancellationToken,
    tasks: TaskTracker,
) {
    let places = Arc::new(Semaphore::new(PLACES));
    let mut elsewhere = shared.context.library.watch_elsewhere();
    take_over(&shared).await;
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
        let limit = (1 + places.available_permits()).min(CLAIMED);
        let Some(rows) = claim(&shared, only.clone(), limit).await else { return };
        let none = rows.is_empty();
        let mut place = Some(place);
        let mut too_early = Vec::new();
        for row in rows {
            let place = place.take().or_else(|| Arc::clone(&places).try_acquire_owned().ok());
            match (shared.context.in_flight.enter(&row, &stop), place) {
                (Some(presence), Some(place)) => {
                    let shared = Arc::clone(&shared);
                    let coming = shared.questions.announcements.on_the_way();
                    let own = shared.context.library.sync.own_change();
                    tasks.spawn(async move {
                        row_task::work(&shared, row, presence.row(), place, coming).await;
                        drop(own);
                    });
                }
                // It was cancelled and wanted again before the work on it had ended.
                _ => too_early.push(row.id),
            }
        }
        let again = !too_early.is_empty();
        release(&shared, too_early).await;
        if none || again {
            drop(place);
            tokio::select! {
                () = shared.context.work.notified() => {}
                _ = elsewhere.changed() => {}
                () = tokio::time::sleep(LOOK) => {}
            }
            take_over(&shared).await;
        }
    }
}

/// Everything stops at a pause, which another process may have made a moment ago; what was asked for by number goes on.
async fn claim(shared: &Shared, only: Option<Ranges>, limit: usize) -> Option<Vec<Upload>> {
    let worker = shared.name().to_owned();
    let any = only.clone();
    // A look first: a writing transaction every two seconds would wake the disk for nothing.
    let some = shared
        .read(move |conn| match &any {
            None => Ok(!upload::paused(conn)? && upload::unclaimed(conn, None)?),
            Some(ranges) => {
                ranges.iter().try_fold(false, |some, range| Ok(some || upload::unclaimed(conn, Some(range))?))
            }
        })
        .await?;
    if !some {
        return Some(Vec::new());
    }
    shared
        .write(move |conn| match &only {
            None if upload::paused(conn)? => Ok(Vec::new()),
            None => upload::claim(conn, &worker, None, limit),
            Some(ranges) => {
                let mut rows = Vec::new();
                for range in ranges {
                    if rows.len() < limit {
                        rows.extend(upload::claim(conn, &worker, Some(range), limit - rows.len())?);
                    }
                }
                Ok(rows)
            }
        })
        .await
}

pub(in crate::upload) async fn release(shared: &Shared, ids: Vec<u32>) {
    if !ids.is_empty() {
        let worker = shared.name().to_owned();
        shared.write(move |conn| upload::release(conn, &worker, &ids)).await;
    }
}

async fn take_over(shared: &Shared) {
    if let Err(error) = free_ended(&shared.context).await {
        tracing::warn!(%error, "the uploads of ended workers can't be taken over");
    }
}

/// Frees what workers had claimed that have ended without a word.
///
/// # Errors
/// When the catalogue can't be read or written.
pub(in crate::upload) async fn free_ended(context: &Context) -> Result<()> {
    let library = &context.library;
    for worker in library.catalogue.read(upload::claimants).await? {
        if has_ended(&library.library_dir, &worker) {
            tracing::info!(worker, "the uploads of a worker that has ended are free");
            library.catalogue.write(move |conn| upload::release_claims_of(conn, &worker)).await?;
        }
    }
    Ok(())
}
