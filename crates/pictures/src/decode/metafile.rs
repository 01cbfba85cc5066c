//! Windows metafiles ([MS-WMF]): a bitmap that one draws. Programs that show a document by a metafile put it there as one.

use crate::numbers::{le16, le32};

/// What stands in front of a metafile that says how large it is.
const PLACEABLE: u32 = 0x9AC6_CDD7;

/// Records that draw a bitmap, and how far behind the record's beginning that stands.
const DRAW: [(u16, usize); 4] = [(0x0F43, 28), (0x0B41, 26), (0x0940, 22), (0x0D33, 24)];

/// Most records of one.
const MOST: usize = 100_000;

/// The largest bitmap as a file of its own.
pub(super) fn bitmap(metafile: &[u8]) -> Option<Vec<u8>> {
    const HEADER: usize = 18;
    let mut at = if le32(metafile, 0)? == PLACEABLE { 22 + HEADER } else { HEADER };
    let mut largest: &[u8] = &[];
    for _ in 0..MOST {
        let Some((words, kind)) = le32(metafile, at).zip(le16(metafile, at + 4)).filter(|(words, _)| *words >= 3)
        else {
            break;
        };
        let end = at.saturating_add(words as usize * 2).min(metafile.len());
        let drawn = DRAW.iter().find(|(draws, _)| *draws == kind).and_then(|(_, from)| metafile.get(at + from..end));
        largest = drawn.filter(|drawn| drawn.len() > largest.len()).unwrap_or(largest);
        at = end;
    }
    file(largest)
}

/// A bitmap with the header in front that files have.
fn file(bitmap: &[u8]) -> Option<Vec<u8>> {
    const CORE: u32 = 12;
    const INFO: u32 = 40;
    const BITFIELDS: u32 = 3;
    const ALPHA_BITFIELDS: u32 = 6;
    let header = le32(bitmap, 0)?;
    let (depth, used, colour, masks) = if header == CORE {
        (le16(bitmap, 10)?, 0, 3, 0)
    } else {
        let masks = match le32(bitmap, 16)? {
            BITFIELDS if header == INFO => 12,
            ALPHA_BITFIELDS if header == INFO => 16,
            _ => 0,
        };
        (le16(bitmap, 14)?, le32(bitmap, 32)?, 4, masks)
    };
    let colours = match (used, depth) {
        (0, 1..=8) => 1 << depth,
        (used, _) => used,
    };
    let pixels_at = colours.checked_mul(colour)?.checked_add(header)?.checked_add(masks + 14)?;
    let size = u32::try_from(bitmap.len() + 14).ok()?;
    let head = [&b"BM"[..], &size.to_le_bytes(), &[0; 4], &pixels_at.to_le_bytes()].concat();
    Some([&head, bitmap].concat())
}
