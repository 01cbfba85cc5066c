//! A connection that is watched: how long a request's head may take, how long the connection may lie idle, and how long the
//! client may take nothing of an answer.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep, sleep};

use super::places::Place;
use crate::config::ConnectionPolicy;

/// What is waited for while no request is worked on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Awaited {
    /// The first byte of the first request.
    First,
    /// The rest of a request's head.
    Head,
    /// The next request.
    Next,
}

/// A connection that is watched.
pub struct Watched {
    stream: TcpStream,
    place: Arc<Place>,
    head: Duration,
    idle: Duration,
    write: Duration,
    slow: Bytes,
    /// What is waited for; none when a request has been worked on since it was looked.
    awaited: Option<Awaited>,
    /// Requests that had come when it was looked.
    seen: u64,
    reading: Pin<Box<Sleep>>,
    /// While the client takes nothing.
    writing: Option<Pin<Box<Sleep>>>,
}

impl Watched {
    /// This connection. Whoever is too slow with a head is told so with `slow`.
    pub fn new(stream: TcpStream, place: Arc<Place>, policy: &ConnectionPolicy, slow: Bytes) -> Self {
        Self {
            stream,
            place,
            head: policy.head,
            idle: policy.idle,
            write: policy.write_stall,
            slow,
            awaited: Some(Awaited::First),
            seen: 0,
            reading: Box::pin(sleep(policy.head)),
            writing: None,
        }
    }

    /// Whether a request is worked on. What was waited for before the last one is forgotten.
    fn is_busy(&mut self) -> bool {
        let requests = self.place.requests();
        if requests != self.seen {
            (self.seen, self.awaited) = (requests, None);
        }
        self.place.is_busy()
    }

    /// Nothing has come: for how long may that be?
    fn still_waiting(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.is_busy() {
            // Bodies have a pace of their own.
            return Poll::Pending;
        }
        let awaited = *self.awaited.get_or_insert_with(|| {
            self.reading.as_mut().reset(Instant::now() + self.idle);
            Awaited::Next
        });
        if self.reading.as_mut().poll(cx).is_pending() {
            return Poll::Pending;
        }
        if awaited == Awaited::Head {
            // Nothing is being answered here, so nothing else is written meanwhile.
            let _ = self.stream.try_write(&self.slow);
            return Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, "the request’s head came too slowly")));
        }
        // As if the client had ended it.
        Poll::Ready(Ok(()))
    }

    /// Something has come.
    fn came(&mut self) {
        self.place.hear();
        if !self.is_busy() && self.awaited != Some(Awaited::Head) {
            self.awaited = Some(Awaited::Head);
            self.reading.as_mut().reset(Instant::now() + self.head);
        }
    }

    /// The client took something, or nothing for too long.
    fn written<T>(&mut self, cx: &mut Context<'_>, result: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if result.is_ready() {
            self.writing = None;
            return result;
        }
        let until = self.writing.get_or_insert_with(|| Box::pin(sleep(self.write)));
        match until.as_mut().poll(cx) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(()) => Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, "the answer isn’t taken"))),
        }
    }
}

impl AsyncRead for Watched {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = into.filled().len();
        match Pin::new(&mut self.stream).poll_read(cx, into) {
            Poll::Pending => self.still_waiting(cx),
            Poll::Ready(result) => {
                if into.filled().len() > before {
                    self.came();
                }
                Poll::Ready(result)
            }
        }
    }
}

impl AsyncWrite for Watched {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let result = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.written(cx, result)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let result = Pin::new(&mut self.stream).poll_write_vectored(cx, bytes);
        self.written(cx, result)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
