//! What the window is told of the queue: at most ten times a second, only what changed, and of 100,000 queued rows only
//! the next few hundred.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use catalogue::table::upload::{self, ChangeCursor, Status, Totals, Upload};

use crate::upload::context::{Context, Ranges};
use crate::upload::intake::refusal::said;
use crate::upload::queue::in_flight::{InFlightRow, Stage};
use crate::upload::queue::speed::{Estimate, Remaining};
use crate::view::{UploadRow, UploadStatus, UploadSummary, UploadsChange, UploadsSnapshot};
use crate::{ErrorKind, Result};

/// How often changes are told at most.
pub(in crate::upload) const TICK: Duration = Duration::from_millis(100);

/// How often is looked when nothing is known to happen.
const IDLE: Duration = Duration::from_secs(1);

/// Most rows in one message.
const PAGE: usize = 500;

/// So many queued rows are told ahead of those being worked on.
const AHEAD: usize = 400;

/// Finished rows in a snapshot.
const FINISHED: usize = 500;

/// Follows the queue for one listener.
pub(in crate::upload) struct ProgressObserver {
    context: Arc<Context>,
    /// Tells of these rows only.
    only: Option<Ranges>,
    cursor: ChangeCursor,
    horizon: u32,
    queued: HashSet<u32>,
    in_flight: HashMap<u32, (Stage, u64, u64)>,
    totals: Totals,
    estimate: Estimate,
    told: Option<UploadSummary>,
    /// Rows that had ended before it began, for the first message.
    ended: Vec<Upload>,
}

impl ProgressObserver {
    /// Begins now: tells of what changes from here on, of every unfinished row, and first of those that ended last, so that
    /// nothing is missed between a snapshot and the beginning.
    pub(in crate::upload) async fn begin(context: Arc<Context>, only: Option<Ranges>) -> Result<Self> {
        let (cursor, ended) = context
            .library
            .catalogue
            .read(|conn| Ok((upload::now(conn)?, upload::newest_finished(conn, FINISHED)?)))
            .await?;
        let horizon = only.as_ref().and_then(|ranges| Some(ranges.first()?.start().saturating_sub(1))).unwrap_or(0);
        Ok(Self {
            context,
            only,
            cursor,
            horizon,
            queued: HashSet::new(),
            in_flight: HashMap::new(),
            totals: Totals::default(),
            estimate: Estimate::new(),
            told: None,
            ended,
        })
    }

    /// What changed since the last call, if anything did.
    pub(in crate::upload) async fn tick(&mut self) -> Result<Option<UploadsChange>> {
        let (cursor, horizon, ahead) = (self.cursor, self.horizon, self.queued.len() < AHEAD);
        let (mut rows, cursor, more, totals, paused) = self
            .context
            .library
            .catalogue
            .read(move |conn| {
                let (rows, cursor) = upload::changed_since(conn, cursor, horizon, PAGE)?;
                let more = if ahead { upload::next_open(conn, horizon, PAGE)? } else { Vec::new() };
                Ok((rows, cursor, more, upload::totals(conn)?, upload::paused(conn)?))
            })
            .await?;
        self.cursor = cursor;
        if let Some(last) = more.last() {
            self.horizon = last.id;
            if self.only.is_none() {
                self.context.set_horizon(self.horizon);
            }
        }
        self.totals = totals;
        rows.extend(more);
        rows.splice(0..0, std::mem::take(&mut self.ended));
        let changed = self.rows(rows);
        let summary = self.summary(paused);
        if changed.is_empty() && self.told.as_ref() == Some(&summary) {
            return Ok(None);
        }
        self.told = Some(summary.clone());
        Ok(Some(UploadsChange { summary, changed, removed: Vec::new() }))
    }

    /// Whether the queue was paused when it was last told.
    pub(in crate::upload) fn is_paused(&self) -> bool {
        self.told.as_ref().is_some_and(|summary| summary.paused)
    }

    /// The queue as a whole, as it was last told.
    pub(in crate::upload) fn is_active(&self) -> bool {
        self.told.as_ref().is_some_and(|summary| summary.active)
    }

    fn is_of_interest(&self, id: u32) -> bool {
        self.only.as_ref().is_none_or(|ranges| ranges.iter().any(|range| range.contains(&id)))
    }

