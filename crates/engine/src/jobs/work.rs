//! What a kind of job has to know.

use std::time::Duration;

use catalogue::table::job::Job;
use futures::future::BoxFuture;

use super::Failure;
use crate::EngineError;

/// What is done for one picture. It holds the library that it works in.
pub(crate) trait Work: Send + Sync + 'static {
    /// Does one job. What came of it is kept in the transaction that ends the job, so that no crash in between has it done
    /// twice. Dropping the future gives it up; then nothing may have been kept.
    fn work<'a>(&'a self, claim: &'a Claim) -> BoxFuture<'a, Result<(), Failure>>;

    /// Tells how far the queue is, and what came of some jobs.
    fn tell(&self, outcomes: Vec<Outcome>) -> BoxFuture<'_, ()>;

    /// A job waits so long before it is tried again, because whoever was asked says so.
    fn waits<'a>(&'a self, job: i64, why: &'a EngineError, wait: Duration) -> BoxFuture<'a, ()>;

    /// A job is not worked on any more, one way or the other.
    fn ended(&self, job: i64);

    /// Jobs were made or have ended, which is shown with their pictures.
    fn changed(&self);

    /// Says that the queue has stopped, and that so many jobs wait.
    fn stopped(&self, why: &EngineError, waiting: u32);

    /// Whether what stopped the queue passes by itself, so that it is tried again without being asked.
    fn passes(&self, code: &str) -> bool;
}

/// A job, and who does it.
#[derive(Debug, Clone)]
pub(crate) struct Claim {
    /// The name that it is claimed by.
    pub(crate) worker: String,
    /// What is to be done.
    pub(crate) job: Job,
}

/// What came of a job.
#[derive(Debug, Clone)]
pub(crate) struct Outcome {
    /// Which.
    pub(crate) job: Job,
    /// Why it failed; none when it is done, or waits.
    pub(crate) error: Option<EngineError>,
}
