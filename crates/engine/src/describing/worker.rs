//! The background: takes what waits, a few pictures at a time, until the library is closed.

use std::sync::Arc;
use std::time::{Duration, Instant};

use catalogue::table::description_job::{self, Job};
use futures::StreamExt;
use futures::stream::FuturesUnordered;
use tokio_util::sync::CancellationToken;

use super::answer::{answer, stored};
use super::failure::Failure;
use super::people::tell;
use super::{AT_ONCE, Describing};
use crate::session::Session;
use crate::view::{DescribeOutcome, NoticeKind};
use crate::worker_lock::has_ended;
use crate::{EngineError, Result};

/// How often is looked for wishes of processes that have ended without a word.
const LOOK: Duration = Duration::from_secs(5);

/// How long after a failure that passes by itself, such as no network, the queue goes on without being asked.
const TRY_AGAIN: Duration = Duration::from_secs(300);

/// Runs until the library is closed, and gives back what it had.
pub(super) async fn run(session: Arc<Session>) {
    let closing = session.closing.clone();
    tokio::select! {
        () = closing.cancelled() => {}
        () = work(&session) => {}
    }
    let name = session.describing.lock.lock().ok().and_then(|lock| lock.as_ref().map(|lock| lock.name().to_owned()));
    if let Some(name) = name
        && let Err(error) = session.catalogue.write(move |conn| description_job::release_claims_of(conn, &name)).await
    {
        // They are freed by whoever comes next, because this worker's lock is gone then.
        tracing::warn!(%error, "wishes for descriptions can't be given back");
    }
}

async fn work(session: &Arc<Session>) {
    let describing = &session.describing;
    let mut elsewhere = session.watch_elsewhere();
    let mut running = FuturesUnordered::new();
    let mut stopped_at: Option<Instant> = None;
    take_over(session).await;
    loop {
        while running.len() < AT_ONCE
            && let Some((worker, job)) = next(session).await
        {
            let token = CancellationToken::new();
            describing.live().insert(job.id, token.clone());
            running.push(one(session, worker, job, token));
        }
        tokio::select! {
            Some(stopped) = running.next() => {
                if stopped {
                    stopped_at = Some(Instant::now());
                }
            }
            () = describing.wake.notified() => {}
            _ = elsewhere.changed() => follow(session).await,
            () = tokio::time::sleep(LOOK) => {
                take_over(session).await;
                if stopped_at.is_some_and(|at| at.elapsed() >= TRY_AGAIN) {
                    stopped_at = None;
                    super::people::go_on_by_itself(session).await;
                }
            }
        }
    }
}

/// The wish that is next, claimed.
async fn next(session: &Session) -> Option<(String, Job)> {
    let claimed = async {
        // A look first: most of the time nothing waits, and a writing transaction would wake the disk.
        let waits = session.catalogue.read(|conn| {
            let queue = description_job::queue(conn)?;
            Ok(!queue.paused && queue.stopped.is_none() && description_job::totals(conn)?.waiting > 0)
        });
        if !waits.await? {
            return Ok(None);
        }
        let worker = session.describing.worker(session)?.name().to_owned();
        let name = worker.clone();
        let job = session.catalogue.write(move |conn| description_job::claim(conn, &name, 1)).await?.pop();
        Ok::<_, EngineError>(job.map(|job| (worker, job)))
    };
    claimed.await.unwrap_or_else(|error| {
        tracing::warn!(%error, "the queue of descriptions can't be read");
        None
    })
}

/// Works on one wish. True when it stopped the queue.
async fn one(session: &Arc<Session>, worker: String, job: Job, token: CancellationToken) -> bool {
    let answered = tokio::select! {
        () = token.cancelled() => None,
        answered = answer(session, &worker, &job) => Some(answered),
    };
    session.describing.live().remove(&job.id);
    session.describing.waits.end(job.id);
    let Some(answered) = answered else { return false };
    let stops = matches!(&answered, Err(failure) if failure.of_every_picture);
    if let Err(failure) = &answered
        && stops
        && let Err(error) = stop(session, &worker, job.id, failure).await
    {
        tracing::warn!(%error, "the queue of descriptions can't be stopped");
    }
    tell(session, vec![outcome(job, answered.err())]).await;
    stops
}

/// Stops the queue and says so, once: of several that fail for the same reason at a time, the first does.
async fn stop(session: &Session, worker: &str, job: i64, failure: &Failure) -> Result<()> {
    let (worker, why) = (worker.to_owned(), stored(&failure.error));
    let first = session
        .catalogue
        .write(move |conn| {
            description_job::release(conn, &worker, &[job])?;
            if description_job::queue(conn)?.stopped.is_some() {
                return Ok(None);
            }
            description_job::stop(conn, &why)?;
            Ok(Some(description_job::totals(conn)?.waiting))
        })
        .await?;
    if let Some(waiting) = first {
        let rest = match waiting {
            0 | 1 => "The picture was not tried to the end; it waits in the queue.".to_owned(),
            waiting => format!("{waiting} pictures were not tried; they wait in the queue."),
        };
        session.events.notice(NoticeKind::Error, format!("Describing stopped. {} {rest}", failure.error.message));
    }
    Ok(())
}

pub(super) fn outcome(job: Job, failure: Option<Failure>) -> DescribeOutcome {
    // What stops the queue is not this picture's fault: it waits.
    let error = failure.filter(|failure| !failure.of_every_picture).map(|failure| failure.error);
    DescribeOutcome {
        id: job.picture,
        name: job.name,
        error_code: error.as_ref().map(|error| error.code.as_str().to_owned()),
        error: error.map(|error| error.message),
    }
}

/// What another process did: what was cancelled there is not asked any further.
async fn follow(session: &Session) {
    let describing: &Describing = &session.describing;
    if describing.live().is_empty() {
        tell(session, Vec::new()).await;
        return;
    }
    let Ok(name) = describing.worker(session).map(|lock| lock.name().to_owned()) else { return };
    match session.catalogue.read(move |conn| description_job::claimed(conn, &name)).await {
        Ok(mine) => {
            describing.live().iter().filter(|(job, _)| !mine.contains(job)).for_each(|(_, token)| token.cancel());
        }
        Err(error) => tracing::warn!(%error, "what another process did to the descriptions can't be followed"),
    }
    tell(session, Vec::new()).await;
}

/// Frees what workers had that have ended without a word.
async fn take_over(session: &Session) {
    let freed = async {
        let claimants = session.catalogue.read(description_job::claimants).await?;
        for other in claimants {
            if has_ended(&session.library_dir, &other) {
                tracing::info!(worker = other, "taking over the descriptions of a worker that has ended");
                session.catalogue.write(move |conn| description_job::release_claims_of(conn, &other)).await?;
            }
        }
        Ok::<_, EngineError>(())
    };
    if let Err(error) = freed.await {
        tracing::warn!(%error, "descriptions of ended workers can't be taken over");
    }
}
