//! What people do to the queue.

use std::sync::Arc;

use catalogue::table::job::Status;

use super::answer::Describe;
use super::progress::{failure, tell};
use crate::library::picture;
use crate::session::Session;
use crate::view::{DescriptionFailure, DescriptionsCancelled, PictureDetail};
use crate::{EngineError, ErrorKind, Result};

/// Describes one picture and waits for it.
pub(crate) async fn describe_one(session: &Arc<Session>, id: u32, prompt: Option<String>) -> Result<PictureDetail> {
    let mut came = Err(EngineError::new(ErrorKind::NotFound, "This picture is no longer in the library."));
    describe_all(session, vec![id], prompt, |_, result| came = result).await?;
    came?;
    picture(session, id).await
}

/// Describes pictures and waits for them, whatever the state of the queue; tells of each as it is done.
pub(crate) async fn describe_all(
    session: &Arc<Session>,
    ids: Vec<u32>,
    prompt: Option<String>,
    each: impl FnMut(u32, Result<()>),
) -> Result<()> {
    session.describing.jobs.do_all(&Describe(Arc::clone(session)), ids, said(prompt), each).await
}

/// Waits for what is wanted of pictures already, whoever is at it; tells of each.
pub(crate) async fn describe_wanted(
    session: &Arc<Session>,
    ids: Vec<u32>,
    each: impl FnMut(u32, Result<()>),
) -> Result<()> {
    session.describing.jobs.do_wanted(&Describe(Arc::clone(session)), ids, each).await
}

/// Works on everything that waits and that nobody is at; tells of each.
pub(crate) async fn finish(session: &Arc<Session>, each: impl FnMut(u32, Result<()>)) -> Result<()> {
    session.describing.jobs.finish(&Describe(Arc::clone(session)), each).await
}

/// Wants descriptions and begins to work on them. A queue that had stopped goes on; one that is paused stays so.
pub(crate) async fn enqueue(session: &Arc<Session>, ids: Vec<u32>, prompt: Option<String>) -> Result<()> {
    session.describing.jobs.want(ids, said(prompt)).await?;
    wanted(session).await;
    start(session);
    Ok(())
}

/// A prompt that says something.
fn said(prompt: Option<String>) -> Option<String> {
    prompt.map(|prompt| prompt.trim().to_owned()).filter(|prompt| !prompt.is_empty())
}

fn start(session: &Arc<Session>) {
    session.describing.jobs.start(Arc::new(Describe(Arc::clone(session))));
}

/// Something in the queue may be worked on now: that is told, and whoever works in this process looks again. A command in a
/// terminal leaves it to a window.
pub(crate) async fn wanted(session: &Session) {
    session.events.library_changed();
    // Told before it is worked on, so that nothing is said to be done that was not said to wait.
    tell(session, Vec::new()).await;
    session.describing.jobs.wake();
}

/// Pauses the queue, or lets it go on, also when it had stopped. What is being asked is answered.
pub(crate) async fn set_paused(session: &Session, paused: bool) -> Result<()> {
    session.describing.jobs.set_paused(paused).await?;
    wanted(session).await;
    Ok(())
}

/// Cancels everything that waits, or the wishes for some pictures. What is being asked is given up at once.
pub(crate) async fn cancel(session: &Session, pictures: Option<Vec<u32>>) -> Result<DescriptionsCancelled> {
    let (number, pictures) = session.describing.jobs.cancel(pictures).await?;
    session.events.library_changed();
    tell(session, Vec::new()).await;
    Ok(DescriptionsCancelled { number, pictures: count(pictures) })
}

/// Takes one cancelling back; gives how many wait again.
pub(crate) async fn uncancel(session: &Session, number: i64) -> Result<u32> {
    let again = session.describing.jobs.uncancel(number).await?;
    wanted(session).await;
    Ok(count(again))
}

/// Tries again: what failed, or was cancelled, or both for some pictures. What was not tried because the queue had stopped
/// is tried, too. Gives how many wait again.
pub(crate) async fn retry(session: &Session, cancelled: bool, pictures: Option<Vec<u32>>) -> Result<u32> {
    let status = if cancelled { Status::Cancelled } else { Status::Failed };
    let again = session.describing.jobs.retry(status, pictures).await?;
    wanted(session).await;
    Ok(count(again))
}

/// What failed, by its reason, the largest group first.
pub(crate) async fn failures(session: &Session) -> Result<Vec<DescriptionFailure>> {
    Ok(session.describing.jobs.failures().await?.into_iter().map(failure).collect())
}

/// Tries the pictures again that failed for one reason; gives how many wait again.
pub(crate) async fn retry_group(session: &Session, code: String, message: String) -> Result<u32> {
    let again = session.describing.jobs.retry_group(code, message).await?;
    wanted(session).await;
    Ok(count(again))
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// Takes what is finished off the list.
pub(crate) async fn clear_finished(session: &Session) -> Result<()> {
    session.describing.jobs.clear_finished().await?;
    tell(session, Vec::new()).await;
    Ok(())
}

/// Another key, model or address may have mended what stopped the queue.
pub(crate) async fn settings_changed(session: &Session) -> Result<()> {
    if session.describing.jobs.go_on_if(|code| code.starts_with("ai_")).await? {
        wanted(session).await;
    }
    Ok(())
}

/// Begins to work in the background: on what earlier runs of the app left, too.
pub(crate) async fn go_on(session: &Arc<Session>) {
    session.describing.jobs.go_on_by_itself(&Describe(Arc::clone(session))).await;
    if let Err(error) = go_on_when_open(session).await {
        tracing::warn!(%error, "the queue of descriptions can't go on although secrets are open");
    }
    start(session);
}

/// Goes on if it was stopped for want of a secret that can be read now.
async fn go_on_when_open(session: &Session) -> Result<()> {
    const CLOSED: [ErrorKind; 2] = [ErrorKind::SecretsLocked, ErrorKind::SecretsNotKept];
    let is_closed = |code: &str| CLOSED.iter().any(|kind| kind.as_str() == code);
    let (queue, _, _) = session.describing.jobs.standing(0).await?;
    if queue.stopped.is_some_and(|why| is_closed(&why.code)) && (session.describing.whom)().await.is_ok() {
        session.describing.jobs.go_on_if(is_closed).await?;
    }
    Ok(())
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
