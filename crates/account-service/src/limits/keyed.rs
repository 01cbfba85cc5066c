//! A rate for each key, in bounded memory.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hash};
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::config::Rate;

/// So many keys are remembered one by one. A key that has been quiet until its whole burst is there again is as good as
/// unknown and is forgotten.
const MOST: usize = 65_536;

/// Keys beyond that share these.
const CROWD: u64 = 1024;

/// After so many calls it is looked whether there are too many keys.
const LOOK: u32 = 256;

#[derive(Clone, PartialEq, Eq, Hash)]
enum Slot<K> {
    Own(K),
    Shared(u64),
}

/// A rate for each key (GCRA, by `governor`).
pub struct Keyed<K: Hash + Eq + Clone> {
    limiter: DefaultKeyedRateLimiter<Slot<K>>,
    clock: DefaultClock,
    hasher: RandomState,
    calls: AtomicU32,
    crowded: AtomicBool,
}

impl<K: Hash + Eq + Clone> Keyed<K> {
    /// With this rate. A rate of nothing is taken as the smallest there is.
    pub fn new(rate: Rate) -> Self {
        let positive = |number: u32| NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN);
        let quota = Quota::per_minute(positive(rate.per_minute)).allow_burst(positive(rate.burst));
        Self {
            limiter: RateLimiter::keyed(quota),
            clock: DefaultClock::default(),
            hasher: RandomState::new(),
            calls: AtomicU32::new(0),
            crowded: AtomicBool::new(false),
        }
    }

    /// Counts one; gives how long to wait when that is too fast.
    pub fn check(&self, key: K) -> Result<(), Duration> {
        if self.calls.fetch_add(1, Ordering::Relaxed).is_multiple_of(LOOK) && self.limiter.len() >= MOST {
            self.forget();
        }
        let slot = if self.crowded.load(Ordering::Relaxed) {
            // Somebody has very many addresses. Everyone gets a place among others for now.
            Slot::Shared(self.hasher.hash_one(&key) % CROWD)
        } else {
            Slot::Own(key)
        };
        self.limiter.check_key(&slot).map_err(|until| until.wait_time_from(self.clock.now()))
    }

    /// Forgets the keys that have been quiet for long enough.
    pub fn forget(&self) {
        self.limiter.retain_recent();
        self.limiter.shrink_to_fit();
        self.crowded.store(self.limiter.len() >= MOST, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_bounded_and_the_rate_holds_all_the_same() {
        let keyed = Keyed::new(Rate { burst: 2, per_minute: 1 });
        let mut refused = 0;
        for key in 0..300_000_u32 {
            refused += u32::from(keyed.check(key).is_err());
        }
        let bound = MOST + CROWD as usize + LOOK as usize;
        assert!(keyed.limiter.len() <= bound, "{} keys are remembered", keyed.limiter.len());
        assert!(refused > 200_000, "a crowd shares its places: {refused}");
    }

    #[test]
    fn quiet_keys_are_forgotten() {
        let keyed = Keyed::new(Rate { burst: 1, per_minute: u32::MAX });
        for key in 0..1000_u32 {
            let _ = keyed.check(key);
        }
        keyed.forget();
        assert!(keyed.limiter.len() < 1000, "one request a few nanoseconds ago is as good as none");
    }
}
