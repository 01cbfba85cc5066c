//! What people see of the queue.

use catalogue::table::job::{Failure, FailureGroup, Job, Status};

use crate::events::Event;
use crate::jobs::Outcome;
use crate::open_library::OpenLibrary;
use crate::view::{
    DescribeOutcome, DescribeProgress, DescriptionFailure, DescriptionJob, DescriptionStatus, DescriptionStop,
};
use crate::{EngineError, Result};

/// The most failures that are told at once.
const TOLD: usize = 500;

/// How far the queue is. With `failures`, what failed is told with it.
pub(crate) async fn progress(library: &OpenLibrary, failures: bool) -> Result<DescribeProgress> {
    let (queue, totals, failed) = library.describing.jobs.standing(if failures { TOLD } else { 0 }).await?;
    Ok(DescribeProgress {
        total: totals.waiting + totals.done + totals.failed,
        done: totals.done + totals.failed,
        failed: totals.failed,
        waiting: totals.waiting,
        cancelled: totals.cancelled,
        running: totals.waiting > 0 && !queue.paused && queue.stopped.is_none(),
        paused: queue.paused,
        waits: library.describing.waits.next(),
        stopped: queue.stopped.map(|why| DescriptionStop { code: why.code, message: why.message }),
        outcomes: failed.into_iter().map(failed_outcome).collect(),
    })
}

fn failed_outcome(job: Job) -> DescribeOutcome {
    let (code, message) = job.failure.map(|why| (why.code, why.message)).unzip();
    DescribeOutcome { id: job.picture, name: job.name, error_code: code, error: message }
}

/// What came of one picture.
pub(super) fn outcome(outcome: Outcome) -> DescribeOutcome {
    let Outcome { job, error } = outcome;
    DescribeOutcome {
        id: job.picture,
        name: job.name,
        error_code: error.as_ref().map(|error| error.code.as_str().to_owned()),
        error: error.map(|error| error.message),
    }
}

/// Tells how far the queue is, and what came of some pictures.
pub(super) async fn tell(library: &OpenLibrary, outcomes: Vec<DescribeOutcome>) {
    match progress(library, false).await {
        Ok(progress) => library.events.emit(Event::Descriptions(DescribeProgress { outcomes, ..progress })),
        Err(error) => tracing::warn!(%error, "how far the descriptions are can't be told"),
    }
}

/// The list: what waits, then what failed, then what was cancelled.
pub(crate) async fn list(library: &OpenLibrary) -> Result<Vec<DescriptionJob>> {
    Ok(library.describing.jobs.list().await?.into_iter().map(listed).collect())
}

fn listed(job: Job) -> DescriptionJob {
    let status = match (job.status, &job.claimed_by) {
        (Status::Waiting, None) => DescriptionStatus::Waiting,
        (Status::Waiting, Some(_)) => DescriptionStatus::Asking,
        (Status::Done, _) => DescriptionStatus::Done,
        (Status::Failed, _) => DescriptionStatus::Failed,
        (Status::Cancelled, _) => DescriptionStatus::Cancelled,
    };
    DescriptionJob {
        id: job.picture,
        image_id: job.image_id,
        name: job.name,
        status,
        prompt: job.detail,
        error: job.failure.map(stop),
    }
}

/// In the words of today; the code as it is stored, which may be another version's.
fn stop(why: Failure) -> DescriptionStop {
    DescriptionStop { code: why.code.clone(), message: said(why).message }
}

fn said(why: Failure) -> EngineError {
    EngineError::stored(&why.code, why.message, why.reason.as_ref())
}

/// Pictures that failed for one reason.
pub(super) fn failure(group: FailureGroup) -> DescriptionFailure {
    let message = match (group.jobs, said(group.first)) {
        (1, first) => first.message,
        (_, first) => first.of_several(group.alike),
    };
    DescriptionFailure { code: group.code, reason: group.reason, message, pictures: group.jobs }
}
