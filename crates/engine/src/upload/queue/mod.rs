//! The upload queue of one library: the one way in, and what people can do to it.

pub(super) mod api;
mod command;
mod controls;
pub(super) mod finish;
pub(super) mod in_flight;
mod progress;
mod speed;

use std::io;
use std::sync::{Arc, Weak};
use std::time::Duration;

use catalogue::Connection;
use catalogue::table::upload::{self, MoveTo, NewUpload};
use tokio::sync::watch;
use tokio::sync::{Mutex, mpsc};
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::events::Event;
use crate::open_library::OpenLibrary;
use crate::upload::context::Context;
use crate::upload::intake::scan::scan;
use crate::upload::queue::progress::{follow, snapshot};
use crate::upload::schedule::claims::free_ended;
use crate::upload::worker::Worker;
use crate::upload::{Source, UploadOptions};
use crate::view::{
    UploadFailure, UploadList, UploadRow, UploadsCancelled, UploadsChange, UploadsPage, UploadsSnapshot,
};
use crate::{EngineError, ErrorKind, Result};

/// How many rows are written in one transaction.
const WRITTEN_TOGETHER: usize = 500;

/// How long a transaction waits for more rows: what is dropped together begins together.
const FOUND_SOON: Duration = Duration::from_millis(50);

/// The most rows of a page.
const LONGEST_PAGE: usize = 500;

/// The upload queue of one library. Clones are cheap and share it; when the last one is dropped, everything stops at once
/// and goes on when the library is opened next.
#[derive(Clone)]
pub struct Queue {
    inner: Arc<Inner>,
}

pub(in crate::upload) struct Inner {
    context: Arc<Context>,
    background: Mutex<Background>,
}

/// What runs without being waited for.
#[derive(Default)]
struct Background {
    started: bool,
    worker: Option<Worker>,
    following: Option<DropGuard>,
}

impl Queue {
    /// The queue of an open library. Nothing moves until it is started or [`finish`](Queue::finish)ed.
    pub fn new(library: Arc<OpenLibrary>) -> Self {
        Self { inner: Arc::new(Inner { context: Context::new(library), background: Mutex::default() }) }
    }

    /// The queue, unless its last clone is gone.
    pub(in crate::upload) fn again(inner: &Weak<Inner>) -> Option<Self> {
        inner.upgrade().map(|inner| Self { inner })
    }

    pub(in crate::upload) fn context(&self) -> &Arc<Context> {
        &self.inner.context
    }

    /// Works in the background from now on, unless it is paused, and tells of every change by events. Unfinished rows of
    /// earlier runs, and those that other processes leave or add, are worked on, too. Calling it again changes nothing.
    ///
    /// # Errors
    /// When the library's folder can't be written.
    pub async fn start(&self) -> Result<()> {
        let mut background = self.inner.background.lock().await;
        if background.started {
            return Ok(());
        }
        background.started = true;
        let stop = CancellationToken::new();
        let (context, events) = (Arc::clone(self.context()), self.context().library.events.clone());
        let stopped = stop.clone();
        tokio::spawn(async move {
            tokio::select! {
                () = stopped.cancelled() => {}
                () = follow(context, move |change| events.emit(Event::Uploads(change))) => {}
            }
        });
        background.following = Some(stop.drop_guard());
        self.keep_to_pause(&mut background).await?;
        drop(background);
        let queue = Arc::downgrade(&self.inner);
        let elsewhere = self.context().library.watch_elsewhere();
        tokio::spawn(follow_elsewhere(queue, elsewhere));
        Ok(())
    }

    /// Works in the background, or doesn't, as the ledger says, where other processes write, too.
    async fn keep_to_pause(&self, background: &mut Background) -> Result<()> {
        if !background.started {
            return Ok(());
        }
        let paused = self.context().library.catalogue.read(upload::paused).await?;
        match background.worker.take() {
            Some(worker) if paused => worker.stop().await,
            None if !paused => background.worker = Some(Worker::start(Arc::clone(self.context()), None)?),
            unchanged => background.worker = unchanged,
        }
        Ok(())
    }

    /// Follows what people did to the queue, here or in another process.
    pub(in crate::upload) async fn follow_people(&self) -> Result<()> {
        self.keep_to_pause(&mut *self.inner.background.lock().await).await?;
        let ids: Vec<u32> = self.context().in_flight.rows().iter().map(|row| row.id).collect();
        let standing = self.context().library.catalogue.read(move |conn| upload::standing(conn, &ids)).await?;
        self.context().in_flight.follow(&standing);
        self.context().cleaning.notify_one();
        Ok(())
    }

    /// Stops working in the background, gives back what isn't finished, and waits until that is done.
    pub async fn stop(&self) {
        let stopped = std::mem::take(&mut *self.inner.background.lock().await);
        if let Some(worker) = stopped.worker {
            worker.stop().await;
        }
    }

    /// Whether this process works the queue in the background.
    pub(in crate::upload) async fn works_in_background(&self) -> bool {
        self.inner.background.lock().await.worker.is_some()
    }

