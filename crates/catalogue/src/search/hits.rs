//! Which pictures were found, and how well.

/// How well words were found, the best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(super) enum Rank {
    /// They are the name, or a tag.
    Exact,
    /// As whole words.
    Whole,
    /// The last of them as the beginning of a word.
    Beginning,
    /// Somewhere within.
    Within,
}

/// How many ranks there are.
pub(super) const RANKS: usize = 4;

const NONE: u8 = u8::MAX;

/// A rank for each local number, in one byte each: a million pictures are a megabyte, and two sets are combined in less
/// than a millisecond. Of several parts that must all be found the worst counts, of alternatives the best.
#[derive(Debug, Clone)]
pub(super) struct Hits(Vec<u8>);

impl Hits {
    /// Nothing, of the numbers below `size`.
    pub fn none(size: usize) -> Hits {
        Hits(vec![NONE; size])
    }

    /// Everything.
    pub fn all(size: usize) -> Hits {
        Hits(vec![Rank::Exact as u8; size])
    }

    /// A picture was found; the best rank counts.
    pub fn note(&mut self, id: u32, rank: Rank) {
        if let Some(known) = self.0.get_mut(id as usize) {
            *known = (*known).min(rank as u8);
        }
    }

    /// What both found.
    pub fn and(mut self, other: &Hits) -> Hits {
        for (one, other) in self.0.iter_mut().zip(&other.0) {
            *one = (*one).max(*other);
        }
        self
    }

    /// What either found.
    pub fn or(mut self, other: &Hits) -> Hits {
        for (one, other) in self.0.iter_mut().zip(&other.0) {
            *one = (*one).min(*other);
        }
        self
    }

    /// What was not found.
    pub fn not(mut self) -> Hits {
        for rank in &mut self.0 {
            *rank = if *rank == NONE { Rank::Exact as u8 } else { NONE };
        }
        self
    }

    /// Which of the ranks, from 0; `None` for what was not found.
    pub fn rank(&self, id: u32) -> Option<usize> {
        self.0.get(id as usize).filter(|rank| **rank != NONE).map(|rank| usize::from(*rank))
    }

    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|rank| *rank == NONE)
    }

    /// The numbers found.
    pub fn ids(&self) -> impl Iterator<Item = u32> {
        (0..).zip(&self.0).filter(|(_, rank)| **rank != NONE).map(|(id, _)| id)
    }

    /// The numbers found, if there are at most so many.
    pub fn few(&self, most: usize) -> Option<Vec<u32>> {
        let ids: Vec<u32> = self.ids().take(most + 1).collect();
        (ids.len() <= most).then_some(ids)
    }
}
