//! Uploads in parts: finished, and given up.

use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{CompletedMultipartUpload, CompletedPart};

use super::attempt::{Attempt, BYTES, corrupted};
use super::explain::{ProbeCode, Problem, Refusal, problem};
use crate::uploads::SINGLE_PUT;

const PARTS: &str = "send large files in parts";

/// That files which need parts are refused, as was agreed.
pub(super) fn agreed() -> Problem {
    let most = SINGLE_PUT / (1024 * 1024);
    problem(
        ProbeCode::NoParts,
        format!(
            "The bucket is used without parts, as was agreed: files of more than {most} MiB are not sent there, and wait."
        ),
    )
}

/// A store that can't do parts can be used without.
fn or_without(problem: Problem) -> Problem {
    let most = SINGLE_PUT / (1024 * 1024);
    match problem.code {
        ProbeCode::NotSupported | ProbeCode::Refused => Problem {
            code: ProbeCode::NoParts,
            message: format!(
                "{} If few of your files are larger than {most} MiB, the bucket can be used without those: agree to it \
                 (--without-parts on the command line). They are then not sent, and wait.",
                problem.message
            ),
        },
        _ => problem,
    }
}

/// Sends one part (the last one may be of any size), has it listed, and has the store put the object together.
pub(super) async fn complete(attempt: &Attempt<'_>) -> Result<(), Problem> {
    let (client, bucket, key) = (&attempt.store.client, &attempt.store.bucket, &attempt.key);
    let upload_id = begin(attempt).await.map_err(or_without)?;
    let done = async {
        let etag = part(attempt, &upload_id).await?;
        listed(attempt, &upload_id).await?;
        let part = CompletedPart::builder().part_number(1).e_tag(etag).build();
        let upload = CompletedMultipartUpload::builder().parts(part).build();
        let request = client.complete_multipart_upload().bucket(bucket).key(key).upload_id(&upload_id);
        request.multipart_upload(upload).send().await.map_err(Refusal::from).map_err(attempt.because(PARTS))?;
        let head = client.head_object().bucket(bucket).key(key).send().await;
        let head = head.map_err(Refusal::from).map_err(attempt.because("look at objects"))?;
        if head.content_length == i64::try_from(BYTES.len()).ok() { Ok(()) } else { Err(corrupted("another size")) }
    }
    .await;
    if done.is_err() {
        let _ = attempt.store.abort_multipart(key, &upload_id).await;
    }
    done.map_err(or_without)
}

/// Sends one part, and gives the upload up: the store has to forget it.
pub(super) async fn abort(attempt: &Attempt<'_>) -> Result<(), Problem> {
    let (client, bucket, key) = (&attempt.store.client, &attempt.store.bucket, &attempt.key);
    let upload_id = begin(attempt).await?;
    let sent = part(attempt, &upload_id).await;
    let aborted = client.abort_multipart_upload().bucket(bucket).key(key).upload_id(&upload_id).send().await;
    sent?;
    aborted.map_err(Refusal::from).map_err(attempt.because("give up an upload in parts"))?;
    match attempt.store.list_parts(key, &upload_id).await {
        Ok(parts) if !parts.is_empty() => Err(problem(
            ProbeCode::NotSupported,
            "The store keeps the parts of an upload that was given up. Set a rule there that removes them.",
        )),
        _ => Ok(()),
    }
}

async fn begin(attempt: &Attempt<'_>) -> Result<String, Problem> {
    let request = attempt.store.client.create_multipart_upload().bucket(&attempt.store.bucket).key(&attempt.key);
    let created = request.send().await.map_err(Refusal::from).map_err(attempt.because(PARTS))?;
    created.upload_id.filter(|id| !id.is_empty()).ok_or_else(|| {
        let message = "The store began an upload in parts and gave it no name, so it can’t be gone on with.";
        problem(ProbeCode::NotSupported, message)
    })
}

async fn part(attempt: &Attempt<'_>, upload_id: &str) -> Result<String, Problem> {
    let request = attempt.store.client.upload_part().bucket(&attempt.store.bucket).key(&attempt.key);
    let request = request.upload_id(upload_id).part_number(1).body(ByteStream::from_static(BYTES));
    let sent = request.send().await.map_err(Refusal::from).map_err(attempt.because(PARTS))?;
    sent.e_tag.filter(|etag| !etag.is_empty()).ok_or_else(|| {
        let message = "The store gives no ETag for a part, without which parts can’t be put together.";
        problem(ProbeCode::NotSupported, message)
    })
}

async fn listed(attempt: &Attempt<'_>, upload_id: &str) -> Result<(), Problem> {
    let request = attempt.store.client.list_parts().bucket(&attempt.store.bucket).key(&attempt.key);
    let because = attempt.because("list the parts of an upload");
    let listed = request.upload_id(upload_id).send().await.map_err(Refusal::from).map_err(because)?;
    if listed.parts().len() == 1 { Ok(()) } else { Err(corrupted("other parts")) }
}
