//! Whoever takes too long is killed: one thread waits for all of them.

use std::collections::BTreeMap;
use std::process::Child;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Instant;

use crate::process::kill;

/// When whom.
#[derive(Default)]
pub(crate) struct Deadlines {
    due: Mutex<Due>,
    changed: Condvar,
}

#[derive(Default)]
struct Due {
    next: u64,
    all: BTreeMap<(Instant, u64), Arc<Mutex<Child>>>,
}

impl Deadlines {
    /// With the thread that waits for them, which ends with them.
    pub(crate) fn kept() -> Arc<Self> {
        let deadlines = Arc::new(Self::default());
        let watched = Arc::downgrade(&deadlines);
        let started = std::thread::Builder::new().name("decoding deadlines".to_owned()).spawn(move || watch(&watched));
        if let Err(error) = started {
            tracing::error!(%error, "nobody watches how long pictures are decoded");
        }
        deadlines
    }

    fn due(&self) -> MutexGuard<'_, Due> {
        self.due.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Kills a worker at this time, unless what is returned is dropped before.
    pub(crate) fn set(self: &Arc<Self>, at: Instant, child: Arc<Mutex<Child>>) -> Deadline {
        let mut due = self.due();
        due.next += 1;
        let key = (at, due.next);
        due.all.insert(key, child);
        self.changed.notify_one();
        Deadline { deadlines: Arc::clone(self), key }
    }
}

/// One deadline; it holds until this is dropped.
pub(crate) struct Deadline {
    deadlines: Arc<Deadlines>,
    key: (Instant, u64),
}

impl Drop for Deadline {
    fn drop(&mut self) {
        self.deadlines.due().all.remove(&self.key);
    }
}

/// How long the thread sleeps before it looks whether it is still needed.
const LOOK: std::time::Duration = std::time::Duration::from_secs(5);

fn watch(watched: &Weak<Deadlines>) {
    while let Some(deadlines) = watched.upgrade() {
        let mut due = deadlines.due();
        let now = Instant::now();
        let first = due.all.first_key_value().map(|(key, _)| key.0);
        match first {
            Some(at) if at <= now => {
                if let Some((_, child)) = due.all.pop_first() {
                    drop(due);
                    tracing::warn!("decoding a picture takes too long; the worker is killed");
                    kill(&child);
                }
            }
            at => {
                let wait = at.map_or(LOOK, |at| (at - now).min(LOOK));
                drop(deadlines.changed.wait_timeout(due, wait));
            }
        }
    }
}
