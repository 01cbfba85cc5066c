//! A trial upload by the service's grants, of which nothing stays: it is never completed, so it never is a picture, and it
//! is aborted, so the service removes what was stored.

use std::time::Duration;

use account_api::{GrantOutcome, GrantRequest, NewPicture, Transfer};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use catalogue::table::picture::{self, Picture};
use md5::Md5;
use messages::{Doctor, Message};
use network::Trouble;
use rand::RngCore;
use sha2::{Digest, Sha256};

use super::step_sink::StepSink;
use crate::library::Library;
use crate::service::PROXY;
use crate::view::PlaceKind;
use crate::{EngineError, ErrorKind, Result};

/// How long the store may take to answer.
const ANSWER: Duration = Duration::from_secs(30);

/// Larger than any service sends in one PUT.
const LARGE: u64 = 64 * 1024 * 1024;

/// Tries a small upload, the beginning of a large one, and reading a picture.
pub(super) async fn run(steps: &mut StepSink<'_>, library: &Library) {
    steps.result("upload", small(library).await);
    match large(library).await {
        // Refused by what was agreed to for a store without parts.
        Err(error) if error.code == ErrorKind::TooLarge => steps.lacking("parts", error.message, "no_parts"),
        tried => _ = steps.result("parts", tried),
    }
    match read(library).await {
        Ok(Some(message)) => steps.ok("read", message),
        Ok(None) => steps.skipped("read", messages::Doctor::NothingToRead.to_string()),
        Err(error) => steps.failed("read", &error),
    }
}

/// Sends a few bytes that nobody has seen before, and has the service remove them.
pub(super) async fn small(library: &Library) -> Result<String> {
    let mut bytes = [0; 256];
    rand::rng().fill_bytes(&mut bytes);
    let (upload_id, transfer) = grant(library, bytes.len() as u64, &bytes).await?;
    let sent = match transfer {
        Transfer::Single { put } => {
            let mut request = library.store_http.put(&put.url).timeout(ANSWER).body(bytes.to_vec());
            for (name, value) in &put.headers {
                request = request.header(name, value);
            }
            answered(library, &put.url, request.send().await).await.map(drop)
        }
        Transfer::Multipart { .. } => Ok(()),
    };
    let aborted = library.client.abort_upload(&upload_id).await;
    sent?;
    aborted?;
    Ok(messages::Doctor::UploadWell.to_string())
}

/// Has the service begin an upload in parts at the store, list its parts, and abort it.
async fn large(library: &Library) -> Result<String> {
    let mut seed = [0; 32];
    rand::rng().fill_bytes(&mut seed);
    let (upload_id, transfer) = grant(library, LARGE, &seed).await?;
    let listed = match transfer {
        Transfer::Multipart { .. } => library.client.stored_parts(&upload_id).await.map(drop),
        Transfer::Single { .. } => Ok(()),
    };
    let aborted = library.client.abort_upload(&upload_id).await;
    listed?;
    aborted?;
    Ok(messages::Doctor::PartsWell.to_string())
}

async fn grant(library: &Library, size: u64, bytes: &[u8]) -> Result<(String, Transfer)> {
    let file = NewPicture {
        reference: "doctor".to_owned(),
        name: "image-manager-check.png".to_owned(),
        format: "png".to_owned(),
        size,
        sha256: hex::encode(Sha256::digest(bytes)),
        content_md5: BASE64_STANDARD.encode(Md5::digest(bytes)),
        ..NewPicture::default()
    };
    let answer = library.client.grants(&GrantRequest { files: vec![file] }).await?;
    match answer.results.into_iter().next().map(|result| result.outcome) {
        Some(GrantOutcome::Granted { grant }) => Ok((grant.upload_id, grant.transfer)),
        Some(GrantOutcome::Refused { error }) => Err(library.client.explain(&error)),
        _ => Err(EngineError::new(ErrorKind::ServiceFailed, messages::Doctor::NoGrant)),
    }
}

/// Reads a small picture, as the app reads them, by a presigned address, and compares it with its SHA-256. What the last check
/// found wrong with others is no less wrong for that.
async fn read(library: &Library) -> Result<Option<String>> {
    let (some, faults) = library.catalogue.read(picture::sample).await?;
    let read = match some {
        Some(picture) => read_picture(library, &picture).await?,
        None => None,
    };
    match faults {
        0 => Ok(read),
        count => Err(EngineError::new(ErrorKind::ChecksumMismatch, messages::Doctor::KnownFaults { count })),
    }
}

