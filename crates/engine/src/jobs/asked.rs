//! Jobs that somebody waits for, such as a command in a terminal: this process works on its own, and waits for those that
//! another one is at.

use std::collections::VecDeque;
use std::time::Duration;

use catalogue::table::job::{self, Job, Status};
use catalogue::{Connection, SqliteError};
use futures::StreamExt;
use futures::stream::FuturesUnordered;

use super::{Claim, Failure, Jobs, Work};
use crate::{EngineError, ErrorKind, Result};

/// How often is looked whether a process that is at one of the jobs has ended.
const LOOK: Duration = Duration::from_secs(1);

/// How often a job is tried when whoever is asked says to wait.
const TRIES: u32 = 4;

/// The longest wait that is obeyed; with a longer one the queue stops and says so.
const LONGEST_WAIT: Duration = Duration::from_secs(90);

impl Jobs {
    /// Does something for pictures and waits for it, whatever the state of the queue; tells of each as it is done. When something
    /// fails that every picture would meet, the rest isn't tried and told to have failed for that reason; all of it is in the
    /// queue then, to be tried again.
    pub(crate) async fn do_all(
        &self,
        work: &dyn Work,
        pictures: Vec<u32>,
        detail: Option<String>,
        mut each: impl FnMut(u32, Result<()>),
    ) -> Result<()> {
        let kind = self.kind;
        let find = move |conn: &Connection| {
            let wanted = job::want(conn, kind, &pictures, detail.as_deref())?;
            Ok(wanted.into_iter().map(|wanted| wanted.id).collect())
        };
        self.see_through(work, find, &mut each).await
    }

    /// As [`Jobs::do_all`] does, but wants nothing: what is in the queue for pictures is done, or waited for. Of jobs that have
    /// ended it is told how; pictures without one are left out.
    pub(crate) async fn do_wanted(
        &self,
        work: &dyn Work,
        pictures: Vec<u32>,
        mut each: impl FnMut(u32, Result<()>),
    ) -> Result<()> {
        let kind = self.kind;
        self.see_through(work, move |conn| job::of_pictures(conn, kind, &pictures), &mut each).await
    }

    /// Works on those of some jobs that nobody has, then waits for the others.
    async fn see_through(
        &self,
        work: &dyn Work,
        find: impl FnOnce(&Connection) -> std::result::Result<Vec<i64>, SqliteError> + Send + 'static,
        each: &mut impl FnMut(u32, Result<()>),
    ) -> Result<()> {
        let lock = self.worker()?;
        let name = lock.name().to_owned();
        let (mut mine, others) = self.home.catalogue.write(move |conn| claim_free(conn, &name, find(conn)?)).await?;
        work.changed();
        self.work_off(work, lock.name(), &mut mine, each).await?;
        for job in others {
            self.wait_for(work, lock.name(), job, each).await?;
        }
        Ok(())
    }

    /// Works on everything that waits and that nobody is at, until it is done or something is wrong that every picture would
    /// meet; tells of each.
    pub(crate) async fn finish(&self, work: &dyn Work, mut each: impl FnMut(u32, Result<()>)) -> Result<()> {
        let lock = self.worker()?;
        let (kind, at_once) = (self.kind, self.at_once);
        self.home.catalogue.write(move |conn| job::go_on(conn, kind)).await?;
        self.take_over().await;
        loop {
            let name = lock.name().to_owned();
            let claimed = self.home.catalogue.write(move |conn| job::claim(conn, kind, &name, at_once)).await?;
            let none = claimed.is_empty();
            if self.work_off(work, lock.name(), &mut VecDeque::from(claimed), &mut each).await? || none {
                return Ok(());
            }
        }
    }

    /// Does one job, and waits as long as is asked for, within reason. One that can't be done ends with why; what every picture
    /// would meet leaves the job as it is.
    pub(super) async fn attempt(&self, work: &dyn Work, claim: &Claim) -> Result<(), Failure> {
        let id = claim.job.id;
        let _ended = Ended { work, id };
        let mut tries = 1;
        let done = loop {
            match work.work(claim).await {
                Err(Failure { wait: Some(wait), error, .. }) if wait <= LONGEST_WAIT && tries < TRIES => {
                    tries += 1;
                    work.waits(id, &error, wait).await;
                    tokio::time::sleep(wait).await;
                }
                done => break done,
            }
        };
        if let Err(failure) = &done
            && !failure.of_every_picture
        {
            self.fail(work, &claim.worker, vec![id], &failure.error).await?;
        }
        done
    }

