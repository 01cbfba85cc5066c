//! Descriptions: a durable queue of wishes (`catalogue::table::description_job`), worked off a few pictures at a time. Each
//! answer is kept in the same transaction that ends its wish, here and on the account.
//!
//! In a window the `worker` works in the background until nothing waits; a command in a terminal works on its own wishes
//! only (`asked`). Both claim what they work on, so nothing is paid for twice.

mod answer;
mod asked;
mod failure;
mod people;
mod waits;
mod worker;

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use describe::Endpoint;
use futures::future::BoxFuture;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::session::Session;
use crate::worker_lock::WorkerLock;
use crate::{EngineError, ErrorKind, Result};

pub(crate) use asked::{describe_all, describe_one, finish};
pub(crate) use people::{
    cancel, checked_prompt, clear_finished, enqueue, go_on, jobs, progress, retry, set_paused, settings_changed,
    uncancel, wanted,
};

/// Tells who is asked for descriptions: settings and the sealed key, read anew for each picture.
pub type WhomToAsk = Arc<dyn Fn() -> BoxFuture<'static, Result<Endpoint>> + Send + Sync>;

/// Pictures that are described at the same time.
const AT_ONCE: usize = 2;

/// How long closing waits until what was being asked is given back.
const FAREWELL: Duration = Duration::from_secs(2);

/// The descriptions of one library.
pub struct Describing {
    whom: WhomToAsk,
    /// This process's name among those that claim; made when it first claims.
    lock: Mutex<Option<Arc<WorkerLock>>>,
    /// What is being asked at this moment, by job.
    live: Mutex<HashMap<i64, CancellationToken>>,
    waits: waits::Waits,
    started: AtomicBool,
    wake: Notify,
    tasks: TaskTracker,
}

impl Describing {
    pub(crate) fn new(whom: WhomToAsk) -> Self {
        Self {
            whom,
            lock: Mutex::default(),
            live: Mutex::default(),
            waits: waits::Waits::default(),
            started: AtomicBool::new(false),
            wake: Notify::new(),
            tasks: TaskTracker::new(),
        }
    }

    /// Works in the background from now on, until the library is closed. Calling it again only wakes it.
    pub(crate) fn start(&self, session: &Arc<Session>) {
        if !self.started.swap(true, Ordering::AcqRel) {
            self.tasks.spawn(worker::run(Arc::clone(session)));
        }
        self.wake.notify_one();
    }

    /// Waits until background work has given back what it had. The library's token has been cancelled.
    pub(crate) async fn close(&self) {
        self.tasks.close();
        if tokio::time::timeout(FAREWELL, self.tasks.wait()).await.is_err() {
            tracing::warn!("descriptions are still being given back");
        }
    }

    /// The name that this process claims by.
    fn worker(&self, session: &Session) -> Result<Arc<WorkerLock>> {
        let mut lock = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(lock) = &*lock {
            return Ok(Arc::clone(lock));
        }
        let taken = WorkerLock::take(&session.library_dir).map_err(|error| {
            let folder = session.library_dir.display();
            EngineError::new(
                ErrorKind::Disk,
                format!("The folder “{folder}” can't be written: {error}. Nothing was asked."),
            )
        })?;
        Ok(Arc::clone(lock.insert(Arc::new(taken))))
    }

    fn live(&self) -> MutexGuard<'_, HashMap<i64, CancellationToken>> {
        self.live.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
