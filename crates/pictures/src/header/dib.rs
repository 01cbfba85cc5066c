//! Bitmaps without their file's header, as programs put them on clipboards and save them from there: the only sign of one is
//! that its length fits.

use crate::numbers::{le16, le32};

/// Bytes of the file's header, and of the shortest one behind it.
const FILE: usize = 14;
const INFO: u32 = 40;

/// Whether the header makes sense: enough where the name says so, too.
pub(crate) fn is_bitmap(head: &[u8]) -> bool {
    length(head).is_some()
}

/// Whether a file has exactly the pixels that its header tells of.
pub(crate) fn is_whole(bytes: &[u8]) -> bool {
    length(bytes) == Some(bytes.len() as u64)
}

/// The same as a file has it.
pub(crate) fn as_file(bytes: &[u8]) -> Option<Vec<u8>> {
    let size = u32::try_from(bytes.len() + FILE).ok()?;
    let pixels_at = FILE as u32 + pixels_at(bytes)?;
    Some([&b"BM"[..], &size.to_le_bytes(), &[0; 4], &pixels_at.to_le_bytes(), bytes].concat())
}

fn length(bytes: &[u8]) -> Option<u64> {
    let (width, height) = (le32(bytes, 4)? as i32, le32(bytes, 8)? as i32);
    if le16(bytes, 12)? != 1 || width <= 0 || height == 0 || !matches!(le16(bytes, 14)?, 1 | 4 | 8 | 16 | 24 | 32) {
        return None;
    }
    let row = (u64::from(width.unsigned_abs()) * u64::from(le16(bytes, 14)?)).div_ceil(32) * 4;
    row.checked_mul(height.unsigned_abs().into())?.checked_add(pixels_at(bytes)?.into())
}

/// Where the pixels begin, of uncompressed ones.
fn pixels_at(bytes: &[u8]) -> Option<u32> {
    const BIT_FIELDS: u32 = 3;
    let header = le32(bytes, 0).filter(|header| matches!(*header, INFO | 108 | 124))?;
    let masks = match le32(bytes, 16)? {
        0 => 0,
        BIT_FIELDS if header == INFO => 12,
        BIT_FIELDS => 0,
        _ => return None,
    };
    let colours = match (le32(bytes, 32)?, le16(bytes, 14)?) {
        (0, depth @ 1..=8) => 1 << depth,
        (used, _) if used <= 256 => used,
        _ => return None,
    };
    Some(header + masks + colours * 4)
}
