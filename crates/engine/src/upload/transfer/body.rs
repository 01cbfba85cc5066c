//! The body of a PUT: bytes from memory or from a file, counted as the connection takes them.

use std::fs::File;
use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};

use bytes::Bytes;
use futures::FutureExt as _;
use futures::future::BoxFuture;
use http_body::{Frame, SizeHint};

use crate::traffic::Throttle;

/// How many bytes are handed to the connection at a time: small, so that the count is what has really gone out.
const CHUNK: usize = 64 * 1024;

/// How many bytes are read from a file at a time.
const READ: usize = 256 * 1024;

/// Counts bytes that went out: of one file, and of all files ever.
#[derive(Debug, Clone, Default)]
pub(in crate::upload) struct Counter {
    /// Of this file, as far as it is not to be sent again.
    pub(in crate::upload) file: Arc<AtomicU64>,
    /// Of everything, never falling.
    pub(in crate::upload) all: Arc<AtomicU64>,
}

impl Counter {
    fn add(&self, bytes: u64) {
        self.file.fetch_add(bytes, Ordering::Relaxed);
        self.all.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Takes back what a failed attempt had sent of the file.
    pub(in crate::upload) fn take_back(&self, bytes: u64) {
        // Only this file's own senders write it, and none takes back more than it added.
        self.file.fetch_sub(bytes, Ordering::Relaxed);
    }
}

/// Where the bytes of a body come from.
#[derive(Clone)]
pub(in crate::upload) enum Content {
    /// Memory.
    Memory(Bytes),
    /// A section of an open file.
    File {
        /// Read by position, so that senders don't disturb each other.
        file: Arc<File>,
        /// Where the section begins, in bytes.
        offset: u64,
        /// Size of the section in bytes.
        size: u64,
    },
}

impl Content {
    /// Size in bytes.
    pub(in crate::upload) fn size(&self) -> u64 {
        match self {
            Content::Memory(bytes) => bytes.len() as u64,
            Content::File { size, .. } => *size,
        }
    }
}

/// A body of exactly known size.
pub(in crate::upload) struct CountedBody {
    content: Content,
    /// Bytes handed out.
    at: u64,
    /// Read from the file and not handed out.
    ready: Bytes,
    reading: Option<Reading>,
    /// So many bytes wait to be let through.
    passing: Option<(usize, SyncFuture<()>)>,
    throttle: Throttle,
    counter: Counter,
    handle: Arc<Handle>,
}

/// What the maker of a body keeps of it.
#[derive(Debug, Default)]
pub(in crate::upload) struct Handle {
    sent: AtomicU64,
    unreadable: OnceLock<io::Error>,
}

impl Handle {
    /// Bytes that the connection has taken.
    pub(in crate::upload) fn sent(&self) -> u64 {
        self.sent.load(Ordering::Relaxed)
    }