    /// Rows of the ledger and rows that move in this process, each once, in the order of their numbers.
    fn rows(&mut self, ledger: Vec<Upload>) -> Vec<UploadRow> {
        let mut changed: HashMap<u32, UploadRow> = HashMap::new();
        for row in ledger {
            if row.status == Status::Queued {
                self.queued.insert(row.id);
            } else {
                self.queued.remove(&row.id);
            }
            if self.is_of_interest(row.id) {
                let in_flight = self.context.in_flight.get(row.id);
                changed.insert(row.id, view(&row, in_flight.as_deref()));
            }
        }
        let living = self.context.in_flight.rows();
        let before = std::mem::take(&mut self.in_flight);
        for row in &living {
            let now = (row.stage(), row.sent(), row.size());
            self.queued.remove(&row.id);
            if before.get(&row.id) != Some(&now)
                && self.is_of_interest(row.id)
                && !changed.get(&row.id).is_some_and(is_over)
            {
                changed.insert(row.id, live_view(row));
            }
            self.in_flight.insert(row.id, now);
        }
        let mut changed: Vec<UploadRow> = changed.into_values().collect();
        changed.sort_unstable_by_key(|row| row.id);
        changed
    }

    /// Whether files are being sent, and none is read: a large one is read and hashed without a byte going out.
    fn only_sends(&self) -> bool {
        let is_in = |stages: &[Stage]| self.in_flight.values().any(|(stage, _, _)| stages.contains(stage));
        is_in(&[Stage::Sending, Stage::Verifying]) && !is_in(&[Stage::Reading])
    }

    fn summary(&mut self, paused: bool) -> UploadSummary {
        let totals = self.totals;
        let moving: u64 = self.in_flight.values().map(|(_, sent, _)| *sent).sum();
        let bytes_total = totals.open_bytes + totals.verified_bytes;
        let computed = (totals.verified_bytes + moving).min(bytes_total);
        let done = totals.verified + totals.duplicates + totals.failed + totals.cancelled + totals.left_alone;
        // A row that is being written off is in neither sum, or in both, for a moment; that must not be seen.
        let same_run =
            self.told.as_ref().filter(|told| u64::from(told.total) <= done + totals.open && told.bytes_total > 0);
        let bytes_sent = match same_run {
            Some(told) if told.active => computed.max(told.bytes_sent).min(bytes_total),
            _ => computed,
        };
        let active = totals.open > 0;
        let waiting = if active && !paused { self.context.waiting() } else { None };
        // What is on hold is not waited for.
        let to_do = totals.open.saturating_sub(totals.held);
        let now = Instant::now();
        if to_do == 0 || paused || waiting.is_some() {
            self.estimate.reset();
        } else {
            // What goes out again is still to go, however far it has been shown to be.
            let bytes = (bytes_total - computed).saturating_sub(totals.held_bytes);
            let remaining = Remaining { bytes, files: to_do };
            self.estimate.observe(now, self.context.in_flight.bytes_out(), done, remaining);
        }
        let silence = || (ErrorKind::StoreUnreachable, messages::Upload::Silent.to_string());
        let silence = (self.only_sends() && self.estimate.is_silent(now)).then(silence);
        let waiting = waiting.map(|waiting| (waiting.kind, waiting.reason)).or(silence);
        UploadSummary {
            total: count(done + totals.open),
            verified: count(totals.verified),
            damaged: count(totals.damaged),
            duplicates: count(totals.duplicates),
            failed: count(totals.failed),
            cancelled: count(totals.cancelled),
            left_alone: count(totals.left_alone),
            bytes_total,
            bytes_sent,
            speed: self.estimate.speed(),
            seconds_left: self.estimate.seconds_left(now),
            paused,
            held: count(totals.held),
            waiting_code: waiting.as_ref().map(|(kind, _)| *kind),
            waiting: waiting.map(|(_, reason)| reason),
            active,
        }
    }
}

/// Tells `emit` of changes until dropped.
pub(in crate::upload) async fn follow(context: Arc<Context>, mut emit: impl FnMut(UploadsChange)) {
    let mut elsewhere = context.library.watch_elsewhere();
    let mut observer = match ProgressObserver::begin(Arc::clone(&context), None).await {
        Ok(observer) => observer,
        Err(error) => {
            tracing::error!(%error, "the upload queue can't be followed");
            return;
        }
    };
    loop {
        match observer.tick().await {
            Ok(Some(change)) => emit(change),
            Ok(None) => {}
            Err(error) => tracing::warn!(%error, "the upload queue can't be read"),
        }
        tokio::time::sleep(TICK).await;
        if !observer.is_active() {
            tokio::select! {
                () = context.shown.notified() => {}
                _ = elsewhere.changed() => {}
                () = tokio::time::sleep(IDLE) => {}
            }
        }
    }
}

