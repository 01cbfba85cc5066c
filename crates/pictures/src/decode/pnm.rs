//! Netpbm's formats and PFM, row by row.

use super::decoded::{Decoded, Undecoded};
use super::light;
use super::rows::{self, Shape, scaled};
use crate::header::netpbm::{Header, Samples};
use crate::orientation::Orientation;
use crate::raster::Layout;
use crate::{Format, Limits, Remark};

pub(super) fn decode<'a>(bytes: &[u8], side: u32, limits: &Limits) -> Result<Decoded<'a>, Undecoded> {
    let header = Header::read(bytes).ok_or(Remark::Unreadable { format: Format::Pnm })?;
    let layout = match header.channels {
        1 => Layout::Grey,
        3 => Layout::Rgb,
        // Grey with alpha, and colours with alpha.
        _ => Layout::Rgba,
    };
    let shape = Shape { width: header.width, height: header.height, layout, side, limits };
    shape.check()?;
    let mut rest = bytes.get(header.pixels_at..).unwrap_or_default();
    let mut samples = vec![0; header.width as usize * header.channels];
    let mut decoded = rows::decode(&shape, |row| {
        fill(&mut samples, header.samples, &mut rest)?;
        spread(&samples, header.channels, row);
        Some(())
    })?;
    if matches!(header.samples, Samples::Floats { .. }) {
        // Stored from below.
        decoded.raster = Orientation::from_exif(4).apply(decoded.raster);
    }
    Ok(decoded)
}

/// Reads a row of samples, as 8 bits each.
fn fill(row: &mut [u8], samples: Samples, rest: &mut &[u8]) -> Option<()> {
    let mut take = |length: usize| {
        let (taken, behind) = rest.split_at_checked(length)?;
        *rest = behind;
        Some(taken)
    };
    match samples {
        Samples::Bits => {
            let bits = take(row.len().div_ceil(8))?;
            for (at, sample) in row.iter_mut().enumerate() {
                *sample = if bits[at / 8] >> (7 - at % 8) & 1 == 1 { 0 } else { 255 };
            }
        }
        Samples::Text { most, bits } => {
            for sample in row {
                *sample = if bits { 255 - scaled(bit(rest)?, 1) } else { scaled(number(rest)?, most) };
            }
        }
        Samples::Numbers { most } if most < 256 => {
            let values = take(row.len())?;
            row.iter_mut().zip(values).for_each(|(sample, &value)| *sample = scaled(value.into(), most));
        }
        Samples::Numbers { most } => {
            let values = take(row.len() * 2)?.chunks_exact(2).map(|two| u16::from_be_bytes([two[0], two[1]]));
            row.iter_mut().zip(values).for_each(|(sample, value)| *sample = scaled(value.into(), most));
        }
        Samples::Floats { little } => {
            let values = take(row.len() * 4)?.chunks_exact(4).map(|four| {
                let four = [four[0], four[1], four[2], four[3]];
                if little { f32::from_le_bytes(four) } else { f32::from_be_bytes(four) }
            });
            row.iter_mut().zip(values).for_each(|(sample, value)| *sample = light::encoded(value));
        }
    }
    Some(())
}

/// Samples as the channels of a layout.
fn spread(samples: &[u8], channels: usize, row: &mut [u8]) {
    if channels == 2 {
        for (pixel, sample) in row.chunks_exact_mut(4).zip(samples.chunks_exact(2)) {
            pixel.copy_from_slice(&[sample[0], sample[0], sample[0], sample[1]]);
        }
    } else {
        row.copy_from_slice(samples);
    }
}

/// The next digit: bits needn't have white space between them.
fn bit(rest: &mut &[u8]) -> Option<u32> {
    skip(rest);
    let (&digit, behind) = rest.split_first()?;
    *rest = behind;
    (digit as char).to_digit(2)
}

fn number(rest: &mut &[u8]) -> Option<u32> {
    skip(rest);
    let end = rest.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(rest.len());
    let (digits, behind) = rest.split_at(end);
    *rest = behind;
    std::str::from_utf8(digits).ok()?.parse().ok()
}

/// Passes over white space and comments.
fn skip(rest: &mut &[u8]) {
    loop {
        match rest.first() {
            Some(b'#') => *rest = rest.iter().position(|&byte| byte == b'\n').map_or(&[], |end| &rest[end..]),
            Some(byte) if byte.is_ascii_whitespace() => *rest = &rest[1..],
            _ => return,
        }
    }
}
