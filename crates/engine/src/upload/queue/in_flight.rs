//! What this process is doing with rows right now: too quick and too detailed for the ledger.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use catalogue::table::upload::{Standing, Upload};
use tokio_util::sync::CancellationToken;

use crate::upload::schedule::priority_semaphore::Rank;
use crate::upload::transfer::body::Counter;
use crate::view::UploadStatus;

/// What is being done with a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(in crate::upload) enum Stage {
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
    pub(in crate::upload) fn status(self) -> UploadStatus {
        match self {
            Stage::Queued => UploadStatus::Queued,
            Stage::Reading => UploadStatus::Reading,
            Stage::Sending => UploadStatus::Sending,
            Stage::Verifying => UploadStatus::Verifying,
        }
    }
}

/// A row that this process is working on.
pub(in crate::upload) struct InFlightRow {
    /// Its number.
    pub(in crate::upload) id: u32,
    /// The file's name.
    pub(in crate::upload) name: String,
    /// Where it came from.
    pub(in crate::upload) source: String,
    /// Counts what goes out.
    pub(in crate::upload) counter: Counter,
    /// Its place in the order.
    pub(in crate::upload) rank: Arc<Rank>,
    /// Stops the work on this row.
    pub(in crate::upload) cancelled: CancellationToken,
    /// The worker that has claimed it.
    worker: Option<String>,
    size: AtomicU64,
    stage: AtomicU8,
}

impl InFlightRow {
    /// What is being done with it.
    pub(in crate::upload) fn stage(&self) -> Stage {
        Stage::from_number(self.stage.load(Ordering::Relaxed))
    }

    /// Another thing is being done with it.
    pub(in crate::upload) fn set_stage(&self, stage: Stage) {
        self.stage.store(stage as u8, Ordering::Relaxed);
    }

    /// Size in bytes, as far as it is known.
    pub(in crate::upload) fn size(&self) -> u64 {
        self.size.load(Ordering::Relaxed)
    }

    /// The size is known now.
    pub(in crate::upload) fn set_size(&self, size: u64) {
        self.size.store(size, Ordering::Relaxed);
    }

    /// Bytes of it that have gone out and need not go again.
    pub(in crate::upload) fn sent(&self) -> u64 {
        self.counter.file.load(Ordering::Relaxed).min(self.size())
    }
}

/// All rows that this process is working on.
#[derive(Clone, Default)]
pub(in crate::upload) struct InFlight {
    rows: Arc<Mutex<HashMap<u32, Arc<InFlightRow>>>>,
    all: Arc<AtomicU64>,
}

/// A row among the living, until dropped.
pub(in crate::upload) struct Presence {
    row: Arc<InFlightRow>,
    in_flight: InFlight,
}

impl Presence {
    /// The row.
    pub(in crate::upload) fn row(&self) -> &Arc<InFlightRow> {
        &self.row
    }
}

impl Drop for Presence {
    fn drop(&mut self) {
        self.in_flight.lock().remove(&self.row.id);
    }
}

impl InFlight {
    fn lock(&self) -> MutexGuard<'_, HashMap<u32, Arc<InFlightRow>>> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Work on a row begins. `None` while other work on it has not ended yet.
    pub(in crate::upload) fn enter(&self, upload: &Upload, stop: &CancellationToken) -> Option<Presence> {
        let mut rows = self.lock();
        if rows.contains_key(&upload.id) {
            return None;
        }
        let row = Arc::new(InFlightRow {
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
        Some(Presence { row, in_flight: self.clone() })
    }

    /// Stops the work on a row, if there is any.
    pub(in crate::upload) fn cancel(&self, id: u32) {
        if let Some(row) = self.lock().get(&id) {
            row.cancelled.cancel();
        }
    }

    /// Takes over how rows stand in the ledger, where other processes write, too: in which order, and whose they are. Gives
    /// up those that were taken away.
    pub(in crate::upload) fn follow(&self, standing: &[Standing]) {
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
    pub(in crate::upload) fn cancel_all(&self) {
        self.lock().values().for_each(|row| row.cancelled.cancel());
    }

    /// Whether work on a row goes on here.
    pub(in crate::upload) fn get(&self, id: u32) -> Option<Arc<InFlightRow>> {
        self.lock().get(&id).cloned()
    }

    /// Every row, by number.
    pub(in crate::upload) fn rows(&self) -> Vec<Arc<InFlightRow>> {
        let mut rows: Vec<_> = self.lock().values().cloned().collect();
        rows.sort_unstable_by_key(|row| row.id);
        rows
    }

    /// Bytes that have gone out since the start, of everything; never falls.
    pub(in crate::upload) fn bytes_out(&self) -> u64 {
        self.all.load(Ordering::Relaxed)
    }
}
