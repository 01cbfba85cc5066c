//! QOI (<https://qoiformat.org/qoi-specification.pdf>). Libraries refuse a file that ends early.

use super::decoded::{Decoded, Undecoded};
use super::rows::{self, Shape};
use crate::header::qoi::{Header, LENGTH};
use crate::raster::Layout;
use crate::{Format, Limits, Remark};

pub(super) fn decode<'a>(bytes: &[u8], side: u32, limits: &Limits) -> Result<Decoded<'a>, Undecoded> {
    let header = Header::read(bytes).ok_or(Remark::Unreadable { format: Format::Qoi })?;
    let layout = if header.has_alpha { Layout::Rgba } else { Layout::Rgb };
    let shape = Shape { width: header.width, height: header.height, layout, side, limits };
    let mut pixels = Pixels { rest: &bytes[LENGTH..], last: [0, 0, 0, 255], seen: [[0; 4]; 64], run: 0 };
    rows::decode(&shape, |row| {
        for pixel in row.chunks_exact_mut(layout.channels()) {
            pixel.copy_from_slice(&pixels.next()?[..layout.channels()]);
        }
        Some(())
    })
}

struct Pixels<'b> {
    rest: &'b [u8],
    last: [u8; 4],
    /// Pixels that were seen, by their hash.
    seen: [[u8; 4]; 64],
    /// How often the last pixel is to be repeated.
    run: u8,
}

impl Pixels<'_> {
    fn byte(&mut self) -> Option<u8> {
        let (&byte, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(byte)
    }

    fn next(&mut self) -> Option<[u8; 4]> {
        if self.run > 0 {
            self.run -= 1;
            return Some(self.last);
        }
        let [r, g, b, a] = self.last;
        let code = self.byte()?;
        let low = code & 0x3F;
        self.last = match code {
            0xFE => [self.byte()?, self.byte()?, self.byte()?, a],
            0xFF => [self.byte()?, self.byte()?, self.byte()?, self.byte()?],
            0..=0x3F => self.seen[usize::from(low)],
            0x40..=0x7F => {
                let plus = |value: u8, shift: u8| value.wrapping_add(low >> shift & 3).wrapping_sub(2);
                [plus(r, 4), plus(g, 2), plus(b, 0), a]
            }
            0x80..=0xBF => {
                let other = self.byte()?;
                let green = low.wrapping_sub(32);
                let plus = |value: u8, by: u8| value.wrapping_add(green).wrapping_add(by).wrapping_sub(8);
                [plus(r, other >> 4), g.wrapping_add(green), plus(b, other & 15), a]
            }
            _ => {
                self.run = low;
                self.last
            }
        };
        let [r, g, b, a] = self.last.map(usize::from);
        self.seen[(r * 3 + g * 5 + b * 7 + a * 11) % 64] = self.last;
        Some(self.last)
    }
}
