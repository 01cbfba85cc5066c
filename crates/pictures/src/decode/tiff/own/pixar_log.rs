//! Samples as logarithms of 11 bits, as Pixar's renderers stored them (libtiff's `tif_pixarlog.c` is the description): differences
//! to the pixel to the left, packed by Deflate.

use super::bytes;
use crate::decode::tiff::numbers::compression;
use crate::metadata::ifd::{self, Ifd};

/// How many logarithms there are.
const CODES: usize = 2048;

/// How such samples are brought back.
pub(super) struct PixarLog {
    /// Of two bytes the lowest comes first.
    little: bool,
    /// Pixels of a row. Tiles, too, are coded in rows of the whole picture's width.
    wide: usize,
    /// By logarithm: the sample.
    samples: Vec<u8>,
}

impl PixarLog {
    /// As a directory says it.
    pub(super) fn of(page: &Ifd) -> Option<PixarLog> {
        let wide = page.number(ifd::tag::IMAGE_WIDTH)? as usize;
        Some(PixarLog { little: page.is_little(), wide, samples: samples() })
    }

    /// Up to `count` samples, `per_pixel` a pixel.
    pub(super) fn unpacked(&self, codes: &[u8], per_pixel: usize, count: usize) -> Vec<u8> {
        let packed = bytes::unpacked(codes, compression::DEFLATE, count * 2);
        let mut data = Vec::with_capacity(packed.len() / 2);
        for row in packed.chunks((self.wide * per_pixel * 2).max(2)) {
            let mut sums = vec![0_u16; per_pixel.max(1)];
            for pixel in row.chunks(sums.len() * 2) {
                for (sum, two) in sums.iter_mut().zip(pixel.chunks_exact(2)) {
                    let two = [two[0], two[1]];
                    let code = if self.little { u16::from_le_bytes(two) } else { u16::from_be_bytes(two) };
                    *sum = sum.wrapping_add(code) & (CODES as u16 - 1);
                    data.push(self.samples[usize::from(*sum)]);
                }
            }
        }
        data
    }
}

/// What logarithms stand for: the first 250 go up in even steps, the others each by 1/250 more than the one before. What is lighter
/// than white (that is, behind the 1250th) is white.
fn samples() -> Vec<u8> {
    const EVEN: usize = 250;
    const WHITE: f64 = 1250.0;
    let step = 1.0 / EVEN as f64;
    let first = (-step * WHITE).exp();
    let even = first * step * 1_f64.exp();
    let light = |code: usize| if code < EVEN { code as f64 * even } else { first * (step * code as f64).exp() };
    (0..CODES).map(|code| (light(code) * 255.0 + 0.5) as u8).collect()
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn what_logarithms_stand_for() {
        let samples = samples();
        // Of libtiff's own table.
        assert_eq!(
            [0, 100, 250, 500, 1000, 1249, 1250, 2047].map(|code| samples[code]),
            [0, 2, 5, 13, 94, 254, 255, 255]
        );
        assert!(samples.is_sorted());
    }

    #[test]
    fn differences_are_added_up_within_rows() {
        let mut packed = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
        for code in [1000_u16, 500, 250, 1898, 1250, 0] {
            packed.write_all(&code.to_be_bytes()).unwrap();
        }
        let packed = packed.finish().unwrap();
        let log = PixarLog { little: false, wide: 2, samples: samples() };
        // Three rows of two pixels of one sample; beyond the last logarithm it begins with the first.
        assert_eq!(log.unpacked(&packed, 1, 6), [94, 255, 5, 2, 255, 255]);
        // A pixel of two samples.
        assert_eq!(log.unpacked(&packed, 2, 2), [94, 13]);
    }
}
