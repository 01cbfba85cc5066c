//! What people do to the queue.

use std::sync::Arc;

use catalogue::table::job::Status;

use super::answer::Describe;
use super::cost::Budget;
use super::progress::{failure, tell};
use crate::library::picture;
use crate::open_library::OpenLibrary;
use crate::view::{DescriptionFailure, DescriptionsCancelled, PictureDetail};
use crate::{EngineError, ErrorKind, Result};

/// Describes one picture and waits for it.
pub(crate) async fn describe_one(library: &Arc<OpenLibrary>, id: u32, prompt: Option<String>) -> Result<PictureDetail> {
    let mut came = Err(EngineError::new(ErrorKind::NotFound, messages::Library::Gone));
    describe_all(library, vec![id], prompt, None, |_, result| came = result).await?;
    came?;
    picture(library, id).await
}

/// Describes pictures and waits for them, whatever the state of the queue, as long as the budget lasts; tells of each as it is
/// done.
pub(crate) async fn describe_all(
    library: &Arc<OpenLibrary>,
    ids: Vec<u32>,
    prompt: Option<String>,
    budget: Option<Budget>,
    each: impl FnMut(u32, Result<()>),
) -> Result<()> {
    library.describing.jobs.do_all(&Describe::within(Arc::clone(library), budget), ids, said(prompt), each).await
}

/// Waits for what is wanted of pictures already, whoever is at it; tells of each.
pub(crate) async fn describe_wanted(
    library: &Arc<OpenLibrary>,
    ids: Vec<u32>,
    each: impl FnMut(u32, Result<()>),
) -> Result<()> {
    library.describing.jobs.do_wanted(&Describe::of(Arc::clone(library)), ids, each).await
}

/// Works on everything that waits and that nobody is at; tells of each.
pub(crate) async fn finish(library: &Arc<OpenLibrary>, each: impl FnMut(u32, Result<()>)) -> Result<()> {
    library.describing.jobs.finish(&Describe::of(Arc::clone(library)), each).await
}

/// Wants descriptions and begins to work on them. A queue that had stopped goes on; one that is paused stays so.
pub(crate) async fn enqueue(library: &Arc<OpenLibrary>, ids: Vec<u32>, prompt: Option<String>) -> Result<()> {
    library.describing.jobs.want(ids, said(prompt)).await?;
    wanted(library).await;
    start(library);
    Ok(())
}

/// A prompt that says something.
fn said(prompt: Option<String>) -> Option<String> {
    prompt.map(|prompt| prompt.trim().to_owned()).filter(|prompt| !prompt.is_empty())
}

fn start(library: &Arc<OpenLibrary>) {
    library.describing.jobs.start(Arc::new(Describe::of(Arc::clone(library))));
}

/// Something in the queue may be worked on now: that is told, and whoever works in this process looks again. A command in a
/// terminal leaves it to a window.
pub(crate) async fn wanted(library: &OpenLibrary) {
    library.events.library_changed();
    // Told before it is worked on, so that nothing is said to be done that was not said to wait.
    tell(library, Vec::new()).await;
    library.describing.jobs.wake();
}

/// Pauses the queue, or lets it go on, also when it had stopped. What is being asked is answered.
pub(crate) async fn set_paused(library: &OpenLibrary, paused: bool) -> Result<()> {
    library.describing.jobs.set_paused(paused).await?;
    wanted(library).await;
    Ok(())
}

/// Cancels everything that waits, or the wishes for some pictures. What is being asked is given up at once.
pub(crate) async fn cancel(library: &OpenLibrary, pictures: Option<Vec<u32>>) -> Result<DescriptionsCancelled> {
    let (number, pictures) = library.describing.jobs.cancel(pictures).await?;
    library.events.library_changed();
    tell(library, Vec::new()).await;
    Ok(DescriptionsCancelled { number, pictures: count(pictures) })
}

/// Takes one cancelling back; gives how many wait again.
pub(crate) async fn uncancel(library: &OpenLibrary, number: i64) -> Result<u32> {
    let again = library.describing.jobs.uncancel(number).await?;
    wanted(library).await;
    Ok(count(again))
}

/// Tries again: what failed, or was cancelled, or both for some pictures. What was not tried because the queue had stopped
/// is tried, too. Gives how many wait again.
pub(crate) async fn retry(library: &OpenLibrary, cancelled: bool, pictures: Option<Vec<u32>>) -> Result<u32> {
    let status = if cancelled { Status::Cancelled } else { Status::Failed };
    let again = library.describing.jobs.retry(status, pictures).await?;
    wanted(library).await;
    Ok(count(again))
}

/// What failed, by its reason, the largest group first.
pub(crate) async fn failures(library: &OpenLibrary) -> Result<Vec<DescriptionFailure>> {
    Ok(library.describing.jobs.failures().await?.into_iter().map(failure).collect())
}

/// Tries the pictures again that failed for one reason; gives how many wait again.
pub(crate) async fn retry_group(library: &OpenLibrary, code: String, reason: Option<String>) -> Result<u32> {
    let again = library.describing.jobs.retry_group(code, reason).await?;
    wanted(library).await;
    Ok(count(again))
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// Takes what is finished off the list.
pub(crate) async fn clear_finished(library: &OpenLibrary) -> Result<()> {
    library.describing.jobs.clear_finished().await?;
    tell(library, Vec::new()).await;
    Ok(())
}

/// Another key, model or address may have mended what stopped the queue.
pub(crate) async fn settings_changed(library: &OpenLibrary) -> Result<()> {
    if library.describing.jobs.go_on_if(|code| code.starts_with("ai_")).await? {
        wanted(library).await;
    }
    Ok(())
}

/// Begins to work in the background: on what earlier runs of the app left, too.
pub(crate) async fn go_on(library: &Arc<OpenLibrary>) {
    library.describing.jobs.go_on_by_itself(&Describe::of(Arc::clone(library))).await;
    if let Err(error) = go_on_when_open(library).await {
        tracing::warn!(%error, "the queue of descriptions can't go on although secrets are open");
    }
    start(library);
}

/// Goes on if it was stopped for want of a secret that can be read now.
async fn go_on_when_open(library: &OpenLibrary) -> Result<()> {
    const CLOSED: [ErrorKind; 2] = [ErrorKind::SecretsLocked, ErrorKind::SecretsNotKept];
    let is_closed = |code: &str| CLOSED.iter().any(|kind| kind.as_str() == code);
    let (queue, _, _) = library.describing.jobs.standing(0).await?;
    if queue.stopped.is_some_and(|why| is_closed(&why.code)) && (library.describing.whom)().await.is_ok() {
        library.describing.jobs.go_on_if(is_closed).await?;
    }
    Ok(())
}

/// The longest prompt of a person's own.
pub(crate) fn checked_prompt(prompt: Option<String>) -> Result<Option<String>> {
    match prompt {
        Some(prompt) if prompt.chars().count() > describe::MAX_PROMPT => Err(EngineError::new(
            ErrorKind::InvalidInput,
            messages::Describing::PromptLong { most: describe::MAX_PROMPT.to_string() },
        )),
        prompt => Ok(prompt),
    }
}
