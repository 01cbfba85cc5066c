//! The steps that need a key and a bucket.

use std::time::Duration;

use aws_sdk_s3::operation::head_object::HeadObjectOutput;
use bytes::Bytes;

use super::super::bucket::BucketConfig;
use super::attempt::{Attempt, BYTES, corrupted, is_listed, put};
use super::explain::{ProbeCode, Problem, Refusal, problem};
use super::step::ProbeStep;
use super::{kept, parts, presigned, variants};

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
            tell(if is_listed(&attempt).await {
                ProbeStep::ok("list", "What is stored is found in a list of the bucket.")
            } else {
                let lacks = "The store’s list of the bucket lacks what was just stored. Uploads work; a library can’t be brought \
                             back from this bucket alone, and what is left over in it isn’t found.";
                ProbeStep::lacking("list", problem(ProbeCode::NotSupported, lacks))
            });
            tell(kept::metadata(head.metadata()));
            tell(kept::etag(stored.as_deref(), head.e_tag()));
        }
        Err(problem) => tell(ProbeStep::failed("head", problem)),
    }
    tell(match range(&attempt).await {
        Ok(bytes) => read_in_part(&bytes),
        Err(problem) => ProbeStep::failed("range", problem),
    });
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

async fn head(attempt: &Attempt<'_>) -> Result<HeadObjectOutput, Problem> {
    let request = attempt.store.client.head_object().bucket(&attempt.store.bucket).key(&attempt.key);
    let because = attempt.because("look at objects (HEAD needs the right to read)");
    let head = request.send().await.map_err(Refusal::from).map_err(because)?;
    if head.content_length == i64::try_from(BYTES.len()).ok() { Ok(head) } else { Err(corrupted("another size")) }
}

/// What the store gives when it is asked for a part.
async fn range(attempt: &Attempt<'_>) -> Result<Bytes, Problem> {
    let request = attempt.store.client.get_object().bucket(&attempt.store.bucket).key(&attempt.key);
    let because = attempt.because("read objects");
    let object = request.range("bytes=6-12").send().await.map_err(Refusal::from).map_err(because)?;
    let read = object.body.collect().await.map_err(|error| problem(ProbeCode::Unreachable, error))?;
    Ok(read.into_bytes())
}

/// Servers may leave a range out of account (RFC 9110, section 14.2), and pictures are read whole.
fn read_in_part(bytes: &[u8]) -> ProbeStep {
    if bytes == &BYTES[6..=12] {
        ProbeStep::ok("range", "What is stored can be read, also in part.")
    } else if bytes == BYTES {
        let message =
            "What is stored can be read, but not in part: the store gives the whole object. Pictures need no more.";
        ProbeStep::lacking("range", problem(ProbeCode::NotSupported, message))
    } else {
        ProbeStep::failed("range", corrupted("other bytes"))
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_that_gives_the_whole_object_for_a_part_alters_nothing() {
        let told = |bytes: &[u8]| {
            let step = read_in_part(bytes);
            (step.ok, step.code)
        };
        assert_eq!(told(&BYTES[6..=12]), (true, None));
        assert_eq!(told(BYTES), (true, Some(ProbeCode::NotSupported)));
        assert_eq!(told(&BYTES[5..=11]), (false, Some(ProbeCode::Corrupted)));
    }
}
