//! Who may have a connection: so many in all, and so many from one address. When there are too many, those make way first
//! that have never sent a request, then those that lie idle, the oldest first. So whoever opens thousands and says nothing
//! only ever pushes themselves out.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ipnet::IpNet;
use tokio_util::sync::CancellationToken;

use crate::config::ConnectionPolicy;
use crate::limits::Source;

/// The places of a listener.
#[derive(Clone)]
pub struct Places {
    most: usize,
    most_by_source: Option<usize>,
    trusted: Arc<[IpNet]>,
    taken: Arc<Mutex<Taken>>,
}

#[derive(Default)]
struct Taken {
    /// Rises with each place, and each time that one falls silent.
    next: u64,
    places: HashMap<u64, Entry>,
    by_source: HashMap<Source, usize>,
    /// Those that can be asked to make way, in this order: new ones before idle ones, the oldest first.
    silent: BTreeMap<(Silence, u64), u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Silence {
    /// Has sent no request yet.
    New,
    /// Has sent some.
    Idle,
}

struct Entry {
    /// None for one that speaks for many.
    source: Option<Source>,
    silent: Option<(Silence, u64)>,
    dismissed: CancellationToken,
}

impl Places {
    /// As many as the policy says.
    pub fn new(policy: &ConnectionPolicy, trusted: Vec<IpNet>) -> Self {
        Self {
            most: policy.most.max(1),
            most_by_source: policy.most_by_address,
            trusted: trusted.into(),
            taken: Arc::default(),
        }
    }

    /// A place for a connection from this address, for which another one may have to go; none when all are busy.
    pub fn take(&self, from: IpAddr) -> Option<Place> {
        let trusted = self.trusted.iter().any(|network| network.contains(&from.to_canonical()));
        let source = (!trusted).then(|| Source::of(from));
        let mut taken = self.taken();
        let of_source = source.and_then(|source| taken.by_source.get(&source).copied()).unwrap_or_default();
        if self.most_by_source.is_some_and(|most| of_source >= most) && !taken.dismiss(source) {
            return None;
        }
        if taken.places.len() >= self.most && !taken.dismiss(None) {
            return None;
        }
        if let Some(source) = source {
            *taken.by_source.entry(source).or_default() += 1;
        }
        taken.next += 1;
        let (id, dismissed) = (taken.next, CancellationToken::new());
        taken.places.insert(id, Entry { source, silent: Some((Silence::New, id)), dismissed: dismissed.clone() });
        taken.silent.insert((Silence::New, id), id);
        Some(Place {
            id,
            places: self.clone(),
            dismissed,
            heard: AtomicBool::new(false),
            busy: AtomicBool::new(false),
            requests: AtomicU64::new(0),
        })
    }

    /// Closes the connection that is the first to make way.
    pub fn dismiss_one(&self) {
        self.taken().dismiss(None);
    }

    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Taken {
    /// Asks one to make way, of this source if one is given; false when none can be asked.
    fn dismiss(&mut self, source: Option<Source>) -> bool {
        let of_source = |id: &u64| self.places.get(id).is_some_and(|entry| entry.source == source);
        let first = self.silent.values().copied().find(|id| source.is_none() || of_source(id));
        let Some(id) = first else { return false };
        if let Some(entry) = self.remove(id) {
            entry.dismissed.cancel();
        }
        true
    }

    fn remove(&mut self, id: u64) -> Option<Entry> {
        let entry = self.places.remove(&id)?;
        if let Some(silent) = entry.silent {
            self.silent.remove(&silent);
        }
        if let Some(source) = entry.source
            && let Some(count) = self.by_source.get_mut(&source)
        {
            *count -= 1;
            if *count == 0 {
                self.by_source.remove(&source);
            }
        }
        Some(entry)
    }

    /// Notes whether this one can be asked to make way.
    fn set(&mut self, id: u64, silent: bool) {
        self.next += 1;
        let order = (Silence::Idle, self.next);
        let Some(entry) = self.places.get_mut(&id) else { return };
        if let Some(before) = entry.silent.take() {
            self.silent.remove(&before);
        }
        if silent {
            entry.silent = Some(order);
            self.silent.insert(order, id);
        }
    }
}

/// A connection's place, until it is dropped.
pub struct Place {
    id: u64,
    places: Places,
    dismissed: CancellationToken,
    heard: AtomicBool,
    busy: AtomicBool,
    requests: AtomicU64,
}

impl Place {
    /// Cancelled when the connection has to make way.
    pub fn dismissed(&self) -> CancellationToken {
        self.dismissed.clone()
    }

