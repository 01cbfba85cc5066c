//! What a strip or tile holds, as 8 bits a sample.

use tiff::decoder::DecodingResult;

use crate::decode::light::encoded;

/// The samples of a chunk as 8 bits, or packed where they have fewer.
pub(super) struct Samples {
    pub(super) data: Vec<u8>,
    pub(super) bits: usize,
    pub(super) per_pixel: usize,
    /// Indices into a palette aren't spread over 0 to 255.
    spread: bool,
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
        Samples { data, bits: usize::from(bits).min(8), per_pixel, spread }
    }

    /// One sample; rows begin at whole bytes.
    #[inline]
    pub(super) fn get(&self, wide: usize, x: usize, y: usize, index: usize) -> u8 {
        if self.bits == 8 {
            return self.data.get((y * wide + x) * self.per_pixel + index).copied().unwrap_or_default();
        }
        let row = y * (wide * self.per_pixel * self.bits).div_ceil(8);
        let bit = (x * self.per_pixel + index) * self.bits;
        let byte = self.data.get(row + bit / 8).copied().unwrap_or_default();
        let most = (1_u32 << self.bits) - 1;
        let value = u32::from(byte) >> (8 - self.bits - bit % 8) & most;
        if self.spread { (value * 255 / most) as u8 } else { value as u8 }
    }

    /// One chunk with all samples of a pixel side by side, from a chunk a sample.
    pub(super) fn interleaved(planes: &[Samples], wide: usize, rows: usize) -> Samples {
        let mut data = Vec::with_capacity(wide * rows * planes.len());
        for y in 0..rows {
            for x in 0..wide {
                data.extend(planes.iter().map(|plane| plane.get(wide, x, y, 0)));
            }
        }
        Samples { data, bits: 8, per_pixel: planes.len(), spread: true }
    }
}
