//! What is kept of a frame: samples of sequential ones, whose blocks come once; of progressive ones the lowest `n` × `n`
//! frequencies of every block.

use crate::frame::{Component, Frame, Process};
use crate::inverse_dct::{Block, Transform};
use crate::samples::Samples;
use crate::zigzag::ZIGZAG;

/// A frequency that isn't kept.
pub(crate) const DROPPED: u8 = u8::MAX;

/// For each zigzag index: where that coefficient is kept in a block of `n` × `n`, column by column, or [`DROPPED`].
pub(crate) fn slots(n: usize) -> [u8; 64] {
    ZIGZAG.map(|position| {
        let (row, column) = (usize::from(position) / 8, usize::from(position) % 8);
        if row < n && column < n { (column * n + row) as u8 } else { DROPPED }
    })
}

/// What is kept of one component.
pub(crate) struct Plane {
    /// Grey where no block has come.
    pub(crate) samples: Samples,
    /// For progressive frames: `n` × `n` coefficients a block, not yet multiplied by the quantisation table.
    pub(crate) coefficients: Vec<i16>,
    /// For progressive frames: which coefficients of a block (bit = zigzag index) aren't zero.
    pub(crate) history: Vec<u64>,
}

/// What is kept of a frame.
pub(crate) struct Planes {
    /// 1, 2, 4 or 8: the decoded picture has `n`/8 of the full size.
    pub(crate) n: usize,
    /// Where coefficients are kept.
    pub(crate) slots: [u8; 64],
    pub(crate) planes: Vec<Plane>,
}

impl Planes {
    /// Makes room for a frame.
    pub(crate) fn new(frame: &Frame, n: usize) -> Planes {
        let is_progressive = frame.process == Process::Progressive;
        let planes = frame
            .components
            .iter()
            .map(|component| Plane {
                samples: if is_progressive { Samples::default() } else { Samples::grey(component, n) },
                coefficients: if is_progressive { vec![0; blocks(component) * n * n] } else { Vec::new() },
                history: if is_progressive { vec![0; blocks(component)] } else { Vec::new() },
            })
            .collect();
        Planes { n, slots: slots(n), planes }
    }

    /// The samples of all components, with the quantisation table of each.
    pub(crate) fn into_samples(self, frame: &Frame, tables: &[[u16; 64]]) -> Vec<Samples> {
        let transformed = match self.n {
            1 => transformed::<1>,
            2 => transformed::<2>,
            4 => transformed::<4>,
            _ => transformed::<8>,
        };
        let samples = |(plane, (component, table)): (Plane, _)| match frame.process {
            Process::Sequential => plane.samples,
            Process::Progressive => transformed(plane, component, table, frame.precision),
        };
        self.planes.into_iter().zip(frame.components.iter().zip(tables)).map(samples).collect()
    }

    /// Bytes that decoding a frame at this scale holds at a time: coefficients, history, samples and pixels.
    pub(crate) fn memory(frame: &Frame, n: usize) -> u64 {
        let n = n as u64;
        let block = if frame.process == Process::Progressive { n * n * 3 + 8 } else { n * n };
        let pixels = u64::from(frame.width) * u64::from(frame.height) * n * n / 64;
        let channels = if frame.components.len() == 1 { 1 } else { frame.components.len() as u64 };
        frame.blocks() * block + pixels * channels
    }

    /// The largest scale up to the one that gives `side` pixels (on the longer side) whose memory is within `max_alloc`.
    pub(crate) fn scale(frame: &Frame, side: u32, max_alloc: u64) -> Option<usize> {
        let longest = frame.width.max(frame.height);
        let wanted = [1, 2, 4].into_iter().find(|&n| (longest * n).div_ceil(8) >= side).unwrap_or(8);
        [8, 4, 2, 1].into_iter().find(|&n| n <= wanted as usize && Planes::memory(frame, n) <= max_alloc)
    }
}

/// Transforms all blocks of a component.
fn transformed<const N: usize>(plane: Plane, component: &Component, table: &[u16; 64], precision: u8) -> Samples {
    let Plane { coefficients, history, .. } = plane;
    drop(history);
    let (mut samples, transform) = (Samples::grey(component, N), Transform::<N>::new(table, precision));
    let wide = component.stored_wide as usize;
    let mut block: Block = [0; 64];
    for (index, kept) in coefficients.chunks_exact(N * N).enumerate() {
        for (column, kept) in block.chunks_exact_mut(8).zip(kept.chunks_exact(N)) {
            column[..N].copy_from_slice(kept);
        }
        let flat = kept[1..].iter().all(|&coefficient| coefficient == 0);
        samples.put(&transform, index / wide, index % wide, &block, flat);
    }
    samples
}

fn blocks(component: &Component) -> usize {
    component.stored_wide as usize * component.stored_high as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn which_frequencies_are_kept() {
        assert_eq!(slots(1)[..3], [0, DROPPED, DROPPED]);
        assert_eq!(slots(2)[..6], [0, 2, 1, DROPPED, 3, DROPPED]);
        assert_eq!(slots(4).iter().filter(|&&slot| slot != DROPPED).count(), 16);
        assert_eq!(slots(8).map(|slot| slot / 8 + slot % 8 * 8).map(usize::from), ZIGZAG.map(usize::from));
    }

    fn frame(marker: u8, width: u16, height: u16) -> Frame {
        let [w, h] = [width.to_be_bytes(), height.to_be_bytes()];
        let segment = [8, h[0], h[1], w[0], w[1], 3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1];
        Frame::read(marker, &segment).unwrap()
    }

    #[test]
    fn the_scale_fits_the_wanted_size() {
        let scale = |width, height| Planes::scale(&frame(0xC0, width, height), 512, 256 << 20);
        assert_eq!(scale(6000, 4000), Some(1));
        assert_eq!(scale(4032, 3024), Some(2));
        assert_eq!(scale(1024, 700), Some(4));
        assert_eq!(scale(1000, 700), Some(8));
        assert_eq!(scale(10, 10), Some(8));
    }

    #[test]
    fn the_scale_fits_the_memory() {
        // 199 megapixels, progressive: whole coefficients would take 600 MB.
        let huge = frame(0xC2, 16_384, 12_200);
        assert_eq!(Planes::scale(&huge, 512, 256 << 20), Some(1));
        assert!(Planes::memory(&huge, 1) < 64 << 20);
        assert_eq!(Planes::scale(&huge, 4096, 256 << 20), Some(2));
        assert_eq!(Planes::scale(&huge, 4096, 1 << 20), None);
    }
}
