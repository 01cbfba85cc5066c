//! Palettes.

use super::numbers::tag;
use crate::metadata::ifd::Ifd;

/// The palette of a page: all reds, then all greens, then all blues, 16 bits each. Some writers use 8 of the 16 bits.
pub(super) fn of(page: &Ifd) -> Vec<[u8; 3]> {
    let map = page.numbers(tag::COLOUR_MAP, 3 << 16);
    let shift = if map.iter().any(|&value| value > 255) { 8 } else { 0 };
    let count = map.len() / 3;
    let colour = |index| [0, 1, 2].map(|channel: usize| (map[channel * count + index] >> shift) as u8);
    (0..count).map(colour).collect()
}
