//! A bandwidth limit that all senders share.

use std::num::NonZeroU64;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

/// The most that is handed out at a time, in bytes: small, so that what is counted has really gone out.
const LARGEST: usize = 64 * 1024;

/// The least that is handed out at a time, in bytes.
const SMALLEST: usize = 512;

/// What was not used within this time is not made good for.
const MEMORY: Duration = Duration::from_millis(200);

/// Who may go when. Pure, so that it can be tested.
struct Schedule {
    /// When the next byte may go.
    next: Instant,
}

impl Schedule {
    /// When so many bytes may go that are asked for now.
    fn promise(&mut self, now: Instant, rate: NonZeroU64, bytes: usize) -> Instant {
        let takes = Duration::from_secs_f64(bytes as f64 / rate.get() as f64);
        self.next = self.next.max(now.checked_sub(MEMORY).unwrap_or(now)) + takes;
        self.next
    }
}

fn portion(rate: NonZeroU64) -> usize {
    usize::try_from(rate.get() / 16).unwrap_or(LARGEST).clamp(SMALLEST, LARGEST)
}

/// Lets a number of bytes a second pass. Clones are cheap and share the limit.
#[derive(Clone)]
pub(crate) struct Throttle {
    inner: Arc<Inner>,
}

struct Inner {
    schedule: Mutex<Schedule>,
    rate: watch::Sender<Option<NonZeroU64>>,
}

impl Throttle {
    /// Without a limit.
    pub(super) fn new() -> Self {
        let schedule = Mutex::new(Schedule { next: Instant::now() });
        Self { inner: Arc::new(Inner { schedule, rate: watch::Sender::new(None) }) }
    }

    /// Another limit, in bytes a second, or none; applies at once, to those who wait, too.
    pub(super) fn set(&self, bytes_a_second: Option<u64>) {
        let rate = bytes_a_second.and_then(NonZeroU64::new);
        self.inner.rate.send_if_modified(|known| {
            let changed = *known != rate;
            if changed {
                *known = rate;
                // What was promised at the old rate is forgotten, and everybody asks again.
                self.schedule().next = Instant::now();
            }
            changed
        });
    }

    /// How many bytes should be asked for at a time; none while there is no limit and nobody needs to ask.
    pub(crate) fn portion(&self) -> Option<usize> {
        self.inner.rate.borrow().map(portion)
    }

    /// Waits until so many bytes may go.
    pub(crate) async fn pass(&self, bytes: usize) {
        let mut rate = self.inner.rate.subscribe();
        loop {
            let Some(limit) = *rate.borrow_and_update() else { return };
            let when = self.schedule().promise(Instant::now(), limit, bytes);
            tokio::select! {
                () = tokio::time::sleep_until(when) => return,
                // The sender lives as long as this.
                _ = rate.changed() => {}
            }
        }
    }

    fn schedule(&self) -> MutexGuard<'_, Schedule> {
        self.inner.schedule.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;

    use futures::poll;

    use super::*;

    /// When the last byte of all senders goes out, in seconds, as each asks again as soon as it was let through.
    fn seconds(schedule: &mut Schedule, begun: Instant, rate: u64, senders: usize, each: usize) -> f64 {
        let rate = NonZeroU64::new(rate).unwrap();
        let portion = portion(rate);
        let mut asked = vec![begun; senders];
        let mut left = vec![each; senders];
        while let Some(next) = (0..senders).filter(|sender| left[*sender] > 0).min_by_key(|sender| asked[*sender]) {
            let bytes = portion.min(left[next]);
            asked[next] = schedule.promise(asked[next], rate, bytes);
            left[next] -= bytes;
        }
        asked.into_iter().max().unwrap().duration_since(begun).as_secs_f64()
    }

    #[test]
    fn all_senders_together_keep_to_the_limit() {
        let begun = Instant::now();
        for senders in [1, 8, 16] {
            let taken = seconds(&mut Schedule { next: begun }, begun, 100_000, senders, 400_000 / senders);
            assert!((3.75..=4.01).contains(&taken), "400 kB of {senders} senders at 100 kB/s took {taken} s");
        }
        let slow = seconds(&mut Schedule { next: begun }, begun, 1000, 16, 1000);
        assert!((15.7..=16.1).contains(&slow), "{slow}");
    }

    #[test]
    fn a_pause_is_not_made_good_for_by_a_burst() {
        let begun = Instant::now();
        let later = begun + Duration::from_secs(60);
        let taken = seconds(&mut Schedule { next: begun }, later, 100_000, 2, 100_000);
        assert!(taken > 1.75, "{taken}");
    }

    #[tokio::test]
    async fn another_limit_applies_at_once_to_those_who_wait() {
        let throttle = Throttle::new();
        throttle.pass(1 << 40).await;
        throttle.set(Some(1));
        assert_eq!(throttle.portion(), Some(SMALLEST));
        let mut waiting = pin!(throttle.pass(SMALLEST));
        assert!(poll!(waiting.as_mut()).is_pending());
        throttle.set(Some(1 << 30));
        waiting.await;
        throttle.set(Some(1));
        let mut waiting = pin!(throttle.pass(SMALLEST));
        assert!(poll!(waiting.as_mut()).is_pending());
        throttle.set(None);
        waiting.await;
        assert_eq!(throttle.portion(), None);
    }
}
