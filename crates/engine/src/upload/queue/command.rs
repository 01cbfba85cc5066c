//! The worker of a command in a terminal: it also does what a window or another command does to the queue meanwhile.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::time::timeout_at;

use crate::Result;
use crate::upload::context::Ranges;
use crate::upload::queue::Queue;
use crate::upload::worker::Worker;

/// How often is looked for what other processes did; one pragma that reads shared memory.
const LOOK: Duration = Duration::from_millis(700);

/// How long a command waits for thumbnails, which can also be sent later.
const THUMBNAILS: Duration = Duration::from_secs(30);

/// Works some rows while a command waits for them, unless the window's own worker does in this process.
pub(in crate::upload) struct CommandWorker<'a> {
    queue: &'a Queue,
    only: Ranges,
    worker: Option<Worker>,
    /// Whether the window's worker was at work when this began.
    left_to_window: bool,
    /// A pause that stood when the command was given doesn't hold for it: what was named just now is wanted now.
    heeds_pause: bool,
    looked: Option<Instant>,
}

impl<'a> CommandWorker<'a> {
    /// Begins to work.
    pub(in crate::upload) async fn start(queue: &'a Queue, only: Ranges) -> Result<Self> {
        let left_to_window = queue.works_in_background().await;
        let mut this = Self { queue, only, worker: None, left_to_window, heeds_pause: false, looked: None };
        if !left_to_window {
            this.worker = Some(this.another()?);
        }
        Ok(this)
    }

    fn another(&self) -> Result<Worker> {
        Worker::start(Arc::clone(self.queue.context()), Some(self.only.clone()))
    }

    /// Does what people did: rests while the queue is `paused`, which somebody did after the command was given, and lets go of
    /// what was cancelled or put on hold. Gives whether it rests.
    ///
    /// # Errors
    /// When the catalogue can't be read.
    pub(in crate::upload) async fn follow(&mut self, paused: bool) -> Result<bool> {
        if self.left_to_window {
            return Ok(false);
        }
        self.heeds_pause |= !paused;
        let rests = paused && self.heeds_pause;
        match self.worker.take() {
            Some(worker) if rests => worker.stop().await,
            None if !rests => self.worker = Some(self.another()?),
            unchanged => self.worker = unchanged,
        }
        if self.looked.is_none_or(|at| at.elapsed() >= LOOK) {
            self.looked = Some(Instant::now());
            let library = &self.queue.context().library;
            if library.catalogue.written_elsewhere().await? {
                library.written_elsewhere();
                self.queue.follow_people().await?;
            }
        }
        Ok(rests)
    }

    /// Stops and gives back what isn't finished; when all of it `is_finished`, after what can also be done later.
    pub(in crate::upload) async fn end(self, is_finished: bool) {
        let Some(worker) = self.worker else { return };
        if is_finished {
            let until = Instant::now() + THUMBNAILS;
            let _ = timeout_at(until.into(), worker.thumbnails_sent()).await;
            let _ = timeout_at(until.into(), worker.clean()).await;
        }
        worker.stop().await;
    }
}