    /// Puts pictures at the end of the queue, in order; folders are expanded. Gives the new rows' numbers. Rows are in the
    /// catalogue when this returns; what can't be uploaded has a row that says why.
    ///
    /// # Errors
    /// When the catalogue or the spool can't be written. Rows that were added before that stay.
    pub async fn enqueue(&self, sources: Vec<Source>, options: UploadOptions) -> Result<Vec<u32>> {
        let (rows, mut scanned) = mpsc::channel::<NewUpload>(WRITTEN_TOGETHER);
        let spool = self.context().spool();
        let walk = tokio::task::spawn_blocking(move || {
            scan::<io::Error>(sources, &options, &spool, &mut |row| {
                rows.blocking_send(row).map_err(|_| io::ErrorKind::BrokenPipe.into())
            })
        });
        let (mut ids, mut run) = (Vec::new(), None);
        loop {
            let batch = found_soon(&mut scanned).await;
            if batch.is_empty() {
                break;
            }
            let begun = run;
            let (added, now) =
                self.context().library.catalogue.write(move |conn| upload::insert(conn, &batch, begun)).await?;
            ids.extend(added);
            run = Some(now);
            self.wake();
        }
        match walk.await {
            Ok(Ok(())) => Ok(ids),
            Ok(Err(error)) => {
                Err(EngineError::new(ErrorKind::Disk, messages::Upload::Unkept { why: machine::why(&error) }))
            }
            Err(error) => {
                Err(EngineError::new(ErrorKind::Internal, messages::Error::Unexpected { why: error.to_string() }))
            }
        }
    }

    /// What was being sent by a process that was killed isn't any more. Where a worker runs, it sees to that itself.
    async fn forget_ended(&self) -> Result<()> {
        if self.works_in_background().await { Ok(()) } else { free_ended(self.context()).await }
    }

    fn wake(&self) {
        self.context().work.notify_one();
        self.context().wake_observers();
    }

    /// The queue as it stands.
    ///
    /// # Errors
    /// When the catalogue can't be read.
    pub async fn snapshot(&self) -> Result<UploadsSnapshot> {
        self.forget_ended().await?;
        snapshot(self.context()).await
    }

    /// Stops sending at once, until resumed; survives a restart. Parts that the store has answered for need not be sent
    /// again.
    ///
    /// # Errors
    /// When the catalogue can't be written.
    pub async fn pause(&self) -> Result<()> {
        let mut background = self.inner.background.lock().await;
        self.context().library.catalogue.write(|conn| upload::set_paused(conn, true)).await?;
        self.keep_to_pause(&mut background).await?;
        self.wake();
        Ok(())
    }

    /// Goes on sending. What was put on hold one by one stays on hold.
    ///
    /// # Errors
    /// When the catalogue can't be written.
    pub async fn resume(&self) -> Result<()> {
        let mut background = self.inner.background.lock().await;
        self.context().library.catalogue.write(|conn| upload::set_paused(conn, false)).await?;
        self.keep_to_pause(&mut background).await?;
        self.wake();
        Ok(())
    }

    /// Lets everything go on that was put on hold one by one; gives how many.
    ///
    /// # Errors
    /// When the catalogue can't be written.
    pub async fn unhold_all(&self) -> Result<usize> {
        let went_on = self.context().library.catalogue.write(upload::unhold_all).await?;
        self.wake();
        Ok(went_on)
    }

    /// Tries at once whatever uploads wait for.
    pub fn try_now(&self) {
        self.context().try_now();
    }

    /// Puts some uploads on hold, at once and until they are resumed; survives a restart. Those that are finished stay as
    /// they are.
    ///
    /// # Errors
    /// When the catalogue can't be written.
    pub async fn hold(&self, ids: Vec<u32>) -> Result<()> {
        let held = self.context().library.catalogue.write(move |conn| upload::hold(conn, &ids)).await?;
        held.into_iter().for_each(|id| self.context().in_flight.cancel(id));
        self.wake();
        Ok(())
    }

    /// Lets uploads go on that were put on hold one by one.
    ///
    /// # Errors
    /// When the catalogue can't be written.
    pub async fn unhold(&self, ids: Vec<u32>) -> Result<()> {
        self.context().library.catalogue.write(move |conn| upload::unhold(conn, &ids)).await?;
        self.wake();
        Ok(())
    }

    /// Cancels one upload. One that is finished stays as it is.
    ///
    /// # Errors
    /// When the catalogue can't be written.
    pub async fn cancel(&self, id: u32) -> Result<()> {
        self.context().library.catalogue.write(move |conn| upload::cancel(conn, id)).await?;
        self.context().in_flight.cancel(id);
        self.context().cleaning.notify_one();
        self.wake();
        Ok(())
    }

    /// Cancels everything that isn't finished; says what [`Queue::uncancel`] takes to take it back.
    ///
    /// # Errors
    /// When the catalogue can't be written.
    pub async fn cancel_all(&self) -> Result<UploadsCancelled> {
        let (number, uploads) = self.context().library.catalogue.write(upload::cancel_all).await?;
        self.context().in_flight.cancel_all();
        self.context().cleaning.notify_one();
        self.wake();
        Ok(UploadsCancelled { number, uploads: u32::try_from(uploads).unwrap_or(u32::MAX) })
    }

