//! Bodies of requests, which have to keep coming, and bodies of answers, which hold something until they have been sent.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use tokio::time::{Instant, Sleep};

use crate::config::ConnectionPolicy;

/// A request's body that ends with [`TooSlow`] when it stops coming, or comes more slowly than the policy says. Only the time
/// counts in which somebody waits for it: what is worked on meanwhile is not the client's fault.
pub struct Paced {
    body: Incoming,
    stall: Duration,
    patience: Duration,
    rate: u64,
    /// Bytes that have come.
    came: u64,
    /// How long was waited for them.
    waited: Duration,
    /// Since when somebody waits for the next ones, and when that is too long.
    waiting: Option<(Instant, Pin<Box<Sleep>>)>,
}

/// A body stopped coming, or came too slowly.
#[derive(Debug, thiserror::Error)]
#[error("the request's body came too slowly")]
pub struct TooSlow;

/// Whether it was for this that a body could not be read.
pub fn is_too_slow(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut error = Some(error);
    while let Some(cause) = error {
        if cause.is::<TooSlow>() {
            return true;
        }
        error = cause.source();
    }
    false
}

impl Paced {
    /// This body, at the pace that the policy asks for.
    pub fn new(body: Incoming, policy: &ConnectionPolicy) -> Self {
        Self {
            body,
            stall: policy.body_stall,
            patience: policy.body_patience,
            rate: policy.body_rate.max(1),
            came: 0,
            waited: Duration::ZERO,
            waiting: None,
        }
    }

    /// How long the next bytes may be waited for.
    fn left(&self) -> Duration {
        let earned = self.patience + Duration::from_millis(self.came.saturating_mul(1000) / self.rate);
        earned.saturating_sub(self.waited).min(self.stall)
    }
}

impl Body for Paced {
    type Data = Bytes;
    type Error = Box<dyn std::error::Error + Send + Sync>;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(cx) {
            if let Some((since, _)) = self.waiting.take() {
                self.waited += since.elapsed();
            }
            if let Some(Ok(frame)) = &frame {
                self.came += frame.data_ref().map_or(0, |data| data.len() as u64);
            }
            return Poll::Ready(frame.map(|frame| frame.map_err(Into::into)));
        }
        let left = self.left();
        let (_, until) = self.waiting.get_or_insert_with(|| (Instant::now(), Box::pin(tokio::time::sleep(left))));
        ready!(until.as_mut().poll(cx));
        Poll::Ready(Some(Err(TooSlow.into())))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// An answer's body that holds something until it has been sent, or nobody wants it any more.
pub struct Held<B, T> {
    body: Pin<Box<B>>,
    _held: T,
}

impl<B, T> Held<B, T> {
    /// This body with what it holds.
    pub fn new(body: B, held: T) -> Self {
        Self { body: Box::pin(body), _held: held }
    }
}

impl<B: Body, T: Unpin> Body for Held<B, T> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        self.body.as_mut().poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
