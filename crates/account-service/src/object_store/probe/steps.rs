//! The steps that need a key and a bucket.

use std::time::Duration;

use aws_sdk_s3::primitives::ByteStream;
use uuid::Uuid;

use super::super::bucket::BucketConfig;
use super::super::client::ObjectStore;
use super::explain::{ProbeCode, Problem, Refusal, problem};
use super::{ProbeStep, parts, presigned, variants};

/// What is stored.
pub(super) const BYTES: &[u8] = b"Image Manager tries whether this bucket can be used. This object may be removed.";

/// One try of one bucket's settings.
pub(super) struct Attempt<'a> {
    pub(super) bucket: &'a BucketConfig,
    pub(super) store: ObjectStore,
    pub(super) key: String,
    pub(super) patience: Duration,
}

impl<'a> Attempt<'a> {
    pub(super) fn new(bucket: &'a BucketConfig, patience: Duration) -> Self {
        let store = ObjectStore::for_probing(bucket, patience);
        Self { bucket, store, key: format!("image-manager-check/{}", Uuid::new_v4()), patience }
    }

    /// Refusals in words; `doing` completes "The key may not …".
    pub(super) fn because(&self, doing: &str) -> impl Fn(Refusal) -> Problem {
        move |refusal| refusal.explain(self.bucket, doing)
    }
}

/// Runs them all, and removes what they stored.
pub async fn run(bucket: &BucketConfig, patience: Duration, tell: &mut (dyn FnMut(ProbeStep) + Send)) {
    let attempt = Attempt::new(bucket, patience);
    if let Err(refusal) = put(&attempt).await {
        tell(ProbeStep::failed("put", variants::why_not(bucket, refusal, patience).await));
        // It may be there although the answer got lost.
        let _ = attempt.store.delete(&attempt.key).await;
        return;
    }
    let style = if bucket.path_style { "on" } else { "off" };
    tell(ProbeStep::ok(
        "put",
        format!("An object can be stored, with the region {} and path style {style}.", bucket.region),
    ));
    tell(ProbeStep::of("head", "What is stored can be looked at.", head(&attempt).await));
    tell(ProbeStep::of("range", "What is stored can be read, also in part.", range(&attempt).await));
    tell(ProbeStep::of("presigned", "Presigned addresses work.", presigned::both_ways(&attempt).await));
    tell(ProbeStep::of(
        "checksum",
        "The store refuses bytes that arrive changed.",
        presigned::changed_bytes(&attempt).await,
    ));
    tell(ProbeStep::of("multipart", "Large files can be sent in parts.", parts::complete(&attempt).await));
    tell(ProbeStep::of("abort", "An upload in parts can be given up.", parts::abort(&attempt).await));
    tell(ProbeStep::of("delete", "Objects can be removed; nothing was left behind.", delete(&attempt).await));
}

/// Stores the object.
pub(super) async fn put(attempt: &Attempt<'_>) -> Result<(), Refusal> {
    let request = attempt.store.client.put_object().bucket(&attempt.store.bucket).key(&attempt.key);
    let stored = request.content_type("text/plain").body(ByteStream::from_static(BYTES)).send().await?;
    // Every store gives one; what answers anything with "OK" is something else.
    if stored.e_tag.is_none() { Err(Refusal { status: 200, ..Refusal::default() }) } else { Ok(()) }
}

async fn head(attempt: &Attempt<'_>) -> Result<(), Problem> {
    let request = attempt.store.client.head_object().bucket(&attempt.store.bucket).key(&attempt.key);
    let because = attempt.because("look at objects (HEAD needs the right to read)");
    let head = request.send().await.map_err(Refusal::from).map_err(because)?;
    if head.content_length == i64::try_from(BYTES.len()).ok() { Ok(()) } else { Err(corrupted("another size")) }
}

async fn range(attempt: &Attempt<'_>) -> Result<(), Problem> {
    let request = attempt.store.client.get_object().bucket(&attempt.store.bucket).key(&attempt.key);
    let because = attempt.because("read objects");
    let object = request.range("bytes=6-12").send().await.map_err(Refusal::from).map_err(because)?;
    let bytes = object.body.collect().await.map_err(|error| problem(ProbeCode::Unreachable, error))?.into_bytes();
    if bytes == BYTES[6..=12] { Ok(()) } else { Err(corrupted("other bytes")) }
}

/// For a store that gives back something else.
pub(super) fn corrupted(what: &str) -> Problem {
    problem(
        ProbeCode::Corrupted,
        format!(
            "The store gives {what} than were stored. Something in between alters them: look for a proxy or a cache."
        ),
    )
}

async fn delete(attempt: &Attempt<'_>) -> Result<(), Problem> {
    let left_behind = |mut problem: Problem| {
        problem.message.push_str(&format!(" The object {} was left behind.", attempt.key));
        problem
    };
    let request = attempt.store.client.delete_object().bucket(&attempt.store.bucket).key(&attempt.key);
    if let Some(refusal) = request.send().await.map_err(Refusal::from).err() {
        return Err(left_behind(refusal.explain(attempt.bucket, "remove objects")));
    }
    match attempt.store.head(&attempt.key).await {
        Ok(_) => Err(left_behind(problem(
            ProbeCode::NotSupported,
            "The store says that it removed an object, and still has it. Look for rules that keep objects.",
        ))),
        Err(_) => Ok(()),
    }
}
