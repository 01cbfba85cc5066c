//! Which revisions a set of segments covers, so that a lost segment is noticed.

use serde::{Deserialize, Serialize};

/// Revisions from the first to the last, both included; disjoint and rising.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage(Vec<(i64, i64)>);

impl Coverage {
    /// From one revision to another, both included; nothing when they are the wrong way round.
    pub fn of(first: i64, last: i64) -> Self {
        Self(if first <= last { vec![(first, last)] } else { Vec::new() })
    }

    /// Adds what another one covers.
    pub fn add(&mut self, other: &Self) {
        self.0.extend(other.0.iter().filter(|(first, last)| first <= last));
        self.0.sort_unstable();
        let mut joined: Vec<(i64, i64)> = Vec::with_capacity(self.0.len());
        for &(first, last) in &self.0 {
            match joined.last_mut() {
                Some(before) if first <= before.1.saturating_add(1) => before.1 = before.1.max(last),
                _ => joined.push((first, last)),
            }
        }
        self.0 = joined;
    }

    /// Takes out what it covers up to this revision.
    #[must_use]
    pub fn take_up_to(&mut self, revision: i64) -> Self {
        let up_to = self.0.iter().map(|&(first, last)| (first, last.min(revision)));
        let taken = Self(up_to.filter(|(first, last)| first <= last).collect());
        let rest = self.0.iter().map(|&(first, last)| (first.max(revision.saturating_add(1)), last));
        self.0 = rest.filter(|(first, last)| first <= last).collect();
        taken
    }

    /// The first and the last revision.
    pub fn ends(&self) -> Option<(i64, i64)> {
        Some((self.0.first()?.0, self.0.last()?.1))
    }

    /// What it leaves out between 1 and its last revision.
    pub fn gaps(&self) -> Vec<(i64, i64)> {
        let mut gaps = Vec::new();
        let mut next = 1;
        for &(first, last) in &self.0 {
            if next < first {
                gaps.push((next, first - 1));
            }
            next = next.max(last.saturating_add(1));
        }
        gaps
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_covered_is_joined_and_gaps_are_found() {
        let mut all = Coverage::default();
        for (first, last) in [(5, 7), (1, 2), (8, 9), (20, 30), (25, 26), (4, 3)] {
            all.add(&Coverage::of(first, last));
        }
        assert_eq!(all, Coverage(vec![(1, 2), (5, 9), (20, 30)]));
        assert_eq!(all.gaps(), [(3, 4), (10, 19)]);
        assert_eq!(all.ends(), Some((1, 30)));
        let taken = all.take_up_to(22);
        assert_eq!(taken, Coverage(vec![(1, 2), (5, 9), (20, 22)]));
        assert_eq!(all, Coverage(vec![(23, 30)]));
        assert_eq!(Coverage::default().gaps(), []);
    }
}
