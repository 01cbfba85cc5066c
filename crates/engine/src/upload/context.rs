//! What everything about the queue of one library shares.

use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use tokio::sync::Notify;

use crate::ErrorKind;
use crate::open_library::OpenLibrary;
use crate::upload::queue::in_flight::InFlight;
use crate::upload::schedule::circuit_breaker::{CircuitBreaker, Peer, Waiting};
use crate::view::Connection;

/// Rows by their numbers, in order; a drop is one range unless another process added rows in between.
pub(in crate::upload) type Ranges = Vec<RangeInclusive<u32>>;

/// Shared by the queue, its workers and its observers.
pub(in crate::upload) struct Context {
    /// The open library.
    pub(in crate::upload) library: Arc<OpenLibrary>,
    /// What is being done in this process.
    pub(in crate::upload) in_flight: InFlight,
    /// There is something to do.
    pub(in crate::upload) work: Notify,
    /// There is an upload to be ended.
    pub(in crate::upload) cleaning: Notify,
    /// There is something to show.
    pub(in crate::upload) shown: Notify,
    /// Up to which row queued ones have been told to the window.
    horizon: AtomicU32,
    breaker: Mutex<Vec<CircuitBreaker>>,
    /// Since when a metered connection is waited out.
    metered_since: Mutex<Option<Instant>>,
}

impl Context {
    /// For an open library.
    pub(in crate::upload) fn new(library: Arc<OpenLibrary>) -> Arc<Self> {
        Arc::new(Self {
            library,
            in_flight: InFlight::default(),
            work: Notify::new(),
            cleaning: Notify::new(),
            shown: Notify::new(),
            horizon: AtomicU32::new(0),
            breaker: Mutex::default(),
            metered_since: Mutex::default(),
        })
    }

    /// Where bytes without a file are kept.
    pub(in crate::upload) fn spool(&self) -> PathBuf {
        self.library.library_dir.join("spool")
    }

    /// Something changed that is shown.
    pub(in crate::upload) fn wake_observers(&self) {
        self.shown.notify_one();
    }

    /// A worker begins; it is asked why it waits until [`Context::forget_breaker`].
    pub(in crate::upload) fn remember_breaker(&self, breaker: &CircuitBreaker) {
        self.breaker.lock().unwrap_or_else(PoisonError::into_inner).push(breaker.clone());
    }

    /// A worker has ended.
    pub(in crate::upload) fn forget_breaker(&self, breaker: &CircuitBreaker) {
        self.breaker.lock().unwrap_or_else(PoisonError::into_inner).retain(|known| !known.is(breaker));
    }

    /// Why the queue waits, if it does.
    pub(in crate::upload) fn waiting(&self) -> Option<Waiting> {
        if let Some(waiting) = self.metered() {
            return Some(waiting);
        }
        let outage =
            self.breaker.lock().unwrap_or_else(PoisonError::into_inner).iter().find_map(CircuitBreaker::waiting);
        outage.or_else(|| self.unreachable())
    }

    /// Somebody else has found that nothing can get through, which what is under way may notice minutes later.
    fn unreachable(&self) -> Option<Waiting> {
        let (peer, kind, reason) = match self.library.connection() {
            Connection::Offline { reason } => (Peer::Service, ErrorKind::ServiceUnreachable, reason),
            Connection::StoreOffline { reason } => (Peer::Store, ErrorKind::StoreUnreachable, reason),
            _ => return None,
        };
        Some(Waiting { peer, kind, reason, since: Instant::now() })
    }

    /// Tries whoever can't be reached now, whenever that was to be.
    pub(in crate::upload) fn try_now(&self) {
        self.breaker.lock().unwrap_or_else(PoisonError::into_inner).iter().for_each(CircuitBreaker::nudge);
    }

    /// Set by the person: a metered connection is waited out.
    fn metered(&self) -> Option<Waiting> {
        let mut since = self.metered_since.lock().unwrap_or_else(PoisonError::into_inner);
        if !(self.library.uses_network() && self.library.traffic.waits()) {
            *since = None;
            return None;
        }
        Some(Waiting {
            peer: Peer::Store,
            kind: ErrorKind::MeteredConnection,
            reason: messages::Upload::Metered.to_string(),
            since: *since.get_or_insert_with(Instant::now),
        })
    }

    /// Up to which row queued ones have been told.
    pub(in crate::upload) fn horizon(&self) -> u32 {
        self.horizon.load(Ordering::Relaxed)
    }

    /// Queued rows have been told up to this one.
    pub(in crate::upload) fn set_horizon(&self, id: u32) {
        self.horizon.store(id, Ordering::Relaxed);
    }
}

/// Numbers as ranges.
pub(in crate::upload) fn ranges_of(ids: &[u32]) -> Ranges {
    let mut sorted = ids.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    let mut ranges: Ranges = Vec::new();
    for id in sorted {
        match ranges.last_mut() {
            Some(last) if last.end().checked_add(1) == Some(id) => *last = *last.start()..=id,
            _ => ranges.push(id..=id),
        }
    }
    ranges
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_become_ranges() {
        assert_eq!(ranges_of(&[3, 1, 2, 7, 7, 9]), [1..=3, 7..=7, 9..=9]);
        assert!(ranges_of(&[]).is_empty());
    }
}
