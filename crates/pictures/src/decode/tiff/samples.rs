//! What a strip or tile holds, as 8 bits a sample.

use tiff::decoder::DecodingResult;

use super::lab;
use crate::decode::light::encoded;

/// The samples of a chunk as 8 bits, or packed where they have fewer.
pub(super) struct Samples {
    pub(super) data: Vec<u8>,
    pub(super) bits: usize,
    pub(super) per_pixel: usize,
    /// Indices into a palette aren't spread over 0 to 255.
    spread: bool,
    /// The samples as 16 bits, of L*a*b* and numbers of colours that have as many; then there are no others.
    words: Vec<u16>,
}

impl Samples {
    /// With `light`, fractions are amounts of it, but for the fourth sample, which is how opaque a pixel is.
    pub(super) fn of(result: DecodingResult, bits: u8, per_pixel: usize, spread: bool, light: bool) -> Samples {
        let share = |value: f64| (value.clamp(0.0, 1.0) * 255.0 + 0.5) as u8;
        let unit = |(at, value): (usize, f64)| {
            let is_alpha = per_pixel == 4 && at % 4 == 3;
            if light && !is_alpha { encoded(value as f32) } else { share(value) }
        };
        let data = match result {
            DecodingResult::U8(data) => data,
            DecodingResult::U16(data) => data.into_iter().map(|value| (value >> 8) as u8).collect(),
            DecodingResult::U32(data) => data.into_iter().map(|value| (value >> 24) as u8).collect(),
            DecodingResult::U64(data) => data.into_iter().map(|value| (value >> 56) as u8).collect(),
            DecodingResult::I8(data) => data.into_iter().map(|value| (i16::from(value) + 128) as u8).collect(),
            DecodingResult::I16(data) => data.into_iter().map(|value| ((value >> 8) + 128) as u8).collect(),
            DecodingResult::I32(data) => data.into_iter().map(|value| ((value >> 24) + 128) as u8).collect(),
            DecodingResult::I64(data) => data.into_iter().map(|value| ((value >> 56) + 128) as u8).collect(),
            DecodingResult::F16(data) => data.into_iter().map(|value| value.to_f64()).enumerate().map(unit).collect(),
            DecodingResult::F32(data) => data.into_iter().map(f64::from).enumerate().map(unit).collect(),
            DecodingResult::F64(data) => data.into_iter().enumerate().map(unit).collect(),
        };
        Samples { data, bits: usize::from(bits).min(8), per_pixel, spread, words: Vec::new() }
    }

    /// Numbers of a palette's colours.
    pub(super) fn of_palette(result: DecodingResult, bits: u8, per_pixel: usize) -> Samples {
        match result {
            DecodingResult::U16(words) => Samples { data: Vec::new(), bits: 16, per_pixel, spread: false, words },
            bytes => Samples::of(bytes, bits, per_pixel, false, false),
        }
    }

    /// The number of a pixel's colour.
    pub(super) fn number(&self, wide: usize, x: usize, y: usize) -> usize {
        match self.words.get((y * wide + x) * self.per_pixel) {
            Some(&number) => number.into(),
            None => self.get(wide, x, y, 0).into(),
        }
    }

    /// L*a*b*: with 8 bits a sample the colours change visibly. Fractions are put as TIFF 6.0 has them in 16 bits.
    pub(super) fn of_lab(result: DecodingResult, bits: u8, per_pixel: usize) -> Samples {
        let fraction = |(at, value): (usize, f32)| match at % per_pixel {
            0 => (value * 655.35) as u16,
            _ => (value * 256.0) as i16 as u16,
        };
        let words = match result {
            DecodingResult::U16(words) => words,
            DecodingResult::F32(values) => values.into_iter().enumerate().map(fraction).collect(),
            bytes => return Samples::of(bytes, bits, per_pixel, true, false),
        };
        Samples { data: Vec::new(), bits: 16, per_pixel, spread: true, words }
    }

    /// L*, a* and b* of a pixel, in their own units; with `signed`, a* and b* are stored with a sign, else as the ICC has it.
    pub(super) fn lab(&self, wide: usize, x: usize, y: usize, signed: bool) -> [f32; 3] {
        let at = (y * wide + x) * self.per_pixel;
        let Some(&[l, a, b]) = self.words.get(at..at + 3) else {
            let moved = if signed { 0x80 } else { 0 };
            return lab::of_bytes(
                [0, 1, 2].map(|index| self.get(wide, x, y, index) ^ if index > 0 { moved } else { 0 }),
            );
        };
        let share = if signed { 65_535.0 } else { 65_280.0 };
        let opponent = |value: u16| match signed {
            true => f32::from(value as i16) / 256.0,
            false => f32::from(value) / 256.0 - 128.0,
        };
        [f32::from(l) / share * 100.0, opponent(a), opponent(b)]
    }

    /// One sample; rows begin at whole bytes.
    #[inline]
    pub(super) fn get(&self, wide: usize, x: usize, y: usize, index: usize) -> u8 {
        if self.bits == 8 {
            return self.data.get((y * wide + x) * self.per_pixel + index).copied().unwrap_or_default();
        }
        let row = y * (wide * self.per_pixel * self.bits).div_ceil(8);
        let bit = (x * self.per_pixel + index) * self.bits;
        let byte = |index: usize| self.data.get(row + bit / 8 + index).copied().map_or(0, u32::from);
        let most = (1_u32 << self.bits) - 1;
        // A sample may reach into the next byte.
        let value = (byte(0) << 8 | byte(1)) >> (16 - self.bits - bit % 8) & most;
        if self.spread { (value * 255 / most) as u8 } else { value as u8 }
    }

    /// One chunk with all samples of a pixel side by side, from a chunk a sample.
    pub(super) fn interleaved(planes: &[Samples], wide: usize, rows: usize) -> Samples {
        let per_pixel = planes.len();
        if planes.iter().all(|plane| !plane.words.is_empty()) {
            let word = |at: usize| planes.iter().map(move |plane| plane.words.get(at).copied().unwrap_or_default());
            let words = (0..wide * rows).flat_map(word).collect();
            return Samples { data: Vec::new(), bits: 16, per_pixel, spread: true, words };
        }
        let mut data = Vec::with_capacity(wide * rows * per_pixel);
        for y in 0..rows {
            for x in 0..wide {
                data.extend(planes.iter().map(|plane| plane.get(wide, x, y, 0)));
            }
        }
        Samples { data, bits: 8, per_pixel, spread: true, words: Vec::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Found by fuzzing.
    #[test]
    fn samples_reach_into_the_next_byte() {
        let samples = Samples::of(DecodingResult::U8(vec![0b1010_0110, 0b1000_0000]), 3, 1, false, false);
        assert_eq!([0, 1, 2, 3].map(|x| samples.get(4, x, 0, 0)), [5, 1, 5, 0]);
    }
}
