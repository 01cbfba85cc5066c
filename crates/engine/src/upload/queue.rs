//! The upload queue of one library: the one way in, and what people can do to it.

use std::io;
use std::sync::Arc;

use catalogue::table::upload::{self, NewUpload};
use tokio::sync::{Mutex, mpsc};
use tokio_util::sync::{CancellationToken, DropGuard};

use super::context::Context;
use super::observer::{follow, snapshot};
use super::refusal::io_reason;
use super::scan::scan;
use super::worker::Worker;
use super::{Source, UploadOptions};
use crate::events::Event;
use crate::session::Session;
use crate::view::{UploadsChange, UploadsSnapshot};
use crate::{EngineError, ErrorKind, Result};

/// How many rows are written in one transaction.
const WRITTEN_TOGETHER: usize = 500;

/// The upload queue of one library. Clones are cheap and share it; when the last one is dropped, everything stops at once
/// and goes on when the library is opened next.
#[derive(Clone)]
pub struct Queue {
    inner: Arc<Inner>,
}

struct Inner {
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
    pub fn new(session: Arc<Session>) -> Self {
        Self { inner: Arc::new(Inner { context: Context::new(session), background: Mutex::default() }) }
    }

    pub(super) fn context(&self) -> &Arc<Context> {
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
        let (context, events) = (Arc::clone(self.context()), self.context().session.events.clone());
        let stopped = stop.clone();
        tokio::spawn(async move {
            tokio::select! {
                () = stopped.cancelled() => {}
                () = follow(context, move |change| events.emit(Event::Uploads(change))) => {}
            }
        });
        background.following = Some(stop.drop_guard());
        let paused = self.context().session.catalogue.read(upload::paused).await?;
        if !paused {
            background.worker = Some(Worker::start(Arc::clone(self.context()), None)?);
        }
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
    pub(super) async fn works_in_background(&self) -> bool {
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
            let mut batch = Vec::new();
            if scanned.recv_many(&mut batch, WRITTEN_TOGETHER).await == 0 {
                break;
            }
            let begun = run;
            let (added, now) =
                self.context().session.catalogue.write(move |conn| upload::insert(conn, &batch, begun)).await?;
            ids.extend(added);
            run = Some(now);
            self.wake();
        }
        match walk.await {
            Ok(Ok(())) => Ok(ids),
            Ok(Err(error)) => Err(EngineError::new(
                ErrorKind::Disk,
                format!(
                    "What was pasted can't be kept on this computer: {}. Make room and paste it again.",
                    io_reason(&error)
                ),
            )),
            Err(error) => Err(EngineError::new(ErrorKind::Internal, error.to_string())),
        }
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
        snapshot(self.context()).await
    }

    /// Stops sending at once, until resumed; survives a restart. Parts that the store has answered for need not be sent
    /// again.
    ///
    /// # Errors
    /// When the catalogue can't be written.
    pub async fn pause(&self) -> Result<()> {
        let mut background = self.inner.background.lock().await;
        self.context().session.catalogue.write(|conn| upload::set_paused(conn, true)).await?;
        if let Some(worker) = background.worker.take() {
            worker.stop().await;
        }
        self.wake();
        Ok(())
    }

    /// Goes on sending.
    ///
    /// # Errors
    /// When the catalogue can't be written.
    pub async fn resume(&self) -> Result<()> {
        let mut background = self.inner.background.lock().await;
        self.context().session.catalogue.write(|conn| upload::set_paused(conn, false)).await?;
        if background.started && background.worker.is_none() {
            background.worker = Some(Worker::start(Arc::clone(self.context()), None)?);
        }
        self.wake();
        Ok(())
    }

    /// Cancels one upload. One that is finished stays as it is.
    ///
    /// # Errors
    /// When the catalogue can't be written.
    pub async fn cancel(&self, id: u32) -> Result<()> {
        self.context().session.catalogue.write(move |conn| upload::cancel(conn, id)).await?;
        self.context().live.cancel(id);
        self.context().cleaning.notify_one();
        self.wake();
        Ok(())
    }

    /// Cancels everything that isn't finished.
    ///
    /// # Errors
    /// When the catalogue can't be written.
    pub async fn cancel_all(&self) -> Result<()> {
        self.context().session.catalogue.write(upload::cancel_all).await?;
        self.context().live.cancel_all();
        self.context().cleaning.notify_one();
        self.wake();
        Ok(())
    }

    /// Tries one failed or cancelled upload again. Any other stays as it is.
    ///
    /// # Errors
    /// When the catalogue can't be written.
    pub async fn retry(&self, id: u32) -> Result<()> {
        self.context().session.catalogue.write(move |conn| upload::retry(conn, id)).await?;
        self.wake();
        Ok(())
    }

    /// Tries every failed upload again for which that can help.
    ///
    /// # Errors
    /// When the catalogue can't be written.
    pub async fn retry_failed(&self) -> Result<()> {
        self.context().session.catalogue.write(upload::retry_failed).await?;
        self.wake();
        Ok(())
    }

    /// Puts an unfinished upload before all others.
    ///
    /// # Errors
    /// When the catalogue can't be written.
    pub async fn move_to_front(&self, id: u32) -> Result<()> {
        self.context().session.catalogue.write(move |conn| upload::move_to_front(conn, id)).await?;
        self.wake();
        Ok(())
    }

    /// Takes finished rows off the list, and tells so by an event.
    ///
    /// # Errors
    /// When the catalogue can't be written.
    pub async fn clear_finished(&self) -> Result<()> {
        let removed = self.context().session.catalogue.write(upload::clear_finished).await?;
        self.context().cleaning.notify_one();
        if !removed.is_empty() {
            let summary = self.snapshot().await?.summary;
            let change = UploadsChange { summary, changed: Vec::new(), removed };
            self.context().session.events.emit(Event::Uploads(change));
        }
        Ok(())
    }
}
