//! What is other in a layout than in the one before it.

use std::collections::HashSet;

use crate::view::{LayoutChange, LayoutItem};

/// Where pictures are in a layout, by their local numbers.
struct Places(Vec<u32>);

impl Places {
    const NOWHERE: u32 = u32::MAX;

    fn of(items: &[LayoutItem]) -> Self {
        let highest = items.iter().map(|item| item.id).max().map_or(0, |id| id as usize + 1);
        let mut places = vec![Self::NOWHERE; highest];
        for (place, item) in items.iter().enumerate() {
            places[item.id as usize] = place as u32;
        }
        Self(places)
    }

    fn get(&self, id: u32) -> Option<usize> {
        self.0.get(id as usize).filter(|place| **place != Self::NOWHERE).map(|place| *place as usize)
    }
}

/// The changes that make the one layout of the other, in the order of their places. A picture is in a layout once.
pub(super) fn difference(before: &[LayoutItem], now: &[LayoutItem]) -> Vec<LayoutChange> {
    let (places_before, places_now) = (Places::of(before), Places::of(now));
    let mut changes = Changes::default();
    // Pictures that have another place among the others: taken out at the one, and put in at the other.
    let (mut put_in, mut taken_out) = (HashSet::new(), HashSet::new());
    let (mut old, mut new) = (0, 0);
    while old < before.len() || new < now.len() {
        match (before.get(old), now.get(new)) {
            (Some(was), Some(is)) if was.id == is.id => {
                if was == is {
                    changes.kept();
                } else {
                    changes.removed(old);
                    changes.added(old + 1, *is);
                }
                old += 1;
                new += 1;
            }
            (Some(was), _) if put_in.contains(&was.id) || places_now.get(was.id).is_none() => {
                changes.removed(old);
                old += 1;
            }
            (_, Some(is)) if taken_out.contains(&is.id) || places_before.get(is.id).is_none() => {
                changes.added(old, *is);
                new += 1;
            }
            (Some(was), Some(is)) => {
                // Both are in both, with others between: the one that is farther from its place is the one that has moved.
                let was_goes = places_now.get(was.id).unwrap_or(new) - new;
                let is_came = places_before.get(is.id).unwrap_or(old) - old;
                if was_goes > is_came {
                    taken_out.insert(was.id);
                    changes.removed(old);
                    old += 1;
                } else {
                    put_in.insert(is.id);
                    changes.added(old, *is);
                    new += 1;
                }
            }
            // What is left over on one side only has been taken care of above.
            (Some(_), None) => {
                changes.removed(old);
                old += 1;
            }
            (None, Some(is)) => {
                changes.added(old, *is);
                new += 1;
            }
            (None, None) => break,
        }
    }
    changes.all
}

/// Changes side by side are one.
#[derive(Default)]
struct Changes {
    all: Vec<LayoutChange>,
    /// Whether the last of them goes on.
    open: bool,
}

impl Changes {
    fn kept(&mut self) {
        self.open = false;
    }

    fn removed(&mut self, at: usize) {
        self.last(at).removed += 1;
    }

    fn added(&mut self, at: usize, item: LayoutItem) {
        self.last(at).added.push(item);
    }

    /// The change that goes on at a place of the layout as it was.
    fn last(&mut self, at: usize) -> &mut LayoutChange {
        if !self.open {
            self.open = true;
            self.all.push(LayoutChange { at: at as u32, removed: 0, added: Vec::new() });
        }
        let last = self.all.len() - 1;
        &mut self.all[last]
    }
}

#[cfg(test)]
mod tests {
    use rand::rngs::StdRng;
    use rand::seq::SliceRandom;
    use rand::{Rng, SeedableRng};
    use rstest::rstest;

    use super::*;

    fn items(ids: &[u32]) -> Vec<LayoutItem> {
        ids.iter().map(|&id| LayoutItem { id, aspect_milli: 1000, day: 7 }).collect()
    }

    /// As the window does it.
    fn applied(before: &[LayoutItem], changes: &[LayoutChange]) -> Vec<LayoutItem> {
        let mut made = Vec::new();
        let mut taken = 0;
        for change in changes {
            made.extend_from_slice(&before[taken..change.at as usize]);
            made.extend_from_slice(&change.added);
            taken = (change.at + change.removed) as usize;
        }
        made.extend_from_slice(&before[taken..]);
        made
    }

    #[test]
    fn any_layout_can_be_made_of_any_other() {
        let mut random = StdRng::seed_from_u64(7);
        for _ in 0..2_000 {
            let mut layout = |most: usize| {
                let mut ids: Vec<u32> = (1..=40).collect();
                ids.shuffle(&mut random);
                ids.truncate(random.random_range(0..=most));
                if random.random_bool(0.5) {
                    ids.sort_unstable();
                }
                let mut items = items(&ids);
                items.iter_mut().filter(|_| random.random_bool(0.1)).for_each(|item| item.aspect_milli = 1500);
                items
            };
            let (before, now) = (layout(40), layout(40));
            assert_eq!(applied(&before, &difference(&before, &now)), now);
        }
    }

    #[rstest]
    #[case::nothing(&[1, 2, 3], &[1, 2, 3], 0)]
    #[case::new_first(&[1, 2, 3], &[9, 1, 2, 3], 1)]
    #[case::gone(&[1, 2, 3], &[1, 3], 1)]
    #[case::from_the_end_to_the_beginning(&[1, 2, 3, 4, 5, 6], &[6, 1, 2, 3, 4, 5], 2)]
    #[case::from_the_beginning_to_the_end(&[1, 2, 3, 4, 5, 6], &[2, 3, 4, 5, 6, 1], 2)]
    #[case::all_new(&[], &[1, 2, 3], 1)]
    #[case::all_gone(&[1, 2, 3], &[], 1)]
    fn little_is_said_of_little(#[case] before: &[u32], #[case] now: &[u32], #[case] changes: usize) {
        let (before, now) = (items(before), items(now));
        let difference = difference(&before, &now);
        assert_eq!(difference.len(), changes, "{difference:?}");
        let moved: usize = difference.iter().map(|change| change.removed as usize + change.added.len()).sum();
        assert!(moved <= before.len().abs_diff(now.len()).max(2), "{difference:?}");
    }
}
