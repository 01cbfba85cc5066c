//! For the command line: works some rows in this process and waits for them.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use account_api::{LinksRequest, MAX_BATCH};
use catalogue::table::picture;
use catalogue::table::upload::{self, Failure, Status, Upload};
use catalogue::{Connection, SqliteError};

use crate::links::Lives;
use crate::upload::context::{Ranges, ranges_of};
use crate::upload::intake::refusal::said;
use crate::upload::queue::Queue;
use crate::upload::queue::command::CommandWorker;
use crate::upload::queue::progress::{ProgressObserver, TICK};
use crate::upload::schedule::circuit_breaker::Waiting;
use crate::upload::{ResultStatus, UploadResult};
use crate::view::{LinkLife, UploadsChange};
use crate::{EngineError, ErrorKind, Result};

/// How long a command waits for a service or a store that can't be reached before it says so and ends; the rows stay in
/// the queue.
const PATIENCE: Duration = Duration::from_secs(60);

/// Whether links are asked for with what came of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WithLinks {
    /// For whoever prints them.
    Yes,
    /// For whoever has no use for them, or makes them in a form of their own.
    No,
}

/// Links by the service's identifiers of their pictures.
type Links = HashMap<String, (String, LinkLife)>;

impl Queue {
    /// Waits until these rows are finished or put on hold, working on them in this process unless it does so in the background; also
    /// when the queue is paused, since this was asked for just now. When it is paused later, here or in another process, this
    /// waits until it is resumed, and says so. Rows that another process has begun are left to it.
    ///
    /// What came of each is told in the order of `ids`, a page at a time and as soon as all before it are finished, so that
    /// memory doesn't grow with their number.
    ///
    /// When the service or the store can't be reached for a minute, rows that are not finished are given as failed; they
    /// stay in the queue and go on when the app runs next.
    ///
    /// # Errors
    /// When the catalogue can't be read or written.
    pub async fn finish(
        &self,
        ids: &[u32],
        with: WithLinks,
        mut on_change: impl FnMut(&UploadsChange) + Send,
        mut on_results: impl FnMut(Vec<UploadResult>) + Send,
    ) -> Result<()> {
        let mut pages = ids.chunks(MAX_BATCH).peekable();
        let ranges = ranges_of(ids);
        let context = self.context();
        let mut observer = ProgressObserver::begin(Arc::clone(context), Some(ranges.clone())).await?;
        let mut worker = CommandWorker::start(self, ranges.clone()).await?;
        let given_up = loop {
            let change = observer.tick().await?;
            let rests = worker.follow(observer.is_paused()).await?;
            if let Some(mut change) = change {
                if rests {
                    change.summary.waiting_code = Some(ErrorKind::Paused);
                    change.summary.waiting = Some(messages::Upload::PausedMeanwhile.to_string());
                }
                on_change(&change);
            }
            if self.all_finished(&ranges).await? {
                break None;
            }
            while let Some(page) = pages.peek().copied()
                && self.all_finished(&ranges_of(page)).await?
            {
                on_results(self.results(page, with, None).await?);
                pages.next();
            }
            let given_up = context.waiting().filter(|waiting| waiting.since.elapsed() >= patience_with(waiting));
            if !rests && given_up.is_some() {
                break given_up;
            }
            tokio::time::sleep(TICK).await;
        };
        worker.end(given_up.is_none()).await;
        self.push_albums(ids).await?;
        if let Some(change) = observer.tick().await? {
            on_change(&change);
        }
        for page in pages {
            on_results(self.results(page, with, given_up.as_ref()).await?);
        }
        Ok(())
    }

    /// What goes into albums are operations, which a command has to send itself.
    async fn push_albums(&self, ids: &[u32]) -> Result<()> {
        let Some(first) = ids.first().copied() else { return Ok(()) };
        let library = &self.context().library;
        let row = library.catalogue.read(move |conn| upload::get(conn, first)).await?;
        if row.is_some_and(|row| row.album.is_some())
            && let Err(error) = crate::sync::sync(library).await
        {
            tracing::warn!(%error, "albums are sent when the account can be reached");
        }
        Ok(())
    }

    async fn all_finished(&self, ranges: &Ranges) -> Result<bool> {
        let ranges = ranges.clone();
        let open = self
            .context()
            .library
            .catalogue
            .read(move |conn| {
                ranges.iter().try_fold(false, |some, range| Ok(some || upload::open_within(conn, range)?))
            })
            .await?;
        Ok(!open)
    }

