//! The background: takes what waits, a few jobs at a time, until the library is closed.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use catalogue::table::job;
use futures::StreamExt;
use futures::stream::FuturesUnordered;
use tokio_util::sync::CancellationToken;

use super::{Claim, Failure, Jobs, Outcome, Work, stored};
use crate::{EngineError, Result};

/// How often is looked for jobs of processes that have ended without a word.
const LOOK: Duration = Duration::from_secs(5);

/// How long after a failure that passes by itself, such as no network, the queue goes on without being asked.
const TRY_AGAIN: Duration = Duration::from_secs(300);

impl Jobs {
    /// Works in the background from now on, until the library is closed. Calling it again only wakes it.
    pub(crate) fn start(self: &Arc<Self>, work: Arc<dyn Work>) {
        if !self.started.swap(true, Ordering::AcqRel) {
            self.tasks.spawn(run(Arc::clone(self), work));
        }
        self.wake();
    }
}

/// Runs until the library is closed, and gives back what it had.
async fn run(jobs: Arc<Jobs>, work: Arc<dyn Work>) {
    let closing = jobs.home.closing.clone();
    tokio::select! {
        () = closing.cancelled() => {}
        () = work_off(&jobs, &*work) => {}
    }
    let name = jobs.lock.lock().ok().and_then(|lock| lock.as_ref().map(|lock| lock.name().to_owned()));
    if let Some(name) = name
        && let Err(error) = jobs.home.catalogue.write(move |conn| job::release_claims_of(conn, &name)).await
    {
        // They are freed by whoever comes next, because this worker's lock is gone then.
        tracing::warn!(%error, "jobs can't be given back");
    }
}

async fn work_off(jobs: &Jobs, work: &dyn Work) {
    let mut elsewhere = jobs.home.elsewhere.clone();
    let mut running = FuturesUnordered::new();
    let mut stopped_at: Option<Instant> = None;
    jobs.take_over().await;
    loop {
        while running.len() < jobs.at_once
            && let Some(claim) = next(jobs).await
        {
            let token = CancellationToken::new();
            jobs.in_flight().insert(claim.job.id, token.clone());
            running.push(one(jobs, work, claim, token));
        }
        tokio::select! {
            Some(stopped) = running.next() => {
                if stopped {
                    stopped_at = Some(Instant::now());
                }
            }
            () = jobs.wake.notified() => {}
            Ok(()) = elsewhere.changed() => follow(jobs, work).await,
            () = tokio::time::sleep(LOOK) => {
                jobs.take_over().await;
                if stopped_at.is_some_and(|at| at.elapsed() >= TRY_AGAIN) {
                    stopped_at = None;
                    jobs.go_on_by_itself(work).await;
                }
            }
        }
    }
}

/// The job that is next, claimed.
async fn next(jobs: &Jobs) -> Option<Claim> {
    let kind = jobs.kind;
    let claimed = async {
        // A look first: most of the time nothing waits, and a writing transaction would wake the disk.
        let waits = jobs.home.catalogue.read(move |conn| {
            let queue = job::queue(conn, kind)?;
            Ok(!queue.paused && queue.stopped.is_none() && job::totals(conn, kind)?.waiting > 0)
        });
        if !waits.await? {
            return Ok(None);
        }
        let worker = jobs.worker()?.name().to_owned();
        let name = worker.clone();
        let job = jobs.home.catalogue.write(move |conn| job::claim(conn, kind, &name, 1)).await?.pop();
        Ok::<_, EngineError>(job.map(|job| Claim { worker, job }))
    };
    claimed.await.unwrap_or_else(|error| {
        tracing::warn!(%error, kind = kind.as_str(), "a queue of jobs can't be read");
        None
    })
}

/// Works on one job. True when it stopped the queue.
async fn one(jobs: &Jobs, work: &dyn Work, claim: Claim, token: CancellationToken) -> bool {
    let done = tokio::select! {
        () = token.cancelled() => None,
        done = jobs.attempt(work, &claim) => Some(done),
    };
    jobs.in_flight().remove(&claim.job.id);
    let Some(done) = done else { return false };
    let stops = matches!(&done, Err(failure) if failure.of_every_picture);
    if let Err(failure) = &done
        && stops
        && let Err(error) = stop(jobs, work, &claim, failure).await
    {
        tracing::warn!(%error, "a queue of jobs can't be stopped");
    }
    // What stops the queue is not this picture's fault: it waits.
    let error = done.err().filter(|failure| !failure.of_every_picture).map(|failure| failure.error);
    work.tell(vec![Outcome { job: claim.job, error }]).await;
    stops
}

/// Stops the queue and says so, once: of several that fail for the same reason at a time, the first does.
async fn stop(jobs: &Jobs, work: &dyn Work, claim: &Claim, failure: &Failure) -> Result<()> {
    let (kind, worker, id, why) = (jobs.kind, claim.worker.clone(), claim.job.id, stored(&failure.error));
    let first = jobs
        .home
        .catalogue
        .write(move |conn| {
            job::release(conn, &worker, &[id])?;
            if job::queue(conn, kind)?.stopped.is_some() {
                return Ok(None);
            }
            job::stop(conn, kind, &why)?;
            Ok(Some(job::totals(conn, kind)?.waiting))
        })
        .await?;
    if let Some(waiting) = first {
        work.stopped(&failure.error, waiting);
    }
    Ok(())
}

/// What another process did: what was cancelled there is not worked on any further.
async fn follow(jobs: &Jobs, work: &dyn Work) {
    let busy = !jobs.in_flight().is_empty();
    if busy && let Ok(name) = jobs.worker().map(|lock| lock.name().to_owned()) {
        let kind = jobs.kind;
        match jobs.home.catalogue.read(move |conn| job::claimed(conn, kind, &name)).await {
            Ok(mine) => {
                jobs.in_flight().iter().filter(|(job, _)| !mine.contains(job)).for_each(|(_, token)| token.cancel());
            }
            Err(error) => tracing::warn!(%error, "what another process did to jobs can't be followed"),
        }
    }
    work.tell(Vec::new()).await;
}

impl Jobs {
    /// Frees what workers had that have ended without a word.
    pub(super) async fn take_over(&self) {
        let kind = self.kind;
        let freed = async {
            let claimants = self.home.catalogue.read(move |conn| job::claimants(conn, kind)).await?;
            for other in claimants {
                if self.has_ended(&other) {
                    tracing::info!(worker = other, kind = kind.as_str(), "taking over jobs of a worker that has ended");
                    self.home.catalogue.write(move |conn| job::release_claims_of(conn, &other)).await?;
                }
            }
            Ok::<_, EngineError>(())
        };
        if let Err(error) = freed.await {
            tracing::warn!(%error, "jobs of ended workers can't be taken over");
        }
    }
}
