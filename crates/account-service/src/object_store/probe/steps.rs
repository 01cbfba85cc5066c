//! The steps that need a key and a bucket.

use std::time::Duration;

use account_api::PresignedPut;
use aws_sdk_s3::config::retry::RetryConfig;
use aws_sdk_s3::primitives::ByteStream;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use md5::{Digest, Md5};
use uuid::Uuid;

use super::super::bucket::BucketConfig;
use super::super::client::ObjectStore;
use super::super::presign::{Disposition, PutSpec};
use super::ProbeStep;
use super::explain::{ProbeCode, Problem, Refusal, problem};

/// What is stored.
const BYTES: &[u8] = b"Image Manager tries whether this bucket can be used. This object may be removed.";

/// How long a presigned request may take.
const PRESIGNED: Duration = Duration::from_secs(30);

struct Attempt<'a> {
    bucket: &'a BucketConfig,
    store: ObjectStore,
    key: String,
}

impl<'a> Attempt<'a> {
    fn new(bucket: &'a BucketConfig) -> Self {
        // One attempt each: a person is waiting, and a problem that goes away by trying again is one to hear of.
        let store = ObjectStore::with_retries(bucket, RetryConfig::disabled());
        Self { bucket, store, key: format!("image-manager-check/{}", Uuid::new_v4()) }
    }

    fn because(&self, doing: &str) -> impl Fn(Refusal) -> Problem {
        move |refusal| refusal.explain(self.bucket, doing)
    }
}

/// Runs them all, and removes what they stored.
pub async fn run(bucket: &BucketConfig, steps: &mut Vec<ProbeStep>) {
    let attempt = Attempt::new(bucket);
    if let Err(refusal) = put(&attempt).await {
        steps.push(ProbeStep::failed("put", why_not(bucket, refusal).await));
        // It may be there although the answer got lost.
        let _ = attempt.store.delete(&attempt.key).await;
        return;
    }
    steps.push(ProbeStep::ok("put", "An object can be stored."));
    steps.push(ProbeStep::of("head", "What is stored can be looked at.", head(&attempt).await));
    steps.push(ProbeStep::of("range", "What is stored can be read, also in part.", range(&attempt).await));
    steps.push(ProbeStep::of("presigned", "Presigned addresses work.", presigned(&attempt).await));
    steps.push(ProbeStep::of("checksum", "The store refuses bytes that arrive changed.", checksum(&attempt).await));
    steps.push(ProbeStep::of("multipart", "Large files can be sent in parts.", multipart(&attempt).await));
    steps.push(ProbeStep::of("delete", "Objects can be removed; nothing was left behind.", delete(&attempt).await));
}

/// The refusal in words, unless the same works with path style turned the other way.
async fn why_not(bucket: &BucketConfig, refusal: Refusal) -> Problem {
    if refusal.may_be_path_style() {
        let other = BucketConfig { path_style: !bucket.path_style, ..bucket.clone() };
        let attempt = Attempt::new(&other);
        if put(&attempt).await.is_ok() {
            let _ = attempt.store.delete(&attempt.key).await;
            let turn = if other.path_style { "on" } else { "off" };
            return problem(ProbeCode::WrongPathStyle, format!("It works with path style {turn}. Turn it {turn}."));
        }
    }
    refusal.explain(bucket, "store objects")
}

