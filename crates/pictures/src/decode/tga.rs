//! Truevision TGA, row by row.

use super::decoded::{Decoded, Undecoded};
use super::rows::{self, Shape, scaled};
use crate::header::tga::{Header, Kind};
use crate::orientation::Orientation;
use crate::raster::Layout;
use crate::{Format, Limits, Remark};

pub(super) fn decode<'a>(bytes: &[u8], side: u32, limits: &Limits) -> Result<Decoded<'a>, Undecoded> {
    let header = Header::read(bytes).ok_or(Remark::Unreadable { format: Format::Tga })?;
    let colours = Colours::of(&header, bytes);
    let layout = colours.layout();
    let shape = Shape { width: header.width, height: header.height, layout, side, limits };
    let mut pixels = Pixels {
        rest: bytes.get(header.pixels_at()..).unwrap_or_default(),
        size: usize::from(header.depth).div_ceil(8),
        compressed: header.compressed,
        repeat: 0,
        literal: 0,
        last: [0; 4],
    };
    let mut decoded = rows::decode(&shape, |row| {
        for pixel in row.chunks_exact_mut(layout.channels()) {
            pixel.copy_from_slice(&colours.of_pixel(pixels.next()?)[..layout.channels()]);
        }
        Some(())
    })?;
    let is_clear = layout == Layout::Rgba && decoded.raster.data.chunks_exact(4).all(|pixel| pixel[3] == 0);
    if is_clear {
        // Writers that leave the alpha channel at zero don't mean it.
        decoded.raster.data.chunks_exact_mut(4).for_each(|pixel| pixel[3] = 255);
    }
    let orientation = match (header.from_top, header.from_right) {
        (true, false) => 1,
        (true, true) => 2,
        (false, true) => 3,
        (false, false) => 4,
    };
    decoded.raster = Orientation::from_exif(orientation).apply(decoded.raster);
    Ok(decoded)
}

/// What the bytes of a pixel mean.
enum Colours {
    Grey,
    GreyWithAlpha,
    Palette { entries: Vec<[u8; 4]>, first: usize, has_alpha: bool },
    Direct { depth: u8, has_alpha: bool },
}

impl Colours {
    fn of(header: &Header, bytes: &[u8]) -> Colours {
        let has_alpha = |depth: u8| header.alpha > 0 && matches!(depth, 16 | 32);
        match header.kind {
            Kind::Grey if header.depth == 16 => Colours::GreyWithAlpha,
            Kind::Grey => Colours::Grey,
            Kind::Colour => Colours::Direct { depth: header.depth, has_alpha: has_alpha(header.depth) },
            Kind::Palette => {
                let size = usize::from(header.map_depth).div_ceil(8);
                let map = bytes.get(header.map_at..).unwrap_or_default().chunks_exact(size).take(header.map_length);
                let entries = map.map(|entry| direct(padded(entry), header.map_depth)).collect();
                Colours::Palette { entries, first: header.map_first, has_alpha: has_alpha(header.map_depth) }
            }
        }
    }

    fn layout(&self) -> Layout {
        match self {
            Colours::Grey => Layout::Grey,
            Colours::GreyWithAlpha => Layout::Rgba,
            Colours::Palette { has_alpha, .. } | Colours::Direct { has_alpha, .. } => {
                if *has_alpha {
                    Layout::Rgba
                } else {
                    Layout::Rgb
                }
            }
        }
    }

    fn of_pixel(&self, pixel: [u8; 4]) -> [u8; 4] {
        match self {
            Colours::Grey => pixel,
            Colours::GreyWithAlpha => [pixel[0], pixel[0], pixel[0], pixel[1]],
            Colours::Direct { depth, .. } => direct(pixel, *depth),
            Colours::Palette { entries, first, .. } => {
                let index = usize::from(u16::from_le_bytes([pixel[0], pixel[1]]));
                index.checked_sub(*first).and_then(|index| entries.get(index)).copied().unwrap_or([0, 0, 0, 255])
            }
        }
    }
}

/// Blue first; or five bits each, and one of alpha.
fn direct([b, g, r, a]: [u8; 4], depth: u8) -> [u8; 4] {
    match depth {
        15 | 16 => {
            let both = u32::from(u16::from_le_bytes([b, g]));
            let five = |shift: u32| scaled(both >> shift & 31, 31);
            [five(10), five(5), five(0), if both >> 15 == 1 { 255 } else { 0 }]
        }
        24 => [r, g, b, 255],
        _ => [r, g, b, a],
    }
}

fn padded(bytes: &[u8]) -> [u8; 4] {
    let mut pixel = [0; 4];
    pixel[..bytes.len()].copy_from_slice(bytes);
    pixel
}

/// The pixels' bytes, whether they are run-length coded or not.
struct Pixels<'b> {
    rest: &'b [u8],
    /// Bytes of a pixel.
    size: usize,
    compressed: bool,
    /// How often the last pixel is to be repeated.
    repeat: u8,
    /// How many pixels follow as they are.
    literal: u8,
    last: [u8; 4],
}

impl Pixels<'_> {
    fn next(&mut self) -> Option<[u8; 4]> {
        if self.repeat > 0 {
            self.repeat -= 1;
            return Some(self.last);
        }
        if self.compressed && self.literal == 0 {
            let (&packet, rest) = self.rest.split_first()?;
            self.rest = rest;
            let more = packet & 0x7F;
            (self.repeat, self.literal) = if packet & 0x80 == 0 { (0, more + 1) } else { (more, 1) };
        }
        let (pixel, rest) = self.rest.split_at_checked(self.size)?;
        (self.rest, self.last, self.literal) = (rest, padded(pixel), self.literal.saturating_sub(1));
        Some(self.last)
    }
}
