//! Heads of HTTP/1.1 messages (RFC 9112): as much of them as the proxy has to know.

use tokio::io::{AsyncRead, AsyncReadExt};

/// Longer heads are refused.
const MAX_HEAD: usize = 64 << 10;

/// Start line and headers, and what had arrived of the body with them.
#[derive(Debug)]
pub(crate) struct Head {
    start: String,
    headers: Vec<String>,
    pub(crate) rest: Vec<u8>,
}

impl Head {
    /// Reads up to the empty line; `None` when the connection ends or breaks before that, or it is too long.
    pub(crate) async fn read(stream: &mut (impl AsyncRead + Unpin), mut bytes: Vec<u8>) -> Option<Self> {
        loop {
            if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
                let rest = bytes.split_off(end + 4);
                // Latin-1, so that no byte changes on the way.
                let text: String = bytes[..end].iter().map(|byte| char::from(*byte)).collect();
                let mut lines = text.split("\r\n").map(str::to_owned);
                let start = lines.next()?;
                return Some(Self { start, headers: lines.collect(), rest });
            }
            if bytes.len() > MAX_HEAD || stream.read_buf(&mut bytes).await.ok()? == 0 {
                return None;
            }
        }
    }

    /// The words of the start line.
    fn word(&self, number: usize) -> &str {
        self.start.split(' ').nth(number).unwrap_or_default()
    }

    pub(crate) fn method(&self) -> &str {
        self.word(0)
    }

    pub(crate) fn target(&self) -> &str {
        self.word(1)
    }

    pub(super) fn status(&self) -> Option<u16> {
        self.word(1).parse().ok()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find_map(|line| {
            let (given, value) = line.split_once(':')?;
            given.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    pub(super) fn content_length(&self) -> Option<u64> {
        self.header("content-length")?.parse().ok()
    }

    pub(super) fn is_chunked(&self) -> bool {
        self.header("transfer-encoding").is_some_and(|value| value.to_ascii_lowercase().contains("chunked"))
    }

    pub(super) fn expects_continue(&self) -> bool {
        self.header("expect").is_some_and(|value| value.eq_ignore_ascii_case("100-continue"))
    }

    /// The head's bytes, with the connection to be closed after this message.
    pub(super) fn closing(&self) -> Vec<u8> {
        self.closing_as(&self.start)
    }

    /// The same for another target than the request's own.
    pub(crate) fn closing_at(&self, target: &str) -> Vec<u8> {
        self.closing_as(&format!("{} {target} HTTP/1.1", self.method()))
    }

    /// The same head without the headers whose names begin so.
    pub(super) fn without(mut self, beginnings: &[&str]) -> Self {
        self.headers.retain(|line| {
            let line = line.to_ascii_lowercase();
            !beginnings.iter().any(|beginning| line.starts_with(beginning))
        });
        self
    }

    /// The head's bytes, with the connection to be kept open after this message.
    pub(super) fn keeping(&self) -> Vec<u8> {
        self.with_connection(&self.start, "keep-alive")
    }

    fn closing_as(&self, start: &str) -> Vec<u8> {
        self.with_connection(start, "close")
    }

    fn with_connection(&self, start: &str, connection: &str) -> Vec<u8> {
        let start = start.to_owned();
        let kept = self.headers.iter().filter(|line| {
            let name = line.split(':').next().unwrap_or_default();
            !["connection", "keep-alive", "proxy-connection", "proxy-authorization"]
                .iter()
                .any(|hop| name.eq_ignore_ascii_case(hop))
        });
        let lines = std::iter::once(&start).chain(kept).map(|line| format!("{line}\r\n"));
        let text = lines.collect::<String>() + &format!("Connection: {connection}\r\n\r\n");
        text.chars().map(|letter| letter as u8).collect()
    }
}
