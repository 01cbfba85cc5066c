//! What this process is doing with rows right now: too quick and too detailed for the ledger.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use catalogue::table::upload::{Standing, Upload};
use tokio_util::sync::CancellationToken;

use super::body::Counter;
use super::turns::Rank;
use crate::view::UploadStatus;

/// What is being done with a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Stage {
    /// It has been claimed.
    Queued,
    /// It is being fetched, read, hashed, looked at.
    Reading,
    /// Bytes go out.
    Sending,
    /// All bytes have gone out.
    Verifying,
}

impl Stage {
    fn from_number(number: u8) -> Self {
        match number {
            1 => Stage::Reading,
            2 => Stage::Sending,
            3 => Stage::Verifying,
            _ => Stage::Queued,
        }
    }

    /// As the window shows it.
    pub(super) fn status(self) -> UploadStatus {
        match self {
            Stage::Queued => UploadStatus::Queued,
            Stage::Reading => UploadStatus::Reading,
            Stage::Sending => UploadStatus::Sending,
            Stage::Verifying => UploadStatus::Verifying,
        }
    }
}

/// A row that this process is working on.
pub(super) struct LiveRow {
    /// Its number.
    pub(super) id: u32,
    /// The file's name.
    pub(super) name: String,
    /// Where it came from.
    pub(super) source: String,
    /// Counts what goes out.
    pub(super) counter: Counter,
    /// Its place in the order.
    pub(super) rank: Arc<Rank>,
    /// Stops the work on this row.
    pub(super) cancelled: CancellationToken,
    /// The worker that has claimed it.
    worker: Option<String>,
    size: AtomicU64,
    stage: AtomicU8,
}

impl LiveRow {
    /// What is being done with it.
    pub(super) fn stage(&self) -> Stage {
        Stage::from_number(self.stage.load(Ordering::Relaxed))
    }

    /// Another thing is being done with it.
    pub(super) fn set_stage(&self, stage: Stage) {
        self.stage.store(stage as u8, Ordering::Relaxed);
    }

    /// Size in bytes, as far as it is known.
    pub(super) fn size(&self) -> u64 {
        self.size.load(Ordering::Relaxed)
    }

    /// The size is known now.
    pub(super) fn set_size(&self, size: u64) {
        self.size.store(size, Ordering::Relaxed);
    }

    /// Bytes of it that have gone out and need not go again.
    pub(super) fn sent(&self) -> u64 {
        self.counter.file.load(Ordering::Relaxed).min(self.size())
    }
}

/// All rows that this process is working on.
#[derive(Clone, Default)]
pub(super) struct Live {
    rows: Arc<Mutex<HashMap<u32, Arc<LiveRow>>>>,
    all: Arc<AtomicU64>,
}

/// A row among the living, until dropped.
pub(super) struct Presence {
    row: Arc<LiveRow>,
    live: Live,
}

impl Presence {
    /// The row.
    pub(super) fn row(&self) -> &Arc<LiveRow> {
        &self.row
    }
}

impl Drop for Presence {
    fn drop(&mut self) {
        self.live.lock().remove(&self.row.id);
    }
}

impl Live {
    fn lock(&self) -> MutexGuard<'_, HashMap<u32, Arc<LiveRow>>> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Work on a row begins. `None` while other work on it has not ended yet.
    pub(super) fn enter(&self, upload: &Upload, stop: &CancellationToken) -> Option<Presence> {
        let mut rows = self.lock();
        if rows.contains_key(&upload.id) {
            return None;
        }
        let row = Arc::new(LiveRow {
            id: upload.id,
            name: upload.name.clone(),
            source: upload.shown_source.clone(),
            counter: Counter { file: Arc::default(), all: Arc::clone(&self.all) },
            rank: Rank::new(upload.id, upload.position),
            cancelled: stop.child_token(),
            worker: upload.claimed_by.clone(),
            size: AtomicU64::new(upload.size),
            stage: AtomicU8::new(Stage::Queued as u8),
        });
        rows.insert(upload.id, Arc::clone(&row));
        Some(Presence { row, live: self.clone() })
    }

    /// Stops the work on a row, if there is any.
    pub(super) fn cancel(&self, id: u32) {
        if let Some(row) = self.lock().get(&id) {
            row.cancelled.cancel();
        }
    }

    /// Takes over how rows stand in the ledger, where other processes write, too: in which order, and whose they are. Gives
    /// up those that were taken away.
    pub(super) fn follow(&self, standing: &[Standing]) {
        let rows = self.lock();
        for now in standing {
            let Some(row) = rows.get(&now.id) else { continue };
            row.rank.set_position(now.position);
            if now.claimed_by != row.worker {
                row.cancelled.cancel();
            }
        }
    }

    /// Stops the work on every row.
    pub(super) fn cancel_all(&self) {
        self.lock().values().for_each(|row| row.cancelled.cancel());
    }

    /// Whether work on a row goes on here.
    pub(super) fn get(&self, id: u32) -> Option<Arc<LiveRow>> {
        self.lock().get(&id).cloned()
    }

    /// Every row, by number.
    pub(super) fn rows(&self) -> Vec<Arc<LiveRow>> {
        let mut rows: Vec<_> = self.lock().values().cloned().collect();
        rows.sort_unstable_by_key(|row| row.id);
        rows
    }

    /// Bytes that have gone out since the start, of everything; never falls.
    pub(super) fn bytes_out(&self) -> u64 {
        self.all.load(Ordering::Relaxed)
    }
}
