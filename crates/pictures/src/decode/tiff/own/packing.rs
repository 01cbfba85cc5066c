//! Samples of any number of bits, side by side.

use tiff::decoder::DecodingResult;

use super::predictor::Horizontal;
use crate::decode::tiff::chunks;
use crate::decode::tiff::numbers::{photometric, tag};
use crate::decode::tiff::samples::Samples;
use crate::metadata::ifd::{self, Ifd};

/// Most bits of a sample.
const MOST: u32 = 64;

/// What samples are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// From black to white.
    Whole,
    /// As many below zero as above it.
    Signed,
    /// Numbers of colours in a palette.
    Numbers,
    /// Fractions; with `light` amounts of it.
    Fractions { light: bool },
}

/// How samples are stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Packing {
    /// By sample; the last one counts for those behind it, too.
    bits: Vec<u32>,
    kind: Kind,
    /// Zero is white.
    inverted: bool,
    /// Of whole bytes the lowest comes first.
    little: bool,
}

impl Packing {
    pub(super) fn bits(bits: u32, kind: Kind, inverted: bool) -> Packing {
        Packing { bits: vec![bits], kind, inverted, little: false }
    }

    /// As the directory says.
    pub(super) fn of(page: &Ifd, photometric: Option<u32>) -> Option<Packing> {
        const SIGNED: u32 = 2;
        const FRACTIONS: u32 = 3;
        let mut bits = page.numbers(tag::BITS_PER_SAMPLE, 64);
        if page.lacks(tag::BITS_PER_SAMPLE) {
            return None;
        }
        if bits.is_empty() {
            bits.push(1);
        }
        if bits.iter().any(|bits| !(1..=MOST).contains(bits)) {
            return None;
        }
        let coloured = photometric == Some(photometric::RGB) && !page.has(ifd::tag::ICC_PROFILE);
        let kind = match page.number(tag::SAMPLE_FORMAT) {
            _ if photometric == Some(photometric::PALETTE) => Kind::Numbers,
            Some(SIGNED) => Kind::Signed,
            Some(FRACTIONS) => Kind::Fractions { light: coloured },
            _ => Kind::Whole,
        };
        let alike = bits.iter().all(|&depth| depth == bits[0]);
        let is_fraction = matches!(kind, Kind::Fractions { .. });
        if !alike && (chunks::is_planar(page) || is_fraction) || is_fraction && !matches!(bits[0], 16 | 24 | 32 | 64) {
            return None;
        }
        let inverted = photometric == Some(photometric::WHITE_IS_ZERO);
        Some(Packing { bits, kind, inverted, little: page.is_little() })
    }

    /// Whether the tiff crate doesn't know it.
    pub(super) fn is_odd(&self, samples: u32) -> bool {
        let first = self.bits[0];
        let alike = self.bits.iter().all(|&bits| bits == first);
        let known = matches!(first, 8 | 16 | 32 | 64) || (samples == 1 && matches!(first, 1 | 2 | 4));
        !alike || !known
    }

    /// How differences are undone, where whole bytes are stored as such.
    pub(super) fn predictor(&self) -> Option<Horizontal> {
        let bytes = match self.bits[0] {
            8 => 1,
            16 => 2,
            32 => 4,
            64 => 8,
            _ => return None,
        };
        Some(Horizontal { bytes, little: self.little })
    }

    fn depth(&self, sample: usize) -> u32 {
        self.bits.get(sample).or(self.bits.last()).copied().unwrap_or(1)
    }

    /// Bytes of a row; rows begin at whole bytes.
    pub(super) fn row(&self, wide: usize, per_pixel: usize) -> Option<usize> {
        let pixel: usize = (0..per_pixel).map(|sample| self.depth(sample) as usize).sum();
        Some(wide.checked_mul(pixel)?.div_ceil(8)).filter(|&row| row > 0)
    }

    /// The first `wide` pixels of rows of `chunk_wide`, as far as they are there.
    pub(super) fn samples(
        &self,
        data: &[u8],
        chunk_wide: usize,
        wide: usize,
        rows: usize,
        per_pixel: usize,
    ) -> Samples {
        let values = self.values(data, chunk_wide, wide, rows, per_pixel);
        match self.kind {
            Kind::Fractions { light } => {
                let fractions = values.map(|(value, depth)| fraction(value, depth)).collect();
                Samples::of(DecodingResult::F32(fractions), 32, per_pixel, true, light)
            }
            Kind::Numbers => {
                let numbers = values.map(|(value, _)| value.min(0xFFFF) as u16).collect();
                Samples::of_palette(DecodingResult::U16(numbers), 16, per_pixel)
            }
            Kind::Whole | Kind::Signed => {
                let bytes = values.map(|(value, depth)| self.byte(value, depth)).collect();
                Samples::of(DecodingResult::U8(bytes), 8, per_pixel, true, false)
            }
        }
    }

