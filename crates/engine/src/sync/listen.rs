//! The loop behind an open window: sync, then listen for news; poll where no news comes through; wait longer and longer
//! while the service can't be reached.

use std::sync::Arc;
use std::time::Duration;

use catalogue::table::state;
use rand::Rng;
use tokio::time::{Instant, sleep_until, timeout};

use super::{pull, sync};
use crate::open_library::OpenLibrary;
use crate::service::News;
use crate::{ErrorKind, Result};

/// How often is looked without news: some proxies hold events back.
const POLL: Duration = Duration::from_secs(60);

/// The first wait after a failure; it doubles.
const FIRST_WAIT: Duration = Duration::from_secs(1);

/// The longest wait after a failure.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// How long news waits while this computer is uploading.
const OWN_CHANGES: Duration = Duration::from_secs(3);

/// Runs until the library is closed.
pub(crate) async fn listen(library: Arc<OpenLibrary>) {
    let closing = library.closing.clone();
    let work = async {
        let mut wait = FIRST_WAIT;
        loop {
            match sync(&library).await {
                Ok(()) => {
                    wait = FIRST_WAIT;
                    if let Err(error) = follow(&library).await {
                        tracing::debug!(code = ?error.code, "listening for news ended");
                        library.reached::<()>(&Err(error));
                    }
                    // Never a busy loop, whatever the service answers.
                    pause(&library, FIRST_WAIT).await;
                }
                Err(error) => {
                    tracing::info!(code = ?error.code, "sync failed");
                    // Somebody who signs in again opens the library anew, and edits wake this one.
                    let signed_out = error.code == ErrorKind::SignedOut;
                    pause(&library, if signed_out { LONGEST_WAIT } else { jittered(wait) }).await;
                    wait = (wait * 2).min(LONGEST_WAIT);
                }
            }
        }
    };
    tokio::select! {
        () = closing.cancelled() => {}
        () = work => {}
    }
}

/// Waits, or less when somebody wakes sync.
async fn pause(library: &OpenLibrary, wait: Duration) {
    let _ = timeout(wait, library.sync.wake.notified()).await;
}

fn jittered(wait: Duration) -> Duration {
    wait.mul_f64(rand::rng().random_range(0.75..1.25))
}

/// Listens for news and syncs at each, and once a minute anyway, until the stream ends, as it does with the access token.
async fn follow(library: &Arc<OpenLibrary>) -> Result<()> {
    let mut news = match library.client.news().await {
        Ok(news) => news,
        Err(error) if matches!(error.kind(), ErrorKind::ServiceUnreachable | ErrorKind::SignedOut) => {
            return Err(error.into());
        }
        Err(error) => {
            // No events from this service, or not through this proxy: look once a minute.
            tracing::info!(%error, "no news from the service: polling");
            pause(library, POLL).await;
            return Ok(());
        }
    };
    let mut poll_at = Instant::now() + POLL;
    loop {
        tokio::select! {
            heard = news.next() => match heard? {
                Some(revision) => {
                    let newest = settled(library, &mut news, revision).await?;
                    hear(library, newest).await?;
                }
                None => return Ok(()),
            },
            () = library.sync.wake.notified() => sync(library).await?,
            () = sleep_until(poll_at) => {
                sync(library).await?;
                poll_at = Instant::now() + POLL;
            }
        }
    }
}

/// The last revision that is heard before this computer's own changes have been made: what is heard meanwhile is mostly of
/// them, and their answers say the same.
async fn settled(library: &OpenLibrary, news: &mut News, heard: i64) -> Result<i64> {
    let until = Instant::now() + OWN_CHANGES;
    let mut newest = heard;
    loop {
        tokio::select! {
            biased;
            heard = news.next() => match heard? {
                Some(revision) => newest = revision,
                None => return Ok(newest),
            },
            () = library.sync.own.made() => return Ok(newest),
            () = sleep_until(until) => return Ok(newest),
        }
    }
}

async fn hear(library: &Arc<OpenLibrary>, newest: i64) -> Result<()> {
    let known = library.catalogue.read(state::revision).await?;
    if newest > known {
        return sync(library).await;
    }
    // What was heard may be older than what has been read since: ask again before anything is undone.
    if newest < known { confirm_regression(library).await } else { Ok(()) }
}

/// The service's word for its newest revision is asked for once more, from a new stream, before anything is undone.
async fn confirm_regression(library: &Arc<OpenLibrary>) -> Result<()> {
    let _turn = library.sync.running.lock().await;
    let Some(newest) = library.client.news().await?.next().await? else { return Ok(()) };
    let known = library.catalogue.read(state::revision).await?;
    if newest < known { pull::start_over(library).await } else { Ok(()) }
}
