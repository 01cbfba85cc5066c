//! From components to pixels: subsampled components are spread, YCbCr becomes RGB.

use crate::pixels::{Colours, Pixels};
use crate::samples::Samples;

/// What the components mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meaning {
    Grey,
    YCbCr,
    Rgb,
    /// With inverted values, as Adobe's programs and all that imitate them store it.
    InvertedCmyk,
    /// YCbCr for CMY, and inverted K.
    Ycck,
    Cmyk,
}

impl Meaning {
    /// Components as they are.
    pub(crate) fn stored(count: usize) -> Meaning {
        match count {
            1 | 2 => Meaning::Grey,
            3 => Meaning::Rgb,
            _ => Meaning::Cmyk,
        }
    }

    /// As libjpeg decides it: by Adobe's marker, then JFIF's, then the components' identifiers.
    pub(crate) fn of(identifiers: &[u8], jfif: bool, adobe: Option<u8>) -> Meaning {
        match (identifiers.len(), adobe) {
            (1 | 2, _) => Meaning::Grey,
            (3, _) if jfif => Meaning::YCbCr,
            (3, Some(0)) => Meaning::Rgb,
            (3, Some(_)) => Meaning::YCbCr,
            (3, None) if identifiers == b"RGB" => Meaning::Rgb,
            (3, None) => Meaning::YCbCr,
            (_, Some(2)) => Meaning::Ycck,
            (_, Some(_)) => Meaning::InvertedCmyk,
            (_, None) => Meaning::Cmyk,
        }
    }
}

/// Puts the components together.
pub(crate) fn pixels(components: &[Samples], meaning: Meaning, width: usize, height: usize) -> Pixels {
    let channels = match meaning {
        Meaning::Grey => 1,
        Meaning::YCbCr | Meaning::Rgb => 3,
        _ => 4,
    };
    let mut data = vec![0; width * height * channels];
    // One row of each component at full width.
    let mut rows = vec![vec![0_u8; width]; channels];
    for (y, line) in data.chunks_exact_mut(width * channels).enumerate() {
        for (row, samples) in rows.iter_mut().zip(components) {
            spread(samples, y * samples.height / height, row);
        }
        match meaning {
            Meaning::Grey => line.copy_from_slice(&rows[0]),
            Meaning::YCbCr => {
                for (x, pixel) in line.chunks_exact_mut(3).enumerate() {
                    pixel.copy_from_slice(&rgb(rows[0][x], rows[1][x], rows[2][x]));
                }
            }
            Meaning::Rgb => {
                for (x, pixel) in line.chunks_exact_mut(3).enumerate() {
                    pixel.copy_from_slice(&[rows[0][x], rows[1][x], rows[2][x]]);
                }
            }
            Meaning::Cmyk => {
                for (x, pixel) in line.chunks_exact_mut(4).enumerate() {
                    pixel.copy_from_slice(&[rows[0][x], rows[1][x], rows[2][x], rows[3][x]]);
                }
            }
            Meaning::InvertedCmyk => {
                for (x, pixel) in line.chunks_exact_mut(4).enumerate() {
                    pixel.copy_from_slice(&[!rows[0][x], !rows[1][x], !rows[2][x], !rows[3][x]]);
                }
            }
            Meaning::Ycck => {
                for (x, pixel) in line.chunks_exact_mut(4).enumerate() {
                    // YCCK is made from 255 − C and so on, which what is stored inverts once more.
                    let [c, m, y] = rgb(rows[0][x], rows[1][x], rows[2][x]);
                    pixel.copy_from_slice(&[c, m, y, !rows[3][x]]);
                }
            }
        }
    }
    let colours = match channels {
        1 => Colours::Grey,
        3 => Colours::Rgb,
        _ => Colours::Cmyk,
    };
    Pixels { width: width as u32, height: height as u32, colours, data }
}

/// One row of a component at the picture's width.
fn spread(samples: &Samples, y: usize, row: &mut [u8]) {
    let from = y.min(samples.height.saturating_sub(1)) * samples.stride;
    let line = &samples.data[from..from + samples.width];
    let width = row.len();
    if line.len() == width {
        row.copy_from_slice(line);
    } else if line.len() == width.div_ceil(2) {
        for (pair, &sample) in row.chunks_mut(2).zip(line) {
            pair.fill(sample);
        }
    } else {
        for (x, pixel) in row.iter_mut().enumerate() {
            *pixel = line[(x * line.len() / width).min(line.len() - 1)];
        }
    }
}

/// JFIF's conversion (ITU-T T.871, 7), in 16-bit fixed point.
#[inline]
pub fn rgb(y: u8, cb: u8, cr: u8) -> [u8; 3] {
    let y = (i32::from(y) << 16) + (1 << 15);
    let (cb, cr) = (i32::from(cb) - 128, i32::from(cr) - 128);
    let clamp = |value: i32| (value >> 16).clamp(0, 255) as u8;
    [clamp(y + 91_881 * cr), clamp(y - 22_554 * cb - 46_802 * cr), clamp(y + 116_130 * cb)]
}
