//! The store's clock. Signatures name a time, and stores refuse those that are far from their own: AWS after 15 minutes. So
//! when this computer's clock is wrong, requests are signed by the store's, which every answer tells in its `Date`.

use std::fmt::{self, Debug};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime};

use aws_sdk_s3::config::interceptors::{
    BeforeDeserializationInterceptorContextMut, BeforeDeserializationInterceptorContextRef,
    BeforeTransmitInterceptorContextRef, InterceptorContext,
};
use aws_sdk_s3::config::retry::{ClassifyRetry, RetryAction};
use aws_sdk_s3::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_s3::error::BoxError;
use aws_smithy_async::time::TimeSource;
use aws_smithy_types::config_bag::{Storable, StoreReplace};

/// What a clock may be off before it counts, in seconds: `Date` has whole seconds, and answers take their time.
const TOLERATED: i64 = 60;

/// This computer's clock, set right by the store's. Clones are the same clock.
#[derive(Clone, Default)]
pub struct StoreClock {
    /// What the store's is ahead, in seconds.
    ahead: Arc<AtomicI64>,
}

impl StoreClock {
    fn hear(&self, date: &str) {
        let Ok(theirs) = httpdate::parse_http_date(date) else { return };
        let ahead = match theirs.duration_since(SystemTime::now()) {
            Ok(ahead) => i64::try_from(ahead.as_secs()).unwrap_or(i64::MAX),
            Err(behind) => -i64::try_from(behind.duration().as_secs()).unwrap_or(i64::MAX),
        };
        let ahead = if ahead.abs() < TOLERATED { 0 } else { ahead };
        let before = self.ahead.load(Ordering::Relaxed);
        if (ahead - before).abs() < TOLERATED && (ahead == 0) == (before == 0) {
            return;
        }
        self.ahead.store(ahead, Ordering::Relaxed);
        if ahead == 0 {
            tracing::info!("this computer’s clock and the store’s agree again");
        } else {
            let seconds = ahead.abs();
            let which = if ahead > 0 { "behind" } else { "ahead of" };
            tracing::warn!(
                "this computer’s clock is {seconds} seconds {which} the store’s: requests are signed by the store’s. Set \
                 the clock right"
            );
        }
    }
}

impl StoreClock {
    /// What the store's is ahead of this computer's, in milliseconds, as far as it has been heard.
    pub(super) fn ahead_ms(&self) -> i64 {
        self.ahead.load(Ordering::Relaxed).saturating_mul(1_000)
    }
}

impl TimeSource for StoreClock {
    fn now(&self) -> SystemTime {
        let ahead = self.ahead.load(Ordering::Relaxed);
        let difference = Duration::from_secs(ahead.unsigned_abs());
        let now = SystemTime::now();
        if ahead < 0 { now - difference } else { now + difference }
    }
}

impl Debug for StoreClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoreClock").field("ahead", &self.ahead.load(Ordering::Relaxed)).finish()
    }
}

impl Intercept for StoreClock {
    fn name(&self) -> &'static str {
        "StoreClock"
    }

    fn read_before_transmit(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _runtime_components: &RuntimeComponents,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let Some(at) = context.request().headers().get("x-amz-date").and_then(signed_at) {
            cfg.interceptor_state().store_put(SignedAt(at));
        }
        Ok(())
    }

    fn modify_before_deserialization(
        &self,
        context: &mut BeforeDeserializationInterceptorContextMut<'_>,
        _runtime_components: &RuntimeComponents,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let response = context.response_mut();
        let refused = matches!(response.status().as_u16(), 400 | 403);
        let date = response.headers().get("date").filter(|_| refused);
        if date.is_some_and(|date| cfg.load::<SignedAt>().is_some_and(|at| at.is_far_from(date))) {
            response.headers_mut().insert(DIFFERS, "yes");
        }
        Ok(())
    }

    fn read_before_deserialization(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _runtime_components: &RuntimeComponents,
        _cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let Some(date) = context.response().headers().get("date") {
            self.hear(date);
        }
        Ok(())
    }
}

/// Has a request sent again that a store refused while the clock by which it was signed differs from the store's own:
/// HEAD's answers have no body, and so don't say why. By then the store's clock has been heard.
#[derive(Debug)]
pub(super) struct OtherClock;

impl ClassifyRetry for OtherClock {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        match context.response().and_then(|response| response.headers().get(DIFFERS)) {
            Some(_) => RetryAction::client_error(),
            None => RetryAction::NoActionIndicated,
        }
    }

    fn name(&self) -> &'static str {
        "OtherClock"
    }
}

/// Marks a refusal of a request that was signed by another clock than the store's.
const DIFFERS: &str = "x-image-manager-clock-differs";

/// When a request was signed, kept until its answer is there.
#[derive(Debug)]
struct SignedAt(SystemTime);

impl Storable for SignedAt {
    type Storer = StoreReplace<Self>;
}

impl SignedAt {
    fn is_far_from(&self, date: &str) -> bool {
        let Ok(theirs) = httpdate::parse_http_date(date) else { return false };
        let apart = theirs.duration_since(self.0).or_else(|_| self.0.duration_since(theirs)).unwrap_or_default();
        apart >= Duration::from_secs(TOLERATED.unsigned_abs())
    }
}

/// The time of `x-amz-date`, such as `20260301T120000Z`.
fn signed_at(text: &str) -> Option<SystemTime> {
    let format = time::macros::format_description!("[year][month][day]T[hour][minute][second]Z");
    Some(time::PrimitiveDateTime::parse(text, &format).ok()?.assume_utc().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_is_wrong_is_set_right_and_small_differences_are_none() {
        let clock = StoreClock::default();
        let difference = |clock: &StoreClock| match clock.now().duration_since(SystemTime::now()) {
            Ok(ahead) => ahead.as_secs_f64(),
            Err(behind) => -behind.duration().as_secs_f64(),
        };
        let hour = Duration::from_secs(3600);
        for (theirs, expected) in [
            (SystemTime::now() + hour, 3600.0),
            (SystemTime::now() - hour, -3600.0),
            (SystemTime::now() + Duration::from_secs(20), 0.0),
            (SystemTime::now() - Duration::from_secs(20), 0.0),
        ] {
            clock.hear(&httpdate::fmt_http_date(theirs));
            assert!((difference(&clock) - expected).abs() < 5.0, "{} for {expected}", difference(&clock));
        }
        clock.hear("yesterday");
        assert!(difference(&clock).abs() < 5.0);
    }
}