    /// Why the file could not be read any further, if that is what broke the request.
    pub(in crate::upload) fn unreadable(&self) -> Option<&io::Error> {
        self.unreadable.get()
    }
}

type Reading = SyncFuture<io::Result<Bytes>>;

/// A future that is only ever polled through a mutable reference, which is what makes it safe to share.
struct SyncFuture<T>(std::sync::Mutex<BoxFuture<'static, T>>);

impl<T> SyncFuture<T> {
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<T> {
        self.0.get_mut().unwrap_or_else(std::sync::PoisonError::into_inner).poll_unpin(cx)
    }
}

impl CountedBody {
    /// The body, and where to read how it fares.
    pub(in crate::upload) fn new(content: Content, counter: Counter, throttle: Throttle) -> (Self, Arc<Handle>) {
        let handle = Arc::new(Handle::default());
        let ready = match &content {
            Content::Memory(bytes) => bytes.clone(),
            Content::File { .. } => Bytes::new(),
        };
        let body = Self {
            content,
            at: 0,
            ready,
            reading: None,
            passing: None,
            throttle,
            counter,
            handle: Arc::clone(&handle),
        };
        (body, handle)
    }

    /// How many of the bytes that are ready may go now.
    fn poll_pass(&mut self, cx: &mut Context<'_>) -> Poll<usize> {
        if let Some((bytes, mut passing)) = self.passing.take() {
            if passing.poll(cx).is_pending() {
                self.passing = Some((bytes, passing));
                return Poll::Pending;
            }
            return Poll::Ready(bytes);
        }
        let all = self.ready.len().min(CHUNK);
        let Some(portion) = self.throttle.portion() else { return Poll::Ready(all) };
        let (bytes, throttle) = (all.min(portion), self.throttle.clone());
        let passing = async move { throttle.pass(bytes).await }.boxed();
        self.passing = Some((bytes, SyncFuture(std::sync::Mutex::new(passing))));
        self.poll_pass(cx)
    }

    fn read_more(&mut self) -> Option<Reading> {
        let Content::File { file, offset, size } = &self.content else { return None };
        let (file, at) = (Arc::clone(file), offset + self.at);
        let length = usize::try_from(size - self.at).unwrap_or(usize::MAX).min(READ);
        let read = tokio::task::spawn_blocking(move || {
            let mut buffer = vec![0; length];
            read_exact_at(&file, &mut buffer, at)?;
            Ok(Bytes::from(buffer))
        });
        Some(SyncFuture(std::sync::Mutex::new(async move { read.await.map_err(io::Error::other)? }.boxed())))
    }
}

impl http_body::Body for CountedBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        let this = &mut *self;
        loop {
            if !this.ready.is_empty() {
                let Poll::Ready(bytes) = this.poll_pass(cx) else { return Poll::Pending };
                let chunk = this.ready.split_to(bytes);
                this.at += chunk.len() as u64;
                this.handle.sent.fetch_add(chunk.len() as u64, Ordering::Relaxed);
                this.counter.add(chunk.len() as u64);
                return Poll::Ready(Some(Ok(Frame::data(chunk))));
            }
            if this.at == this.content.size() {
                return Poll::Ready(None);
            }
            let Some(mut reading) = this.reading.take().or_else(|| this.read_more()) else {
                return Poll::Ready(None);
            };
            match reading.poll(cx) {
                Poll::Ready(Ok(bytes)) => this.ready = bytes,
                Poll::Ready(Err(error)) => {
                    let told = io::Error::new(error.kind(), error.to_string());
                    let _ = this.handle.unreadable.set(error);
                    return Poll::Ready(Some(Err(told)));
                }
                Poll::Pending => {
                    this.reading = Some(reading);
                    return Poll::Pending;
                }
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.at == self.content.size()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.content.size() - self.at)
    }
}

/// Fills the buffer from a position of a file, leaving the file's own position alone on Unix.
#[cfg(unix)]
pub(in crate::upload) fn read_exact_at(file: &File, buffer: &mut [u8], at: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, buffer, at)
}

/// Fills the buffer from a position of a file.
#[cfg(windows)]
pub(in crate::upload) fn read_exact_at(file: &File, mut buffer: &mut [u8], mut at: u64) -> io::Result<()> {
    use std::os::windows::fs::FileExt;
    while !buffer.is_empty() {
        match file.seek_read(buffer, at)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            read => {
                buffer = &mut buffer[read..];
                at += read as u64;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use http_body::Body as _;

    use super::*;
    use crate::traffic::Traffic;

    async fn collect(mut body: CountedBody) -> io::Result<Vec<u8>> {
        let mut all = Vec::new();
        while let Some(frame) = poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await {
            all.extend_from_slice(&frame?.into_data().unwrap_or_default());
        }
        Ok(all)
    }

    #[tokio::test]
    async fn a_file_is_sent_whole_and_counted() {
        let bytes: Vec<u8> = (0..700_000u32).map(|i| (i % 251) as u8).collect();
        let path = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(path.path(), &bytes).unwrap();
        let file = Arc::new(File::open(path.path()).unwrap());
        let section = Content::File { file, offset: 300, size: 600_000 };
        for content in [section, Content::Memory(bytes[300..600_300].to_vec().into())] {
            let counter = Counter::default();
            let (body, handle) = CountedBody::new(content, counter.clone(), Traffic::new().throttle().clone());
            assert_eq!(body.size_hint().exact(), Some(600_000));
            assert!(collect(body).await.unwrap() == bytes[300..600_300]);
            assert_eq!(handle.sent(), 600_000);
            assert_eq!(counter.all.load(Ordering::Relaxed), 600_000);
            counter.take_back(600_000);
            assert_eq!(counter.file.load(Ordering::Relaxed), 0);
        }
    }

    #[tokio::test]
    async fn a_file_that_was_cut_short_is_an_error() {
        let path = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(path.path(), b"short").unwrap();
        let file = Arc::new(File::open(path.path()).unwrap());
        let (body, handle) = CountedBody::new(
            Content::File { file, offset: 0, size: 10 },
            Counter::default(),
            Traffic::new().throttle().clone(),
        );
        assert_eq!(collect(body).await.unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
        assert_eq!(handle.unreadable().unwrap().kind(), io::ErrorKind::UnexpectedEof);
    }
}
