//! Uploads in parts: finished, and given up.

use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{CompletedMultipartUpload, CompletedPart};

use super::explain::{ProbeCode, Problem, Refusal, problem};
use super::steps::{Attempt, BYTES, corrupted};

const PARTS: &str = "send large files in parts";

/// Sends one part (the last one may be of any size), has it listed, and has the store put the object together.
pub(super) async fn complete(attempt: &Attempt<'_>) -> Result<(), Problem> {
    let (client, bucket, key) = (&attempt.store.client, &attempt.store.bucket, &attempt.key);
    let upload_id = begin(attempt).await?;
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
    done
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
    Ok(created.upload_id.unwrap_or_default())
}

async fn part(attempt: &Attempt<'_>, upload_id: &str) -> Result<String, Problem> {
    let request = attempt.store.client.upload_part().bucket(&attempt.store.bucket).key(&attempt.key);
    let request = request.upload_id(upload_id).part_number(1).body(ByteStream::from_static(BYTES));
    let sent = request.send().await.map_err(Refusal::from).map_err(attempt.because(PARTS))?;
    Ok(sent.e_tag.unwrap_or_default())
}

async fn listed(attempt: &Attempt<'_>, upload_id: &str) -> Result<(), Problem> {
    let request = attempt.store.client.list_parts().bucket(&attempt.store.bucket).key(&attempt.key);
    let because = attempt.because("list the parts of an upload");
    let listed = request.upload_id(upload_id).send().await.map_err(Refusal::from).map_err(because)?;
    if listed.parts().len() == 1 { Ok(()) } else { Err(corrupted("other parts")) }
}
