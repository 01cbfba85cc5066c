//! Places that are given in the order of the queue, so that a row which the person moves forward is next, also when others
//! have begun to wait before it.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

/// A row, and where it stands in the queue.
#[derive(Debug)]
pub(in crate::upload) struct Rank {
    row: u32,
    position: AtomicI64,
}

impl Rank {
    /// A row at a position; the lowest is first.
    pub(in crate::upload) fn new(row: u32, position: i64) -> Arc<Self> {
        Arc::new(Self { row, position: AtomicI64::new(position) })
    }

    /// It was moved.
    pub(in crate::upload) fn set_position(&self, position: i64) {
        self.position.store(position, Ordering::Relaxed);
    }

    fn position(&self) -> i64 {
        self.position.load(Ordering::Relaxed)
    }
}

/// A number of places that can change.
#[derive(Clone)]
pub(in crate::upload) struct PrioritySemaphore {
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    /// Places there are to be.
    limit: usize,
    /// Places taken; more than `limit` for a while after it fell.
    taken: usize,
    /// How many places each row has.
    by_row: HashMap<u32, usize>,
    waiting: Vec<Waiter>,
    arrivals: u64,
}

struct Waiter {
    rank: Arc<Rank>,
    arrival: u64,
    leave: oneshot::Sender<SemaphorePermit>,
}

/// A place, until dropped.
pub(in crate::upload) struct SemaphorePermit {
    semaphore: PrioritySemaphore,
    row: u32,
}

impl State {
    /// Whose turn it is. A row that has all places but one (a large file, in parts) lets others pass: when it gets stuck,
    /// they don't.
    fn next(&mut self) -> Option<Waiter> {
        self.waiting.retain(|waiter| !waiter.leave.is_closed());
        if self.taken >= self.limit {
            return None;
        }
        let spread = |rank: &Rank| self.by_row.get(&rank.row).copied().unwrap_or(0) + 1 >= self.limit.max(2);
        let next = self
            .waiting
            .iter()
            .enumerate()
            .min_by_key(|(_, waiter)| (spread(&waiter.rank), waiter.rank.position(), waiter.arrival))?;
        let next = next.0;
        Some(self.waiting.swap_remove(next))
    }

    fn take(&mut self, row: u32) {
        self.taken += 1;
        *self.by_row.entry(row).or_default() += 1;
    }

    fn give_back(&mut self, row: u32) {
        self.taken -= 1;
        if let Some(count) = self.by_row.get_mut(&row) {
            *count -= 1;
            if *count == 0 {
                self.by_row.remove(&row);
            }
        }
    }
}

impl PrioritySemaphore {
    /// So many places.
    pub(in crate::upload) fn new(limit: usize) -> Self {
        Self { state: Arc::new(Mutex::new(State { limit, ..State::default() })) }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for a place. Dropping this while waiting is fine.
    pub(in crate::upload) async fn enter(&self, rank: &Arc<Rank>) -> SemaphorePermit {
        loop {
            let (leave, left) = oneshot::channel();
            {
                let mut state = self.lock();
                state.arrivals += 1;
                let arrival = state.arrivals;
                state.waiting.push(Waiter { rank: Arc::clone(rank), arrival, leave });
            }
            self.hand_out();
            // The other end goes without a word only with all of this.
            if let Ok(turn) = left.await {
                return turn;
            }
        }
    }

    /// From now on so many places; those that are taken beyond that are not given again.
    pub(in crate::upload) fn set_limit(&self, limit: usize) {
        self.lock().limit = limit;
        self.hand_out();
    }

    /// Whether somebody waits for a place.
    pub(in crate::upload) fn are_wanted(&self) -> bool {
        self.lock().waiting.iter().any(|waiter| !waiter.leave.is_closed())
    }

    fn hand_out(&self) {
        loop {
            let (waiter, row) = {
                let mut state = self.lock();
                let Some(waiter) = state.next() else { return };
                let row = waiter.rank.row;
                state.take(row);
                (waiter, row)
            };
            if let Err(unwanted) = waiter.leave.send(SemaphorePermit { semaphore: self.clone(), row }) {
                // Given back here: its own end would hand it out once more.
                self.lock().give_back(row);
                std::mem::forget(unwanted);
            }
        }
    }
}

impl Drop for SemaphorePermit {
    fn drop(&mut self) {
        self.semaphore.lock().give_back(self.row);
        self.semaphore.hand_out();
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;

    use futures::poll;

    use super::*;

    #[tokio::test]
    async fn places_go_by_the_order_of_the_queue_also_when_it_changes() {
        let semaphore = PrioritySemaphore::new(1);
        let ranks: Vec<_> = (0..4).map(|row| Rank::new(row, i64::from(row) * 10)).collect();
        let first = semaphore.enter(&ranks[3]).await;
        let (mut two, mut one, mut zero) =
            (pin!(semaphore.enter(&ranks[2])), pin!(semaphore.enter(&ranks[1])), pin!(semaphore.enter(&ranks[0])));
        assert!(poll!(two.as_mut()).is_pending() && poll!(one.as_mut()).is_pending());
        assert!(poll!(zero.as_mut()).is_pending());
        ranks[2].set_position(-1);
        drop(first);
        let second = two.await;
        assert_eq!(second.row, 2, "it was moved to the front");
        drop(second);
        assert_eq!(zero.await.row, 0);
        assert_eq!(one.await.row, 1);
    }

    #[tokio::test]
    async fn who_stops_waiting_costs_nobody_a_place() {
        let semaphore = PrioritySemaphore::new(1);
        let held = semaphore.enter(&Rank::new(1, 1)).await;
        {
            let rank = Rank::new(2, 2);
            let mut gone = pin!(semaphore.enter(&rank));
            assert!(poll!(gone.as_mut()).is_pending());
            // It gets its place and is dropped before it looks.
            drop(held);
        }
        drop(semaphore.enter(&Rank::new(3, 3)).await);
        assert_eq!(semaphore.lock().taken, 0);
        assert!(!semaphore.are_wanted());
    }

    #[tokio::test]
    async fn one_file_never_takes_every_place_from_the_others() {
        let semaphore = PrioritySemaphore::new(3);
        let (large, small) = (Rank::new(1, 1), Rank::new(2, 2));
        let parts = [semaphore.enter(&large).await, semaphore.enter(&large).await, semaphore.enter(&large).await];
        let (mut part, mut other) = (pin!(semaphore.enter(&large)), pin!(semaphore.enter(&small)));
        assert!(poll!(part.as_mut()).is_pending() && poll!(other.as_mut()).is_pending());
        let [one, two, three] = parts;
        drop(one);
        assert_eq!(other.await.row, 2, "although the large file comes first");
        drop((two, three));
        assert_eq!(part.await.row, 1);
    }

    #[tokio::test]
    async fn places_that_are_withdrawn_while_taken_are_not_given_again() {
        let semaphore = PrioritySemaphore::new(4);
        let rank = Rank::new(1, 1);
        let mut taken = Vec::new();
        for _ in 0..4 {
            taken.push(semaphore.enter(&rank).await);
        }
        semaphore.set_limit(2);
        drop(taken.split_off(2));
        let mut next = pin!(semaphore.enter(&rank));
        assert!(poll!(next.as_mut()).is_pending(), "two are taken, and two are all there are");
        taken.pop();
        assert_eq!(next.await.row, 1);
    }
}
