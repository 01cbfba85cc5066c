//! How many transfers run at a time: more while all goes well, half as many when there is trouble (additive increase,
//! multiplicative decrease, as TCP does it; RFC 5681).

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How many transfers a worker begins with.
const FIRST: usize = 4;

/// The fewest transfers at a time.
const FEWEST: usize = 1;

/// The most transfers at a time.
const MOST: usize = 12;

/// Trouble within this time of other trouble is the same trouble.
const SAME_TROUBLE: Duration = Duration::from_secs(2);

/// Lets a number of transfers through that follows what the network bears.
#[derive(Clone)]
pub(super) struct Gate {
    seats: Arc<Semaphore>,
    limit: Arc<Mutex<Limit>>,
}

/// The limit and how it moves. Pure, so that it can be tested.
#[derive(Debug)]
struct Limit {
    current: usize,
    successes: usize,
    last_trouble: Option<Instant>,
    /// Seats that were withdrawn while somebody sat on them.
    debt: usize,
}

impl Limit {
    /// Takes in a success; true when one more seat is to be added.
    fn succeeded(&mut self) -> bool {
        self.successes += 1;
        let more = self.successes >= self.current && self.current < MOST;
        if more {
            self.successes = 0;
            self.current += 1;
        }
        more
    }

    /// Takes in trouble; gives how many seats are to be withdrawn.
    fn troubled(&mut self, now: Instant) -> usize {
        if self.last_trouble.is_some_and(|last| now.saturating_duration_since(last) < SAME_TROUBLE) {
            return 0;
        }
        self.last_trouble = Some(now);
        self.successes = 0;
        let fewer = (self.current / 2).max(FEWEST);
        let withdrawn = self.current - fewer;
        self.current = fewer;
        withdrawn
    }
}

impl Gate {
    /// A gate with a few seats.
    pub(super) fn new() -> Self {
        let limit = Limit { current: FIRST, successes: 0, last_trouble: None, debt: 0 };
        Self { seats: Arc::new(Semaphore::new(FIRST)), limit: Arc::new(Mutex::new(limit)) }
    }

    /// Waits for a seat, first come, first served.
    pub(super) async fn enter(&self) -> Seat {
        // The semaphore is never closed, so the permit is always there.
        let permit = Arc::clone(&self.seats).acquire_owned().await.ok();
        Seat { permit, gate: self.clone() }
    }

    /// A transfer went well.
    pub(super) fn succeeded(&self) {
        let mut limit = self.limit.lock().unwrap_or_else(PoisonError::into_inner);
        if limit.succeeded() {
            if limit.debt > 0 {
                limit.debt -= 1;
            } else {
                self.seats.add_permits(1);
            }
        }
    }

    /// A transfer broke, stalled, or the store asked to slow down.
    pub(super) fn troubled(&self) {
        let mut limit = self.limit.lock().unwrap_or_else(PoisonError::into_inner);
        let withdrawn = limit.troubled(Instant::now());
        let forgotten = self.seats.forget_permits(withdrawn);
        limit.debt += withdrawn - forgotten;
    }
}

/// Leave to transfer, until dropped.
pub(super) struct Seat {
    permit: Option<OwnedSemaphorePermit>,
    gate: Gate,
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut limit = self.gate.limit.lock().unwrap_or_else(PoisonError::into_inner);
        if limit.debt > 0 {
            limit.debt -= 1;
            if let Some(permit) = self.permit.take() {
                permit.forget();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn seats_that_are_taken_are_withdrawn_when_they_are_left() {
        let gate = Gate::new();
        let mut seats = Vec::new();
        for _ in 0..FIRST {
            seats.push(gate.enter().await);
        }
        gate.troubled();
        drop(seats.pop());
        drop(seats.pop());
        assert_eq!(gate.seats.available_permits(), 0, "two of four are gone");
        drop(seats);
        assert_eq!(gate.seats.available_permits(), FIRST / 2);
    }

    #[test]
    fn success_adds_one_by_one_and_trouble_halves_once() {
        let mut limit = Limit { current: 4, successes: 0, last_trouble: None, debt: 0 };
        assert_eq!((0..9).filter(|_| limit.succeeded()).count(), 2);
        assert_eq!(limit.current, 6);
        let now = Instant::now();
        assert_eq!(limit.troubled(now), 3);
        assert_eq!(limit.troubled(now), 0, "the same trouble");
        assert_eq!(limit.troubled(now + SAME_TROUBLE), 2);
        assert_eq!(limit.troubled(now + 2 * SAME_TROUBLE), 0, "one always remains");
        assert_eq!((0..10_000).filter(|_| limit.succeeded()).count(), MOST - 1);
    }
}
