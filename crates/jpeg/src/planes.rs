//! The coefficients that are kept: the lowest `n` × `n` frequencies of every block.

use crate::frame::{Component, Frame, Process};

/// Zigzag order to position in the 8 × 8 block, row by row (T.81, figure A.6).
pub(crate) const ZIGZAG: [u8; 64] = [
    0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21,
    28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54,
    47, 55, 62, 63,
];

/// A frequency that isn't kept.
pub(crate) const DROPPED: u8 = u8::MAX;

/// For each zigzag index: where that coefficient is kept in a block of `n` × `n`, or [`DROPPED`].
pub(crate) fn slots(n: usize) -> [u8; 64] {
    ZIGZAG.map(|position| {
        let (row, column) = (usize::from(position) / 8, usize::from(position) % 8);
        if row < n && column < n { (row * n + column) as u8 } else { DROPPED }
    })
}

/// The kept coefficients of one component.
pub(crate) struct Plane {
    /// `n` × `n` coefficients a block, not yet multiplied by the quantisation table.
    pub(crate) coefficients: Vec<i16>,
    /// For progressive frames: which coefficients of a block (bit = zigzag index) aren't zero.
    pub(crate) history: Vec<u64>,
}

/// The kept coefficients of a frame.
pub(crate) struct Planes {
    /// 1, 2, 4 or 8: the decoded picture has `n`/8 of the full size.
    pub(crate) n: usize,
    pub(crate) slots: [u8; 64],
    /// From this zigzag index on nothing is kept.
    pub(crate) kept: usize,
    pub(crate) planes: Vec<Plane>,
}

impl Planes {
    /// Makes room for a frame.
    pub(crate) fn new(frame: &Frame, n: usize) -> Planes {
        let planes = frame
            .components
            .iter()
            .map(|component| Plane {
                coefficients: vec![0; blocks(component) * n * n],
                history: if frame.process == Process::Progressive { vec![0; blocks(component)] } else { Vec::new() },
            })
            .collect();
        let slots = slots(n);
        let kept = slots.iter().rposition(|&slot| slot != DROPPED).map_or(0, |last| last + 1);
        Planes { n, slots, kept, planes }
    }

    /// Bytes that decoding a frame at this scale holds at a time: coefficients, history, samples and pixels.
    pub(crate) fn memory(frame: &Frame, n: usize) -> u64 {
        let history = if frame.process == Process::Progressive { 8 } else { 0 };
        let n = n as u64;
        let pixels = u64::from(frame.width) * u64::from(frame.height) * n * n / 64;
        let channels = if frame.components.len() == 1 { 1 } else { frame.components.len() as u64 };
        frame.blocks() * (n * n * 3 + history) + pixels * channels
    }

    /// The largest scale up to the one that gives `side` pixels (on the longer side) whose memory is within `max_alloc`.
    pub(crate) fn scale(frame: &Frame, side: u32, max_alloc: u64) -> Option<usize> {
        let longest = frame.width.max(frame.height);
        let wanted = [1, 2, 4].into_iter().find(|&n| (longest * n).div_ceil(8) >= side).unwrap_or(8);
        [8, 4, 2, 1].into_iter().find(|&n| n <= wanted as usize && Planes::memory(frame, n) <= max_alloc)
    }
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
        assert_eq!(slots(2)[..6], [0, 1, 2, DROPPED, 3, DROPPED]);
        assert_eq!(slots(4).iter().filter(|&&slot| slot != DROPPED).count(), 16);
        assert_eq!(slots(8).map(usize::from), ZIGZAG.map(usize::from));
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
