//! BMP.

use image::ImageFormat;

use super::{Decoded, whole};
use crate::{Breakage, Format, Limits, PictureError};

/// Decodes a BMP. Decoders fill missing rows with black without a word, so the length is compared first.
pub(super) fn decode<'a>(bytes: &'a [u8], limits: &Limits) -> Result<Option<Decoded<'a>>, PictureError> {
    if let Some(reason) = missing_rows(bytes) {
        return Err(PictureError::Broken { format: Format::Bmp, reason });
    }
    whole::decode(bytes, Format::Bmp, ImageFormat::Bmp, limits)
}

/// Whether an uncompressed bitmap has fewer bytes than its header says.
fn missing_rows(bytes: &[u8]) -> Option<Breakage> {
    let u32_at = |at: usize| Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
    let u16_at = |at: usize| Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?));
    let (pixels_at, header) = (u32_at(10)?, u32_at(14)?);
    let (width, height, depth, compression) = if header == 12 {
        (u64::from(u16_at(18)?), u64::from(u16_at(20)?), u16_at(24)?, 0)
    } else {
        // Height is negative for rows stored from the top.
        let signed = |at: usize| u32_at(at).map(|value| u64::from((value as i32).unsigned_abs()));
        (signed(18)?, signed(22)?, u16_at(28)?, if header >= 40 { u32_at(30)? } else { 0 })
    };
    // BI_RGB, BI_BITFIELDS and BI_ALPHABITFIELDS; the others are compressed.
    if !matches!(compression, 0 | 3 | 6) || pixels_at == 0 {
        return None;
    }
    let row = (width * u64::from(depth)).div_ceil(32) * 4;
    let there = (bytes.len() as u64).saturating_sub(u64::from(pixels_at));
    if row == 0 || there >= row * height {
        return None;
    }
    Some(match there * 100 / (row * height) {
        0 => Breakage::NoPixels,
        percent => Breakage::TruncatedAfter { percent: percent as u8 },
    })
}
