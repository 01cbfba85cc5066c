//! Which pictures this process has changed since when, so that what is shown can follow instead of being read anew.
//!
//! SQLite's update hook names the row of each change as it is made, before it is committed. So whoever takes a [`Mark`] first
//! and reads from a snapshot afterwards is told at the next time of everything that the snapshot didn't have: more than that,
//! perhaps, and never less.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::Connection;

/// The most changes that are remembered: more than that are read anew faster.
const KEPT: usize = 20_000;

/// The tables whose rows are watched: by the numbers of pictures.
const WATCHED: [&str; 2] = ["picture", "likeness"];

/// A moment in the history of changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mark(u64);

/// The changes of this process.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    log: Mutex<Log>,
}

#[derive(Debug, Default)]
struct Log {
    /// Numbers of pictures, in the order in which they were changed.
    ids: VecDeque<u32>,
    /// How many changes there were before the first of them.
    first: u64,
    /// Up to where all that was changed is committed or taken back.
    settled: u64,
}

impl Log {
    fn end(&self) -> u64 {
        self.first + self.ids.len() as u64
    }
}

impl Changes {
    /// Watches what is changed by a connection.
    pub(crate) fn watch(self: &Arc<Self>, conn: &Connection) -> rusqlite::Result<()> {
        let changes = Arc::clone(self);
        conn.update_hook(Some(move |_, _: &str, table: &str, row: i64| {
            if WATCHED.contains(&table)
                && let Ok(id) = u32::try_from(row)
            {
                changes.note(id);
            }
        }))
    }

    fn note(&self, id: u32) {
        let mut log = self.log();
        if log.ids.back() == Some(&id) && log.settled < log.end() {
            return;
        }
        if log.ids.len() == KEPT {
            log.ids.pop_front();
            log.first += 1;
        }
        log.ids.push_back(id);
    }

    /// The transaction that was under way is at its end.
    pub(crate) fn settle(&self) {
        let mut log = self.log();
        log.settled = log.end();
    }

    /// Somebody else has changed nobody knows what: who asks has to read everything anew.
    pub(crate) fn unknown(&self) {
        let mut log = self.log();
        log.first = log.end() + 1;
        log.ids.clear();
        log.settled = log.first;
    }

    /// Now: to be taken before a snapshot is.
    pub(crate) fn mark(&self) -> Mark {
        Mark(self.log().settled)
    }

    /// The pictures that may have changed since, each once, by their numbers; none when that isn't known any more. To be asked
    /// after a snapshot was taken.
    pub(crate) fn since(&self, mark: Mark) -> Option<Vec<u32>> {
        let log = self.log();
        let from = usize::try_from(mark.0.checked_sub(log.first)?).ok()?;
        let mut ids: Vec<u32> = log.ids.iter().skip(from).copied().collect();
        ids.sort_unstable();
        ids.dedup();
        Some(ids)
    }

    fn log(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_under_way_is_told_again() {
        let changes = Changes::default();
        changes.note(7);
        changes.note(7);
        changes.settle();
        let mark = changes.mark();
        assert_eq!(changes.since(mark), Some(Vec::new()));
        changes.note(9);
        let during = changes.mark();
        changes.note(3);
        changes.settle();
        assert_eq!(changes.since(mark), Some(vec![3, 9]));
        assert_eq!(changes.since(during), Some(vec![3, 9]), "9 was not committed when the mark was taken");
        assert_eq!(changes.since(changes.mark()), Some(Vec::new()));
    }

    #[test]
    fn one_that_is_changed_again_is_told_again() {
        let changes = Changes::default();
        changes.note(7);
        changes.settle();
        let mark = changes.mark();
        changes.note(7);
        assert_eq!(changes.since(mark), Some(vec![7]));
    }

    #[test]
    fn what_is_forgotten_or_unknown_is_not_guessed() {
        let changes = Changes::default();
        let mark = changes.mark();
        changes.unknown();
        assert_eq!(changes.since(mark), None);
        let mark = changes.mark();
        assert_eq!(changes.since(mark), Some(Vec::new()));
        (0..=KEPT as u32).for_each(|id| changes.note(id));
        assert_eq!(changes.since(mark), None);
    }
}
