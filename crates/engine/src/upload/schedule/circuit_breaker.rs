//! Whether the account service and the store can be reached, as the queue finds it: one failure stops all senders, one of
//! them tries again after a while, and its success lets the others go on. No file fails because a network is away.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rand::Rng as _;
use tokio::sync::watch;

use crate::ErrorKind;

/// The first wait after a failure.
const FIRST_WAIT: Duration = Duration::from_millis(500);

/// The longest wait between two attempts.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// Who is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::upload) enum Peer {
    /// The account service.
    Service,
    /// The object store.
    Store,
    /// The disk that the ledger is on: a full one is waited for like a network.
    Disk,
}

const PEERS: [Peer; 3] = [Peer::Disk, Peer::Service, Peer::Store];

/// What is known about a peer that can't be reached.
#[derive(Debug, Clone)]
struct Outage {
    kind: ErrorKind,
    reason: String,
    since: Instant,
    failures: u32,
    next_try: Instant,
    /// Somebody is trying.
    probing: bool,
}

#[derive(Debug, Default)]
struct Peers {
    service: Option<Outage>,
    store: Option<Outage>,
    disk: Option<Outage>,
}

impl Peers {
    fn of(&mut self, peer: Peer) -> &mut Option<Outage> {
        match peer {
            Peer::Service => &mut self.service,
            Peer::Store => &mut self.store,
            Peer::Disk => &mut self.disk,
        }
    }
}

/// Shared by all senders of a worker.
#[derive(Clone)]
pub(in crate::upload) struct CircuitBreaker {
    peers: Arc<Mutex<Peers>>,
    /// Rises with every change, so that waiting senders look again.
    changes: watch::Sender<u64>,
    /// What the store has taken so far; tells whether others got through.
    stored: watch::Sender<u64>,
    /// How often the service has done what it was asked.
    served: watch::Sender<u64>,
}

/// Leave to talk to a peer. In an outage only one is out at a time; dropping it without a word lets the next one try.
pub(in crate::upload) struct Attempt {
    breaker: CircuitBreaker,
    peer: Peer,
    probe: bool,
}

/// An outage, for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::upload) struct Waiting {
    /// Who can't be reached.
    pub(in crate::upload) peer: Peer,
    /// What it is, for programs.
    pub(in crate::upload) kind: ErrorKind,
    /// A sentence.
    pub(in crate::upload) reason: String,
    /// Since when.
    pub(in crate::upload) since: Instant,
}

impl CircuitBreaker {
    /// Everything is thought to be reachable.
    pub(in crate::upload) fn new() -> Self {
        let counter = || watch::Sender::new(0);
        Self { peers: Arc::default(), changes: counter(), stored: counter(), served: counter() }
    }

    /// Waits until it makes sense to talk to a peer.
    pub(in crate::upload) async fn attempt(&self, peer: Peer) -> Attempt {
        let mut changed = self.changes.subscribe();
        loop {
            changed.mark_unchanged();
            let until = {
                let mut peers = self.peers.lock().unwrap_or_else(PoisonError::into_inner);
                match peers.of(peer) {
                    None => return Attempt { breaker: self.clone(), peer, probe: false },
                    Some(outage) if !outage.probing && Instant::now() >= outage.next_try => {
                        outage.probing = true;
                        return Attempt { breaker: self.clone(), peer, probe: true };
                    }
                    Some(outage) if outage.probing => None,
                    Some(outage) => Some(outage.next_try),
                }
            };
            match until {
                // Both ends of the channel are ours, so it can't close.
                None => drop(changed.changed().await),
                Some(until) => {
                    tokio::select! {
                        () = tokio::time::sleep_until(until.into()) => {}
                        _ = changed.changed() => {}
                    }
                }
            }
        }
    }

    /// Somebody else noticed that the network is back: tries at once.
    pub(in crate::upload) fn nudge(&self) {
        {
            let mut peers = self.peers.lock().unwrap_or_else(PoisonError::into_inner);
            for peer in PEERS {
                if let Some(outage) = peers.of(peer) {
                    outage.next_try = Instant::now();
                }
            }
        }
        self.tell();
    }

    /// Why the queue waits, if it does.
    pub(in crate::upload) fn waiting(&self) -> Option<Waiting> {
        let mut peers = self.peers.lock().unwrap_or_else(PoisonError::into_inner);
        PEERS.into_iter().find_map(|peer| {
            let outage = peers.of(peer).as_ref()?;
            // One lost connection that is made good within moments is nothing to tell people about.
            let told = outage.failures > 1 || outage.since.elapsed() > FIRST_WAIT;
            told.then(|| Waiting { peer, kind: outage.kind, reason: outage.reason.clone(), since: outage.since })
        })
    }

    /// Rises whenever what [`waiting`](Self::waiting) says may have changed.
    pub(in crate::upload) fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// How often anybody got through to the store; a sender that fails while this rises has a problem of its own. What the
    /// service answers says nothing about that.
    pub(in crate::upload) fn stored(&self) -> u64 {
        *self.stored.borrow()
    }

    /// Rises whenever somebody got through to the store, and whenever to the service.
    pub(in crate::upload) fn gets_through(&self) -> (watch::Receiver<u64>, watch::Receiver<u64>) {
        (self.stored.subscribe(), self.served.subscribe())
    }

