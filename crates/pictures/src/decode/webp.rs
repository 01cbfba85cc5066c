//! WebP: the first frame.

use image::ImageFormat;

use super::{Decoded, whole};
use crate::{Breakage, Format, Limits, PictureError};

/// Decodes a WebP, of an animation the first frame.
pub(super) fn decode<'a>(bytes: &'a [u8], limits: &Limits) -> Result<Option<Decoded<'a>>, PictureError> {
    // RIFF says how long the file is. Lossy decoders make do with less without a word.
    let size = bytes.get(4..8).map_or(0, |size| u32::from_le_bytes([size[0], size[1], size[2], size[3]]) as usize);
    if bytes.len() < size.saturating_add(8) {
        return Err(PictureError::Broken { format: Format::WebP, reason: Breakage::Truncated });
    }
    whole::decode(bytes, Format::WebP, ImageFormat::WebP, limits)
}