    /// Takes one cancelling of everything back; gives how many uploads wait again.
    ///
    /// # Errors
    /// When the catalogue can't be written.
    pub async fn uncancel(&self, number: i64) -> Result<usize> {
        let again = self.context().library.catalogue.write(move |conn| upload::uncancel(conn, number)).await?;
        self.wake();
        Ok(again)
    }

    /// Tries everything again that was cancelled; gives how many.
    ///
    /// # Errors
    /// When the catalogue can't be written.
    pub async fn retry_cancelled(&self) -> Result<usize> {
        let again = self.context().library.catalogue.write(upload::retry_cancelled).await?;
        self.wake();
        Ok(again)
    }

    /// Tries one failed or cancelled upload again. Any other stays as it is.
    ///
    /// # Errors
    /// When the catalogue can't be written.
    pub async fn retry(&self, id: u32) -> Result<()> {
        self.context().library.catalogue.write(move |conn| upload::retry(conn, id)).await?;
        self.wake();
        Ok(())
    }

    /// Tries every failed upload again for which that can help.
    ///
    /// # Errors
    /// When the catalogue can't be written.
    pub async fn retry_failed(&self) -> Result<()> {
        self.context().library.catalogue.write(upload::retry_failed).await?;
        self.wake();
        Ok(())
    }

    /// Tries every failed upload of one reason again for which that can help; see [`Queue::failures`].
    ///
    /// # Errors
    /// When the catalogue can't be written.
    pub async fn retry_group(&self, code: String, reason: Option<String>) -> Result<()> {
        let retry = move |conn: &Connection| upload::retry_group(conn, &code, reason.as_deref()).map(drop);
        self.context().library.catalogue.write(retry).await?;
        self.wake();
        Ok(())
    }

    /// Moves unfinished uploads in the queue; they keep their order among themselves.
    ///
    /// # Errors
    /// When the catalogue can't be written.
    pub async fn move_rows(&self, ids: Vec<u32>, to: MoveTo) -> Result<()> {
        self.context().library.catalogue.write(move |conn| upload::move_rows(conn, &ids, to)).await?;
        self.follow_people().await?;
        self.wake();
        Ok(())
    }

    /// What failed, by its reason, the largest group first.
    ///
    /// # Errors
    /// When the catalogue can't be read.
    pub async fn failures(&self) -> Result<Vec<UploadFailure>> {
        controls::failures(self.context()).await
    }

    /// Some rows, whatever their state; those that aren't there are left out.
    ///
    /// # Errors
    /// When the catalogue can't be read.
    pub async fn rows(&self, ids: Vec<u32>) -> Result<Vec<UploadRow>> {
        self.forget_ended().await?;
        controls::rows(self.context(), ids).await
    }

    /// A page of one part of the list.
    ///
    /// # Errors
    /// When the catalogue can't be read.
    pub async fn page(&self, list: UploadList, offset: u32, limit: u32) -> Result<UploadsPage> {
        self.forget_ended().await?;
        controls::page(self.context(), list, offset as usize, (limit as usize).min(LONGEST_PAGE)).await
    }

    /// Takes finished rows off the list, and tells so by an event.
    ///
    /// # Errors
    /// When the catalogue can't be written.
    pub async fn clear_finished(&self) -> Result<()> {
        let removed = self.context().library.catalogue.write(upload::clear_finished).await?;
        self.context().cleaning.notify_one();
        if !removed.is_empty() {
            let summary = self.snapshot().await?.summary;
            let change = UploadsChange { summary, changed: Vec::new(), removed };
            self.context().library.events.emit(Event::Uploads(change));
        }
        Ok(())
    }
}

/// Follows what is done elsewhere (pausing, moving, cancelling in a terminal) until the queue is gone.
async fn follow_elsewhere(queue: Weak<Inner>, mut elsewhere: watch::Receiver<u64>) {
    while elsewhere.changed().await.is_ok() {
        let Some(queue) = Queue::again(&queue) else { return };
        if let Err(error) = queue.follow_people().await {
            tracing::warn!(%error, "what another process did to the uploads can't be followed");
        }
    }
}

/// What is found next, for one transaction; nothing when everything has been found.
async fn found_soon(scanned: &mut mpsc::Receiver<NewUpload>) -> Vec<NewUpload> {
    let mut batch = Vec::new();
    scanned.recv_many(&mut batch, WRITTEN_TOGETHER).await;
    let more = async {
        loop {
            let room = WRITTEN_TOGETHER - batch.len();
            if room == 0 || scanned.recv_many(&mut batch, room).await == 0 {
                return;
            }
        }
    };
    // Nothing is lost when the time is over: `recv_many` takes nothing unless it gives it.
    let _ = tokio::time::timeout(FOUND_SOON, more).await;
    batch
}
