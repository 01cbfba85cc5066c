//! Presigned requests, signed as the service signs them and used as the app uses them: by a client that has no key.

use account_api::PresignedPut;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use md5::{Digest, Md5};
use network::Trouble;

use super::super::presign::{Disposition, GOOD_FOR};
use super::super::put_spec::PutSpec;
use super::attempt::{Attempt, BYTES, corrupted};
use super::connect::unanswered;
use super::explain::{ProbeCode, Problem, Refusal, problem};

/// Stores and reads.
pub(super) async fn both_ways(attempt: &Attempt<'_>) -> Result<(), Problem> {
    let http = http(attempt)?;
    let put = presigned_put(attempt, BYTES).await?;
    let because = attempt.because("store objects by presigned addresses");
    send(&http, &put, BYTES).await?.map_err(because)?;
    let disposition = Disposition { content_type: "text/plain", inline: false, file_name: "check.txt" };
    let url = attempt.store.presign_get(&attempt.key, disposition, attempt.patience * 2).await;
    let url = url.map_err(|error| problem(ProbeCode::Refused, error))?;
    let response = http.get(url).send().await.map_err(unreachable)?;
    let status = response.status();
    let body = response.bytes().await.map_err(unreachable)?;
    if !status.is_success() {
        let refusal = Refusal::of_body(status.as_u16(), &String::from_utf8_lossy(&body));
        return Err(attempt.because("read objects by presigned addresses")(refusal));
    }
    if body == BYTES { Ok(()) } else { Err(corrupted("other bytes")) }
}

/// Sends bytes that are not the announced ones, which the store has to notice.
pub(super) async fn changed_bytes(attempt: &Attempt<'_>) -> Result<(), Problem> {
    let put = presigned_put(attempt, BYTES).await?;
    let mut changed = BYTES.to_vec();
    changed[0] ^= 1;
    match send(&http(attempt)?, &put, &changed).await? {
        Err(_) => Ok(()),
        Ok(()) => Err(problem(
            ProbeCode::Corrupted,
            "The store takes bytes that arrive changed, although it was told their MD5. Uploads can’t be proven safe \
             there: use another store.",
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
    attempt.store.presign_put(&spec, GOOD_FOR).await.map_err(|error| problem(ProbeCode::Refused, error))
}

async fn send(http: &reqwest::Client, put: &PresignedPut, bytes: &[u8]) -> Result<Result<(), Refusal>, Problem> {
    let mut request = http.put(&put.url).body(bytes.to_vec());
    for (name, value) in &put.headers {
        request = request.header(name, value);
    }
    let response = request.send().await.map_err(unreachable)?;
    let status = response.status();
    if status.is_success() {
        return Ok(Ok(()));
    }
    let body = response.text().await.unwrap_or_default();
    Ok(Err(Refusal::of_body(status.as_u16(), &body)))
}

/// Says nothing of the address: it is a secret for as long as it is good.
fn unreachable(error: reqwest::Error) -> Problem {
    unanswered(&Trouble::of(&error), "A presigned request was not answered")
}

fn http(attempt: &Attempt<'_>) -> Result<reqwest::Client, Problem> {
    let client = network::http1_client().timeout(attempt.patience * 2).pool_max_idle_per_host(0).build();
    client.map_err(unreachable)
}
