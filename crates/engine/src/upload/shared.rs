//! What the parts of a worker share: the library, the account, the way to the store, and room to work in.

use std::path::PathBuf;
use std::sync::Arc;

use catalogue::table::upload::Failure;
use catalogue::{CatalogueError, Connection, SqliteError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::ErrorKind;
use crate::batch::Batcher;
use crate::upload::account::questions::{Announced, Announcement, Confirmed, Sent};
use crate::upload::account::remote::Account;
use crate::upload::context::Context;
use crate::upload::intake::same_bytes::SameBytes;
use crate::upload::schedule::circuit_breaker::{CircuitBreaker, Peer};
use crate::upload::schedule::concurrency_limit::ConcurrencyLimit;
use crate::upload::schedule::priority_semaphore::PrioritySemaphore;
use crate::upload::transfer::deliver::StoreSender;
use crate::upload::transfer::outbox::Outbox;
use crate::worker_lock::WorkerLock;

/// How many files are read at a time, at most.
const READERS: usize = 4;

/// Room for files that are being looked at as pictures, in MiB.
const READING_MIB: u32 = 256;

/// Room for small files that wait to be sent, in KiB.
const KEPT_KIB: u32 = 64 << 10;

/// What the parts of a worker share.
pub(in crate::upload) struct Shared {
    /// The library and what is shown of it.
    pub(in crate::upload) context: Arc<Context>,
    /// The account service.
    pub(in crate::upload) account: Account,
    /// The way to the store.
    pub(in crate::upload) sender: StoreSender,
    /// For other people's servers.
    pub(in crate::upload) web: reqwest::Client,
    /// Where bytes without a file are kept.
    pub(in crate::upload) spool: PathBuf,
    /// Who has which bytes.
    pub(in crate::upload) same: SameBytes,
    /// What is asked in batches.
    pub(in crate::upload) questions: Questions,
    /// Thumbnails to send.
    pub(in crate::upload) thumbnails: Outbox,
    /// Who may read.
    pub(in crate::upload) readers: PrioritySemaphore,
    reading_room: Semaphore,
    kept_room: Arc<Semaphore>,
    lock: WorkerLock,
}

impl Shared {
    /// Of one worker, with nothing under way.
    pub(in crate::upload) fn new(
        context: Arc<Context>,
        lock: WorkerLock,
        web: reqwest::Client,
        breaker: CircuitBreaker,
        same: SameBytes,
        questions: Questions,
        thumbnails: Outbox,
    ) -> Self {
        let library = &context.library;
        let readers = std::thread::available_parallelism().map_or(2, |cores| cores.get().clamp(2, READERS));
        Self {
            account: Account::new(library.client.clone(), breaker.clone()),
            sender: StoreSender {
                http: library.store_http.clone(),
                concurrency: ConcurrencyLimit::new(),
                breaker,
                traffic: library.traffic.clone(),
                network: library.uses_network(),
            },
            web,
            spool: context.spool(),
            same,
            questions,
            thumbnails,
            readers: PrioritySemaphore::new(readers),
            reading_room: Semaphore::new(READING_MIB as usize),
            kept_room: Arc::new(Semaphore::new(KEPT_KIB as usize)),
            lock,
            context,
        }
    }

    /// The worker's name, as claims have it.
    pub(in crate::upload) fn name(&self) -> &str {
        self.lock.name()
    }

    /// Waits for room to look at a file of this size.
    pub(in crate::upload) async fn room_for(&self, size: u64) -> Option<tokio::sync::SemaphorePermit<'_>> {
        let mib = u32::try_from(size >> 20).unwrap_or(u32::MAX).clamp(1, READING_MIB);
        self.reading_room.acquire_many(mib).await.ok()
    }

    /// Room to keep a small file until it is sent, if there is any.
    pub(in crate::upload) fn try_keep(&self, size: u64) -> Option<OwnedSemaphorePermit> {
        let kib = u32::try_from(size.div_ceil(1024)).ok()?.max(1);
        Arc::clone(&self.kept_room).try_acquire_many_owned(kib).ok()
    }

    /// Writes to the ledger, waiting when the disk is full. `None` when the library has been closed or is damaged.
    pub(in crate::upload) async fn write<T, F>(&self, work: F) -> Option<T>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> std::result::Result<T, SqliteError> + Clone + Send + 'static,
    {
        loop {
            let attempt = self.sender.breaker.attempt(Peer::Disk).await;
            match self.context.library.catalogue.write(work.clone()).await {
                Ok(value) => {
                    attempt.answered();
                    return Some(value);
                }
                Err(CatalogueError::Disk(why)) => attempt.failed(
                    ErrorKind::Disk,
                    &messages::Upload::DiskFull { why: why.to_string() }.to_string(),
                    None,
                ),
                Err(error) if error.is_busy() => {
                    attempt.failed(ErrorKind::Disk, &messages::Upload::DiskBusy.to_string(), None);
                }
                Err(error) => {
                    attempt.answered();
                    tracing::error!(%error, "the upload ledger can't be written");
                    return None;
                }
            }
        }
    }

    /// Reads from the ledger. `None` when the library has been closed or is damaged.
    pub(in crate::upload) async fn read<T, F>(&self, work: F) -> Option<T>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> std::result::Result<T, SqliteError> + Send + 'static,
    {
        match self.context.library.catalogue.read(work).await {
            Ok(value) => Some(value),
            Err(error) => {
                tracing::error!(%error, "the upload ledger can't be read");
                None
            }
        }
    }
}

/// What is asked in batches.
pub(in crate::upload) struct Questions {
    /// Files to announce.
    pub(in crate::upload) announcements: Batcher<Announcement, Announced>,
    /// Uploads to confirm.
    pub(in crate::upload) confirmations: Batcher<Sent, Confirmed>,
    /// Rows that have failed.
    pub(in crate::upload) failures: Batcher<(u32, Failure), ()>,
    /// Thumbnails to confirm, by picture.
    pub(in crate::upload) confirm_thumbnails: Batcher<String, bool>,
}

impl Drop for Shared {
    fn drop(&mut self) {
        self.context.forget_breaker(&self.sender.breaker);
        self.context.library.way.uploads_ended();
    }
}
