//! Windows icons and cursors: the largest picture of the list.

use super::decoded::{Decoded, Undecoded};
use super::{bmp, png};
use crate::header::ico::{self, Entry, largest};
use crate::numbers::{le16, le32};
use crate::raster::Layout;
use crate::{Format, Limits, Remark};

pub(super) fn decode<'a>(bytes: &'a [u8], side: u32, limits: &Limits) -> Result<Decoded<'a>, Undecoded> {
    let unreadable = Undecoded::from(Remark::Unreadable { format: Format::Ico });
    let entry = largest(bytes).ok_or(unreadable)?;
    let picture =
        bytes.get(entry.at..).filter(|picture| !picture.is_empty()).ok_or(Remark::Truncated { missing: None })?;
    let cut_off = ico::is_cut_off(bytes).then_some(Remark::Truncated { missing: None });
    // Where it ends it knows itself: lists are wrong about that.
    let decoded = if picture.starts_with(b"\x89PNG") {
        png::decode(picture, side, limits)
    } else {
        bitmap(picture, entry, limits)
    };
    match decoded {
        Ok(decoded) => Ok(Decoded { remark: decoded.remark.or(cut_off), ..decoded }),
        Err(Undecoded::Because(Remark::Unreadable { .. })) => Err(cut_off.map_or(unreadable, Undecoded::Because)),
        Err(other) => Err(other),
    }
}

/// A bitmap without its file header, and a mask of what is transparent behind it.
fn bitmap<'a>(picture: &[u8], entry: Entry, limits: &Limits) -> Result<Decoded<'a>, Undecoded> {
    let unreadable = Remark::Unreadable { format: Format::Ico };
    let (header, depth) = le32(picture, 0).zip(le16(picture, 14)).ok_or(unreadable)?;
    let used = if header >= 40 { le32(picture, 32).unwrap_or(0) } else { 0 };
    let colours = match depth {
        1 | 4 | 8 if used == 0 => 1 << depth,
        1 | 4 | 8 => used.min(256),
        _ => 0,
    };
    let pixels_at = header.saturating_add(colours * 4);
    let mut file = b"BM\0\0\0\0\0\0\0\0".to_vec();
    file.extend((pixels_at.saturating_add(14)).to_le_bytes());
    file.extend(picture);
    // Its height counts the mask's rows, too.
    file.get_mut(14 + 8..14 + 12).ok_or(unreadable)?.copy_from_slice(&entry.height.to_le_bytes());
    let mut decoded = bmp::decode(&file, limits)?;
    let row = (entry.width * u32::from(depth)).div_ceil(32) * 4;
    let mask = picture.get((pixels_at as usize).saturating_add((row * entry.height) as usize)..);
    let has_alpha = decoded.raster.layout == Layout::Rgba && decoded.raster.data.chunks_exact(4).any(|p| p[3] != 255);
    if !has_alpha && let Some(mask) = mask {
        decoded.raster.data = masked(decoded.raster.to_rgba(), mask, entry);
        decoded.raster.layout = Layout::Rgba;
    }
    Ok(decoded)
}

/// Makes transparent what the mask says; its rows are stored from below. Where it would leave nothing, it is ignored.
fn masked(pixels: Vec<u8>, mask: &[u8], entry: Entry) -> Vec<u8> {
    let (width, height) = (entry.width as usize, entry.height as usize);
    let row = width.div_ceil(32) * 4;
    let mut shown = pixels.clone();
    for (at, pixel) in shown.chunks_exact_mut(4).enumerate() {
        let (x, y) = (at % width, at / width);
        let byte = (height - 1).checked_sub(y).and_then(|y| mask.get(y * row + x / 8)).copied().unwrap_or(0);
        if byte >> (7 - x % 8) & 1 == 1 {
            pixel.fill(0);
        }
    }
    if shown.chunks_exact(4).all(|pixel| pixel[3] == 0) { pixels } else { shown }
}
