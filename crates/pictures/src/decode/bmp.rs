//! BMP.

use std::borrow::Cow;

use image::ImageFormat;

use super::decoded::{Decoded, Undecoded};
use super::whole;
use crate::raster::Layout;
use crate::{Format, Limits, Remark};

/// Decodes a BMP. Rows that the file doesn't have are black (the uppermost ones: most bitmaps are stored from below).
pub(super) fn decode<'a>(bytes: &[u8], limits: &Limits) -> Result<Decoded<'a>, Undecoded> {
    let Some(header) = Header::read(bytes) else { return Err(Remark::Unreadable { format: Format::Bmp }.into()) };
    if !limits.allow(header.width, header.height) {
        return Err(Limits::too_large(header.width, header.height).into());
    }
    let (file, remark) = header.completed(bytes, limits)?;
    let mut decoded = whole::decode(&file, Format::Bmp, ImageFormat::Bmp, limits)?;
    let transparent = decoded.raster.layout == Layout::Rgba && decoded.raster.data.chunks_exact(4).all(|p| p[3] == 0);
    if transparent {
        // Nobody stores an invisible picture: writers that leave the alpha channel at zero don't mean it.
        decoded.raster.data.chunks_exact_mut(4).for_each(|pixel| pixel[3] = 255);
    }
    Ok(Decoded { remark, ..decoded })
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

    /// The file with zeros for the rows that an uncompressed bitmap lacks, and what is missing.
    fn completed<'b>(&self, bytes: &'b [u8], limits: &Limits) -> Result<(Cow<'b, [u8]>, Option<Remark>), Undecoded> {
        // BI_RGB, BI_BITFIELDS and BI_ALPHABITFIELDS; the others are compressed.
        if !matches!(self.compression, 0 | 3 | 6) || self.pixels_at == 0 {
            return Ok((Cow::Borrowed(bytes), None));
        }
        let row = (u64::from(self.width) * u64::from(self.depth)).div_ceil(32) * 4;
        let needed = row * u64::from(self.height);
        let there = (bytes.len() as u64).saturating_sub(self.pixels_at.into());
        if there >= needed {
            return Ok((Cow::Borrowed(bytes), None));
        }
        if there < row {
            return Err(Remark::NoPixels.into());
        }
        if needed > limits.max_alloc / 2 {
            return Err(Limits::too_large(self.width, self.height).into());
        }
        let mut file = bytes.to_vec();
        file.resize(self.pixels_at as usize + needed as usize, 0);
        let missing = ((needed - there) * 100).div_ceil(needed) as u8;
        Ok((Cow::Owned(file), Some(Remark::Truncated { missing: Some(missing) })))
    }
}