/// The queue as it stands: every unfinished row that has been told, or the first ones, and the newest finished ones.
pub(in crate::upload) async fn snapshot(context: &Arc<Context>) -> Result<UploadsSnapshot> {
    let horizon = context.horizon();
    let (mut rows, finished) = context
        .library
        .catalogue
        .read(move |conn| {
            let mut rows = upload::next_open(conn, 0, PAGE)?;
            while let Some(last) = rows.last().filter(|last| last.id < horizon) {
                let more = upload::next_open(conn, last.id, PAGE)?;
                if more.is_empty() {
                    break;
                }
                rows.extend(more);
            }
            Ok((rows, upload::newest_finished(conn, FINISHED)?))
        })
        .await?;
    rows.extend(finished);
    rows.sort_unstable_by_key(|row| row.id);
    let rows = rows.iter().map(|row| view(row, context.in_flight.get(row.id).as_deref())).collect();
    let mut observer = ProgressObserver::begin(Arc::clone(context), None).await?;
    let horizon = context.horizon();
    let change = observer.tick().await?;
    context.set_horizon(horizon);
    Ok(UploadsSnapshot { summary: change.map(|change| change.summary).unwrap_or_default(), rows })
}

fn count(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn is_over(row: &UploadRow) -> bool {
    matches!(
        row.status,
        UploadStatus::Verified
            | UploadStatus::Duplicate
            | UploadStatus::Failed { .. }
            | UploadStatus::LeftAlone { .. }
            | UploadStatus::Cancelled
    )
}

fn live_view(row: &InFlightRow) -> UploadRow {
    UploadRow {
        id: row.id,
        name: row.name.clone(),
        source: row.source.clone(),
        size: row.size(),
        sent: row.sent(),
        status: row.stage().status(),
        elsewhere: false,
        picture: None,
        finished_at: None,
        remark: None,
        replaces: None,
    }
}

/// A row of the ledger as people see it; while it is worked on here, with what is happening to it.
pub(in crate::upload) fn view(row: &Upload, in_flight: Option<&InFlightRow>) -> UploadRow {
    let (mut status, mut sent) = match row.status {
        Status::Queued | Status::Sending | Status::Sent if row.held => (UploadStatus::Paused, 0),
        Status::Queued => (UploadStatus::Queued, 0),
        // Begun, and nobody goes on with it yet.
        Status::Sending | Status::Sent if row.claimed_by.is_none() => (UploadStatus::Queued, 0),
        Status::Sending => (UploadStatus::Sending, 0),
        Status::Sent => (UploadStatus::Verifying, row.size),
        Status::Verified => (UploadStatus::Verified, row.size),
        Status::Duplicate => (UploadStatus::Duplicate, 0),
        Status::Cancelled => (UploadStatus::Cancelled, 0),
        Status::Failed if row.failure.as_ref().is_some_and(upload::Failure::is_left_alone) => {
            let said = row.failure.clone().filter(upload::Failure::is_film).map(said);
            (UploadStatus::LeftAlone { message: said.map(|said| said.message) }, 0)
        }
        Status::Failed => {
            let failure = row.failure.clone();
            // The code as it is stored, which may be another version's.
            let (code, retryable) =
                failure.as_ref().map(|failure| (failure.code.clone(), failure.retryable)).unwrap_or_default();
            let said = failure.map(said);
            let reason = said.as_ref().and_then(|said| said.reason).map(str::to_owned);
            let message = said.map(|said| said.message).unwrap_or_default();
            (UploadStatus::Failed { code, message, reason, retryable }, 0)
        }
    };
    let mut size = row.size;
    if let Some(in_flight) = in_flight.filter(|_| !row.status.is_finished() && !row.held) {
        (status, sent, size) = (in_flight.stage().status(), in_flight.sent(), in_flight.size());
    }
    UploadRow {
        id: row.id,
        name: row.name.clone(),
        source: row.shown_source.clone(),
        size,
        sent,
        elsewhere: status == UploadStatus::Sending && in_flight.is_none(),
        status,
        picture: row.picture,
        finished_at: row.finished_at.clone().filter(|_| row.status.is_finished()),
        remark: row.remark.as_ref().map(|remark| remark.message.clone()),
        replaces: row.replaces,
    }
}
