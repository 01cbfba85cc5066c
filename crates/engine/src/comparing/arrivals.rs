//! What is to be compared, of one library.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use tokio::sync::{MutexGuard, Notify};

/// Wakes what compares pictures, and tells it what has come.
#[derive(Default)]
pub(crate) struct Comparing {
    /// Pictures whose thumbnails have come, by SHA-256.
    arrived: Mutex<HashSet<String>>,
    wake: Notify,
    /// One at a time compares in this process.
    turn: tokio::sync::Mutex<()>,
}

impl Comparing {
    /// A thumbnail has come.
    pub(crate) fn arrived(&self, sha256: &str) {
        self.arrived.lock().unwrap_or_else(PoisonError::into_inner).insert(sha256.to_owned());
        self.wake();
    }

    /// Something has changed.
    pub(crate) fn wake(&self) {
        self.wake.notify_one();
    }

    /// Waits until something has changed since this was waited for last.
    pub(super) async fn woken(&self) {
        self.wake.notified().await;
    }

    pub(super) fn take_arrived(&self) -> HashSet<String> {
        std::mem::take(&mut *self.arrived.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Waits until nobody else compares in this process.
    pub(super) async fn turn(&self) -> MutexGuard<'_, ()> {
        self.turn.lock().await
    }
}