    /// True when something was wrong that every picture would meet.
    async fn work_off(
        &self,
        work: &dyn Work,
        worker: &str,
        jobs: &mut VecDeque<Job>,
        each: &mut impl FnMut(u32, Result<()>),
    ) -> Result<bool> {
        let mut running = FuturesUnordered::new();
        let mut stopped: Option<EngineError> = None;
        loop {
            while stopped.is_none()
                && running.len() < self.at_once
                && let Some(job) = jobs.pop_front()
            {
                let claim = Claim { worker: worker.to_owned(), job };
                running.push(async move {
                    let done = self.attempt(work, &claim).await;
                    (claim.job, done)
                });
            }
            let Some((job, done)) = running.next().await else { break };
            let result = match done {
                Ok(()) => Ok(()),
                Err(failure) => {
                    if failure.of_every_picture {
                        self.fail(work, worker, vec![job.id], &failure.error).await?;
                        stopped.get_or_insert_with(|| failure.error.clone());
                    }
                    Err(failure.error)
                }
            };
            each(job.picture, result);
            work.tell(Vec::new()).await;
        }
        drop(running);
        let Some(error) = stopped else { return Ok(false) };
        self.fail(work, worker, jobs.iter().map(|job| job.id).collect(), &error).await?;
        jobs.drain(..).for_each(|job| each(job.picture, Err(error.clone())));
        work.tell(Vec::new()).await;
        Ok(true)
    }

    /// Waits for a job that another process is at, or takes it over when that has ended.
    async fn wait_for(
        &self,
        work: &dyn Work,
        worker: &str,
        id: i64,
        each: &mut impl FnMut(u32, Result<()>),
    ) -> Result<()> {
        let mut elsewhere = self.home.elsewhere.clone();
        loop {
            let Some(job) = self.home.catalogue.read(move |conn| job::get(conn, id)).await? else {
                return Ok(());
            };
            if let Some(result) = ended(&job) {
                each(job.picture, result);
                return Ok(());
            }
            let other = job.claimed_by;
            if other.as_ref().is_none_or(|other| self.has_ended(other)) {
                let name = worker.to_owned();
                let take = move |conn: &Connection| {
                    if let Some(other) = &other {
                        job::release_claims_of(conn, other)?;
                    }
                    job::claim_these(conn, &name, &[id])
                };
                let taken = self.home.catalogue.write(take).await?;
                if !taken.is_empty() {
                    return self.work_off(work, worker, &mut VecDeque::from(taken), each).await.map(drop);
                }
            }
            tokio::select! {
                Ok(()) = elsewhere.changed() => {}
                () = tokio::time::sleep(LOOK) => {}
            }
        }
    }
}

/// Claims those of some jobs that nobody has; gives the others, too.
fn claim_free(
    conn: &Connection,
    worker: &str,
    jobs: Vec<i64>,
) -> std::result::Result<(VecDeque<Job>, Vec<i64>), SqliteError> {
    let mine = job::claim_these(conn, worker, &jobs)?;
    let others = jobs.into_iter().filter(|id| !mine.iter().any(|job| job.id == *id)).collect();
    Ok((mine.into(), others))
}

/// Says that a job is not worked on any more, also when the work is dropped.
struct Ended<'a> {
    work: &'a dyn Work,
    id: i64,
}

impl Drop for Ended<'_> {
    fn drop(&mut self) {
        self.work.ended(self.id);
    }
}

/// What came of a job that has ended.
fn ended(job: &Job) -> Option<Result<()>> {
    match (job.status, &job.failure) {
        (Status::Waiting, _) => None,
        (Status::Done, _) => Some(Ok(())),
        (Status::Failed, Some(why)) => {
            Some(Err(EngineError::stored(&why.code, why.message.clone(), why.reason.as_ref())))
        }
        (Status::Failed, None) => Some(Err(EngineError::fault())),
        (Status::Cancelled, _) => Some(Err(EngineError::new(ErrorKind::Cancelled, messages::Job::Cancelled))),
    }
}
