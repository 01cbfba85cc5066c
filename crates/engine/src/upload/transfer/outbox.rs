//! Thumbnails that are to be sent, and how many are under way.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use account_api::PresignedPut;
use bytes::Bytes;
use tokio::sync::{Notify, mpsc};

use crate::sync::OwnChange;
use crate::upload::schedule::priority_semaphore::Rank;

/// How many thumbnails wait in memory; then pictures wait, too.
const WAITING: usize = 128;

/// A thumbnail to send.
pub(in crate::upload) struct ThumbnailJob {
    /// The row that owes it.
    pub(in crate::upload) row: u32,
    /// That row's place in the queue.
    pub(in crate::upload) rank: Arc<Rank>,
    /// The picture.
    pub(in crate::upload) image_id: String,
    /// Where and how.
    pub(in crate::upload) put: PresignedPut,
    /// The encoded file.
    pub(in crate::upload) bytes: Bytes,
    /// MD5 of the bytes in base64.
    pub(in crate::upload) content_md5: String,
    /// Until it is confirmed, or given up for now.
    pub(in crate::upload) own: OwnChange,
}

/// The way of thumbnails out; counts those under way.
#[derive(Clone)]
pub(in crate::upload) struct Outbox {
    jobs: mpsc::Sender<ThumbnailJob>,
    under_way: Arc<AtomicUsize>,
    emptied: Arc<Notify>,
}

impl Outbox {
    /// The outbox, and what [`send_all`] takes from it.
    pub(in crate::upload) fn new() -> (Self, mpsc::Receiver<ThumbnailJob>) {
        let (jobs, incoming) = mpsc::channel(WAITING);
        (Self { jobs, under_way: Arc::default(), emptied: Arc::default() }, incoming)
    }

    /// Hands one over.
    pub(in crate::upload) async fn send(&self, job: ThumbnailJob) {
        self.under_way.fetch_add(1, Ordering::AcqRel);
        if self.jobs.send(job).await.is_err() {
            self.done();
        }
    }

    /// One is there, or owed.
    pub(in crate::upload) fn done(&self) {
        if self.under_way.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.emptied.notify_waiters();
        }
    }

    /// Waits until none is under way.
    pub(in crate::upload) async fn empty(&self) {
        loop {
            let emptied = self.emptied.notified();
            if self.under_way.load(Ordering::Acquire) == 0 {
                return;
            }
            emptied.await;
        }
    }
}
