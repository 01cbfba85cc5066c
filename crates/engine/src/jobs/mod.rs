//! Jobs: durable queues of what is to be done for pictures (`catalogue::table::job`), worked off a few at a time. A kind of job
//! is one module that implements [`Work`]; pausing, cancelling, stopping, retries, and what a crash or another process means for
//! them is the same for all.
//!
//! In a window the `background` works until nothing waits; a command in a terminal works on its own jobs only (`asked`). Both
//! claim what they work on, by the name of a lock that they hold for as long as they live, so nothing is done twice, and what a
//! crash leaves is taken over at once.

mod asked;
mod background;
mod controls;
mod failure;
mod work;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use catalogue::Catalogue;
use catalogue::table::job::{self, Kind};
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::worker_lock::{WorkerLock, has_ended};
use crate::{EngineError, ErrorKind, Result};

pub(crate) use failure::Failure;
pub(crate) use work::{Claim, Outcome, Work};

/// How long closing waits until what was being done is given back.
const FAREWELL: Duration = Duration::from_secs(2);

/// The jobs of one kind in one library.
pub(crate) struct Jobs {
    kind: Kind,
    /// How many are worked on at the same time.
    at_once: usize,
    home: Home,
    /// This process's name among those that claim; made when it first claims.
    lock: Mutex<Option<Arc<WorkerLock>>>,
    /// What is being done at this moment, by job.
    in_flight: Mutex<HashMap<i64, CancellationToken>>,
    started: AtomicBool,
    wake: Notify,
    tasks: TaskTracker,
}

/// The library that jobs belong to.
#[derive(Clone)]
pub(crate) struct Home {
    /// Where they are kept.
    pub(crate) catalogue: Catalogue,
    /// Where locks are kept.
    pub(crate) library_dir: PathBuf,
    /// Cancelled when the library is closed.
    pub(crate) closing: CancellationToken,
    /// Changes when another process has written to the catalogue.
    pub(crate) elsewhere: watch::Receiver<u64>,
}

impl Jobs {
    pub(crate) fn new(kind: Kind, at_once: usize, home: Home) -> Self {
        Self {
            kind,
            at_once,
            home,
            lock: Mutex::default(),
            in_flight: Mutex::default(),
            started: AtomicBool::new(false),
            wake: Notify::new(),
            tasks: TaskTracker::new(),
        }
    }

    /// Whoever works in this process looks again.
    pub(crate) fn wake(&self) {
        self.wake.notify_one();
    }

    /// Waits until background work has given back what it had. The library's token has been cancelled.
    pub(crate) async fn close(&self) {
        self.tasks.close();
        if tokio::time::timeout(FAREWELL, self.tasks.wait()).await.is_err() {
            tracing::warn!(kind = self.kind.as_str(), "jobs are still being given back");
        }
    }

    /// The name that this process claims by.
    fn worker(&self) -> Result<Arc<WorkerLock>> {
        let mut lock = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(lock) = &*lock {
            return Ok(Arc::clone(lock));
        }
        let taken = WorkerLock::take(&self.home.library_dir).map_err(|error| {
            let folder = self.home.library_dir.display();
            EngineError::new(
                ErrorKind::Disk,
                messages::Job::FolderUnwritable { folder: folder.to_string(), why: error.to_string() },
            )
        })?;
        Ok(Arc::clone(lock.insert(Arc::new(taken))))
    }

    fn in_flight(&self) -> MutexGuard<'_, HashMap<i64, CancellationToken>> {
        self.in_flight.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn has_ended(&self, worker: &str) -> bool {
        has_ended(&self.home.library_dir, worker)
    }

    /// Ends jobs with the reason why they can't be done.
    async fn fail(&self, work: &dyn Work, worker: &str, jobs: Vec<i64>, error: &EngineError) -> Result<()> {
        let (worker, why) = (worker.to_owned(), stored(error));
        self.home
            .catalogue
            .write(move |conn| jobs.iter().try_for_each(|job| job::end(conn, &worker, *job, Some(&why)).map(drop)))
            .await?;
        work.changed();
        Ok(())
    }
}

/// An error as a queue keeps it.
fn stored(error: &EngineError) -> job::Failure {
    job::Failure { code: error.code.as_str(), message: error.message.clone(), reason: error.to_store() }
}
