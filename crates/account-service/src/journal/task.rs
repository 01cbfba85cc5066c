//! The task that keeps the journals up with the accounts. No request waits for it.

use std::time::Duration;

use futures::{StreamExt, stream};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until};
use uuid::Uuid;

use super::debounce::Debounce;
use super::{compact, position, writer};
use crate::error::Result;
use crate::service::{App, Service};

/// How often is looked for what other instances left behind.
const LOOK: Duration = Duration::from_secs(5 * 60);

/// How many accounts are written at the same time.
const AT_ONCE: usize = 4;

/// How many accounts are read at a time.
const PAGE: u64 = 500;

/// From so many segments on since the last time, they are compacted.
const MANY: i32 = 32;

/// How long ending may wait for the store. What isn't written then is written after the next start.
const FAREWELL: Duration = Duration::from_secs(3);

/// Does it until the service ends. What an earlier run didn't get to do is done first.
pub async fn run(app: App) {
    let mut changes = app.news.subscribe();
    let mut debounce = Debounce::new(app.journal);
    let mut looks = interval(LOOK);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let due = debounce.next();
        tokio::select! {
            () = app.ending.cancelled() => return,
            changed = changes.any() => match changed {
                Some(user_id) => debounce.changed(user_id, Instant::now()),
                None => looks.reset_immediately(),
            },
            () = async { sleep_until(due.unwrap_or_else(Instant::now)).await }, if due.is_some() => {
                let write = write_due(&app, debounce.take_due(Instant::now()));
                let failed = tokio::select! {
                    () = app.ending.cancelled() => return,
                    failed = write => failed,
                };
                for user_id in failed {
                    debounce.failed(user_id, Instant::now());
                }
            }
            _ = looks.tick() => match behind(&app).await {
                Ok(behind) => behind.into_iter().for_each(|user_id| debounce.changed(user_id, Instant::now())),
                Err(error) => tracing::warn!(%error, "it can’t be seen whose journal lacks something"),
            },
        }
    }
}

/// Writes the journals of these accounts; gives those that couldn't be.
async fn write_due(app: &Service, due: Vec<Uuid>) -> Vec<Uuid> {
    let written = stream::iter(due).map(|user_id| async move {
        match write(app, user_id).await {
            Ok(()) => None,
            Err(error) => {
                tracing::warn!(%error, user = %user_id, "the journal can’t be written; it will be tried again");
                Some(user_id)
            }
        }
    });
    let failed: Vec<Option<Uuid>> = written.buffer_unordered(AT_ONCE).collect().await;
    failed.into_iter().flatten().collect()
}

async fn write(app: &Service, user_id: Uuid) -> Result<()> {
    writer::write_all(app, user_id).await?;
    if position::find(app.database.read(), user_id).await?.segments >= MANY {
        compact::compact(app, user_id).await?;
    }
    Ok(())
}

async fn behind(app: &Service) -> Result<Vec<Uuid>> {
    let mut behind = position::behind(app, None, PAGE).await?;
    let mut page = behind.len();
    while page as u64 == PAGE {
        let more = position::behind(app, behind.last().copied(), PAGE).await?;
        page = more.len();
        behind.extend(more);
    }
    Ok(behind)
}

/// Writes what is left, of everybody.
pub async fn write_behind(app: &Service) {
    match behind(app).await {
        Ok(behind) => {
            let failed = write_due(app, behind).await;
            if !failed.is_empty() {
                tracing::info!(accounts = failed.len(), "the rest of the journal is written after the next start");
            }
        }
        Err(error) => tracing::warn!(%error, "it can’t be seen whose journal lacks something"),
    }
}

/// The same when nothing changes any more because the service ends, for as long as that may wait.
pub async fn farewell(app: &Service) {
    if tokio::time::timeout(FAREWELL, write_behind(app)).await.is_err() {
        tracing::warn!("the store is slow: the rest of the journal is written after the next start");
    }
}
