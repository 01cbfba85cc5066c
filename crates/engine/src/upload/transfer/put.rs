//! One presigned PUT, and what the store's answer means. Which answers come when was tried against s3s-fs, Garage and
//! MinIO; the codes are those of <https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html>.

use std::time::Duration;

use account_api::PresignedPut;
use bytes::Bytes;
use network::Trouble;
use reqwest::header::{self, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Body, Response, StatusCode};
use tokio::time::{Instant, sleep};

use crate::traffic::Throttle;
use crate::upload::transfer::body::{Content, CountedBody, Counter, Handle};
use crate::upload::transfer::retry_after::retry_after;
use crate::{EngineError, ErrorKind};

/// A connection that takes no byte for so long is given up.
const STALLED: Duration = Duration::from_secs(45);

/// How long a store may take to answer once it has everything.
const NO_ANSWER: Duration = Duration::from_secs(120);

/// How often a transfer is looked at.
const LOOK: Duration = Duration::from_secs(1);

/// How much of an answer is read: an error document is far smaller.
const LARGEST_ANSWER: usize = 16 * 1024;

/// Why a PUT didn't store the object.
#[derive(Debug)]
pub(in crate::upload) enum PutFault {
    /// No connection could be made.
    Away(String),
    /// The store asks for patience (429, 502, 503, 504, `SlowDown`).
    Busy {
        /// For people.
        reason: String,
        /// What `Retry-After` says.
        after: Option<Duration>,
    },
    /// The store's disk is full: it can take more once somebody makes room.
    Full(String),
    /// The connection broke or stalled, or the store stumbled (500): another attempt may go through.
    Broken(String),
    /// 403, or 400 for an expired URL: a fresh grant may help.
    Denied(Said),
    /// The store got other bytes than were announced.
    OtherBytes,
    /// The multipart upload is unknown to the store.
    Gone,
    /// The store refuses, and asking again would not change that.
    Refused(Said),
    /// The file can't be read.
    Unreadable(std::io::Error),
}

/// What a store said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::upload) struct Said {
    /// The HTTP status.
    pub(in crate::upload) status: u16,
    /// S3's error code; empty when there was none.
    pub(in crate::upload) code: String,
    /// S3's message.
    pub(in crate::upload) message: String,
}

/// PUTs the content with exactly the headers that were granted, and gives the entity tag without its quotes. Bytes of a
/// failed attempt are taken off the file's count again.
///
/// # Errors
/// See [`PutFault`].
pub(in crate::upload) async fn put(
    http: &reqwest::Client,
    grant: &PresignedPut,
    content: Content,
    counter: &Counter,
    throttle: &Throttle,
) -> Result<Option<String>, PutFault> {
    let size = content.size();
    let headers = headers_of(grant, size)?;
    let (body, handle) = CountedBody::new(content, counter.clone(), throttle.clone());
    let undo = TakeBack { counter, handle: &handle };
    let request = http.put(&grant.url).headers(headers).body(Body::wrap(body)).send();
    let outcome = tokio::select! {
        answer = request => match answer {
            Ok(response) => judge(response).await,
            Err(error) => Err(broken(&error, &handle)),
        },
        stalled = watch(&handle, size) => Err(stalled),
    };
    if outcome.is_ok() {
        undo.keep();
    }
    outcome
}

/// PUTs a small object that is no part of the queue, once.
///
/// # Errors
/// [`ErrorKind::StoreUnreachable`], whatever it was: it is tried again some other time.
pub(crate) async fn put_small(
    http: &reqwest::Client,
    grant: &PresignedPut,
    bytes: Bytes,
    throttle: &Throttle,
) -> crate::Result<()> {
    match put(http, grant, Content::Memory(bytes), &Counter::default(), throttle).await {
        Ok(_) => Ok(()),
        Err(fault) => {
            tracing::info!(?fault, "a small object can't be stored now");
            Err(EngineError::new(ErrorKind::StoreUnreachable, messages::Store::NotNow))
        }
    }
}

/// Takes back the count of an attempt that failed or was dropped.
struct TakeBack<'a> {
    counter: &'a Counter,
    handle: &'a Handle,
}