    /// Each sample and its bits.
    fn values(
        &self,
        data: &[u8],
        chunk_wide: usize,
        wide: usize,
        rows: usize,
        per_pixel: usize,
    ) -> impl Iterator<Item = (u64, u32)> {
        let row = self.row(chunk_wide, per_pixel).unwrap_or(1);
        data.chunks(row).take(rows).flat_map(move |line| {
            let mut bits = Bits { bytes: line, at: 0 };
            (0..wide * per_pixel).map(move |at| {
                let depth = self.depth(at % per_pixel);
                let value = bits.take(depth);
                let turned = self.little && matches!(depth, 16 | 24 | 32 | 64);
                (if turned { value.swap_bytes() >> (64 - depth) } else { value }, depth)
            })
        })
    }

    /// Bytes that a sample takes here.
    pub(super) fn size(&self) -> u64 {
        match self.kind {
            Kind::Fractions { .. } => 5,
            Kind::Numbers => 2,
            Kind::Whole | Kind::Signed => 1,
        }
    }

    fn byte(&self, value: u64, depth: u32) -> u8 {
        let value = if self.kind == Kind::Signed { value ^ 1 << (depth - 1) } else { value };
        let byte = if depth >= 8 { (value >> (depth - 8)) as u8 } else { (value * 255 / ((1 << depth) - 1)) as u8 };
        if self.inverted { !byte } else { byte }
    }
}

/// A fraction of 16, 24, 32 or 64 bits: sign, exponent, and the rest (IEEE 754; those of 24 bits are Adobe Photoshop TIFF
/// Technical Note 3's).
fn fraction(value: u64, depth: u32) -> f32 {
    let (exponent_bits, rest_bits) = match depth {
        16 => (5, 10),
        24 => (7, 16),
        32 => return f32::from_bits(value as u32),
        _ => return f64::from_bits(value) as f32,
    };
    let most = (1 << exponent_bits) - 1;
    let (exponent, rest) = ((value >> rest_bits & most) as i32, value & ((1 << rest_bits) - 1));
    let (middle, part) = ((most >> 1) as i32, rest as f32 / (1_u32 << rest_bits) as f32);
    let size = match exponent {
        0 => part * 2_f32.powi(1 - middle),
        _ if exponent == most as i32 => f32::INFINITY,
        _ => (1.0 + part) * 2_f32.powi(exponent - middle),
    };
    if value >> (depth - 1) & 1 == 1 { -size } else { size }
}

/// Bits from the highest of each byte on; zeros behind the end.
struct Bits<'b> {
    bytes: &'b [u8],
    /// In bits.
    at: usize,
}

impl Bits<'_> {
    fn take(&mut self, mut count: u32) -> u64 {
        let mut value = 0;
        while count > 0 {
            let (left, byte) = (8 - (self.at % 8) as u32, self.bytes.get(self.at / 8).copied().unwrap_or_default());
            let part = left.min(count);
            value = value << part | u64::from(byte) >> (left - part) & ((1 << part) - 1);
            self.at += part as usize;
            count -= part;
        }
        value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_across_bytes() {
        let mut bits = Bits { bytes: &[0b1010_0110, 0b1111_0000, 0xFF], at: 0 };
        assert_eq!(
            [bits.take(3), bits.take(7), bits.take(2), bits.take(12), bits.take(4)],
            [5, 0b001_1011, 3, 0x0FF, 0]
        );
    }

    #[test]
    fn depths_become_bytes() {
        let byte = |bits: u32, value: u64| Packing::bits(bits, Kind::Whole, false).byte(value, bits);
        assert_eq!(
            [byte(1, 1), byte(2, 1), byte(5, 31), byte(12, 0xABC), byte(24, 0xAB_CDEF)],
            [255, 85, 255, 0xAB, 0xAB]
        );
        assert_eq!(Packing::bits(4, Kind::Whole, true).byte(0, 4), 255);
    }

    #[test]
    fn fractions_of_few_bits() {
        assert_eq!([0x3F_0000, 0x3E_0000, 0xBF_8000, 0].map(|value| fraction(value, 24)), [1.0, 0.5, -1.5, 0.0]);
        assert_eq!(
            [0x3C00, 0x3800, 0xBE00, 0, 1].map(|value| fraction(value, 16)),
            [1.0, 0.5, -1.5, 0.0, 2_f32.powi(-24)]
        );
        assert_eq!([fraction(0x3F80_0000, 32), fraction(0x3FE0_0000_0000_0000, 64)], [1.0, 0.5]);
    }
}
