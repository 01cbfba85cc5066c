//! GIF: the first frame, and a look at whether the others are there.

use image::ImageFormat;

use super::{Decoded, whole};
use crate::{Breakage, Format, Limits, PictureError};

/// Decodes the first frame of a GIF.
pub(super) fn decode<'a>(bytes: &'a [u8], limits: &Limits) -> Result<Option<Decoded<'a>>, PictureError> {
    let broken = |reason| Err(PictureError::Broken { format: Format::Gif, reason });
    match walk(bytes) {
        Some(0) => return broken(Breakage::NoPixels),
        Some(_) => {}
        None => return broken(Breakage::Truncated),
    }
    whole::decode(bytes, Format::Gif, ImageFormat::Gif, limits)
}

/// Walks over all blocks and returns the number of frames, or `None` when the last block is cut off. The end mark is
/// not asked for: many files do without, and all viewers show them.
fn walk(bytes: &[u8]) -> Option<usize> {
    let colours = |flags: u8| if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) };
    let mut at = 13 + colours(*bytes.get(10)?);
    let mut frames = 0;
    while let Some(&introducer) = bytes.get(at) {
        match introducer {
            // An extension: its label, then sub-blocks.
            0x21 => at = sub_blocks(bytes, at + 2)?,
            // A frame: descriptor, colours, code size, then sub-blocks.
            0x2C => {
                let flags = *bytes.get(at + 9)?;
                at = sub_blocks(bytes, at + 11 + colours(flags))?;
                frames += 1;
            }
            // The end mark, or what isn't GIF any more.
            _ => return Some(frames),
        }
    }
    // The colour table alone may already be cut off.
    (at == bytes.len()).then_some(frames)
}

/// Skips sub-blocks up to and including the empty one that ends them.
fn sub_blocks(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        let size = usize::from(*bytes.get(at)?);
        at += 1 + size;
        if size == 0 {
            return Some(at);
        }
    }
}