async fn read_picture(library: &Library, picture: &Picture) -> Result<Option<String>> {
    let image = match library.client.image_or_trashed(&picture.image.id).await {
        Ok(image) => image,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let url = image.url.ok_or_else(EngineError::fault)?;
    let request = library.store_http.get(&url).timeout(ANSWER);
    match answered(library, &url, request.send().await).await {
        Ok(response) => {
            let name = image.name.to_string();
            let bytes = response.bytes().await.map_err(|error| {
                let why = Trouble::of(&error).to_string();
                EngineError::new(ErrorKind::StoreUnreachable, messages::Doctor::ReadBroke { name: name.clone(), why })
            })?;
            if hex::encode(Sha256::digest(&bytes)) == image.sha256 {
                return Ok(Some(messages::Doctor::ReadWell { name }.to_string()));
            }
            Err(EngineError::new(ErrorKind::ChecksumMismatch, messages::Doctor::ReadChanged { name }))
        }
        Err(error) if error.code == ErrorKind::NotFound => {
            Err(EngineError::new(ErrorKind::NotFound, messages::Doctor::ReadMissing { name: image.name.to_string() }))
        }
        Err(error) => Err(error),
    }
}

/// A presigned request's answer, or what is wrong in words. Names the host only: the address is a secret for as long as it
/// is good.
async fn answered(
    library: &Library,
    url: &str,
    answer: reqwest::Result<reqwest::Response>,
) -> Result<reqwest::Response> {
    let url = url::Url::parse(url).ok();
    let host = url
        .as_ref()
        .and_then(|url| url.host_str())
        .map_or_else(|| messages::Doctor::ItsAddress.to_string(), str::to_owned);
    let kind = library.place.kind;
    let away =
        |why: String, proxy: bool| EngineError::new(ErrorKind::StoreUnreachable, away(kind, host.clone(), why, proxy));
    let response = answer.map_err(|error| {
        let trouble = Trouble::of(&error);
        away(trouble.to_string(), matches!(trouble, Trouble::Proxy(_)))
    })?;
    let status = response.status();
    let is_stores = network::is_data(response.headers());
    if let Some(trouble) = network::answered_by_proxy(response.url(), status, response.headers(), is_stores) {
        return Err(away(trouble.to_string(), true));
    }
    if status.is_success() {
        return Ok(response);
    }
    if status == reqwest::StatusCode::NOT_FOUND {
        return Err(EngineError::new(ErrorKind::NotFound, messages::Doctor::NoObject { host: host.to_string() }));
    }
    let body = response.text().await.unwrap_or_default();
    let code = element(&body, "Code").unwrap_or_default();
    let sentence = match &*code {
        "RequestTimeTooSkewed" | "RequestExpired" => clocks(kind),
        "" => refused(kind, host, status.as_u16().to_string()),
        code => refused(kind, host, format!("{}, {code}", status.as_u16())),
    };
    Err(EngineError::new(ErrorKind::StoreRefused, sentence))
}

// What to do about a store depends on whose it is: nobody runs a service for whoever keeps the library here or in a bucket.

/// It can't be reached; or a proxy keeps it from being.
fn away(kind: PlaceKind, host: String, why: String, proxy: bool) -> Message {
    let what_to_do = PROXY.to_string();
    match (kind, proxy) {
        (PlaceKind::Account, true) => Doctor::AwayProxyAccount { host, why, proxy: what_to_do }.into(),
        (PlaceKind::Bucket, true) => Doctor::AwayProxyBucket { host, why, proxy: what_to_do }.into(),
        (PlaceKind::ThisComputer, true) => Doctor::AwayProxyThisComputer { host, why, proxy: what_to_do }.into(),
        (PlaceKind::Account, false) => Doctor::AwayAccount { host, why }.into(),
        (PlaceKind::Bucket, false) => Doctor::AwayBucket { host, why }.into(),
        (PlaceKind::ThisComputer, false) => Doctor::AwayThisComputer { host, why }.into(),
    }
}

/// Clocks disagree.
fn clocks(kind: PlaceKind) -> Doctor {
    match kind {
        PlaceKind::Account => Doctor::ClocksAccount,
        PlaceKind::Bucket => Doctor::ClocksBucket,
        PlaceKind::ThisComputer => Doctor::ClocksThisComputer,
    }
}

/// It refuses, with a status.
fn refused(kind: PlaceKind, host: String, status: String) -> Doctor {
    match kind {
        PlaceKind::Account => Doctor::RefusedAccount { host, status },
        PlaceKind::Bucket => Doctor::RefusedBucket { host, status },
        PlaceKind::ThisComputer => Doctor::RefusedThisComputer { host, status },
    }
}

fn element(body: &str, name: &str) -> Option<String> {
    let (_, rest) = body.split_once(&format!("<{name}>"))?;
    Some(rest.split_once("</")?.0.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_asked_who_is_not_there() {
        let said = |kind| {
            let away = away(kind, "s3.example.com".to_owned(), "It is away".to_owned(), false);
            format!("{away} {} {}", clocks(kind), refused(kind, "s3.example.com".to_owned(), "403".to_owned()))
        };
        assert!(said(PlaceKind::Account).contains("whoever runs the service"));
        for kind in [PlaceKind::ThisComputer, PlaceKind::Bucket] {
            assert!(!said(kind).contains("whoever") && !said(kind).contains("service"), "{}", said(kind));
        }
    }
}
