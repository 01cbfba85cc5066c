//! "There is news": the service's server-sent events.

use std::time::Duration;

use account_api::route;
use reqwest::{Method, Response};

use super::failure::ServiceError;
use super::{Client, ServiceAddress};

/// The service sends something at least every 15 seconds; after this much silence the connection is dead.
const SILENCE: Duration = Duration::from_secs(45);

/// How long a stream may live; a fresh one is asked for anyway when the access token ends.
const LIFE: Duration = Duration::from_secs(24 * 60 * 60);

/// The longest line that is taken.
const LONGEST_LINE: usize = 64 * 1024;

/// A stream of the account's revisions (<https://html.spec.whatwg.org/multipage/server-sent-events.html>).
#[derive(Debug)]
pub struct News {
    response: Response,
    address: ServiceAddress,
    lines: Lines,
}

impl News {
    pub(super) async fn listen(client: &Client) -> Result<Self, ServiceError> {
        let call = client.to(Method::GET, route::CHANGES_STREAM, &[]).within(LIFE);
        let response = client.open(&call).await?;
        Ok(Self { response, address: client.address().clone(), lines: Lines::default() })
    }

    /// The account's newest revision, when it has changed; `None` when the stream has ended, as it does with the access
    /// token: listen again then. Dropping the future loses nothing.
    ///
    /// # Errors
    /// When the connection broke or fell silent.
    pub async fn next(&mut self) -> Result<Option<i64>, ServiceError> {
        loop {
            if let Some(revision) = self.lines.next_revision() {
                return Ok(Some(revision));
            }
            match tokio::time::timeout(SILENCE, self.response.chunk()).await {
                Ok(Ok(Some(bytes))) => self.lines.push(&bytes),
                Ok(Ok(None)) => return Ok(None),
                Ok(Err(error)) => return Err(ServiceError::unreachable(&self.address, &error)),
                Err(_) => {
                    let message = messages::Service::Silent { host: self.address.host() };
                    return Err(crate::EngineError::new(crate::ErrorKind::ServiceUnreachable, message).into());
                }
            }
        }
    }
}

/// Takes events apart as they come in.
#[derive(Debug, Default)]
struct Lines {
    buffer: Vec<u8>,
    event: String,
    data: String,
}

impl Lines {
    fn push(&mut self, bytes: &[u8]) {
        if self.buffer.len() + bytes.len() > LONGEST_LINE {
            self.buffer.clear();
        }
        self.buffer.extend_from_slice(bytes);
    }

    fn next_revision(&mut self) -> Option<i64> {
        while let Some(end) = self.buffer.iter().position(|&byte| byte == b'\n') {
            let line: Vec<u8> = self.buffer.drain(..=end).collect();
            let line = String::from_utf8_lossy(&line);
            let line = line.trim_end_matches(['\n', '\r']);
            if line.is_empty() {
                let (event, data) = (std::mem::take(&mut self.event), std::mem::take(&mut self.data));
                if event == "news"
                    && let Ok(revision) = data.trim().parse()
                {
                    return Some(revision);
                }
                continue;
            }
            let (field, value) = line.split_once(':').unwrap_or((line, ""));
            let value = value.strip_prefix(' ').unwrap_or(value);
            match field {
                "event" => value.clone_into(&mut self.event),
                "data" => value.clone_into(&mut self.data),
                _ => {}
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_come_out_however_they_are_cut() {
        let stream = b": keep-alive\n\nevent: news\ndata: 7\n\nevent: other\ndata: 8\n\nevent:news\r\ndata:9\r\n\r\n";
        for size in 1..=stream.len() {
            let mut lines = Lines::default();
            let mut revisions = Vec::new();
            for piece in stream.chunks(size) {
                lines.push(piece);
                while let Some(revision) = lines.next_revision() {
                    revisions.push(revision);
                }
            }
            assert_eq!(revisions, [7, 9], "in pieces of {size}");
        }
    }
}
