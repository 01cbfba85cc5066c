//! How many transfers run at a time: more as long as more get more through, half as many when there is trouble.
//!
//! Trouble halves as in TCP (multiplicative decrease, RFC 5681). Going up is by trying: with half as many transfers more,
//! does the throughput rise? On a fast and distant network it does, up to a point; on a thin line, or at a bandwidth limit,
//! it doesn't, and what was added is taken back.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::upload::schedule::priority_semaphore::{PrioritySemaphore, Rank, SemaphorePermit};

/// How many transfers a worker begins with.
const FIRST: usize = 4;

/// The fewest transfers at a time.
const FEWEST: usize = 1;

/// The most transfers at a time.
pub(in crate::upload) const MOST: usize = 16;

/// Trouble within this time of other trouble is the same trouble.
const SAME_TROUBLE: Duration = Duration::from_secs(2);

/// How long is measured at least.
const MEASURED: Duration = Duration::from_millis(400);

/// What a request costs beside its bytes, in bytes: with small files it is requests that count.
const REQUEST: u64 = 64 << 10;

/// More transfers must bring that much more throughput to be kept.
const WORTH: f64 = 1.1;

/// Measurements until more are tried again after that brought nothing; doubled each time, up to the second.
const REST: (u32, u32) = (4, 64);

/// Lets a number of transfers through that follows what the network bears.
#[derive(Clone)]
pub(in crate::upload) struct ConcurrencyLimit {
    permits: PrioritySemaphore,
    limit: Arc<Mutex<Limit>>,
}

/// The limit and how it moves. Pure, so that it can be tested.
#[derive(Debug)]
struct Limit {
    current: usize,
    /// Throughput and number of transfers before the last ones were added.
    before: Option<(f64, usize)>,
    /// Measurements until more are tried.
    rest: u32,
    next_rest: u32,
    last_trouble: Option<Instant>,
    measured: Measured,
}

/// What has got through since when.
#[derive(Debug)]
struct Measured {
    since: Instant,
    transfers: usize,
    work: u64,
    /// Whether somebody waited for a permit all the time; else permits are not what limits the throughput.
    wanted: bool,
}

impl Measured {
    fn from(since: Instant) -> Self {
        Self { since, transfers: 0, work: 0, wanted: true }
    }
}

impl Limit {
    fn new(now: Instant) -> Self {
        Self {
            current: FIRST,
            before: None,
            rest: 0,
            next_rest: REST.0,
            last_trouble: None,
            measured: Measured::from(now),
        }
    }

    /// Takes in a transfer that went well, and whether others were waiting then.
    fn succeeded(&mut self, now: Instant, bytes: u64, wanted: bool) {
        let measured = &mut self.measured;
        measured.transfers += 1;
        measured.work += bytes + REQUEST;
        measured.wanted &= wanted;
        let seconds = now.saturating_duration_since(measured.since).as_secs_f64();
        if measured.transfers < 2 * self.current || seconds < MEASURED.as_secs_f64() {
            return;
        }
        let (throughput, wanted) = (measured.work as f64 / seconds, measured.wanted);
        self.measured = Measured::from(now);
        if wanted {
            self.judge(throughput);
        } else {
            self.before = None;
        }
    }

    fn judge(&mut self, throughput: f64) {
        if let Some((before, fewer)) = self.before.take()
            && throughput < before * WORTH
        {
            self.current = fewer;
            self.rest = self.next_rest;
            self.next_rest = (self.next_rest * 2).min(REST.1);
            return;
        }
        if self.rest > 0 {
            self.rest -= 1;
            return;
        }
        if self.current < MOST {
            self.before = Some((throughput, self.current));
            self.current = (self.current + (self.current / 2).max(1)).min(MOST);
        }
    }

    /// Takes in trouble.
    fn troubled(&mut self, now: Instant) {
        if self.last_trouble.is_some_and(|last| now.saturating_duration_since(last) < SAME_TROUBLE) {
            return;
        }
        self.last_trouble = Some(now);
        self.current = (self.current / 2).max(FEWEST);
        self.before = None;
        (self.rest, self.next_rest) = (1, REST.0);
        self.measured = Measured::from(now);
    }
}

impl ConcurrencyLimit {
    /// A limit of a few transfers.
    pub(in crate::upload) fn new() -> Self {
        Self { permits: PrioritySemaphore::new(FIRST), limit: Arc::new(Mutex::new(Limit::new(Instant::now()))) }
    }