    /// Something has come over it.
    pub fn hear(&self) {
        self.heard.store(true, Ordering::Relaxed);
    }

    /// Whether anything has come over it.
    pub fn is_heard(&self) -> bool {
        self.heard.load(Ordering::Relaxed)
    }

    /// A request is worked on until this is dropped: the connection can't be asked to make way.
    pub fn busy(self: &Arc<Self>) -> Busy {
        self.busy.store(true, Ordering::Relaxed);
        self.requests.fetch_add(1, Ordering::Relaxed);
        self.places.taken().set(self.id, false);
        Busy(Arc::clone(self))
    }

    /// Whether a request is worked on.
    pub fn is_busy(&self) -> bool {
        self.busy.load(Ordering::Relaxed)
    }

    /// How many requests have come over it.
    pub fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.places.taken().remove(self.id);
    }
}

/// A request is worked on until this is dropped.
pub struct Busy(Arc<Place>);

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.busy.store(false, Ordering::Relaxed);
        self.0.places.taken().set(self.0.id, true);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(most: usize, most_by_address: usize) -> Places {
        let policy = ConnectionPolicy { most, most_by_address: Some(most_by_address), ..ConnectionPolicy::default() };
        Places::new(&policy, vec!["10.0.0.0/8".parse().unwrap()])
    }

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn whoever_says_nothing_only_pushes_themselves_out() {
        let places = places(10, 3);
        let other = places.take(address("192.0.2.2")).unwrap();
        let mine: Vec<Place> = (0..100).map(|_| places.take(address("192.0.2.1")).unwrap()).collect();
        assert!(!other.dismissed().is_cancelled());
        let gone = mine.iter().filter(|place| place.dismissed().is_cancelled()).count();
        assert_eq!(gone, 97, "the newest three stay");
        assert!(mine[97..].iter().all(|place| !place.dismissed().is_cancelled()));
    }

    #[test]
    fn from_many_addresses_the_oldest_that_said_nothing_goes_first() {
        let places = places(3, 3);
        let busy = Arc::new(places.take(address("192.0.2.1")).unwrap());
        let working = busy.busy();
        let idle = Arc::new(places.take(address("192.0.2.2")).unwrap());
        drop(idle.busy());
        let silent = places.take(address("192.0.2.3")).unwrap();
        let _fourth = places.take(address("192.0.2.4")).unwrap();
        assert!(silent.dismissed().is_cancelled() && !idle.dismissed().is_cancelled());
        drop(working);
    }

    #[test]
    fn when_all_are_busy_nobody_is_let_in_until_one_has_gone() {
        let places = places(2, 2);
        let held: Vec<Arc<Place>> =
            ["192.0.2.1", "192.0.2.2"].iter().map(|a| Arc::new(places.take(address(a)).unwrap())).collect();
        let busy: Vec<Busy> = held.iter().map(Place::busy).collect();
        assert!(places.take(address("192.0.2.3")).is_none());
        drop((busy, held));
        assert!(places.take(address("192.0.2.3")).is_some());
        assert!(places.taken().places.is_empty() && places.taken().by_source.is_empty());
    }

    #[test]
    fn a_proxy_speaks_for_many() {
        let places = places(10, 2);
        let through: Vec<Place> = (0..8).map(|_| places.take(address("10.1.2.3")).unwrap()).collect();
        assert!(through.iter().all(|place| !place.dismissed().is_cancelled()));
    }
}
