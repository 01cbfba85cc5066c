//! What people do to a queue.

use catalogue::table::job::{self, FailureGroup, Job, Queue, Status, Totals};
use catalogue::{Connection, SqliteError};

use super::{Jobs, Work};
use crate::Result;

/// How many reasons of failures are told apart.
const GROUPS: usize = 50;

impl Jobs {
    /// Wants something done. A queue that had stopped goes on; one that is paused stays so.
    pub(crate) async fn want(&self, pictures: Vec<u32>, detail: Option<String>) -> Result<()> {
        self.write(move |conn, kind| {
            job::go_on(conn, kind)?;
            job::want(conn, kind, &pictures, detail.as_deref()).map(drop)
        })
        .await
    }

    /// Pauses the queue, or lets it go on, also when it had stopped. What is being done is done to its end.
    pub(crate) async fn set_paused(&self, paused: bool) -> Result<()> {
        self.write(move |conn, kind| job::set_paused(conn, kind, paused)).await
    }

    /// Cancels everything that waits, or the jobs for some pictures; gives what [`Jobs::uncancel`] takes, and how many. What is
    /// being done is given up at once.
    pub(crate) async fn cancel(&self, pictures: Option<Vec<u32>>) -> Result<(i64, usize)> {
        let everything = pictures.is_none();
        let cancelled = self.write(move |conn, kind| job::cancel(conn, kind, pictures.as_deref())).await?;
        let in_flight: Vec<i64> = self.in_flight().keys().copied().collect();
        let gone = self.home.catalogue.read(move |conn| no_longer_waiting(conn, in_flight)).await?;
        for (job, token) in self.in_flight().iter() {
            if everything || gone.contains(job) {
                token.cancel();
            }
        }
        Ok(cancelled)
    }

    /// Takes one cancelling back; gives how many wait again.
    pub(crate) async fn uncancel(&self, number: i64) -> Result<usize> {
        self.write(move |conn, kind| job::uncancel(conn, kind, number)).await
    }

    /// Tries again what has one of these ends, or whatever has ended for some pictures; gives how many wait again.
    pub(crate) async fn retry(&self, status: Status, pictures: Option<Vec<u32>>) -> Result<usize> {
        self.write(move |conn, kind| job::retry(conn, kind, status, pictures.as_deref())).await
    }

    /// Tries again what failed for one reason; gives how many wait again.
    pub(crate) async fn retry_group(&self, code: String, reason: Option<String>) -> Result<usize> {
        self.write(move |conn, kind| job::retry_group(conn, kind, &code, reason.as_deref())).await
    }

    /// What failed, by its reason, the largest group first.
    pub(crate) async fn failures(&self) -> Result<Vec<FailureGroup>> {
        let kind = self.kind;
        Ok(self.home.catalogue.read(move |conn| job::failure_groups(conn, kind, GROUPS)).await?)
    }

    /// Takes what is finished off the list.
    pub(crate) async fn clear_finished(&self) -> Result<()> {
        self.write(|conn, kind| job::clear_finished(conn, kind).map(drop)).await
    }

    /// Lets a queue go on that stopped for a reason of which this holds. Whether it did.
    pub(crate) async fn go_on_if(&self, mended: impl Fn(&str) -> bool + Send + 'static) -> Result<bool> {
        self.write(move |conn, kind| match job::queue(conn, kind)?.stopped {
            Some(why) if mended(&why.code) => job::go_on(conn, kind),
            _ => Ok(false),
        })
        .await
    }

    /// Goes on if what stopped the queue is something that passes by itself.
    pub(crate) async fn go_on_by_itself(&self, work: &dyn Work) {
        let passed = async {
            match self.standing(0).await?.0.stopped {
                Some(why) if work.passes(&why.code) => self.go_on_if(move |code| code == why.code).await,
                _ => Ok(false),
            }
        };
        if let Err(error) = passed.await {
            tracing::warn!(%error, kind = self.kind.as_str(), "a queue of jobs can't go on by itself");
        }
    }

    /// The queue, how many jobs there are, and the first that failed.
    pub(crate) async fn standing(&self, failed: usize) -> Result<(Queue, Totals, Vec<Job>)> {
        let kind = self.kind;
        let read = self.home.catalogue.read(move |conn| {
            let failed = if failed > 0 { job::jobs(conn, kind, Status::Failed, 0, failed)? } else { Vec::new() };
            Ok((job::queue(conn, kind)?, job::totals(conn, kind)?, failed))
        });
        Ok(read.await?)
    }

    /// The list: what waits, then what failed, then what was cancelled.
    pub(crate) async fn list(&self) -> Result<Vec<Job>> {
        // Nobody is at what a process had that was killed.
        self.take_over().await;
        let kind = self.kind;
        let read = self.home.catalogue.read(move |conn| {
            let mut all = Vec::new();
            for status in [Status::Waiting, Status::Failed, Status::Cancelled] {
                all.extend(job::jobs(conn, kind, status, 0, usize::MAX)?);
            }
            Ok(all)
        });
        Ok(read.await?)
    }

    async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection, job::Kind) -> Result<T, SqliteError> + Send + 'static,
    ) -> Result<T> {
        let kind = self.kind;
        Ok(self.home.catalogue.write(move |conn| work(conn, kind)).await?)
    }
}

fn no_longer_waiting(conn: &Connection, jobs: Vec<i64>) -> Result<Vec<i64>, SqliteError> {
    let mut gone = Vec::new();
    for job in jobs {
        if job::get(conn, job)?.is_none_or(|job| job.status != Status::Waiting) {
            gone.push(job);
        }
    }
    Ok(gone)
}