impl TakeBack<'_> {
    fn keep(self) {
        std::mem::forget(self);
    }
}

impl Drop for TakeBack<'_> {
    fn drop(&mut self) {
        self.counter.take_back(self.handle.sent());
    }
}

fn headers_of(grant: &PresignedPut, size: u64) -> Result<HeaderMap, PutFault> {
    let unusable = |what: messages::Store| {
        PutFault::Refused(Said { status: 0, code: "UnusableGrant".to_owned(), message: what.to_string() })
    };
    let mut headers = HeaderMap::new();
    for (name, value) in &grant.headers {
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| unusable(messages::Store::GrantedHeader))?;
        let value = HeaderValue::from_bytes(value.as_bytes()).map_err(|_| unusable(messages::Store::GrantedHeader))?;
        if name == header::CONTENT_LENGTH && value.to_str().ok().and_then(|text| text.parse().ok()) != Some(size) {
            return Err(unusable(messages::Store::GrantedSize));
        }
        // The connection sets it from the URL.
        if name != header::HOST {
            headers.insert(name, value);
        }
    }
    Ok(headers)
}

/// Ends when nothing has moved for too long.
async fn watch(handle: &Handle, size: u64) -> PutFault {
    let (mut seen, mut since) = (0, Instant::now());
    loop {
        sleep(LOOK).await;
        let sent = handle.sent();
        if sent != seen {
            (seen, since) = (sent, Instant::now());
        } else if since.elapsed() >= if sent == size { NO_ANSWER } else { STALLED } {
            return PutFault::Broken(messages::Store::Stalled.to_string());
        }
    }
}

fn broken(error: &reqwest::Error, handle: &Handle) -> PutFault {
    if let Some(unreadable) = handle.unreadable() {
        return PutFault::Unreadable(std::io::Error::new(unreadable.kind(), unreadable.to_string()));
    }
    let reason = Trouble::of(error).to_string();
    if error.is_connect() { PutFault::Away(reason) } else { PutFault::Broken(reason) }
}

async fn judge(response: Response) -> Result<Option<String>, PutFault> {
    let status = response.status();
    if status.is_success() {
        let etag = response.headers().get(header::ETAG).and_then(|tag| tag.to_str().ok());
        return Ok(etag.map(|tag| tag.trim_matches('"').to_owned()));
    }
    let after = retry_after(response.headers());
    let (url, headers) = (response.url().clone(), response.headers().clone());
    let text = beginning_of(response).await;
    if let Some(trouble) = network::answered_by_proxy(&url, status, &headers, element(&text, "Code").is_some()) {
        return Err(PutFault::Away(trouble.to_string()));
    }
    let said = Said {
        status: status.as_u16(),
        code: element(&text, "Code").unwrap_or_default(),
        message: element(&text, "Message").unwrap_or_default(),
    };
    Err(classify(said, after))
}

/// What an answer means.
fn classify(said: Said, after: Option<Duration>) -> PutFault {
    let message = said.message.to_ascii_lowercase();
    match (said.code.as_str(), said.status) {
        ("BadDigest" | "InvalidDigest" | "XAmzContentSHA256Mismatch" | "XAmzContentChecksumMismatch", _) => {
            PutFault::OtherBytes
        }
        ("NoSuchUpload", _) => PutFault::Gone,
        (
            "RequestTimeout" | "IncompleteBody" | "OperationAborted" | "InternalError" | "ConditionalRequestConflict",
            _,
        ) => PutFault::Broken(reason_of(&said)),
        // Of the store that is part of this app, of MinIO, of others.
        ("StorageFull", _) => PutFault::Full(messages::Store::DiskFull.to_string()),
        ("XMinioStorageFull" | "InsufficientCapacity", _) | (_, 507) => PutFault::Full(reason_of(&said)),
        ("SlowDown" | "ServiceUnavailable" | "TooManyRequests", _) | (_, 429 | 502..=504) => {
            PutFault::Busy { reason: reason_of(&said), after }
        }
        (_, 408 | 500) => PutFault::Broken(reason_of(&said)),
        // A clock that is wrong stays wrong.
        ("RequestTimeTooSkewed", _) => PutFault::Refused(said),
        (_, 401 | 403) => PutFault::Denied(said),
        ("ExpiredToken" | "AuthorizationQueryParametersError", 400) => PutFault::Denied(said),
        (_, 400) if message.contains("expir") || message.contains("date is too old") => PutFault::Denied(said),
        _ => PutFault::Refused(said),
    }
}

