//! One picture: its bytes, a small JPEG of them without metadata, the AI's answer, and where that is kept.

use std::sync::Arc;
use std::time::{Duration, Instant};

use account_api::{Author, EditKind, Reading};
use catalogue::table::description_use::{self, Use};
use catalogue::table::job::{self, Job};
use catalogue::table::{operation, picture};
use describe::{Describer, Description};
use futures::FutureExt;
use futures::future::BoxFuture;
use pictures::Format;
use time::OffsetDateTime;

use super::LONGEST_SIDE;
use super::cost::{self, Budget};
use super::failure::unsupported;
use super::progress::{outcome, tell};
use crate::blobs::Original;
use crate::instant;
use crate::jobs::{Claim, Failure, Outcome, Work};
use crate::library::known_picture;
use crate::open_library::OpenLibrary;
use crate::view::NoticeKind;
use crate::{EngineError, ErrorKind, Result};

/// The longest tag that the service takes, in characters.
const LONGEST_TAG: usize = 100;

/// Describes the pictures of a library.
pub(super) struct Describe {
    library: Arc<OpenLibrary>,
    budget: Option<Budget>,
}

impl Describe {
    /// As long as the month's limit allows.
    pub(super) const fn of(library: Arc<OpenLibrary>) -> Self {
        Self { library, budget: None }
    }

    /// And within what this batch may cost.
    pub(super) const fn within(library: Arc<OpenLibrary>, budget: Option<Budget>) -> Self {
        Self { library, budget }
    }
}

/// What the AI said, and what that took.
struct Answer {
    said: Description,
    /// As it was asked for; the host may name a version of it.
    model: String,
    used: Use,
}

impl Work for Describe {
    fn work<'a>(&'a self, claim: &'a Claim) -> BoxFuture<'a, std::result::Result<(), Failure>> {
        async move {
            let answer = ask(&self.library, self.budget.as_ref(), &claim.job).await?;
            Ok(keep(&self.library, claim, answer).await?)
        }
        .boxed()
    }

    fn tell(&self, outcomes: Vec<Outcome>) -> BoxFuture<'_, ()> {
        tell(&self.library, outcomes.into_iter().map(outcome).collect()).boxed()
    }

    fn waits<'a>(&'a self, job: i64, why: &'a EngineError, wait: Duration) -> BoxFuture<'a, ()> {
        async move {
            if self.library.describing.waits.begin(job, why.code, wait) {
                tell(&self.library, Vec::new()).await;
            }
        }
        .boxed()
    }

    fn ended(&self, job: i64) {
        self.library.describing.waits.end(job);
    }

    fn changed(&self) {
        self.library.events.library_changed();
    }

    fn stopped(&self, why: &EngineError, waiting: u32) {
        let stopped = messages::Describing::Stopped { count: waiting.max(1).into(), why: why.message.clone() };
        self.library.events.notice(NoticeKind::Error, stopped);
    }

    fn passes(&self, code: &str) -> bool {
        const PASSING: [ErrorKind; 5] = [
            ErrorKind::AiOffline,
            ErrorKind::AiTimedOut,
            ErrorKind::AiFailed,
            ErrorKind::ServiceUnreachable,
            ErrorKind::StoreUnreachable,
        ];
        PASSING.iter().any(|kind| kind.as_str() == code)
    }
}

/// Has a describer tell of the waits between its own tries.
fn telling_waits(library: &Arc<OpenLibrary>, job: i64, describer: Describer) -> Describer {
    let library = Arc::downgrade(library);
    let runtime = tokio::runtime::Handle::current();
    describer.telling_waits(move |error, wait| {
        let Some(library) = library.upgrade() else { return };
        if library.describing.waits.begin(job, Failure::from(error).error.code, wait) {
            runtime.spawn(async move { tell(&library, Vec::new()).await });
        }
    })
}

async fn ask(library: &Arc<OpenLibrary>, budget: Option<&Budget>, job: &Job) -> std::result::Result<Answer, Failure> {
    let asked = (library.describing.whom)().await?;
    let describer = telling_waits(library, job.id, Describer::new(asked.endpoint.clone())?);
    cost::allow(library, &asked, budget).await?;
    let picture = known_picture(library, job.picture).await?;
    if picture.image.deleted_at.is_some() {
        let message = messages::Library::InTrash;
        return Err(EngineError::new(ErrorKind::InvalidInput, message).into());
    }
    let format = Format::from_name(&picture.image.format);
    if !format.is_some_and(Format::decodable) {
        let unknown = picture.image.format.to_uppercase();
        return Err(unsupported(format.map_or(unknown.as_str(), |format| format.label())));
    }
    let bytes = library.blobs.original_bytes(&Original::of(&picture)).await?;
    let rendition = library.blobs.decode(move || decoding::rendition(&bytes, LONGEST_SIDE)).await??;
    let since = Instant::now();
    let said = describer.describe(&rendition.bytes, job.detail.as_deref()).await?;
    let used = cost::used(&said, asked.price, since.elapsed().as_millis());
    if let Some(budget) = budget {
        budget.spend(used.microdollars.unwrap_or_default());
    }
    Ok(Answer { said, model: describer.model().to_owned(), used })
}

/// Keeps what the model said, beside what people say and meanwhile have said. In the same transaction the job ends, so that no
/// crash in between has it paid for twice.
async fn keep(library: &Arc<OpenLibrary>, claim: &Claim, answer: Answer) -> Result<()> {
    let Answer { said, model, used } = answer;
    let reading = Reading {
        description: said.description,
        alt_text: said.alt_text,
        text_in_image: said.text_in_image,
        model: said.model.chars().take(100).collect(),
        prompt: claim.job.detail.clone(),
        read_at: instant::wire(OffsetDateTime::now_utc()),
    };
    let (worker, job, picture) = (claim.worker.clone(), claim.job.id, claim.job.picture);
    library
        .catalogue
        .write(move |conn| {
            if let Some(known) = picture::get(conn, picture)? {
                operation::make(conn, &answer_of(known.image.id, reading, said.tags))?;
            }
            // It is paid for, whatever becomes of the job.
            description_use::add(conn, &cost::month(), &model, used)?;
            job::end(conn, &worker, job, None)
        })
        .await?;
    library.events.library_changed();
    library.sync.wake();
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