    /// Waits for a permit, in the order of the queue.
    pub(in crate::upload) async fn enter(&self, rank: &Arc<Rank>) -> SemaphorePermit {
        self.permits.enter(rank).await
    }

    fn limit(&self) -> MutexGuard<'_, Limit> {
        self.limit.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A transfer of so many bytes went well.
    pub(in crate::upload) fn succeeded(&self, bytes: u64) {
        let wanted = self.permits.are_wanted();
        let mut limit = self.limit();
        let before = limit.current;
        limit.succeeded(Instant::now(), bytes, wanted);
        self.follow(before, limit.current);
    }

    /// A transfer broke, stalled, or the store asked to slow down.
    pub(in crate::upload) fn troubled(&self) {
        let mut limit = self.limit();
        let before = limit.current;
        limit.troubled(Instant::now());
        self.follow(before, limit.current);
    }

    fn follow(&self, before: usize, now: usize) {
        if before != now {
            tracing::debug!(before, now, "transfers at a time");
            self.permits.set_limit(now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PART: u64 = 8 << 20;

    /// A network on which one transfer gets `each` bytes a second, and all together at most `all`.
    struct Network {
        now: Instant,
        each: f64,
        all: f64,
    }

    impl Network {
        /// Sends so many parts, and gives how many went at a time in the end.
        fn send(&mut self, limit: &mut Limit, parts: usize) -> usize {
            for _ in 0..parts {
                let throughput = (self.each * limit.current as f64).min(self.all);
                self.now += Duration::from_secs_f64(PART as f64 / throughput);
                limit.succeeded(self.now, PART, true);
            }
            limit.current
        }
    }

    fn network(each: f64, all: f64) -> (Network, Limit) {
        let now = Instant::now();
        (Network { now, each, all }, Limit::new(now))
    }

    #[test]
    fn a_distant_and_fast_store_gets_as_many_as_there_may_be() {
        let (mut network, mut limit) = network(2e6, 1e9);
        assert_eq!(network.send(&mut limit, 400), MOST);
    }

    #[test]
    fn a_thin_line_gets_no_more_than_bring_something() {
        let (mut network, mut limit) = network(5e6, 5e6);
        let mut most = 0;
        for _ in 0..400 {
            most = most.max(network.send(&mut limit, 1));
        }
        assert_eq!(most, FIRST + FIRST / 2, "more are tried now and then");
        assert!(limit.current <= most);
    }

    #[test]
    fn more_are_sent_when_the_network_becomes_faster() {
        let (mut network, mut limit) = network(2e6, 4e6);
        assert!(network.send(&mut limit, 400) < MOST);
        network.all = 1e9;
        assert_eq!(network.send(&mut limit, 4000), MOST);
    }

    #[test]
    fn trouble_halves_once_and_the_number_recovers() {
        let (mut network, mut limit) = network(2e6, 1e9);
        network.send(&mut limit, 400);
        limit.troubled(network.now);
        assert_eq!(limit.current, MOST / 2);
        limit.troubled(network.now);
        assert_eq!(limit.current, MOST / 2, "the same trouble");
        for _ in 0..8 {
            network.now += SAME_TROUBLE;
            limit.troubled(network.now);
        }
        assert_eq!(limit.current, FEWEST, "one always remains");
        assert_eq!(network.send(&mut limit, 400), MOST);
    }

    #[test]
    fn nothing_is_learned_while_seats_are_free() {
        let (mut network, mut limit) = network(2e6, 1e9);
        for _ in 0..400 {
            network.now += Duration::from_millis(50);
            limit.succeeded(network.now, 1000, false);
        }
        assert_eq!(limit.current, FIRST);
    }

    #[tokio::test]
    async fn the_seats_follow_the_limit() {
        let concurrency = ConcurrencyLimit::new();
        let rank = Rank::new(1, 1);
        let mut permits = Vec::new();
        for _ in 0..FIRST {
            permits.push(concurrency.enter(&rank).await);
        }
        concurrency.troubled();
        drop(permits.split_off(2));
        let mut next = std::pin::pin!(concurrency.enter(&rank));
        assert!(futures::poll!(next.as_mut()).is_pending(), "two of four are gone");
        permits.pop();
        next.await;
    }
}
