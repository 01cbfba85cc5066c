//! What people do to the queue, and what they see of it.

use std::sync::Arc;

use catalogue::Connection;
use catalogue::SqliteError;
use catalogue::table::description_job::{self, Job, Status};

use crate::events::Event;
use crate::session::Session;
use crate::view::{
    DescribeOutcome, DescribeProgress, DescriptionJob, DescriptionStatus, DescriptionStop, DescriptionsCancelled,
};
use crate::{EngineError, ErrorKind, Result};

/// The most failures that are told at once.
const TOLD: usize = 500;

/// Wants descriptions and begins to work on them. A queue that had stopped goes on; one that is paused stays so.
pub(crate) async fn enqueue(session: &Arc<Session>, ids: Vec<u32>, prompt: Option<String>) -> Result<()> {
    let prompt = prompt.map(|prompt| prompt.trim().to_owned()).filter(|prompt| !prompt.is_empty());
    session
        .catalogue
        .write(move |conn| {
            description_job::go_on(conn)?;
            description_job::want(conn, &ids, prompt.as_deref()).map(drop)
        })
        .await?;
    wanted(session).await;
    session.describing.start(session);
    Ok(())
}

/// Something in the queue may be worked on now: that is told, and whoever works in this process looks again. A command in a
/// terminal leaves it to a window.
pub(crate) async fn wanted(session: &Session) {
    session.events.library_changed();
    // Told before it is worked on, so that nothing is said to be done that was not said to wait.
    tell(session, Vec::new()).await;
    session.describing.wake.notify_one();
}

/// Pauses the queue, or lets it go on, also when it had stopped. What is being asked is answered.
pub(crate) async fn set_paused(session: &Session, paused: bool) -> Result<()> {
    session.catalogue.write(move |conn| description_job::set_paused(conn, paused)).await?;
    wanted(session).await;
    Ok(())
}

/// Cancels everything that waits, or the wishes for some pictures. What is being asked is given up at once.
pub(crate) async fn cancel(session: &Session, pictures: Option<Vec<u32>>) -> Result<DescriptionsCancelled> {
    let everything = pictures.is_none();
    let (number, pictures) =
        session.catalogue.write(move |conn| description_job::cancel(conn, pictures.as_deref())).await?;
    let live: Vec<i64> = session.describing.live().keys().copied().collect();
    let gone = session.catalogue.read(move |conn| no_longer_waiting(conn, live)).await?;
    for (job, token) in session.describing.live().iter() {
        if everything || gone.contains(job) {
            token.cancel();
        }
    }
    session.events.library_changed();
    tell(session, Vec::new()).await;
    Ok(DescriptionsCancelled { number, pictures: u32::try_from(pictures).unwrap_or(u32::MAX) })
}

fn no_longer_waiting(conn: &Connection, jobs: Vec<i64>) -> Result<Vec<i64>, SqliteError> {
    let mut gone = Vec::new();
    for job in jobs {
        if description_job::get(conn, job)?.is_none_or(|job| job.status != Status::Waiting) {
            gone.push(job);
        }
    }
    Ok(gone)
}

/// Takes one cancelling back; gives how many wait again.
pub(crate) async fn uncancel(session: &Session, number: i64) -> Result<u32> {
    let again = session.catalogue.write(move |conn| description_job::uncancel(conn, number)).await?;
    wanted(session).await;
    Ok(u32::try_from(again).unwrap_or(u32::MAX))
}

/// Tries again: what failed, or was cancelled, or both for some pictures. What was not tried because the queue had stopped
/// is tried, too. Gives how many wait again.
pub(crate) async fn retry(session: &Session, cancelled: bool, pictures: Option<Vec<u32>>) -> Result<u32> {
    let status = if cancelled { Status::Cancelled } else { Status::Failed };
    let again = session.catalogue.write(move |conn| description_job::retry(conn, status, pictures.as_deref())).await?;
    wanted(session).await;
    Ok(u32::try_from(again).unwrap_or(u32::MAX))
}

/// Takes what is finished off the list.
pub(crate) async fn clear_finished(session: &Session) -> Result<()> {
    session.catalogue.write(description_job::clear_finished).await?;
    tell(session, Vec::new()).await;
    Ok(())
}