    /// Whether this is the same one.
    pub(in crate::upload) fn is(&self, other: &CircuitBreaker) -> bool {
        Arc::ptr_eq(&self.peers, &other.peers)
    }

    fn tell(&self) {
        self.changes.send_modify(|count| *count += 1);
    }
}

impl Attempt {
    /// The peer answered sensibly.
    pub(in crate::upload) fn succeeded(mut self) {
        self.probe = false;
        match self.peer {
            Peer::Store => self.breaker.stored.send_modify(|count| *count += 1),
            Peer::Service => self.breaker.served.send_modify(|count| *count += 1),
            Peer::Disk => {}
        }
        let ended = self.breaker.peers.lock().unwrap_or_else(PoisonError::into_inner).of(self.peer).take().is_some();
        if ended {
            self.breaker.tell();
        }
    }

    /// The peer answered, if only to refuse: it can be reached, but nobody got through by that.
    pub(in crate::upload) fn answered(mut self) {
        self.probe = false;
        let ended = self.breaker.peers.lock().unwrap_or_else(PoisonError::into_inner).of(self.peer).take().is_some();
        if ended {
            self.breaker.tell();
        }
    }

    /// The peer can't be reached, or asks to wait `at_least`.
    pub(in crate::upload) fn failed(mut self, kind: ErrorKind, reason: &str, at_least: Option<Duration>) {
        self.probe = false;
        let now = Instant::now();
        {
            let mut peers = self.breaker.peers.lock().unwrap_or_else(PoisonError::into_inner);
            let outage = peers.of(self.peer).get_or_insert_with(|| Outage {
                kind,
                reason: String::new(),
                since: now,
                failures: 0,
                next_try: now,
                probing: false,
            });
            // Several senders may fail at once: that is one failure.
            let counted = outage.probing || outage.failures == 0;
            outage.probing = false;
            outage.kind = kind;
            outage.reason = machine::in_words(reason);
            if counted {
                outage.failures += 1;
                outage.next_try = now + backoff(outage.failures, rand::rng().random_range(0.75..1.25));
            }
            if let Some(at_least) = at_least {
                outage.next_try = outage.next_try.max(now + at_least);
            }
        }
        self.breaker.tell();
    }
}

impl Drop for Attempt {
    fn drop(&mut self) {
        if self.probe {
            if let Some(outage) = self.breaker.peers.lock().unwrap_or_else(PoisonError::into_inner).of(self.peer) {
                outage.probing = false;
            }
            self.breaker.tell();
        }
    }
}

/// Twice as long after every failure, with jitter, so that not all devices come back in the same moment.
fn backoff(failures: u32, jitter: f64) -> Duration {
    FIRST_WAIT.saturating_mul(1 << failures.saturating_sub(1).min(10)).min(LONGEST_WAIT).mul_f64(jitter)
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::task::Poll;

    use super::*;

    #[tokio::test]
    async fn one_tries_while_the_others_wait_and_its_success_lets_them_go() {
        let breaker = CircuitBreaker::new();
        breaker.attempt(Peer::Store).await.failed(ErrorKind::StoreUnreachable, "The store is away.", None);
        assert!(!breaker.attempt(Peer::Service).await.probe, "the other peer is not concerned");

        breaker.nudge();
        let probe = breaker.attempt(Peer::Store).await;
        assert!(probe.probe);
        let mut second = pin!(breaker.attempt(Peer::Store));
        assert!(matches!(futures::poll!(second.as_mut()), Poll::Pending));
        probe.failed(ErrorKind::StoreUnreachable, "Still away.", None);
        assert_eq!(breaker.waiting().unwrap().reason, "Still away.");
        assert!(matches!(futures::poll!(second.as_mut()), Poll::Pending));

        breaker.nudge();
        breaker.attempt(Peer::Store).await.succeeded();
        assert!(!second.await.probe);
        assert_eq!(breaker.waiting(), None);
    }

    /// The service answers for each file that the store's disk is full: nobody gets through by that.
    #[tokio::test]
    async fn only_what_the_store_takes_has_got_through() {
        let breaker = CircuitBreaker::new();
        for peer in [Peer::Service, Peer::Disk] {
            breaker.attempt(peer).await.succeeded();
        }
        assert_eq!(breaker.stored(), 0);
        breaker.attempt(Peer::Store).await.succeeded();
        assert_eq!(breaker.stored(), 1);
    }

    #[tokio::test]
    async fn a_sender_that_was_cancelled_while_trying_hands_on_the_attempt() {
        let breaker = CircuitBreaker::new();
        breaker.attempt(Peer::Service).await.failed(ErrorKind::StoreUnreachable, "Away.", None);
        breaker.nudge();
        drop(breaker.attempt(Peer::Service).await);
        assert!(breaker.attempt(Peer::Service).await.probe);
    }

    #[test]
    fn waits_double_up_to_a_limit() {
        assert_eq!(backoff(1, 1.0), FIRST_WAIT);
        assert_eq!(backoff(3, 1.0), FIRST_WAIT * 4);
        assert_eq!(backoff(99, 1.0), LONGEST_WAIT);
    }
}
