//! The steps that need a key and a bucket.

use std::time::Duration;

use aws_sdk_s3::operation::head_object::HeadObjectOutput;
use aws_sdk_s3::primitives::ByteStream;
use uuid::Uuid;

use super::super::bucket::BucketConfig;
use super::super::client::ObjectStore;
use super::explain::{ProbeCode, Problem, Refusal, problem};
use super::{ProbeStep, kept, parts, presigned, variants};

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
    let stored = match put(&attempt).await {
        Ok(etag) => etag,
        Err(refusal) => {
            tell(ProbeStep::failed("put", variants::why_not(bucket, refusal, patience).await));
            // It may be there although the answer got lost.
            let _ = attempt.store.delete(&attempt.key).await;
            return;
        }
    };
    if let Some(problem) = variants::holds_its_name(&attempt).await {
        let _ = attempt.store.delete(&attempt.key).await;
        return tell(ProbeStep::failed("put", problem));
    }
    let style = if bucket.path_style { "on" } else { "off" };
    tell(ProbeStep::ok(
        "put",
        format!("An object can be stored, with the region {} and path style {style}.", bucket.region),
    ));
    match head(&attempt).await {
        Ok(head) => {
            tell(ProbeStep::ok("head", "What is stored can be looked at."));
            tell(kept::metadata(head.metadata()));
            tell(kept::etag(stored.as_deref(), head.e_tag()));
        }
        Err(problem) => tell(ProbeStep::failed("head", problem)),
    }
    tell(ProbeStep::of("range", "What is stored can be read, also in part.", range(&attempt).await));
    tell(ProbeStep::of("presigned", "Presigned addresses work.", presigned::both_ways(&attempt).await));
    tell(ProbeStep::of(
        "checksum",
        "The store refuses bytes that arrive changed.",
        presigned::changed_bytes(&attempt).await,
    ));
    if bucket.without_parts {
        tell(ProbeStep::lacking("multipart", parts::agreed()));
    } else {
        match parts::complete(&attempt).await {
            Ok(()) => {
                tell(ProbeStep::ok("multipart", "Large files can be sent in parts."));
                tell(ProbeStep::of("abort", "An upload in parts can be given up.", parts::abort(&attempt).await));
            }
            Err(problem) => tell(ProbeStep::failed("multipart", problem)),
        }
    }
    tell(ProbeStep::of("delete", "Objects can be removed; nothing was left behind.", delete(&attempt).await));
}

/// Stores the object, and gives its entity tag.
pub(super) async fn put(attempt: &Attempt<'_>) -> Result<Option<String>, Refusal> {
    let request = attempt.store.client.put_object().bucket(&attempt.store.bucket).key(&attempt.key);
    let request = request.content_type("text/plain").set_metadata(Some(kept::written()));
    let stored = request.body(ByteStream::from_static(BYTES)).send().await?;
    // What answers anything with "OK" is no store; one that gives no entity tag is, if it gives the bytes back.
    if stored.e_tag.is_none() && !gives_back(attempt).await? {
        return Err(Refusal { status: 200, ..Refusal::default() });
    }
    Ok(stored.e_tag)
}

async fn gives_back(attempt: &Attempt<'_>) -> Result<bool, Refusal> {
    let request = attempt.store.client.get_object().bucket(&attempt.store.bucket).key(&attempt.key);
    let object = request.send().await?;
    Ok(object.body.collect().await.is_ok_and(|bytes| bytes.into_bytes() == BYTES))
}

/// Whether a list of the bucket has the object. A key that may not list is no sign of anything.
pub(super) async fn is_listed(attempt: &Attempt<'_>) -> bool {
    let request = attempt.store.client.list_objects_v2().bucket(&attempt.store.bucket).prefix(&attempt.key);
    match request.send().await {
        Ok(page) => page.contents().iter().any(|object| object.key() == Some(&attempt.key)),
        Err(error) => Refusal::from(error).status == 403,
    }
}

async fn head(attempt: &Attempt<'_>) -> Result<HeadObjectOutput, Problem> {
    let request = attempt.store.client.head_object().bucket(&attempt.store.bucket).key(&attempt.key);
    let because = attempt.because("look at objects (HEAD needs the right to read)");
    let head = request.send().await.map_err(Refusal::from).map_err(because)?;
    if head.content_length == i64::try_from(BYTES.len()).ok() { Ok(head) } else { Err(corrupted("another size")) }
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
