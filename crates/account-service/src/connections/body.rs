//! Bodies of requests, which have to keep coming, and bodies of answers, which hold something until they have been sent.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use hyper::Request;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use hyper::header::EXPECT;
use tokio::runtime::Handle;
use tokio::time::{Instant, Sleep};

use crate::config::ConnectionPolicy;

/// A request's body that ends with [`TooSlow`] when it stops coming, or comes more slowly than the policy says. Only the time
/// counts in which somebody waits for it: what is worked on meanwhile is not the client's fault.
///
/// What a handler leaves of it is read on for a while and thrown away: whoever sends a large picture that is refused halfway
/// reads the answer only after sending it, and would find the connection broken (RFC 9112, 9.6).
pub struct Paced {
    /// Taken when nothing more is to be read.
    body: Option<Incoming>,
    pace: Pace,
    /// Since when somebody waits for the next ones, and when that is too long.
    waiting: Option<(Instant, Pin<Box<Sleep>>)>,
    /// Whether the client sends it: at once, or since somebody began to read.
    asked: bool,
}

/// For how long a body is read that nobody wants.
const READ_ON: Duration = Duration::from_secs(15);

/// How much of a body is read that nobody wants, in bytes.
const THROWN_AWAY: usize = 64 << 20;

/// A body stopped coming, or came too slowly.
#[derive(Debug, thiserror::Error)]
#[error("the request’s body came too slowly")]
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
    /// The body of a request, at the pace that the policy asks for.
    pub fn of(request: Request<Incoming>, policy: &ConnectionPolicy) -> Request<Self> {
        // Who waits for leave to send (RFC 9110, 10.1.1) and is refused sends nothing, and would be asked to by reading.
        let waits_for_leave = request.headers().contains_key(EXPECT);
        request.map(|body| Self { body: Some(body), pace: Pace::new(policy), waiting: None, asked: !waits_for_leave })
    }
}

impl Drop for Paced {
    fn drop(&mut self) {
        let Some(rest) = self.body.take().filter(|body| self.asked && !body.is_end_stream()) else { return };
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(tokio::time::timeout(READ_ON, throw_away(rest)));
        }
    }
}

/// Reads so much of a body, unless it ends or breaks off before.
async fn throw_away(mut body: Incoming) {
    let mut left = THROWN_AWAY;
    while let Some(Ok(frame)) = poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await {
        let Some(rest) = left.checked_sub(frame.data_ref().map_or(0, Bytes::len)) else { return };
        left = rest;
    }
}

/// How much has come of a body, and how long was waited for it.
struct Pace {
    stall: Duration,
    patience: Duration,
    rate: u64,
    came: u64,
    waited: Duration,
}

impl Pace {
    fn new(policy: &ConnectionPolicy) -> Self {
        Self {
            stall: policy.body_stall,
            patience: policy.body_patience,
            rate: policy.body_rate.max(1),
            came: 0,
            waited: Duration::ZERO,
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
        self.asked = true;
        let Some(body) = &mut self.body else { return Poll::Ready(None) };
        if let Poll::Ready(frame) = Pin::new(body).poll_frame(cx) {
            if let Some((since, _)) = self.waiting.take() {
                self.pace.waited += since.elapsed();
            }
            if let Some(Ok(frame)) = &frame {
                self.pace.came += frame.data_ref().map_or(0, |data| data.len() as u64);
            }
            return Poll::Ready(frame.map(|frame| frame.map_err(Into::into)));
        }
        let left = self.pace.left();
        let (_, until) = self.waiting.get_or_insert_with(|| (Instant::now(), Box::pin(tokio::time::sleep(left))));
        ready!(until.as_mut().poll(cx));
        self.body = None;
        Poll::Ready(Some(Err(TooSlow.into())))
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.body.as_ref().map_or_else(|| SizeHint::with_exact(0), Body::size_hint)
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

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn a_slow_line_is_waited_for_and_a_trickle_is_not() {
        let mut slow = Pace::new(&ConnectionPolicy::default());
        // 4 KiB a second, for an hour: a picture of 14 MiB.
        for _ in 0..3600 {
            assert!(slow.left() > SECOND);
            (slow.came, slow.waited) = (slow.came + 4096, slow.waited + SECOND);
        }
        let mut trickle = Pace::new(&ConnectionPolicy::default());
        let lasted = std::iter::repeat_with(|| {
            (trickle.came, trickle.waited) = (trickle.came + 1, trickle.waited + SECOND);
            trickle.left()
        });
        assert_eq!(lasted.take_while(|left| !left.is_zero()).count(), 30, "a byte a second");
    }

    #[test]
    fn a_line_that_breaks_off_is_given_a_minute_however_fast_it_was() {
        let mut fast = Pace::new(&ConnectionPolicy::default());
        fast.came = 1 << 30;
        assert_eq!(fast.left(), 60 * SECOND);
    }
}
