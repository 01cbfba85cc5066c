//! Colours that several pixels share, without JPEG (TIFF 6.0, section 21): the brightness of each pixel of a block, then their
//! common colour.

use tiff::decoder::DecodingResult;

use super::read::Read;
use crate::decode::tiff::chunks;
use crate::decode::tiff::numbers::tag;
use crate::decode::tiff::samples::Samples;
use crate::metadata::ifd::Ifd;

/// Pixels across and down that share a colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Shared {
    across: usize,
    down: usize,
    /// Brightness and colours have strips or tiles of their own.
    planar: bool,
}

impl Shared {
    /// As the directory says; `None` where each pixel has its own colour.
    pub(super) fn of(page: &Ifd) -> Option<Shared> {
        let bits = page.numbers(tag::BITS_PER_SAMPLE, 64);
        let fits =
            chunks::samples(page) == 3 && page.number(tag::PREDICTOR) != Some(2) && bits.iter().all(|&bits| bits == 8);
        let (across, down) = match page.numbers(tag::YCBCR_SUBSAMPLING, 2)[..] {
            [across, down] => (across, down),
            _ => (2, 2),
        };
        let known = |number: u32| matches!(number, 1 | 2 | 4);
        let shares = fits && known(across) && known(down) && (across, down) != (1, 1);
        let (across, down) = (across as usize, down as usize);
        shares.then_some(Shared { across, down, planar: chunks::is_planar(page) })
    }

    fn block(self) -> usize {
        self.across * self.down + 2
    }

    /// Samples that a pixel has in each strip or tile.
    pub(super) fn samples(self) -> usize {
        if self.planar { 1 } else { 3 }
    }

    /// Bytes of so many rows; `plane` counts from 0, which is brightness.
    pub(super) fn length(self, plane: usize, chunk_wide: usize, rows: usize) -> Option<usize> {
        match (self.planar, plane) {
            (true, 0) => return chunk_wide.checked_mul(rows),
            (true, _) => return chunk_wide.div_ceil(self.across).checked_mul(rows.div_ceil(self.down)),
            (false, _) => {}
        }
        chunk_wide.div_ceil(self.across).checked_mul(self.block())?.checked_mul(rows.div_ceil(self.down))
    }

    /// The samples of each pixel.
    pub(super) fn read(self, plane: usize, data: &[u8], chunk_wide: usize, wide: usize, rows: usize) -> Read {
        if self.planar {
            let (across, down) = if plane == 0 { (1, 1) } else { (self.across, self.down) };
            let line = chunk_wide.div_ceil(across).max(1);
            let sample = |y: usize, x: usize| data.get(y / down * line + x / across).copied().unwrap_or_default();
            let samples = (0..rows).flat_map(|y| (0..wide).map(move |x| sample(y, x))).collect();
            let there = (data.len() / line * down).min(rows);
            return Read { samples: Samples::of(DecodingResult::U8(samples), 8, 1, true, false), rows: there };
        }
        let blocks = chunk_wide.div_ceil(self.across);
        let line = blocks * self.block();
        let mut pixels = vec![0; wide * rows * 3];
        for y in 0..rows {
            for x in 0..wide {
                let at = y / self.down * line + x / self.across * self.block();
                let brightness = at + y % self.down * self.across + x % self.across;
                let colour = at + self.across * self.down;
                let Some(&[cb, cr]) = data.get(colour..colour + 2) else { break };
                pixels[(y * wide + x) * 3..][..3].copy_from_slice(&[data[brightness], cb, cr]);
            }
        }
        let there = (data.len() / line.max(1) * self.down).min(rows);
        Read { samples: Samples::of(DecodingResult::U8(pixels), 8, 3, true, false), rows: there }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_by_two_share_a_colour() {
        let shared = Shared { across: 2, down: 2, planar: false };
        assert_eq!(shared.length(0, 3, 3), Some(24));
        let data: Vec<u8> = (0..12).collect();
        let read = shared.read(0, &data, 3, 3, 2);
        assert_eq!(read.rows, 2);
        assert_eq!(read.samples.data, [0, 4, 5, 1, 4, 5, 6, 10, 11, 2, 4, 5, 3, 4, 5, 8, 10, 11]);
        assert_eq!(shared.read(0, &data[..11], 3, 3, 2).rows, 0);
        let apart = Shared { planar: true, ..shared };
        assert_eq!([apart.length(0, 3, 3), apart.length(1, 3, 3)], [Some(9), Some(4)]);
        assert_eq!(apart.read(1, &[7, 8, 9, 10], 3, 3, 3).samples.data, [7, 7, 8, 7, 7, 8, 9, 9, 10]);
    }
}