/// Another key, model or address may have mended what stopped the queue.
pub(crate) async fn settings_changed(session: &Session) -> Result<()> {
    let went_on = session
        .catalogue
        .write(|conn| {
            let of_the_ai = description_job::queue(conn)?.stopped.is_some_and(|why| why.code.starts_with("ai_"));
            if of_the_ai { description_job::go_on(conn) } else { Ok(false) }
        })
        .await?;
    if went_on {
        wanted(session).await;
    }
    Ok(())
}

/// Begins to work in the background: on what earlier runs of the app left, too.
pub(crate) async fn go_on(session: &Arc<Session>) {
    go_on_by_itself(session).await;
    if let Err(error) = go_on_when_open(session).await {
        tracing::warn!(%error, "the queue of descriptions can't go on although secrets are open");
    }
    session.describing.start(session);
}

/// Goes on if it was stopped for want of a secret that can be read now.
async fn go_on_when_open(session: &Session) -> Result<()> {
    const CLOSED: [ErrorKind; 2] = [ErrorKind::SecretsLocked, ErrorKind::SecretsNotKept];
    let stopped = session.catalogue.read(description_job::queue).await?.stopped;
    let closed = stopped.is_some_and(|why| CLOSED.iter().any(|kind| kind.as_str() == why.code));
    if closed && (session.describing.whom)().await.is_ok() {
        session.catalogue.write(description_job::go_on).await?;
    }
    Ok(())
}

/// Goes on if what stopped the queue is something that passes by itself.
pub(super) async fn go_on_by_itself(session: &Session) {
    const PASSING: [ErrorKind; 5] = [
        ErrorKind::AiOffline,
        ErrorKind::AiTimedOut,
        ErrorKind::AiFailed,
        ErrorKind::ServiceUnreachable,
        ErrorKind::StoreUnreachable,
    ];
    let passed = session.catalogue.write(|conn| match description_job::queue(conn)?.stopped {
        Some(why) if PASSING.iter().any(|kind| kind.as_str() == why.code) => description_job::go_on(conn),
        _ => Ok(false),
    });
    if let Err(error) = passed.await {
        tracing::warn!(%error, "the queue of descriptions can't go on by itself");
    }
}

/// How far the queue is. With `failures`, what failed is told with it.
pub(crate) async fn progress(session: &Session, failures: bool) -> Result<DescribeProgress> {
    let read = session.catalogue.read(move |conn| {
        let failed = if failures { description_job::jobs(conn, Status::Failed, 0, TOLD)? } else { Vec::new() };
        Ok((description_job::queue(conn)?, description_job::totals(conn)?, failed))
    });
    let (queue, totals, failed) = read.await?;
    Ok(DescribeProgress {
        total: totals.waiting + totals.done + totals.failed,
        done: totals.done + totals.failed,
        failed: totals.failed,
        waiting: totals.waiting,
        cancelled: totals.cancelled,
        running: totals.waiting > 0 && !queue.paused && queue.stopped.is_none(),
        paused: queue.paused,
        waits: session.describing.waits.next(),
        stopped: queue.stopped.map(|why| DescriptionStop { code: why.code, message: why.message }),
        outcomes: failed.into_iter().map(failed_outcome).collect(),
    })
}

fn failed_outcome(job: Job) -> DescribeOutcome {
    let (code, message) = job.failure.map(|why| (why.code, why.message)).unzip();
    DescribeOutcome { id: job.picture, name: job.name, error_code: code, error: message }
}

/// Tells how far the queue is, and what came of some pictures.
pub(super) async fn tell(session: &Session, outcomes: Vec<DescribeOutcome>) {
    match progress(session, false).await {
        Ok(progress) => session.events.emit(Event::Descriptions(DescribeProgress { outcomes, ..progress })),
        Err(error) => tracing::warn!(%error, "how far the descriptions are can't be told"),
    }
}

/// The list: what waits, then what failed, then what was cancelled.
pub(crate) async fn jobs(session: &Session) -> Result<Vec<DescriptionJob>> {
    let read = session.catalogue.read(|conn| {
        let mut all = Vec::new();
        for status in [Status::Waiting, Status::Failed, Status::Cancelled] {
            all.extend(description_job::jobs(conn, status, 0, usize::MAX)?);
        }
        Ok(all)
    });
    Ok(read.await?.into_iter().map(listed).collect())
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
        prompt: job.prompt,
        error: job.failure.map(|why| DescriptionStop { code: why.code, message: why.message }),
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
