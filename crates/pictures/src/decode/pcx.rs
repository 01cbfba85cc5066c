//! PCX, row by row.

use super::decoded::{Decoded, Undecoded};
use super::rows::{self, Shape};
use crate::header::pcx::{Header, LENGTH};
use crate::raster::Layout;
use crate::{Format, Limits, Remark};

/// The palette of cards that had sixteen colours.
const EGA: [[u8; 3]; 16] = [
    [0, 0, 0],
    [0, 0, 0xAA],
    [0, 0xAA, 0],
    [0, 0xAA, 0xAA],
    [0xAA, 0, 0],
    [0xAA, 0, 0xAA],
    [0xAA, 0x55, 0],
    [0xAA, 0xAA, 0xAA],
    [0x55, 0x55, 0x55],
    [0x55, 0x55, 0xFF],
    [0x55, 0xFF, 0x55],
    [0x55, 0xFF, 0xFF],
    [0xFF, 0x55, 0x55],
    [0xFF, 0x55, 0xFF],
    [0xFF, 0xFF, 0x55],
    [0xFF, 0xFF, 0xFF],
];

pub(super) fn decode<'a>(bytes: &[u8], side: u32, limits: &Limits) -> Result<Decoded<'a>, Undecoded> {
    let header = Header::read(bytes).ok_or(Remark::Unreadable { format: Format::Pcx })?;
    let direct = header.depth == 8 && header.planes > 1;
    let layout = if direct && header.planes == 4 { Layout::Rgba } else { Layout::Rgb };
    let palette = palette(&header, bytes);
    // Without its palette such a picture is shown in greys.
    let cut_off = (palette.is_none() && header.version == 5).then_some(Remark::Truncated { missing: None });
    let palette = palette.unwrap_or_else(|| (0..=255).map(|grey| [grey; 3]).collect());
    let mut rest = &bytes[LENGTH..];
    let mut run = (0, 0);
    let shape = Shape { width: header.width, height: header.height, layout, side, limits };
    shape.check()?;
    let mut planes = vec![0; header.row * usize::from(header.planes)];
    let decoded = rows::decode(&shape, |row| {
        for byte in &mut planes {
            *byte = next(&mut rest, &mut run, header.compressed)?;
        }
        for (x, pixel) in row.chunks_exact_mut(layout.channels()).enumerate() {
            if direct {
                for (plane, sample) in pixel.iter_mut().enumerate() {
                    *sample = planes[plane * header.row + x];
                }
            } else {
                pixel.copy_from_slice(&palette[index(&header, &planes, x)]);
            }
        }
        Some(())
    })?;
    Ok(Decoded { remark: decoded.remark.or(cut_off), ..decoded })
}

/// The next byte of all planes. Runs may go on in the next plane or row.
fn next(rest: &mut &[u8], run: &mut (u8, u8), compressed: bool) -> Option<u8> {
    if run.0 > 0 {
        run.0 -= 1;
        return Some(run.1);
    }
    let mut byte = || {
        let (&byte, behind) = rest.split_first()?;
        *rest = behind;
        Some(byte)
    };
    loop {
        let first = byte()?;
        if !compressed || first < 0xC0 {
            return Some(first);
        }
        let value = byte()?;
        // A run of none says nothing.
        if let Some(more) = (first & 0x3F).checked_sub(1) {
            *run = (more, value);
            return Some(value);
        }
    }
}

/// The number of a pixel's colour: its bits in each plane.
fn index(header: &Header, planes: &[u8], x: usize) -> usize {
    let depth = usize::from(header.depth);
    let (byte, shift) = (x * depth / 8, 8 - depth - x * depth % 8);
    let bits = |plane: usize| usize::from(planes[plane * header.row + byte] >> shift) & ((1 << depth) - 1);
    (0..usize::from(header.planes)).fold(0, |index, plane| index | bits(plane) << (plane * depth))
}

/// 256 colours, whatever the picture uses of them; `None` where they aren't there.
fn palette(header: &Header, bytes: &[u8]) -> Option<Vec<[u8; 3]>> {
    let colours = |bytes: &[u8]| -> Vec<[u8; 3]> { bytes.chunks_exact(3).map(|c| [c[0], c[1], c[2]]).collect() };
    let mut palette = match (header.depth, header.planes) {
        (1, 1) => vec![[0; 3], [255; 3]],
        // Behind the pixels, with a mark in front.
        (8, 1) => colours(behind_pixels(header, bytes)?.strip_prefix(&[0x0C])?.get(..768)?),
        (8, _) => Vec::new(),
        _ if header.version == 3 => EGA.to_vec(),
        _ => colours(&bytes[16..64]),
    };
    palette.resize(256, [0; 3]);
    Some(palette)
}

fn behind_pixels<'b>(header: &Header, bytes: &'b [u8]) -> Option<&'b [u8]> {
    let (mut rest, mut run) = (&bytes[LENGTH..], (0, 0));
    for _ in 0..header.row as u64 * u64::from(header.planes) * u64::from(header.height) {
        next(&mut rest, &mut run, header.compressed)?;
    }
    Some(rest)
}
