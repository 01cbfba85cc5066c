//! What those are told whose requests nobody answers, as far as they can be told anything.

use std::time::Duration;

use account_api::{ErrorBody, ErrorCode, ErrorDetail};
use bytes::Bytes;
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio::sync::Semaphore;

/// Answers that are ready to be sent as they are.
#[derive(Debug, Clone)]
pub struct Refusals {
    /// A request's head came too slowly.
    pub slow: Bytes,
    /// There are too many connections.
    pub full: Bytes,
}

impl Refusals {
    /// In the words of the service's API.
    pub fn of_the_api() -> Self {
        let json = |code: ErrorCode, message: &str| {
            let error = ErrorDetail { code, message: message.to_owned() };
            serde_json::to_string(&ErrorBody { error }).unwrap_or_default()
        };
        Self {
            slow: answer(
                "408 Request Timeout",
                "application/json",
                &json(ErrorCode::TimedOut, "The request came too slowly and was given up. Send it again."),
            ),
            full: answer(
                "503 Service Unavailable",
                "application/json",
                &json(ErrorCode::RateLimited, "Too many connections are open. Close some, or try again later."),
            ),
        }
    }

    /// In the words of S3.
    pub fn of_s3() -> Self {
        let xml = |code: &str, message: &str| {
            format!(
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>{code}</Code><Message>{message}</Message></Error>"
            )
        };
        Self {
            slow: answer(
                "408 Request Timeout",
                "application/xml",
                &xml("RequestTimeout", "the request came too slowly"),
            ),
            full: answer(
                "503 Service Unavailable",
                "application/xml",
                &xml("SlowDown", "too many connections are open"),
            ),
        }
    }
}

fn answer(status: &str, content_type: &str, body: &str) -> Bytes {
    let length = body.len();
    Bytes::from(format!(
        "HTTP/1.1 {status}\r\nconnection: close\r\nretry-after: 5\r\ncontent-type: {content_type}\r\ncontent-length: \
         {length}\r\n\r\n{body}"
    ))
}

/// So many are waited for at the same time until they have heard the answer.
static LISTENING: Semaphore = Semaphore::const_new(64);

/// How long somebody may take to hear it.
const LONGEST: Duration = Duration::from_secs(2);

/// Sends an answer to somebody whose request hasn't been read, and closes the connection. Closed at once, the client's
/// system would throw the answer away because of what it still sends; so it is read for a while, when there are few.
pub fn turn_away(stream: TcpStream, answer: &Bytes) {
    // A new connection takes so little at once.
    if stream.try_write(answer).is_err() {
        return;
    }
    let Ok(permit) = LISTENING.try_acquire() else { return };
    tokio::spawn(async move {
        let (mut reading, mut writing) = stream.into_split();
        let heard = async {
            let _ = tokio::io::AsyncWriteExt::shutdown(&mut writing).await;
            let mut nowhere = [0; 1024];
            while reading.read(&mut nowhere).await.is_ok_and(|read| read > 0) {}
        };
        let _ = tokio::time::timeout(LONGEST, heard).await;
        drop(permit);
    });
}
