//! Amounts of light by their logarithms: LogL and LogLuv (G. W. Larson, "LogLuv encoding for full-gamut, high-dynamic range
//! images", 1998), as Radiance and libtiff write them.

mod uv;

use tiff::decoder::DecodingResult;

use super::read::Read;
use crate::decode::light::encoded;
use crate::decode::tiff::numbers::{compression, photometric};
use crate::decode::tiff::samples::Samples;

/// How they are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Coding {
    /// 16 bits of brightness, the upper byte of each pixel of a row first, in runs.
    Brightness,
    /// 32 bits of brightness and colour, likewise.
    Colours,
    /// 24 bits of brightness and colour.
    ShortColours,
}

impl Coding {
    pub(super) fn of(kind: u32, compression: u32) -> Option<Coding> {
        match (kind, compression) {
            (photometric::LOG_L, compression::SGI_LOG) => Some(Coding::Brightness),
            (photometric::LOG_LUV, compression::SGI_LOG) => Some(Coding::Colours),
            (photometric::LOG_LUV, compression::SGI_LOG_24) => Some(Coding::ShortColours),
            _ => None,
        }
    }

    /// Samples a pixel, when they are light.
    pub(super) fn samples(self) -> usize {
        if self == Coding::Brightness { 1 } else { 3 }
    }

    pub(super) fn read(self, mut codes: &[u8], chunk_wide: usize, wide: usize, rows: usize) -> Read {
        let mut pixels = Vec::new();
        let mut there = 0;
        while there < rows {
            let Some(row) = self.row(&mut codes, chunk_wide) else { break };
            for &value in &row[..wide.min(row.len())] {
                match self {
                    Coding::Brightness => pixels.push(encoded(brightness(value))),
                    _ => pixels.extend(self.colour(value).map(encoded)),
                }
            }
            there += 1;
        }
        pixels.resize(wide * rows * self.samples(), 0);
        Read { samples: Samples::of(DecodingResult::U8(pixels), 8, self.samples(), true, false), rows: there }
    }

    /// The next row's values; `None` where it breaks off.
    fn row(self, codes: &mut &[u8], wide: usize) -> Option<Vec<u32>> {
        let mut row = vec![0; wide];
        let bytes = match self {
            Coding::ShortColours => {
                let (whole, behind) = codes.split_at_checked(wide.checked_mul(3)?)?;
                *codes = behind;
                let pixels = row.iter_mut().zip(whole.chunks_exact(3));
                pixels.for_each(|(value, three)| *value = u32::from_be_bytes([0, three[0], three[1], three[2]]));
                return Some(row);
            }
            Coding::Brightness => 2,
            Coding::Colours => 4,
        };
        for byte in (0..bytes).rev() {
            runs(codes, &mut row, byte * 8)?;
        }
        Some(row)
    }

    /// Red, green and blue of a pixel, 1 as bright as white.
    fn colour(self, value: u32) -> [f32; 3] {
        const COARSE: f32 = 410.0;
        let (light, place) = if self == Coding::Colours {
            let part = |shift: u32| ((value >> shift & 0xFF) as f32 + 0.5) / COARSE;
            (brightness(value >> 16), Some([part(8), part(0)]))
        } else {
            let level = value >> 14 & 0x3FF;
            // Of brightness there are 64 steps for twice the light.
            let light = if level == 0 { 0.0 } else { ((level as f32 + 0.5) / 64.0 - 12.0).exp2() };
            (light, uv::of(value & 0x3FFF))
        };
        // Of what can't be seen the colour is white.
        let [u, v] = place.unwrap_or([0.210_526, 0.473_684]);
        let (x, z) = (9.0 * u / (4.0 * v), (12.0 - 3.0 * u - 20.0 * v) / (4.0 * v));
        to_rgb([x * light, light, z * light])
    }
}

/// Adds a byte to each value of a row.
fn runs(codes: &mut &[u8], row: &mut [u32], shift: u32) -> Option<()> {
    let mut x = 0;
    while x < row.len() {
        let (&count, behind) = codes.split_first()?;
        let count_of = |count: u8| usize::from(count).min(row.len() - x);
        if count >= 128 {
            let (&byte, behind) = behind.split_first()?;
            let length = count_of(count - 126);
            row[x..x + length].iter_mut().for_each(|value| *value |= u32::from(byte) << shift);
            (x, *codes) = (x + length, behind);
        } else {
            let length = count_of(count);
            let (plain, behind) = behind.split_at_checked(length)?;
            row[x..].iter_mut().zip(plain).for_each(|(value, &byte)| *value |= u32::from(byte) << shift);
            (x, *codes) = (x + length, behind);
        }
    }
    Some(())
}

/// 256 steps for twice the light, and a sign.
fn brightness(value: u32) -> f32 {
    let level = value & 0x7FFF;
    let light = if level == 0 { 0.0 } else { ((level as f32 + 0.5) / 256.0 - 64.0).exp2() };
    if value & 0x8000 == 0 { light } else { -light }
}

/// From the CIE's XYZ to sRGB's primaries (IEC 61966-2-1).
fn to_rgb([x, y, z]: [f32; 3]) -> [f32; 3] {
    [[3.240_6, -1.537_2, -0.498_6], [-0.968_9, 1.875_8, 0.041_5], [0.055_7, -0.204, 1.057]]
        .map(|row: [f32; 3]| row[0] * x + row[1] * y + row[2] * z)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn light_doubles_every_256_steps() {
        assert!((brightness(64 * 256) - 1.0).abs() < 0.01);
        assert!((brightness(65 * 256) - 2.0).abs() < 0.01);
        assert_eq!(brightness(0), 0.0);
        assert!(brightness(0x8000 | (64 * 256)) < -0.9);
    }

    #[test]
    fn bytes_come_in_runs() {
        let mut row = [0; 4];
        let mut codes: &[u8] = &[0x82, 0x40, 0x82, 1, 4, 1, 2, 3, 4, 9];
        runs(&mut codes, &mut row[..], 8).unwrap();
        assert_eq!(row, [0x4000; 4]);
        assert_eq!(codes.len(), 8);
        let mut two: &[u8] = &[4, 1, 2, 3, 4, 9];
        runs(&mut two, &mut row, 0).unwrap();
        assert_eq!((row, two), ([0x4001, 0x4002, 0x4003, 0x4004], &[9][..]));
        assert_eq!(runs(&mut &[0x83][..], &mut [0; 9], 0), None);
    }
}
