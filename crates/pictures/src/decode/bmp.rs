//! BMP.

use image::ImageFormat;

use super::{Decoded, whole};
use crate::{Breakage, Format, Limits, PictureError};

/// Decodes a BMP. Decoders fill missing rows with black without a word, so the length is compared first.
pub(super) fn decode<'a>(bytes: &'a [u8], limits: &Limits) -> Result<Option<Decoded<'a>>, PictureError> {
    let Some(header) = Header::read(bytes) else {
        return Err(PictureError::Broken { format: Format::Bmp, reason: Breakage::Corrupt });
    };
    if !limits.allow(header.width, header.height) {
        return Err(limits.too_many_pixels(header.width, header.height));
    }
    if let Some(reason) = header.missing_rows(bytes.len()) {
        return Err(PictureError::Broken { format: Format::Bmp, reason });
    }
    whole::decode(bytes, Format::Bmp, ImageFormat::Bmp, limits)
}

/// What the header says.
struct Header {
    width: u32,
    height: u32,
    /// Bits a pixel.
    depth: u16,
    compression: u32,
    /// Offset of the first row.
    pixels_at: u32,
}

impl Header {
    fn read(bytes: &[u8]) -> Option<Header> {
        let u32_at = |at: usize| Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
        let u16_at = |at: usize| Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?));
        let (pixels_at, header) = (u32_at(10)?, u32_at(14)?);
        if header == 12 {
            let (width, height) = (u16_at(18)?.into(), u16_at(20)?.into());
            return Some(Header { width, height, depth: u16_at(24)?, compression: 0, pixels_at });
        }
        // Height is negative for rows stored from the top.
        let signed = |at: usize| u32_at(at).map(|value| (value as i32).unsigned_abs());
        let compression = if header >= 40 { u32_at(30)? } else { 0 };
        Some(Header { width: signed(18)?, height: signed(22)?, depth: u16_at(28)?, compression, pixels_at })
    }

    /// Whether an uncompressed bitmap's file is shorter than the header says.
    fn missing_rows(&self, length: usize) -> Option<Breakage> {
        // BI_RGB, BI_BITFIELDS and BI_ALPHABITFIELDS; the others are compressed.
        if !matches!(self.compression, 0 | 3 | 6) || self.pixels_at == 0 {
            return None;
        }
        let row = (u64::from(self.width) * u64::from(self.depth)).div_ceil(32) * 4;
        let needed = row * u64::from(self.height);
        let there = (length as u64).saturating_sub(self.pixels_at.into());
        if there >= needed {
            return None;
        }
        Some(match there * 100 / needed {
            0 => Breakage::NoPixels,
            percent => Breakage::TruncatedAfter { percent: percent as u8 },
        })
    }
}
