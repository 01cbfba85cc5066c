//! What everything about the queue of one library shares.

use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use tokio::sync::Notify;

use super::live::Live;
use super::reach::{Peer, Reach, Waiting};
use crate::ErrorKind;
use crate::session::Session;

/// Rows by their numbers, in order; a drop is one range unless another process added rows in between.
pub(super) type Ranges = Vec<RangeInclusive<u32>>;

/// Shared by the queue, its workers and its observers.
pub(super) struct Context {
    /// The open library.
    pub(super) session: Arc<Session>,
    /// What is being done in this process.
    pub(super) live: Live,
    /// There is something to do.
    pub(super) work: Notify,
    /// There is an upload to be ended.
    pub(super) cleaning: Notify,
    /// There is something to show.
    pub(super) shown: Notify,
    /// Up to which row queued ones have been told to the window.
    horizon: AtomicU32,
    reach: Mutex<Vec<Reach>>,
    /// Since when a metered connection is waited out.
    metered_since: Mutex<Option<Instant>>,
}

impl Context {
    /// For an open library.
    pub(super) fn new(session: Arc<Session>) -> Arc<Self> {
        Arc::new(Self {
            session,
            live: Live::default(),
            work: Notify::new(),
            cleaning: Notify::new(),
            shown: Notify::new(),
            horizon: AtomicU32::new(0),
            reach: Mutex::default(),
            metered_since: Mutex::default(),
        })
    }

    /// Where bytes without a file are kept.
    pub(super) fn spool(&self) -> PathBuf {
        self.session.library_dir.join("spool")
    }

    /// Something changed that is shown.
    pub(super) fn wake_observers(&self) {
        self.shown.notify_one();
    }

    /// A worker begins; it is asked why it waits until [`Context::forget_reach`].
    pub(super) fn remember_reach(&self, reach: &Reach) {
        self.reach.lock().unwrap_or_else(PoisonError::into_inner).push(reach.clone());
    }

    /// A worker has ended.
    pub(super) fn forget_reach(&self, reach: &Reach) {
        self.reach.lock().unwrap_or_else(PoisonError::into_inner).retain(|known| !known.is(reach));
    }

    /// Why the queue waits, if it does.
    pub(super) fn waiting(&self) -> Option<Waiting> {
        if let Some(waiting) = self.metered() {
            return Some(waiting);
        }
        self.reach.lock().unwrap_or_else(PoisonError::into_inner).iter().find_map(Reach::waiting)
    }

    /// Set by the person: a metered connection is waited out.
    fn metered(&self) -> Option<Waiting> {
        let mut since = self.metered_since.lock().unwrap_or_else(PoisonError::into_inner);
        if !(self.session.uses_network() && self.session.traffic.waits()) {
            *since = None;
            return None;
        }
        Some(Waiting {
            peer: Peer::Store,
            kind: ErrorKind::MeteredConnection,
            reason: "This connection is metered. Uploads wait, and go on by themselves on another one.".to_owned(),
            since: *since.get_or_insert_with(Instant::now),
        })
    }

    /// Up to which row queued ones have been told.
    pub(super) fn horizon(&self) -> u32 {
        self.horizon.load(Ordering::Relaxed)
    }

    /// Queued rows have been told up to this one.
    pub(super) fn set_horizon(&self, id: u32) {
        self.horizon.store(id, Ordering::Relaxed);
    }
}

/// Numbers as ranges.
pub(super) fn ranges_of(ids: &[u32]) -> Ranges {
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