fn reason_of(said: &Said) -> String {
    match (said.code.as_str(), said.message.as_str()) {
        ("", "") => {
            let status = StatusCode::from_u16(said.status).ok().and_then(|status| status.canonical_reason());
            let status = format!("{} {}", said.status, status.unwrap_or_default()).trim_end().to_owned();
            messages::Store::Answered { status }.to_string()
        }
        (code, "") => messages::Store::AnsweredCode { code: code.to_owned() }.to_string(),
        ("", words) => messages::Store::AnsweredWords { words: words.to_owned() }.to_string(),
        (code, words) => messages::Store::AnsweredBoth { code: code.to_owned(), words: words.to_owned() }.to_string(),
    }
}

async fn beginning_of(mut response: Response) -> String {
    let mut bytes = Vec::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        bytes.extend_from_slice(&chunk[..chunk.len().min(LARGEST_ANSWER - bytes.len())]);
        if bytes.len() == LARGEST_ANSWER {
            break;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The text of an element of S3's flat error document.
fn element(xml: &str, name: &str) -> Option<String> {
    let (_, rest) = xml.split_once(&format!("<{name}>"))?;
    let (text, _) = rest.split_once(&format!("</{name}>"))?;
    let plain = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&apos;", "'");
    Some(plain.replace("&amp;", "&").trim().to_owned())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn said(status: u16, code: &str, message: &str) -> Said {
        Said { status, code: code.into(), message: message.into() }
    }

    #[rstest]
    #[case::aws_expired(403, "AccessDenied", "Request has expired", "denied")]
    #[case::garage_expired(400, "InvalidRequest", "Bad request: Date is too old", "denied")]
    #[case::wrong_key(403, "InvalidAccessKeyId", "", "denied")]
    #[case::corrupt(400, "BadDigest", "", "other bytes")]
    #[case::slow_down(503, "SlowDown", "", "busy")]
    #[case::proxy(502, "", "", "busy")]
    #[case::internal(500, "InternalError", "", "broken")]
    #[case::socket_timeout(400, "RequestTimeout", "", "broken")]
    #[case::aborted(404, "NoSuchUpload", "", "gone")]
    #[case::no_bucket(404, "NoSuchBucket", "", "refused")]
    #[case::clock(403, "RequestTimeTooSkewed", "", "refused")]
    #[case::own_disk_full(503, "StorageFull", "", "full")]
    #[case::minio_full(507, "XMinioStorageFull", "", "full")]
    #[case::full_without_words(507, "", "", "full")]
    #[case::too_large(400, "EntityTooLarge", "", "refused")]
    fn answers_mean_what_stores_mean_by_them(
        #[case] status: u16,
        #[case] code: &str,
        #[case] message: &str,
        #[case] expected: &str,
    ) {
        let meaning = match classify(said(status, code, message), None) {
            PutFault::Away(_) => "away",
            PutFault::Busy { .. } => "busy",
            PutFault::Full(_) => "full",
            PutFault::Broken(_) => "broken",
            PutFault::Denied(_) => "denied",
            PutFault::OtherBytes => "other bytes",
            PutFault::Gone => "gone",
            PutFault::Refused(_) => "refused",
            PutFault::Unreadable(_) => "unreadable",
        };
        assert_eq!(meaning, expected);
    }

    #[test]
    fn error_documents_are_read() {
        let xml = "<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code><Message>a &amp;lt; b</Message></Error>";
        assert_eq!(element(xml, "Code").as_deref(), Some("AccessDenied"));
        assert_eq!(element(xml, "Message").as_deref(), Some("a &lt; b"));
        assert_eq!(element(xml, "Key"), None);
    }
}