    /// What came of some rows, at most [`MAX_BATCH`].
    async fn results(&self, ids: &[u32], with: WithLinks, given_up: Option<&Waiting>) -> Result<Vec<UploadResult>> {
        let wanted = ids.to_vec();
        let rows: Vec<Option<(Upload, Option<String>)>> = self
            .context()
            .library
            .catalogue
            .read(move |conn| wanted.iter().map(|id| with_replaced(conn, *id)).collect())
            .await?;
        let image_ids = rows.iter().flatten().filter_map(|(row, _)| row.image_id.clone());
        let links = match with {
            WithLinks::Yes => self.links(image_ids.collect()).await,
            WithLinks::No => Links::new(),
        };
        let results = rows.into_iter().zip(ids).map(|(row, id)| match row {
            Some((row, replaces)) => UploadResult { replaces, ..result(row, &links, given_up) },
            None => gone(*id),
        });
        Ok(results.collect())
    }

    async fn links(&self, mut image_ids: Vec<String>) -> Links {
        image_ids.sort_unstable();
        image_ids.dedup();
        if image_ids.is_empty() {
            return HashMap::new();
        }
        let lives = Lives::of(&self.context().library, self.works_in_background().await).await;
        match self.context().library.client.links(&LinksRequest { image_ids }).await {
            Ok(answer) => {
                let with_life = |link: account_api::Link| {
                    let life = lives.life(&link.url, link.expires_at.as_deref());
                    (link.image_id, (link.url, life))
                };
                answer.links.into_iter().map(with_life).collect()
            }
            Err(error) => {
                tracing::warn!(%error, "links of uploaded pictures can't be had now");
                HashMap::new()
            }
        }
    }
}

/// A row, and the service's identifier of the damaged picture whose place its own could take.
fn with_replaced(conn: &Connection, id: u32) -> Result<Option<(Upload, Option<String>)>, SqliteError> {
    let Some(row) = upload::get(conn, id)? else { return Ok(None) };
    let damaged = row.replaces.map(|damaged| picture::names(conn, damaged)).transpose()?.flatten();
    Ok(Some((row, damaged.map(|(image_id, _, _)| image_id))))
}

fn result(row: Upload, links: &Links, given_up: Option<&Waiting>) -> UploadResult {
    let status = match row.status {
        Status::Verified => ResultStatus::Uploaded,
        Status::Duplicate => ResultStatus::Duplicate,
        Status::Failed if row.failure.as_ref().is_some_and(Failure::is_left_alone) => ResultStatus::Skipped,
        _ => ResultStatus::Failed,
    };
    let is_film = status == ResultStatus::Skipped && row.failure.as_ref().is_some_and(Failure::is_film);
    let error = match row.status {
        Status::Verified | Status::Duplicate => None,
        Status::Cancelled => {
            Some(EngineError::new(ErrorKind::Cancelled, messages::Upload::Cancelled { name: row.name.clone() }))
        }
        Status::Failed => row.failure.filter(|failure| !failure.is_left_alone()).map(said),
        _ if row.held => Some(EngineError::new(ErrorKind::Paused, messages::Upload::Paused { name: row.name.clone() })),
        Status::Queued | Status::Sending | Status::Sent => Some(unfinished(&row.name, given_up)),
    };
    let (link, link_life) = row.image_id.as_ref().and_then(|id| links.get(id).cloned()).unzip();
    // Of what is not in the library the error is told, and nothing else.
    let remark = row.remark.filter(|_| matches!(status, ResultStatus::Uploaded | ResultStatus::Duplicate));
    let (path, id, sha256) = (row.given, row.image_id, row.sha256);
    UploadResult { path, status, link, link_life, id, sha256, remark, replaces: None, is_film, error }
}

/// Waiting for a person makes no sense where nobody looks.
fn patience_with(waiting: &Waiting) -> Duration {
    match waiting.kind {
        ErrorKind::SignedOut | ErrorKind::SecretsLocked | ErrorKind::SecretsNotKept => Duration::ZERO,
        _ => PATIENCE,
    }
}

fn unfinished(name: &str, given_up: Option<&Waiting>) -> EngineError {
    let (code, why) = match given_up {
        Some(waiting) => (waiting.kind, waiting.reason.clone()),
        None => (ErrorKind::Internal, messages::Upload::PutBack.to_string()),
    };
    EngineError::new(code, messages::Upload::Unfinished { name: name.to_owned(), why })
}

fn gone(id: u32) -> UploadResult {
    let error = EngineError::new(ErrorKind::NotFound, messages::Upload::Unknown { id: id.to_string() });
    UploadResult::failed("", error)
}
