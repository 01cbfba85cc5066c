//! One try of a bucket's settings: an object that is stored, and what can be asked about it.

use std::time::Duration;

use aws_sdk_s3::primitives::ByteStream;
use uuid::Uuid;

use super::super::bucket::BucketConfig;
use super::super::client::ObjectStore;
use super::explain::{ProbeCode, Problem, Refusal, problem};
use super::kept;

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

/// For a store that gives back something else.
pub(super) fn corrupted(what: &str) -> Problem {
    problem(
        ProbeCode::Corrupted,
        format!(
            "The store gives {what} than were stored. Something in between alters them: look for a proxy or a cache."
        ),
    )
}
