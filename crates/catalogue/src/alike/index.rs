//! Finding hashes that are near: multi-index hashing (M. Norouzi, A. Punjani, D. J. Fleet, *Fast Search in Hamming Space with
//! Multi-Index Hashing*, CVPR 2012).
//!
//! Of two hashes that differ in at most 8 of 64 bits, cut into five pieces, either one of the first four pieces differs in at most
//! one bit, or the last one in none: otherwise they differed in 4 · 2 + 1 bits. So a look into 57 buckets finds all that are near,
//! and each bucket of a piece of 13 bits has one hash of 8,192. A tree of distances (Burkhard–Keller) has to look at most of
//! its nodes at such a distance.

use super::NEAR;

/// First bit and width of the pieces.
const PIECES: [(u32, u32); 5] = [(0, 13), (13, 13), (26, 13), (39, 13), (52, 12)];

/// Hashes, each with the number of its picture, by the value of each piece.
pub(crate) struct Index {
    pieces: [Vec<Vec<(u64, u32)>>; PIECES.len()],
}

/// What a look found.
#[derive(Debug, Default)]
pub(crate) struct Near {
    /// Distances and pictures, the nearest first, each picture once.
    pub(crate) found: Vec<(u32, u32)>,
    /// With how many hashes was compared.
    pub(crate) compared: usize,
}

impl Index {
    pub(crate) fn new() -> Self {
        Self { pieces: PIECES.map(|(_, width)| vec![Vec::new(); 1 << width]) }
    }

    /// Adds the hash of a picture.
    pub(crate) fn insert(&mut self, hash: u64, picture: u32) {
        for (buckets, piece) in self.pieces.iter_mut().zip(PIECES) {
            buckets[value(hash, piece)].push((hash, picture));
        }
    }

    /// The pictures whose hashes differ from one of these in at most [`NEAR`] bits.
    pub(crate) fn near(&self, hashes: &[u64]) -> Near {
        let mut near = Near::default();
        for hash in hashes {
            for (at, (buckets, piece)) in self.pieces.iter().zip(PIECES).enumerate() {
                let here = value(*hash, piece);
                near.look(&buckets[here], *hash);
                let flips = if at + 1 < PIECES.len() { piece.1 } else { 0 };
                (0..flips).for_each(|bit| near.look(&buckets[here ^ 1 << bit], *hash));
            }
        }
        near.found.sort_unstable_by_key(|(distance, picture)| (*picture, *distance));
        near.found.dedup_by_key(|(_, picture)| *picture);
        near.found.sort_unstable();
        near
    }
}

impl Near {
    fn look(&mut self, bucket: &[(u64, u32)], hash: u64) {
        self.compared += bucket.len();
        let distances = bucket.iter().map(|(other, picture)| ((hash ^ other).count_ones(), *picture));
        self.found.extend(distances.filter(|(distance, _)| *distance <= NEAR));
    }
}

fn value(hash: u64, (first, width): (u32, u32)) -> usize {
    (hash >> first) as usize & ((1 << width) - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers without any order (splitmix64, S. Vigna).
    fn numbers() -> impl FnMut() -> u64 {
        let mut state = 7u64;
        move || {
            state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let mut z = state;
            z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            z ^ (z >> 31)
        }
    }

    #[test]
    fn everything_near_is_found_and_nothing_else() {
        let mut number = numbers();
        let mut index = Index::new();
        let hash = number();
        let mut near = Vec::new();
        for picture in 0..4000 {
            let mut other = hash;
            for _ in 0..picture % 12 {
                other ^= 1 << (number() % 64);
            }
            index.insert(other, picture);
            let distance = (hash ^ other).count_ones();
            near.extend((distance <= NEAR).then_some((distance, picture)));
        }
        near.sort_unstable();
        assert!((2500..4000).contains(&near.len()));
        assert_eq!(index.near(&[hash]).found, near);
        assert_eq!(index.near(&[hash, hash]).found, near, "each once");
        assert_eq!(index.near(&[!hash]).found, []);
    }

    /// One picture among 100,000 is compared with fewer than one of a hundred for each way to lay it down.
    #[test]
    fn few_are_compared() {
        let mut number = numbers();
        let mut index = Index::new();
        (0..100_000).for_each(|picture| index.insert(number(), picture));
        let compared: usize = (0..100).map(|_| index.near(&[number()]).compared).sum();
        assert!(compared / 100 < 1000, "{compared}");
        assert!(compared > 0);
    }
}
