//! A worker: claims rows, works on many of them at a time with flat memory, and gives back what it hasn't finished.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use account_api::MAX_BATCH;
use catalogue::table::upload::{self, Failure, Outcome};
use tokio::sync::mpsc;
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

use crate::batch::{Asked, Batcher, Gather};
use crate::connection::Access;
use crate::upload::account::alike;
use crate::upload::account::announce::announce;
use crate::upload::account::cleanup;
use crate::upload::account::confirm::confirm;
use crate::upload::context::{Context, Ranges};
use crate::upload::intake::fetch;
use crate::upload::intake::refusal::said;
use crate::upload::intake::same_bytes::{SameBytes, Settled};
use crate::upload::schedule::circuit_breaker::{CircuitBreaker, Peer, Waiting};
use crate::upload::schedule::claims::{claim_all, release};
use crate::upload::shared::{Questions, Shared};
use crate::upload::transfer::outbox::Outbox;
use crate::upload::transfer::thumbnails;
use crate::view::Connection as Reached;
use crate::worker_lock::WorkerLock;
use crate::{EngineError, ErrorKind, Result, connection};

/// For how long files that were read wait for others that are being read, so that they are announced together. Nothing may be
/// on its way to the store meanwhile.
const ANNOUNCING: Gather = Gather::up_to(Duration::from_millis(500));

/// For how long files that were sent wait for others that are being sent.
const CONFIRMING: Gather = Gather::up_to(Duration::from_secs(1));

/// The same for thumbnails, which nobody waits for.
const THUMBNAILS: Gather = Gather::up_to(Duration::from_secs(2));

/// A running worker. Dropping it stops everything at once; what it had claimed is taken over by the next one.
pub(in crate::upload) struct Worker {
    shared: Arc<Shared>,
    tasks: TaskTracker,
    stop: DropGuard,
}

impl Worker {
    /// Begins to work: on everything, or only on some rows.
    pub(in crate::upload) fn start(context: Arc<Context>, only: Option<Ranges>) -> Result<Self> {
        let library = Arc::clone(&context.library);
        let lock = WorkerLock::take(&library.library_dir).map_err(|error| {
            EngineError::new(ErrorKind::Disk, messages::Upload::FolderUnwritable { why: error.to_string() })
        })?;
        let web = fetch::client().map_err(|error| {
            EngineError::new(ErrorKind::Internal, messages::Error::Unexpected { why: error.to_string() })
        })?;
        if library.uses_network() {
            library.traffic.follow_system();
        }
        let breaker = CircuitBreaker::new();
        let (same, settled) = SameBytes::new();
        let (announcements, to_announce) = Batcher::new(MAX_BATCH, ANNOUNCING);
        let (confirmations, to_confirm) = Batcher::new(MAX_BATCH, CONFIRMING);
        let (failures, to_fail) = Batcher::new(MAX_BATCH, Gather::NOT);
        let (confirm_thumbnails, thumbnails_to_confirm) = Batcher::new(MAX_BATCH, THUMBNAILS);
        let (outbox, to_send) = Outbox::new();
        context.remember_breaker(&breaker);
        let questions = Questions { announcements, confirmations, failures, confirm_thumbnails };
        let shared = Arc::new(Shared::new(context, lock, web, breaker, same, questions, outbox));
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
        worker.run(&stop, cleanup::run(give()));
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
    pub(in crate::upload) async fn thumbnails_sent(&self) {
        self.shared.thumbnails.empty().await;
    }

    /// Ends uploads that nobody goes on with.
    pub(in crate::upload) async fn clean(&self) {
        cleanup::once(&self.shared).await;
    }

    /// Stops and gives back what isn't finished.
    pub(in crate::upload) async fn stop(self) {
        let Self { shared, tasks, stop } = self;
        drop(stop);
        tasks.close();
        tasks.wait().await;
        shared.context.forget_breaker(&shared.sender.breaker);
        let name = shared.name().to_owned();
        let released = shared.context.library.catalogue.write(move |conn| upload::release_claims_of(conn, &name)).await;
        if let Err(error) = released {
            tracing::warn!(%error, "claims could not be given back; they lapse with this process");
        }
        shared.context.wake_observers();
    }
}

/// Writes down rows that have failed.
async fn fail(shared: Arc<Shared>, batch: Vec<Asked<(u32, Failure), ()>>) {
    let refused = |failure: &Failure| ErrorKind::from_code(&failure.code) == Some(ErrorKind::StoreRefused);
    let refusals: Vec<_> = batch
        .iter()
        .map(|asked| &asked.question.1)
        .filter(|failure| refused(failure))
        .map(|failure| said(failure.clone()))
        .collect();
    let (ends, answers): (Vec<_>, Vec<_>) = batch
        .into_iter()
        .map(|asked| {
            let ((id, failure), answer) = asked.split();
            ((id, Outcome::Failed(failure)), answer)
        })
        .unzip();
    for failure in &refusals {
        shared.context.library.way.store_failed(Access::Write, &shared.context.library.place, failure);
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
                let afterwards = shared
                    .write(move |conn| {
                        let outcome = Outcome::Duplicate { image_id, picture: Some(picture) };
                        let ends: Vec<_> = rows.iter().map(|row| (*row, outcome.clone())).collect();
                        let ended = upload::finish(conn, &worker, &ends)?;
                        let mut waited = Vec::with_capacity(ended.len());
                        for row in &ended {
                            waited.extend(upload::get(conn, *row)?);
                        }
                        alike::settle(conn, &ended, waited)
                    })
                    .await;
                if let Some(afterwards) = afterwards {
                    afterwards.happen(&shared).await;
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
    let mut connection = shared.context.library.watch_connection();
    let mut signed_in = shared.context.library.client.signed_in();
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
            shared.sender.breaker.nudge();
        }
    }
}

/// Says what uploads wait for, so that everything that shows the connection shows the same.
async fn tell_connection(shared: Arc<Shared>) {
    let (library, breaker) = (&shared.context.library, &shared.sender.breaker);
    let (mut changes, (mut stored, mut served)) = (breaker.changes(), breaker.gets_through());
    loop {
        library.way.uploads(breaker.waiting().and_then(|Waiting { peer, kind, reason, .. }| match peer {
            Peer::Store => Some(Reached::StoreOffline { reason }),
            Peer::Service => connection::of_service(&library.place, kind, reason),
            Peer::Disk => None,
        }));
        let told = tokio::select! {
            changed = changes.changed() => changed,
            stored = stored.changed() => {
                library.way.store_works(Access::Write);
                stored
            }
            served = served.changed() => {
                // It answers: sync, which waits longer and longer, finds that out at once.
                if matches!(library.connection(), Reached::Offline { .. }) {
                    library.sync.wake();
                }
                served
            }
        };
        if told.is_err() {
            return;
        }
    }
}