async fn put(attempt: &Attempt<'_>) -> Result<(), Refusal> {
    let request = attempt.store.client.put_object().bucket(&attempt.store.bucket).key(&attempt.key);
    request.content_type("text/plain").body(ByteStream::from_static(BYTES)).send().await?;
    Ok(())
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

fn corrupted(what: &str) -> Problem {
    problem(ProbeCode::Corrupted, format!("The store gives {what} than were stored. Something in between alters them."))
}

async fn presigned(attempt: &Attempt<'_>) -> Result<(), Problem> {
    let http = http()?;
    let put = presigned_put(attempt, BYTES).await?;
    let because = attempt.because("store objects by presigned addresses");
    send(&http, &put, BYTES).await?.map_err(because)?;
    let disposition = Disposition { content_type: "text/plain", inline: false, file_name: "check.txt" };
    let url = attempt.store.presign_get(&attempt.key, disposition, PRESIGNED).await;
    let url = url.map_err(|error| problem(ProbeCode::Refused, error))?;
    let response = http.get(url).send().await.map_err(|error| problem(ProbeCode::Unreachable, error.without_url()))?;
    let status = response.status();
    let body = response.bytes().await.map_err(|error| problem(ProbeCode::Unreachable, error.without_url()))?;
    if !status.is_success() {
        let refusal = Refusal::of_body(status.as_u16(), &String::from_utf8_lossy(&body));
        return Err(attempt.because("read objects by presigned addresses")(refusal));
    }
    if body == BYTES { Ok(()) } else { Err(corrupted("other bytes")) }
}

async fn checksum(attempt: &Attempt<'_>) -> Result<(), Problem> {
    let put = presigned_put(attempt, BYTES).await?;
    let mut changed = BYTES.to_vec();
    changed[0] ^= 1;
    match send(&http()?, &put, &changed).await? {
        Err(_) => Ok(()),
        Ok(()) => Err(problem(
            ProbeCode::Corrupted,
            "The store takes bytes that arrive changed, although it was told their MD5. Uploads can't be proven safe \
             there.",
        )),
    }
}

async fn presigned_put(attempt: &Attempt<'_>, bytes: &[u8]) -> Result<PresignedPut, Problem> {
    let md5 = BASE64_STANDARD.encode(Md5::digest(bytes));
    let spec = PutSpec {
        key: &attempt.key,
        content_type: "text/plain",
        size: bytes.len() as u64,
        content_md5: &md5,
        facts: None,
    };
    attempt.store.presign_put(&spec).await.map_err(|error| problem(ProbeCode::Refused, error))
}

async fn send(http: &reqwest::Client, put: &PresignedPut, bytes: &[u8]) -> Result<Result<(), Refusal>, Problem> {
    let mut request = http.put(&put.url).body(bytes.to_vec());
    for (name, value) in &put.headers {
        request = request.header(name, value);
    }
    let response = request.send().await.map_err(|error| problem(ProbeCode::Unreachable, error.without_url()))?;
    let status = response.status();
    if status.is_success() {
        return Ok(Ok(()));
    }
    let body = response.text().await.unwrap_or_default();
    Ok(Err(Refusal::of_body(status.as_u16(), &body)))
}

fn http() -> Result<reqwest::Client, Problem> {
    let client = reqwest::Client::builder().timeout(PRESIGNED).http1_only().build();
    client.map_err(|error| problem(ProbeCode::Unreachable, error))
}

async fn multipart(attempt: &Attempt<'_>) -> Result<(), Problem> {
    let (client, bucket, key) = (&attempt.store.client, &attempt.store.bucket, &attempt.key);
    let because = attempt.because("send large files in parts");
    let created = client.create_multipart_upload().bucket(bucket).key(key).send().await;
    let created = created.map_err(Refusal::from).map_err(&because)?;
    let upload_id = created.upload_id.unwrap_or_default();
    let sent = async {
        let part = client.upload_part().bucket(bucket).key(key).upload_id(&upload_id).part_number(1);
        part.body(ByteStream::from_static(BYTES)).send().await.map_err(Refusal::from).map_err(&because)?;
        let listed = client.list_parts().bucket(bucket).key(key).upload_id(&upload_id).send().await;
        let listed = listed.map_err(Refusal::from).map_err(attempt.because("list the parts of an upload"))?;
        if listed.parts().len() == 1 { Ok(()) } else { Err(corrupted("other parts")) }
    }
    .await;
    let aborted = client.abort_multipart_upload().bucket(bucket).key(key).upload_id(&upload_id).send().await;
    sent?;
    aborted.map_err(Refusal::from).map_err(attempt.because("abort an upload in parts"))?;
    Ok(())
}

async fn delete(attempt: &Attempt<'_>) -> Result<(), Problem> {
    let request = attempt.store.client.delete_object().bucket(&attempt.store.bucket).key(&attempt.key);
    let refused = request.send().await.map_err(Refusal::from).err();
    let Some(refusal) = refused else { return Ok(()) };
    let mut problem = refusal.explain(attempt.bucket, "remove objects");
    problem.message.push_str(&format!(" The object {} was left behind.", attempt.key));
    Err(problem)
}
