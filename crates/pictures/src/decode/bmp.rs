//! BMP.

mod header;
mod run_lengths;

use std::borrow::Cow;

use image::ImageFormat;

use self::header::{Header, compression};
use super::decoded::{Decoded, Undecoded};
use super::masks::Masks;
use super::rows::{self, Shape};
use super::{jpeg, png, whole};
use crate::header::dib;
use crate::raster::Layout;
use crate::{Format, Limits, Remark};

/// Decodes a BMP. Rows that the file doesn't have are black (the uppermost ones: most bitmaps are stored from below).
pub(super) fn decode<'a>(bytes: &[u8], limits: &Limits) -> Result<Decoded<'a>, Undecoded> {
    let without_header = if bytes.starts_with(b"BM") { None } else { dib::as_file(bytes) };
    let bytes = without_header.as_deref().unwrap_or(bytes);
    let Some(header) = Header::read(bytes) else { return Err(Remark::Unreadable { format: Format::Bmp }.into()) };
    if !limits.allow(header.width, header.height) {
        return Err(Limits::too_large(header.width, header.height).into());
    }
    if run_lengths::are_in(&header) {
        return run_lengths::decode(bytes, &header, limits);
    }
    if let Some(decoded) = inside(bytes, &header, limits) {
        return decoded;
    }
    let known = header.known(bytes);
    let header = Header::read(&known).unwrap_or(header);
    let (file, remark) = completed(&header, &known, limits)?;
    let lacks_a_mask = |masks: &Masks| [masks.red, masks.green, masks.blue].contains(&0);
    let mut decoded = match header.masks(&file).filter(lacks_a_mask) {
        Some(masks) => masked(&file, &header, masks, limits)?,
        None => whole::decode(&file, Format::Bmp, ImageFormat::Bmp, limits)?,
    };
    let transparent = decoded.raster.layout == Layout::Rgba && decoded.raster.data.chunks_exact(4).all(|p| p[3] == 0);
    if transparent {
        // Nobody stores an invisible picture: writers that leave the alpha channel at zero don't mean it.
        decoded.raster.data.chunks_exact_mut(4).for_each(|pixel| pixel[3] = 255);
    }
    Ok(Decoded { remark, ..decoded })
}

/// Colours told by masks, of which the image crate wants all.
fn masked<'a>(bytes: &[u8], header: &Header, masks: Masks, limits: &Limits) -> Result<Decoded<'a>, Undecoded> {
    let &Header { width, height, .. } = header;
    let layout = if masks.alpha == 0 { Layout::Rgb } else { Layout::Rgba };
    let pixel = usize::from(header.depth) / 8;
    let stride = (width as usize * pixel).next_multiple_of(4);
    let mut y = 0;
    rows::decode(&Shape { width, height, layout, side: width.max(height), limits }, |row| {
        let stored = if header.from_above { y } else { height - 1 - y };
        y += 1;
        let from = header.pixels_at as usize + stored as usize * stride;
        let line = bytes.get(from..from + width as usize * pixel)?;
        let channels = layout.channels();
        for (to, from) in row.chunks_exact_mut(channels).zip(line.chunks_exact(pixel)) {
            to.copy_from_slice(&masks.pixel(from)[..channels]);
        }
        Some(())
    })
}

/// A JPEG or PNG in a bitmap's header, as printers get them.
fn inside<'a>(bytes: &[u8], header: &Header, limits: &Limits) -> Option<Result<Decoded<'a>, Undecoded>> {
    let picture = bytes.get(header.pixels_at as usize..).unwrap_or_default();
    let side = header.width.max(header.height);
    let decoded = match header.compression {
        compression::JPEG => jpeg::decode(picture, side, limits),
        compression::PNG => png::decode(picture, side, limits),
        _ => return None,
    };
    let owned = |profile: Cow<[u8]>| Cow::Owned(profile.into_owned());
    Some(decoded.map(|decoded| Decoded { profile: decoded.profile.map(owned), ..decoded }))
}

/// The file with zeros for the rows that an uncompressed bitmap lacks, and what is missing.
fn completed<'b>(
    header: &Header,
    bytes: &'b [u8],
    limits: &Limits,
) -> Result<(Cow<'b, [u8]>, Option<Remark>), Undecoded> {
    let stored = [compression::NONE, compression::BIT_FIELDS, compression::ALPHA_BIT_FIELDS];
    if !stored.contains(&header.compression) || header.pixels_at == 0 {
        return Ok((Cow::Borrowed(bytes), None));
    }
    let row = (u64::from(header.width) * u64::from(header.depth)).div_ceil(32) * 4;
    let needed = row * u64::from(header.height);
    let there = (bytes.len() as u64).saturating_sub(header.pixels_at.into());
    if there >= needed {
        return Ok((Cow::Borrowed(bytes), None));
    }
    if there < row {
        return Err(Remark::NoPixels.into());
    }
    if needed > limits.max_alloc / 2 {
        return Err(Limits::too_large(header.width, header.height).into());
    }
    let mut file = bytes.to_vec();
    file.resize(header.pixels_at as usize + needed as usize, 0);
    let missing = ((needed - there) * 100).div_ceil(needed) as u8;
    Ok((Cow::Owned(file), Some(Remark::Truncated { missing: Some(missing) })))
}
