//! Descriptions that somebody waits for, such as a command in a terminal: this process works on its own wishes, and waits
//! for those that another one is at.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use catalogue::Connection;
use catalogue::table::description_job::{self, Job, Status};
use futures::StreamExt;
use futures::stream::FuturesUnordered;

use super::AT_ONCE;
use super::answer::{answer, fail};
use super::people::tell;
use crate::library::picture;
use crate::session::Session;
use crate::view::PictureDetail;
use crate::worker_lock::has_ended;
use crate::{EngineError, ErrorKind, Result};

/// How often is looked whether a process that is at one of the wishes has ended.
const LOOK: Duration = Duration::from_secs(1);

/// Describes one picture and waits for it.
pub(crate) async fn describe_one(session: &Arc<Session>, id: u32, prompt: Option<String>) -> Result<PictureDetail> {
    let mut came = Err(EngineError::new(ErrorKind::NotFound, "This picture is no longer in the library."));
    describe_all(session, vec![id], prompt, |_, result| came = result).await?;
    came?;
    picture(session, id).await
}

/// Describes pictures and waits for them, whatever the state of the queue; tells of each as it is done. When something fails
/// that every picture would meet, the rest isn't tried and told to have failed for that reason; all of it is in the queue
/// then, to be tried again.
pub(crate) async fn describe_all(
    session: &Arc<Session>,
    ids: Vec<u32>,
    prompt: Option<String>,
    mut each: impl FnMut(u32, Result<()>),
) -> Result<()> {
    let prompt = prompt.map(|prompt| prompt.trim().to_owned()).filter(|prompt| !prompt.is_empty());
    let lock = session.describing.worker(session)?;
    let worker = lock.name().to_owned();
    let name = worker.clone();
    let (mut mine, others) = session
        .catalogue
        .write(move |conn| {
            let wanted: Vec<i64> =
                description_job::want(conn, &ids, prompt.as_deref())?.into_iter().map(|wanted| wanted.id).collect();
            let mine = description_job::claim_these(conn, &name, &wanted)?;
            let others = wanted.into_iter().filter(|id| !mine.iter().any(|job| job.id == *id)).collect::<Vec<_>>();
            Ok((VecDeque::from(mine), others))
        })
        .await?;
    session.events.library_changed();
    work_off(session, &worker, &mut mine, &mut each).await?;
    for job in others {
        wait_for(session, &worker, job, &mut each).await?;
    }
    Ok(())
}

/// Works on everything that waits and that nobody is at, until it is done or something is wrong that every picture would
/// meet; tells of each.
pub(crate) async fn finish(session: &Arc<Session>, mut each: impl FnMut(u32, Result<()>)) -> Result<()> {
    let lock = session.describing.worker(session)?;
    session.catalogue.write(description_job::go_on).await?;
    loop {
        let worker = lock.name().to_owned();
        let claimed = session.catalogue.write(move |conn| description_job::claim(conn, &worker, AT_ONCE)).await?;
        let none = claimed.is_empty();
        if work_off(session, lock.name(), &mut VecDeque::from(claimed), &mut each).await? || none {
            return Ok(());
        }
    }
}

/// True when something was wrong that every picture would meet.
async fn work_off(
    session: &Arc<Session>,
    worker: &str,
    jobs: &mut VecDeque<Job>,
    each: &mut impl FnMut(u32, Result<()>),
) -> Result<bool> {
    let mut running = FuturesUnordered::new();
    let mut stopped: Option<EngineError> = None;
    loop {
        while stopped.is_none()
            && running.len() < AT_ONCE
            && let Some(job) = jobs.pop_front()
        {
            running.push(async move {
                let answered = answer(session, worker, &job).await;
                (job, answered)
            });
        }
        let Some((job, answered)) = running.next().await else { break };
        let result = match answered {
            Ok(()) => Ok(()),
            Err(failure) => {
                if failure.of_every_picture {
                    fail(session, worker, vec![job.id], &failure.error).await?;
                    stopped.get_or_insert_with(|| failure.error.clone());
                }
                Err(failure.error)
            }
        };
        each(job.picture, result);
        tell(session, Vec::new()).await;
    }
    drop(running);
    let Some(error) = stopped else { return Ok(false) };
    fail(session, worker, jobs.iter().map(|job| job.id).collect(), &error).await?;
    jobs.drain(..).for_each(|job| each(job.picture, Err(error.clone())));
    tell(session, Vec::new()).await;
    Ok(true)
}

/// Waits for a wish that another process is at, or takes it over when that has ended.
async fn wait_for(session: &Arc<Session>, worker: &str, id: i64, each: &mut impl FnMut(u32, Result<()>)) -> Result<()> {
    let mut elsewhere = session.watch_elsewhere();
    loop {
        let Some(job) = session.catalogue.read(move |conn| description_job::get(conn, id)).await? else {
            return Ok(());
        };
        let ended = match (job.status, job.failure) {
            (Status::Done, _) => Some(Ok(())),
            (Status::Failed, Some(why)) => {
                Some(Err(EngineError::new(ErrorKind::from_code(&why.code).unwrap_or(ErrorKind::AiFailed), why.message)))
            }
            (Status::Failed, None) => Some(Err(EngineError::fault())),
            (Status::Cancelled, _) => Some(Err(EngineError::new(
                ErrorKind::Cancelled,
                "This description was cancelled. Nothing was changed.",
            ))),
            (Status::Waiting, _) => None,
        };
        if let Some(result) = ended {
            each(job.picture, result);
            return Ok(());
        }
        let other = job.claimed_by;
        if other.as_ref().is_none_or(|other| has_ended(&session.library_dir, other)) {
            let name = worker.to_owned();
            let take = move |conn: &Connection| {
                if let Some(other) = &other {
                    description_job::release_claims_of(conn, other)?;
                }
                description_job::claim_these(conn, &name, &[id])
            };
            let taken = session.catalogue.write(take).await?;
            if !taken.is_empty() {
                return work_off(session, worker, &mut VecDeque::from(taken), each).await.map(drop);
            }
        }
        tokio::select! {
            _ = elsewhere.changed() => {}
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}
