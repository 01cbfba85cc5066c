//! Run lengths of 4, 8 and 24 bits a pixel
//! (<https://learn.microsoft.com/windows/win32/gdi/bitmap-compression>, and OS/2's of 24 bits).

use super::header::{Header, compression};
use crate::decode::decoded::{Decoded, Undecoded};
use crate::raster::{Layout, Raster};
use crate::{Limits, Remark};

/// Decodes as far as the codes go. Pixels that none sets are transparent, as in browsers.
pub(super) fn decode<'a>(bytes: &[u8], header: &Header, limits: &Limits) -> Result<Decoded<'a>, Undecoded> {
    let &Header { width, height, .. } = header;
    let size = u64::from(width) * u64::from(height) * 4;
    if size > limits.max_alloc / 2 {
        return Err(Limits::too_large(width, height).into());
    }
    let codes = bytes.get(header.pixels_at as usize..).filter(|codes| !codes.is_empty()).ok_or(Remark::NoPixels)?;
    let mut canvas = Canvas { header, palette: header.palette(bytes), data: vec![0; size as usize], x: 0, y: 0 };
    let ended = canvas.draw(codes);
    let rows = if canvas.x >= width { canvas.y + 1 } else { canvas.y };
    let missing = ((u64::from(height.saturating_sub(rows))) * 100).div_ceil(u64::from(height).max(1)) as u8;
    let remark = (ended.is_none() && missing > 0).then_some(Remark::Truncated { missing: Some(missing) });
    let raster = Raster { width, height, layout: Layout::Rgba, data: canvas.data };
    Ok(Decoded { raster, width, height, profile: None, remark })
}

struct Canvas<'h> {
    header: &'h Header,
    palette: Vec<[u8; 3]>,
    data: Vec<u8>,
    /// Where the next pixel goes; rows count in the order in which they are stored.
    x: u32,
    y: u32,
}

impl Canvas<'_> {
    /// `None` when the codes break off before their end mark.
    fn draw(&mut self, mut codes: &[u8]) -> Option<()> {
        const END_OF_LINE: u8 = 0;
        const END: u8 = 1;
        const MOVE: u8 = 2;
        // Beyond the last row there is nothing to be seen.
        while self.y < self.header.height {
            let [count, value] = take(&mut codes, 2)?.try_into().ok()?;
            match (count, value) {
                (0, END_OF_LINE) => (self.x, self.y) = (0, self.y + 1),
                (0, END) => return Some(()),
                (0, MOVE) => {
                    let by = take(&mut codes, 2)?;
                    self.x = self.x.saturating_add(by[0].into());
                    self.y = self.y.saturating_add(by[1].into());
                }
                (0, count) => {
                    let length = self.bytes(usize::from(count));
                    let pixels = take(&mut codes, length)?;
                    (0..usize::from(count)).for_each(|index| self.set(self.colour(pixels, index)));
                    // The next code stands at an even place.
                    if length % 2 == 1 {
                        take(&mut codes, 1)?;
                    }
                }
                (count, _) if self.header.depth == 24 => {
                    let more = take(&mut codes, 2)?;
                    let colour = [more[1], more[0], value];
                    (0..count).for_each(|_| self.set(colour));
                }
                (count, value) => {
                    (0..usize::from(count)).for_each(|index| self.set(self.colour(&[value], index % 2)));
                }
            }
        }
        Some(())
    }

    /// How many bytes so many pixels take.
    fn bytes(&self, pixels: usize) -> usize {
        (pixels * usize::from(self.header.depth)).div_ceil(8)
    }

    /// The colour of one of the pixels that stand side by side; of a single byte it is repeated.
    fn colour(&self, pixels: &[u8], index: usize) -> [u8; 3] {
        let number = match self.header.depth {
            24 => return [2, 1, 0].map(|channel| pixels[index * 3 + channel]),
            4 => pixels[index / 2] >> (if index.is_multiple_of(2) { 4 } else { 0 }) & 0xF,
            _ => pixels[index.min(pixels.len() - 1)],
        };
        self.palette.get(usize::from(number)).copied().unwrap_or_default()
    }

    fn set(&mut self, [r, g, b]: [u8; 3]) {
        let &Header { width, height, from_above, .. } = self.header;
        if self.x < width && self.y < height {
            let row = if from_above { self.y } else { height - 1 - self.y };
            let at = (row as usize * width as usize + self.x as usize) * 4;
            self.data[at..at + 4].copy_from_slice(&[r, g, b, 255]);
        }
        self.x = self.x.saturating_add(1);
    }
}

/// Whether it is one of these.
pub(super) fn are_in(header: &Header) -> bool {
    match (header.compression, header.depth) {
        (compression::RLE_8, 8) | (compression::RLE_4, 4) => true,
        // Else it is a JPEG.
        (compression::JPEG, 24) => header.is_of_os2(),
        _ => false,
    }
}

fn take<'b>(codes: &mut &'b [u8], length: usize) -> Option<&'b [u8]> {
    let (taken, behind) = codes.split_at_checked(length)?;
    *codes = behind;
    Some(taken)
}
