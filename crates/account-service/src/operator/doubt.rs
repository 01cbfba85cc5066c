//! Whether what no row needs is refuse, or what a database that was restored from an old copy doesn't know.

use std::time::Duration;

use super::finding::{Finding, Kind};
use super::repair::is_old;
use crate::counted::counted;

/// Of so many objects one may be needed by no row, and it is no cause for doubt.
const ONE_IN: u64 = 10;

/// A cause to remove nothing unless somebody says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Doubt {
    /// Objects that no row needs and that are old enough to go.
    orphans: u64,
    /// Those of them that can be brought back as pictures.
    needed: u64,
    /// All objects.
    objects: u64,
}

impl Doubt {
    /// The doubt about these findings, of so many objects in all; none when they are few and nobody's pictures.
    pub fn about<'a>(found: impl IntoIterator<Item = &'a Finding>, older_than: Duration, objects: u64) -> Option<Self> {
        let (mut orphans, mut needed) = (0, 0);
        for orphan in found.into_iter().filter(|found| found.kind == Kind::Orphan && is_old(found, older_than)) {
            orphans += 1;
            needed += u64::from(orphan.adoptable.is_some());
        }
        (needed > 0 || orphans * ONE_IN > objects).then_some(Self { orphans, needed, objects })
    }

    /// A sentence for whoever wanted them removed.
    pub fn refusal(&self) -> String {
        let Self { orphans, needed, objects } = self;
        let objects = counted(*objects, "object");
        let known = match needed {
            0 => String::new(),
            1 => " 1 of these may be somebody’s picture, by the journal, its own word or its bytes.".to_owned(),
            _ => format!(" {needed} of these may be people’s pictures, by the journal, their own word or their bytes."),
        };
        format!(
            "No row needs {orphans} of {objects}.{known} Nothing was removed. If this database was restored from a copy \
             older than the bucket, “account-service check --adopt” brings such pictures back. If you are sure that they are \
             to go, say --many."
        )
    }
}

#[cfg(test)]
mod tests {
    use super::super::finding::Adoptable;
    use super::*;

    fn orphans(count: usize, adoptable: Option<Adoptable>) -> Vec<Finding> {
        let mut orphan = Finding::new(Kind::Orphan, "key", "").aged(0);
        orphan.adoptable = adoptable;
        vec![orphan; count]
    }

    fn doubted(count: usize, objects: u64) -> bool {
        Doubt::about(&orphans(count, None), Duration::from_secs(60), objects).is_some()
    }

    #[test]
    fn a_tenth_is_a_tenth_whatever_the_size() {
        assert!(doubted(90, 110) && doubted(2, 4) && doubted(1, 9) && doubted(1_001, 10_000));
        assert!(!doubted(0, 0) && !doubted(1, 10) && !doubted(11, 110) && !doubted(1_000, 10_000));
    }

    #[test]
    fn one_picture_that_somebody_has_is_enough_and_what_is_young_goes_in_no_case() {
        let one = orphans(1, Some(Adoptable::Bytes));
        assert!(Doubt::about(&one, Duration::from_secs(60), 1_000_000).unwrap().refusal().contains("--adopt"));
        let forever = Duration::from_secs(u64::MAX);
        assert_eq!(Doubt::about(&one, forever, 1), None);
    }
}
