//! The batch: what waits, what is done, and the loop that works it off.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use describe::{Describer, Endpoint};
use tokio_util::sync::CancellationToken;

use super::WhomToAsk;
use super::failure::Failure;
use super::one::describe_with;
use crate::events::{Event, Events};
use crate::session::Session;
use crate::view::{DescribeOutcome, DescribeProgress, NoticeKind};
use crate::{EngineError, ErrorKind, Result};

/// Pictures that are described at the same time.
const AT_ONCE: usize = 2;

/// How often a picture is tried when the AI asks to wait.
const TRIES: u32 = 4;

/// The longest wait that is obeyed; with a longer one the batch stops and says so.
const LONGEST_WAIT: Duration = Duration::from_secs(90);

/// The batch of one library.
pub struct Describing {
    events: Events,
    whom: WhomToAsk,
    batch: Mutex<Batch>,
}

#[derive(Default)]
struct Batch {
    waiting: VecDeque<Job>,
    total: u32,
    done: u32,
    failed: u32,
    running: bool,
    /// Cancelled when the batch is to end early; a new one for each batch.
    stop: CancellationToken,
}

#[derive(Clone)]
struct Job {
    id: u32,
    prompt: Option<Arc<str>>,
}

impl Describing {
    pub(crate) fn new(events: Events, whom: WhomToAsk) -> Self {
        Self { events, whom, batch: Mutex::default() }
    }

    /// Who is asked.
    pub(super) async fn whom_to_ask(&self) -> Result<Endpoint> {
        (self.whom)().await
    }

    /// How far the batch is, with no outcomes.
    pub fn progress(&self) -> DescribeProgress {
        self.batch().progress(Vec::new())
    }

    /// Ends the batch; what is done stays.
    pub fn cancel(&self) {
        let progress = {
            let mut batch = self.batch();
            batch.stop.cancel();
            batch.waiting.clear();
            batch.running.then(|| batch.progress(Vec::new()))
        };
        if let Some(progress) = progress {
            self.events.emit(Event::Descriptions(progress));
        }
    }

    /// Adds pictures to the batch, or begins one. Pictures that are waiting already are not added again.
    pub fn enqueue(&self, session: &Arc<Session>, ids: &[u32], prompt: Option<String>) {
        let prompt: Option<Arc<str>> = prompt.map(|p| p.trim().to_owned()).filter(|p| !p.is_empty()).map(Into::into);
        let (progress, start) = {
            let mut batch = self.batch();
            let start = !batch.running;
            if start {
                *batch = Batch { running: true, ..Batch::default() };
            } else if batch.stop.is_cancelled() {
                // The old loop is ending; it sees what is added here and begins anew.
                *batch = Batch { running: true, ..Batch::default() };
            }
            for id in ids {
                if !batch.waiting.iter().any(|job| job.id == *id) {
                    batch.waiting.push_back(Job { id: *id, prompt: prompt.clone() });
                    batch.total += 1;
                }
            }
            (batch.progress(Vec::new()), start)
        };
        self.events.emit(Event::Descriptions(progress));
        if start {
            let session = Arc::clone(session);
            tokio::spawn(async move { session.describing.work(&session).await });
        }
    }

    async fn work(&self, session: &Arc<Session>) {
        loop {
            let stop = self.batch().stop.clone();
            let result = tokio::select! {
                () = stop.cancelled() => Ok(()),
                result = self.work_off(session) => result,
            };
            let (progress, left) = {
                let mut batch = self.batch();
                let left = match &result {
                    Err(_) => std::mem::take(&mut batch.waiting).len(),
                    Ok(()) => 0,
                };
                batch.running = !batch.waiting.is_empty();
                (batch.progress(Vec::new()), left)
            };
            if let Err(error) = result {
                let rest = match left {
                    0 => String::new(),
                    1 => " One more picture was not tried.".to_owned(),
                    left => format!(" {left} more pictures were not tried."),
                };
                self.events.notice(NoticeKind::Error, format!("Describing stopped. {}{rest}", error.message));
            }
            let running = progress.running;
            self.events.emit(Event::Descriptions(progress));
            if !running {
                return;
            }
        }
    }

    /// Works until nothing waits, or until something is wrong that the next picture would meet, too.
    async fn work_off(&self, session: &Arc<Session>) -> Result<()> {
        let describer = match self.whom_to_ask().await.map(Describer::new) {
            Ok(Ok(describer)) => describer,
            Ok(Err(error)) => return Err(Failure::from(error).error),
            Err(error) => return Err(error),
        };
        let workers = (0..AT_ONCE).map(|_| async {
            loop {
                let Some(job) = self.batch().waiting.pop_front() else { return Ok(()) };
                self.one(session, &describer, job).await?;
            }
        });
        futures::future::try_join_all(workers).await.map(drop)
    }

    async fn one(&self, session: &Arc<Session>, describer: &Describer, job: Job) -> Result<()> {
        let mut tries = 1;
        let result = loop {
            match describe_with(session, describer, job.id, job.prompt.as_deref()).await {
                Err(Failure { wait: Some(wait), .. }) if wait <= LONGEST_WAIT && tries < TRIES => {
                    tries += 1;
                    tokio::time::sleep(wait).await;
                }
                result => break result,
            }
        };
        let id = job.id;
        let name = session
            .catalogue
            .read(move |conn| catalogue::table::picture::get(conn, id))
            .await
            .ok()
            .flatten()
            .map_or_else(|| format!("picture {id}"), |picture| picture.facts.name);
        let error = result.as_ref().err().map(|failure| &failure.error);
        let outcome = DescribeOutcome {
            id,
            name,
            error_code: error.map(|error| error.code.as_str()),
            error: error.map(|error| error.message.clone()),
        };
        let progress = {
            let mut batch = self.batch();
            batch.done += 1;
            batch.failed += u32::from(result.is_err());
            batch.progress(vec![outcome])
        };
        self.events.emit(Event::Descriptions(progress));
        match result {
            Err(failure) if failure.of_every_picture => Err(failure.error),
            _ => Ok(()),
        }
    }

    fn batch(&self) -> MutexGuard<'_, Batch> {
        self.batch.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Batch {
    fn progress(&self, outcomes: Vec<DescribeOutcome>) -> DescribeProgress {
        DescribeProgress {
            total: self.total,
            done: self.done,
            failed: self.failed,
            running: self.running && !self.stop.is_cancelled(),
            outcomes,
        }
    }
}

/// The longest prompt of a person's own.
pub(crate) fn checked_prompt(prompt: Option<String>) -> Result<Option<String>> {
    match prompt {
        Some(prompt) if prompt.chars().count() > describe::MAX_PROMPT => Err(EngineError::new(
            ErrorKind::InvalidInput,
            format!("Prompt: at most {} characters.", describe::MAX_PROMPT),
        )),
        prompt => Ok(prompt),
    }
}
