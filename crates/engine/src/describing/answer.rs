//! One picture: its bytes, a small JPEG of them without metadata, the AI's answer, and where that is kept.

use std::sync::Arc;
use std::time::Duration;

use account_api::{Author, EditKind, Reading};
use catalogue::table::description_job::{self, Job};
use catalogue::table::{operation, picture};
use describe::{Describer, Description};
use pictures::{Format, Limits};
use time::OffsetDateTime;

use super::failure::Failure;
use super::people::tell;
use crate::blobs::Original;
use crate::instant;
use crate::library::known_picture;
use crate::session::Session;
use crate::{EngineError, ErrorKind, Result};

/// The longest side of what the AI is sent, in pixels.
const LONGEST_SIDE: u32 = 1024;

/// The longest tag that the service takes, in characters.
const LONGEST_TAG: usize = 100;

/// How often a picture is tried when the AI asks to wait.
const TRIES: u32 = 4;

/// The longest wait that is obeyed; with a longer one the queue stops and says so.
const LONGEST_WAIT: Duration = Duration::from_secs(90);

/// Has one picture described and keeps the answer. A picture that can't be described is an error of its wish; what every
/// picture would meet leaves the wish as it is.
pub(super) async fn answer(session: &Arc<Session>, worker: &str, job: &Job) -> Result<(), Failure> {
    let mut tries = 1;
    let answer = loop {
        match ask(session, job).await {
            Err(Failure { wait: Some(wait), error, .. }) if wait <= LONGEST_WAIT && tries < TRIES => {
                tries += 1;
                sleep(session, job.id, error.code, wait).await;
            }
            answer => break answer,
        }
    };
    session.describing.waits.end(job.id);
    match answer {
        Ok(said) => Ok(keep(session, worker, job, said).await?),
        Err(failure) => {
            if !failure.of_every_picture {
                fail(session, worker, vec![job.id], &failure.error).await?;
            }
            Err(failure)
        }
    }
}

/// Sleeps because the AI asked for it, and tells why and how long.
async fn sleep(session: &Session, job: i64, code: ErrorKind, wait: Duration) {
    if session.describing.waits.begin(job, code, wait) {
        tell(session, Vec::new()).await;
    }
    tokio::time::sleep(wait).await;
}

/// Has a describer tell of the waits between its own tries.
fn telling_waits(session: &Arc<Session>, job: i64, describer: Describer) -> Describer {
    let session = Arc::downgrade(session);
    let runtime = tokio::runtime::Handle::current();
    describer.telling_waits(move |error, wait| {
        let Some(session) = session.upgrade() else { return };
        if session.describing.waits.begin(job, Failure::from(error).error.code, wait) {
            runtime.spawn(async move { tell(&session, Vec::new()).await });
        }
    })
}

async fn ask(session: &Arc<Session>, job: &Job) -> Result<Description, Failure> {
    let describer = telling_waits(session, job.id, Describer::new((session.describing.whom)().await?)?);
    let picture = known_picture(session, job.picture).await?;
    if picture.image.deleted_at.is_some() {
        let message = "This picture is in the trash. Restore it first.";
        return Err(EngineError::new(ErrorKind::InvalidInput, message).into());
    }
    let format = Format::from_name(&picture.image.format);
    if !format.is_some_and(Format::decodable) {
        let unknown = picture.image.format.to_uppercase();
        return Err(Failure::unsupported(format.map_or(unknown.as_str(), |format| format.label())));
    }
    let bytes = session.blobs.original_bytes(session, &Original::of(&picture)).await?;
    let rendition =
        session.blobs.decode(move || pictures::rendition(&bytes, LONGEST_SIDE, &Limits::default())).await??;
    Ok(describer.describe(&rendition.bytes, job.prompt.as_deref()).await?)
}

/// Keeps what the model said, beside what people say and meanwhile have said. In the same transaction the wish ends, so that no
/// crash in between has it paid for twice.
async fn keep(session: &Arc<Session>, worker: &str, job: &Job, said: Description) -> Result<()> {
    let reading = Reading {
        description: said.description,
        alt_text: said.alt_text,
        text_in_image: said.text_in_image,
        model: said.model.chars().take(100).collect(),
        prompt: job.prompt.clone(),
        read_at: instant::wire(OffsetDateTime::now_utc()),
    };
    let (worker, job, picture) = (worker.to_owned(), job.id, job.picture);
    session
        .catalogue
        .write(move |conn| {
            if let Some(known) = picture::get(conn, picture)? {
                operation::make(conn, &answer_of(known.image.id, reading, said.tags))?;
            }
            description_job::end(conn, &worker, job, None)
        })
        .await?;
    session.events.library_changed();
    session.sync.wake();
    Ok(())
}

/// An answer as operations: the texts, and each tag by itself.
fn answer_of(image_id: String, reading: Reading, tags: Vec<String>) -> Vec<EditKind> {
    let mut edits = vec![EditKind::SetReading { image_id: image_id.clone(), reading }];
    let tags = tags.into_iter().map(|tag| tag.trim().chars().take(LONGEST_TAG).collect::<String>());
    edits.extend(tags.filter(|tag| !tag.is_empty()).map(|tag| EditKind::AddTag {
        image_id: image_id.clone(),
        tag,
        by: Author::Model,
    }));
    edits
}

/// Ends wishes with the reason why their pictures are not described.
pub(super) async fn fail(session: &Session, worker: &str, jobs: Vec<i64>, error: &EngineError) -> Result<()> {
    let worker = worker.to_owned();
    let why = stored(error);
    session
        .catalogue
        .write(move |conn| {
            jobs.iter().try_for_each(|job| description_job::end(conn, &worker, *job, Some(&why)).map(drop))
        })
        .await?;
    session.events.library_changed();
    Ok(())
}

/// An error as the queue keeps it.
pub(super) fn stored(error: &EngineError) -> description_job::Failure {
    description_job::Failure { code: error.code.as_str().to_owned(), message: error.message.clone() }
}
