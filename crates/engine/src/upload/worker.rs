//! A worker: claims rows, works on many of them at a time with flat memory, and gives back what it hasn't finished.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;

use account_api::MAX_BATCH;
use catalogue::table::upload::{self, Failure, Outcome};
use catalogue::{CatalogueError, Connection, SqliteError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

use super::announce::{Announced, Announcement, announce};
use super::batch::{Asked, Batcher};
use super::claims::{claim_all, release};
use super::cleaning;
use super::confirm::{Confirmed, Sent, confirm};
use super::context::{Context, Ranges};
use super::deliver::Road;
use super::fetch;
use super::gate::Gate;
use super::reach::{Peer, Reach, Waiting};
use super::remote::Account;
use super::same_bytes::{SameBytes, Settled};
use super::thumbnails::{self, Outbox};
use super::turns::Turns;
use crate::view::Connection as Reached;
use crate::worker_lock::WorkerLock;
use crate::{EngineError, ErrorKind, Result, connection};

/// How many files are read at a time, at most.
const READERS: usize = 4;

/// Room for files that are being looked at as pictures, in MiB.
const READING_MIB: u32 = 256;

/// Room for small files that wait to be sent, in KiB.
const KEPT_KIB: u32 = 64 << 10;

/// What the parts of a worker share.
pub(super) struct Shared {
    /// The library and what is shown of it.
    pub(super) context: Arc<Context>,
    /// The account service.
    pub(super) account: Account,
    /// The way to the store.
    pub(super) road: Road,
    /// For other people's servers.
    pub(super) web: reqwest::Client,
    /// Where bytes without a file are kept.
    pub(super) spool: PathBuf,
    /// Who has which bytes.
    pub(super) same: SameBytes,
    /// Files to announce.
    pub(super) announcements: Batcher<Announcement, Announced>,
    /// Uploads to confirm.
    pub(super) confirmations: Batcher<Sent, Confirmed>,
    /// Rows that have failed.
    pub(super) failures: Batcher<(u32, Failure), ()>,
    /// Thumbnails to confirm, by picture.
    pub(super) confirm_thumbnails: Batcher<String, bool>,
    /// Thumbnails to send.
    pub(super) thumbnails: Outbox,
    /// Who may read.
    pub(super) readers: Turns,
    reading_room: Semaphore,
    kept_room: Arc<Semaphore>,
    lock: WorkerLock,
}

impl Shared {
    /// The worker's name, as claims have it.
    pub(super) fn name(&self) -> &str {
        self.lock.name()
    }

    /// Waits for room to look at a file of this size.
    pub(super) async fn room_for(&self, size: u64) -> Option<tokio::sync::SemaphorePermit<'_>> {
        let mib = u32::try_from(size >> 20).unwrap_or(u32::MAX).clamp(1, READING_MIB);
        self.reading_room.acquire_many(mib).await.ok()
    }

    /// Room to keep a small file until it is sent, if there is any.
    pub(super) fn try_keep(&self, size: u64) -> Option<OwnedSemaphorePermit> {
        let kib = u32::try_from(size.div_ceil(1024)).ok()?.max(1);
        Arc::clone(&self.kept_room).try_acquire_many_owned(kib).ok()
    }

    /// Writes to the ledger, waiting when the disk is full. `None` when the library has been closed or is damaged.
    pub(super) async fn write<T, F>(&self, work: F) -> Option<T>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> std::result::Result<T, SqliteError> + Clone + Send + 'static,
    {
        loop {
            let attempt = self.road.reach.attempt(Peer::Disk).await;
            match self.context.session.catalogue.write(work.clone()).await {
                Ok(value) => {
                    attempt.answered();
                    return Some(value);
                }
                Err(CatalogueError::Disk(why)) => attempt.failed(
                    ErrorKind::Disk,
                    &format!("The disk of this computer is full or can't be written ({why}). Make room; uploads go on by themselves."),
                    None,
                ),
                Err(error) if error.is_busy() => {
                    attempt.failed(ErrorKind::Disk, "Another program keeps the library's files busy. Uploads go on by themselves.", None);
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
    pub(super) async fn read<T, F>(&self, work: F) -> Option<T>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> std::result::Result<T, SqliteError> + Send + 'static,
    {
        match self.context.session.catalogue.read(work).await {
            Ok(value) => Some(value),
            Err(error) => {
                tracing::error!(%error, "the upload ledger can't be read");
                None
            }
        }
    }
}

/// A running worker. Dropping it stops everything at once; what it had claimed is taken over by the next one.
pub(super) struct Worker {
    shared: Arc<Shared>,
    tasks: TaskTracker,
    stop: DropGuard,
}

impl Worker {
    /// Begins to work: on everything, or only on some rows.
    pub(super) fn start(context: Arc<Context>, only: Option<Ranges>) -> Result<Self> {
        let session = Arc::clone(&context.session);
        let lock = WorkerLock::take(&session.library_dir).map_err(|error| {
            EngineError::new(
                ErrorKind::Disk,
                format!("The library's folder can't be written: {error}. Make room and try again."),
            )
        })?;
        let web = fetch::client().map_err(|error| EngineError::new(ErrorKind::Internal, error.to_string()))?;
        if session.uses_network() {
            session.traffic.follow_system();
        }
        let reach = Reach::new();
        let (same, settled) = SameBytes::new();
        let (announcements, to_announce) = Batcher::new(MAX_BATCH);
        let (confirmations, to_confirm) = Batcher::new(MAX_BATCH);
        let (failures, to_fail) = Batcher::new(MAX_BATCH);
        let (confirm_thumbnails, thumbnails_to_confirm) = Batcher::new(MAX_BATCH);
        let (outbox, to_send) = Outbox::new();
        context.remember_reach(&reach);
        let shared = Arc::new(Shared {
            account: Account::new(session.client.clone(), reach.clone()),
            road: Road {
                http: session.store_http.clone(),
                gate: Gate::new(),
                reach,
                traffic: session.traffic.clone(),
                network: session.uses_network(),
            },
            web,
            spool: context.spool(),
            same,
            announcements,
            confirmations,
            failures,
            confirm_thumbnails,
            thumbnails: outbox,
            readers: Turns::new(std::thread::available_parallelism().map_or(2, |cores| cores.get().clamp(2, READERS))),
            reading_room: Semaphore::new(READING_MIB as usize),
            kept_room: Arc::new(Semaphore::new(KEPT_KIB as usize)),
            lock,
            context,
        });
        let stop = CancellationToken::new();
        let worker = Self { shared, tasks: TaskTracker::new(), stop: stop.clone().drop_guard() };
        let hand = |work: Arc<Shared>| move || Arc::clone(&work);
        let give = hand(Arc::clone(&worker.shared));
        let batches = give.clone();
        worker.run(&stop, to_announce.run(move |batch| announce(batches(), batch)));
        let batches = give.clone();
        worker.run(&stop, to_confirm.run(move |batch| confirm(batches(), batch)));
        let batches = give.clone();
        worker.run(&stop, to_fail.run(move |batch| fail(batches(), batch)));
        let batches = give.clone();
        worker.run(&stop, thumbnails_to_confirm.run(move |batch| confirm_thumbs(batches(), batch)));
        worker.run(&stop, thumbnails::send_all(give(), to_send));
        worker.run(&stop, settle(give(), settled));
        worker.run(&stop, follow_connection(give()));
        worker.run(&stop, tell_connection(give()));
        worker.run(&stop, cleaning::run(give()));
        if only.is_none() {
            worker.run(&stop, thumbnails::pay_debts(give()));
        }
        worker.run(&stop, claim_all(give(), only, stop.clone(), worker.tasks.clone()));
        Ok(worker)
    }

    fn run(&self, stop: &CancellationToken, task: impl Future<Output = ()> + Send + 'static) {
        let stop = stop.clone();
        self.tasks.spawn(async move {
            tokio::select! {
                biased;
                () = stop.cancelled() => {}
                () = task => {}
            }
        });
    }

    /// Waits until every thumbnail has been sent that can be.
    pub(super) async fn thumbnails_sent(&self) {
        self.shared.thumbnails.empty().await;
    }

    /// Ends uploads that nobody goes on with.
    pub(super) async fn clean(&self) {
        cleaning::once(&self.shared).await;
    }

    /// Stops and gives back what isn't finished.
    pub(super) async fn stop(self) {
        let Self { shared, tasks, stop } = self;
        drop(stop);
        tasks.close();
        tasks.wait().await;
        shared.context.forget_reach(&shared.road.reach);
        let name = shared.name().to_owned();
        let released = shared.context.session.catalogue.write(move |conn| upload::release_claims_of(conn, &name)).await;
        if let Err(error) = released {
            tracing::warn!(%error, "claims could not be given back; they lapse with this process");
        }
        shared.context.wake_observers();
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        self.context.forget_reach(&self.road.reach);
        self.context.session.way.uploads_ended();
    }
}

/// Writes down rows that have failed.
async fn fail(shared: Arc<Shared>, batch: Vec<Asked<(u32, Failure), ()>>) {
    let refused = |failure: &Failure| ErrorKind::from_code(&failure.code) == Some(ErrorKind::StoreRefused);
    let refusals: Vec<_> = batch
        .iter()
        .map(|asked| &asked.question.1)
        .filter(|failure| refused(failure))
        .map(|failure| EngineError::new(ErrorKind::StoreRefused, failure.message.clone()))
        .collect();
    let (ends, answers): (Vec<_>, Vec<_>) = batch
        .into_iter()
        .map(|asked| {
            let ((id, failure), answer) = asked.split();
            ((id, Outcome::Failed(failure)), answer)
        })
        .unzip();
    for failure in &refusals {
        shared.context.session.way.store_failed(&shared.context.session.place, failure);
    }
    let worker = shared.name().to_owned();
    shared.write(move |conn| upload::finish(conn, &worker, &ends)).await;
    for answer in answers {
        answer.give(());
    }
    shared.context.cleaning.notify_one();
}

async fn confirm_thumbs(shared: Arc<Shared>, batch: Vec<Asked<String, bool>>) {
    let asked: HashSet<String> = batch.iter().map(|asked| asked.question.clone()).collect();
    let confirmed = shared.account.thumbnails(asked.into_iter().collect()).await.unwrap_or_default();
    let confirmed: HashSet<String> = confirmed.into_iter().collect();
    for asked in batch {
        let there = confirmed.contains(&asked.question);
        asked.answer(there);
    }
}

/// Ends rows that waited for another one with the same bytes, or lets them begin.
async fn settle(shared: Arc<Shared>, mut settled: mpsc::UnboundedReceiver<Settled>) {
    while let Some(settled) = settled.recv().await {
        match settled {
            Settled::Landed { rows, image_id, picture } => {
                let worker = shared.name().to_owned();
                let spooled = shared
                    .write(move |conn| {
                        let outcome = Outcome::Duplicate { image_id, picture: Some(picture) };
                        let ends: Vec<_> = rows.iter().map(|row| (*row, outcome.clone())).collect();
                        let ended = upload::finish(conn, &worker, &ends)?;
                        ended.into_iter().map(|row| upload::get(conn, row)).collect::<std::result::Result<Vec<_>, _>>()
                    })
                    .await;
                for path in spooled.into_iter().flatten().flatten().filter_map(|row| row.path) {
                    super::spool::remove(&shared.spool, &super::os_path::from_bytes(&path));
                }
            }
            Settled::Again { rows } => {
                release(&shared, rows).await;
                shared.context.work.notify_one();
            }
        }
        shared.context.wake_observers();
    }
}

/// Tries at once when something else found that the service can be reached again, or the person signed in.
async fn follow_connection(shared: Arc<Shared>) {
    let mut connection = shared.context.session.watch_connection();
    let mut signed_in = shared.context.session.client.signed_in();
    loop {
        let back = tokio::select! {
            changed = connection.changed() => match changed {
                Ok(()) => *connection.borrow_and_update() == Reached::Online,
                Err(_) => return,
            },
            changed = signed_in.changed() => match changed {
                Ok(()) => *signed_in.borrow_and_update(),
                Err(_) => return,
            },
        };
        if back {
            shared.road.reach.nudge();
        }
    }
}

/// Says what uploads wait for, so that everything that shows the connection shows the same.
async fn tell_connection(shared: Arc<Shared>) {
    let (session, reach) = (&shared.context.session, &shared.road.reach);
    let mut changes = reach.changes();
    loop {
        session.way.uploads(reach.waiting().and_then(|Waiting { peer, kind, reason, .. }| match peer {
            Peer::Store => Some(Reached::StoreOffline { reason }),
            Peer::Service => connection::of_service(&session.place, kind, reason),
            Peer::Disk => None,
        }));
        if changes.changed().await.is_err() {
            return;
        }
    }
}
