//! Strips and tiles: how large they are, and where they stand in the file.

use std::ops::Range;

use super::numbers::tag;
use crate::metadata::ifd::{self, Ifd};

/// Most strips or tiles of a picture.
pub(super) const MOST: usize = 1 << 20;

/// The entries that say where strips or tiles are, and how long.
pub(super) fn tags(ifd: &Ifd) -> (u16, u16) {
    if ifd.has(tag::TILE_OFFSETS) {
        (tag::TILE_OFFSETS, tag::TILE_BYTE_COUNTS)
    } else {
        (tag::STRIP_OFFSETS, tag::STRIP_BYTE_COUNTS)
    }
}

/// The strips or tiles in the file.
pub(super) fn ranges(offsets: &[u32], counts: &[u32]) -> Vec<Range<u64>> {
    offsets.iter().zip(counts).map(|(&at, &count)| at.into()..u64::from(at) + u64::from(count)).collect()
}

/// How a page is divided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Grid {
    /// Of a strip or tile, in pixels.
    pub(super) wide: u32,
    pub(super) high: u32,
    /// How many stand side by side, and one above the other.
    pub(super) across: u32,
    pub(super) down: u32,
}

impl Grid {
    /// Of a page that isn't empty.
    pub(super) fn of(page: &Ifd) -> Option<Grid> {
        let positive = |tag| page.number(tag).filter(|&number| number > 0);
        let (width, height) = (positive(ifd::tag::IMAGE_WIDTH)?, positive(ifd::tag::IMAGE_HEIGHT)?);
        let (wide, high) = if page.has(tag::TILE_WIDTH) {
            (positive(tag::TILE_WIDTH)?, positive(tag::TILE_LENGTH)?)
        } else {
            (width, positive(tag::ROWS_PER_STRIP).unwrap_or(height).min(height))
        };
        Some(Grid { wide, high, across: width.div_ceil(wide), down: height.div_ceil(high) })
    }

    /// How many a page or, where each sample has its own, a plane has.
    pub(super) fn count(self) -> u64 {
        u64::from(self.across) * u64::from(self.down)
    }
}

/// Whether every sample has strips or tiles of its own.
pub(super) fn is_planar(page: &Ifd) -> bool {
    page.number(tag::PLANAR) == Some(2) && samples(page) > 1
}

/// Samples a pixel.
pub(super) fn samples(page: &Ifd) -> u32 {
    page.number(tag::SAMPLES_PER_PIXEL).unwrap_or(1)
}

/// How many bytes a strip or tile holds at most, uncompressed.
pub(super) fn bytes(page: &Ifd) -> Option<u64> {
    let grid = Grid::of(page)?;
    let samples = if page.number(tag::PLANAR) == Some(2) { 1 } else { samples(page) };
    let bits = page.number(tag::BITS_PER_SAMPLE).unwrap_or(1);
    let row = u64::from(grid.wide).checked_mul(u64::from(samples) * u64::from(bits))?.div_ceil(8);
    row.checked_mul(grid.high.into())
}
