//! When an account's changes are written: when it has been quiet for a while, and not later than some time after the
//! first of them.

use std::collections::HashMap;

use tokio::time::Instant;
use uuid::Uuid;

use crate::config::JournalPolicy;

/// The accounts with changes that are not written yet.
pub struct Debounce {
    policy: JournalPolicy,
    waiting: HashMap<Uuid, Waiting>,
}

struct Waiting {
    due: Instant,
    earliest: Instant,
    latest: Instant,
}

impl Debounce {
    /// None yet.
    pub fn new(policy: JournalPolicy) -> Self {
        Self { policy, waiting: HashMap::new() }
    }

    /// An account has changed.
    pub fn changed(&mut self, user_id: Uuid, now: Instant) {
        let first = Waiting { due: now, earliest: now, latest: now + self.policy.longest };
        let waiting = self.waiting.entry(user_id).or_insert(first);
        waiting.due = (now + self.policy.quiet).min(waiting.latest).max(waiting.earliest);
    }

    /// Writing failed; it is tried again after a while, whatever changes until then.
    pub fn failed(&mut self, user_id: Uuid, now: Instant) {
        let again = now + self.policy.longest;
        self.waiting.insert(user_id, Waiting { due: again, earliest: again, latest: again });
    }

    /// When the next one is due.
    pub fn next(&self) -> Option<Instant> {
        self.waiting.values().map(|waiting| waiting.due).min()
    }

    /// Takes out those that are due.
    pub fn take_due(&mut self, now: Instant) -> Vec<Uuid> {
        self.waiting.extract_if(|_, waiting| waiting.due <= now).map(|(user_id, _)| user_id).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn changes_are_collected_until_it_is_quiet_but_not_for_ever() {
        let second = Duration::from_secs(1);
        let mut debounce = Debounce::new(JournalPolicy { quiet: 5 * second, longest: 12 * second });
        let (anna, ben, start) = (Uuid::new_v4(), Uuid::new_v4(), Instant::now());
        assert_eq!(debounce.next(), None);
        debounce.changed(anna, start);
        debounce.changed(anna, start + 4 * second);
        assert_eq!(debounce.next(), Some(start + 9 * second), "not before it has been quiet");
        assert!(debounce.take_due(start + 8 * second).is_empty());
        debounce.changed(ben, start + 8 * second);
        debounce.changed(anna, start + 8 * second);
        assert_eq!(debounce.next(), Some(start + 12 * second), "not later than that");
        assert_eq!(debounce.take_due(start + 12 * second), [anna]);
        debounce.failed(ben, start + 13 * second);
        debounce.changed(ben, start + 14 * second);
        assert!(debounce.take_due(start + 24 * second).is_empty());
        assert_eq!(debounce.take_due(start + 25 * second), [ben]);
        assert_eq!(debounce.next(), None);
    }
}
