//! PNG, row by row where it isn't interlaced.

use std::borrow::Cow;
use std::io::{Cursor, ErrorKind};

use png::{ColorType, Decoder, DecodingError, Limits as PngLimits, Transformations};

use super::Decoded;
use crate::raster::Layout;
use crate::reduce::Reducer;
use crate::{Breakage, Format, Limits, PictureError};

/// Decodes a PNG (of an animation: the picture that programs without animation show) and checks it to its end.
pub(super) fn decode<'a>(bytes: &'a [u8], side: u32, limits: &Limits) -> Result<Option<Decoded<'a>>, PictureError> {
    if damaged_chunk(bytes) {
        return Err(broken(Breakage::Checksum));
    }
    let memory = usize::try_from(limits.max_alloc).unwrap_or(usize::MAX);
    let mut decoder = Decoder::new_with_limits(Cursor::new(bytes), PngLimits { bytes: memory });
    // Palettes, few bits and 16 bits all become 8 bits a channel.
    decoder.set_transformations(Transformations::normalize_to_color8());
    decoder.set_ignore_text_chunk(true);
    decoder.ignore_checksums(true);
    let (width, height) = {
        let info = decoder.read_header_info().map_err(|error| explained(&error, bytes))?;
        (info.width, info.height)
    };
    if !limits.allow(width, height) {
        return Err(limits.too_many_pixels(width, height));
    }
    let mut reader = decoder.read_info().map_err(|error| explained(&error, bytes))?;
    let profile = reader.info().icc_profile.as_ref().map(|profile| Cow::Owned(profile.to_vec()));
    let colour = reader.output_color_type().0;
    let layout = match colour {
        ColorType::Grayscale => Layout::Grey,
        ColorType::GrayscaleAlpha | ColorType::Rgba => Layout::Rgba,
        ColorType::Rgb | ColorType::Indexed => Layout::Rgb,
    };
    let mut reducer = Reducer::new(width, height, layout, side, limits.max_alloc);
    let mut expanded = Vec::new();
    let mut add = |row: &[u8]| {
        if colour == ColorType::GrayscaleAlpha {
            expanded.clear();
            expanded.extend(row.chunks_exact(2).flat_map(|p| [p[0], p[0], p[0], p[1]]));
            reducer.row(&expanded);
        } else {
            reducer.row(row);
        }
    };
    if reader.info().interlaced {
        let size = reader.output_buffer_size().filter(|&size| size <= memory / 2);
        let size = size.ok_or_else(|| limits.too_much_memory(Format::Png, width, height))?;
        let mut pixels = vec![0; size];
        let info = reader.next_frame(&mut pixels).map_err(|error| explained(&error, bytes))?;
        pixels.chunks_exact(info.line_size).take(height as usize).for_each(add);
    } else {
        for y in 0..height {
            let percent = (u64::from(y) * 100 / u64::from(height)) as u8;
            match reader.next_row() {
                Ok(Some(row)) => add(row.data()),
                Ok(None) => return Err(broken(Breakage::Truncated)),
                Err(error) => match explained(&error, bytes) {
                    PictureError::Broken { reason: Breakage::Truncated, .. } if percent > 0 => {
                        return Err(broken(Breakage::TruncatedAfter { percent }));
                    }
                    PictureError::Broken { reason: Breakage::Corrupt, .. } if percent > 0 => {
                        return Err(broken(Breakage::DamagedAt { percent }));
                    }
                    other => return Err(other),
                },
            }
        }
    }
    if !has_end(bytes) {
        return Err(broken(Breakage::Truncated));
    }
    Ok(Some(Decoded { raster: reducer.finish(), width, height, profile }))
}

fn broken(reason: Breakage) -> PictureError {
    PictureError::Broken { format: Format::Png, reason }
}

/// Whether the checksum of a chunk with pixels or what they need (its name begins in upper case), or with an
/// animation's pixels, doesn't match. The png crate never looks at the last one's: by then it has all pixels.
fn damaged_chunk(bytes: &[u8]) -> bool {
    let mut at = 8;
    while let Some(length) = bytes.get(at..at + 4).and_then(|length| length.try_into().ok()) {
        let end = at + 8 + u32::from_be_bytes(length) as usize;
        let Some(checksum) = bytes.get(end..end + 4) else { return false };
        let checked = &bytes[at + 4..end];
        let matters = checked[0].is_ascii_uppercase() || checked.starts_with(b"fdAT");
        if matters && crc32fast::hash(checked).to_be_bytes() != checksum {
            return true;
        }
        if checked.starts_with(b"IEND") {
            return false;
        }
        at = end + 4;
    }
    false
}

/// Whether chunk follows chunk up to `IEND`; what comes behind it doesn't matter.
fn has_end(bytes: &[u8]) -> bool {
    chunks(bytes).any(|(kind, _)| kind == b"IEND")
}

/// The chunks of a PNG that are there whole: type and contents.
pub(crate) fn chunks(bytes: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    let mut rest = bytes.get(8..).unwrap_or_default();
    std::iter::from_fn(move || {
        let length = u32::from_be_bytes(rest.get(..4)?.try_into().ok()?) as usize;
        let kind = rest.get(4..8)?;
        let body = rest.get(8..length.checked_add(8)?)?;
        rest = rest.get(length + 12..)?;
        Some((kind, body))
    })
}

fn explained(error: &DecodingError, bytes: &[u8]) -> PictureError {
    match error {
        DecodingError::IoError(error) if error.kind() == ErrorKind::UnexpectedEof => broken(Breakage::Truncated),
        DecodingError::LimitsExceeded => broken(Breakage::Corrupt),
        _ if !chunks(bytes).any(|(kind, _)| kind == b"IDAT") && !has_end(bytes) => broken(Breakage::NoPixels),
        _ => broken(Breakage::Corrupt),
    }
}
