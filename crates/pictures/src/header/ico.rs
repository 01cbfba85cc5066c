//! Windows icons and cursors: a list of pictures of one thing, each a PNG or a bitmap without its file header.

use crate::numbers::{le16, le32};

/// Bytes of the list's header, and of each entry.
const HEADER: usize = 6;
const ENTRY: usize = 16;

/// One of the pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// Bits a pixel, as the picture says, else the list.
    depth: u16,
    /// Where it is in the file.
    pub(crate) at: usize,
    pub(crate) length: usize,
}

/// Whether this is a list of icons or cursors. Its first four bytes alone begin many a file, so that every entry that is
/// known must make sense.
pub(crate) fn is_ico(head: &[u8]) -> bool {
    let Some(count) = count(head) else { return false };
    let entries = count.min(head.len().saturating_sub(HEADER) / ENTRY);
    let starts = HEADER + count * ENTRY;
    let is_sound = |entry: &Entry| entry.at >= starts && entry.length >= 16;
    entries > 0 && (0..entries).all(|index| entry(head, index).as_ref().is_some_and(is_sound))
}

/// The largest picture, of equal ones the first with the most colours.
pub(crate) fn largest(bytes: &[u8]) -> Option<Entry> {
    let entries = (0..count(bytes)?).rev().filter_map(|index| entry(bytes, index));
    entries.max_by_key(|entry| (entry.width * entry.height, entry.depth))
}

/// Whether one of the pictures isn't there whole.
pub(crate) fn is_cut_off(bytes: &[u8]) -> bool {
    let mut entries = (0..count(bytes).unwrap_or(0)).filter_map(|index| entry(bytes, index));
    entries.any(|entry| entry.at.saturating_add(entry.length) > bytes.len())
}

fn count(bytes: &[u8]) -> Option<usize> {
    let &[0, 0, 1 | 2, 0, ..] = bytes else { return None };
    le16(bytes, 4).map(usize::from).filter(|count| (1..=1024).contains(count))
}

fn entry(bytes: &[u8], index: usize) -> Option<Entry> {
    let entry = bytes.get(HEADER + index * ENTRY..)?.get(..ENTRY)?;
    // The byte is 0 for 256 pixels and more; then, and in wrong lists, the picture itself knows.
    let listed = |side: u8| if side == 0 { 256 } else { u32::from(side) };
    // A cursor has the place of its point where an icon has planes and depth.
    let listed_depth = if bytes[2] == 1 { le16(entry, 6)? } else { 0 };
    let (length, at) = (le32(entry, 8)? as usize, le32(entry, 12)? as usize);
    let own = bytes.get(at..).and_then(own_size).unwrap_or((listed(entry[0]), listed(entry[1])));
    let depth = bytes.get(at..).and_then(own_depth).unwrap_or(listed_depth);
    Some(Entry { width: own.0, height: own.1, depth, at, length })
}

/// What a PNG or bitmap says of itself. A bitmap counts the rows of its mask with its own.
fn own_size(picture: &[u8]) -> Option<(u32, u32)> {
    let size = if picture.starts_with(b"\x89PNG\r\n\x1a\n") {
        (u32::from_be_bytes(*picture.get(16..)?.first_chunk()?), u32::from_be_bytes(*picture.get(20..)?.first_chunk()?))
    } else {
        (le32(picture, 4)?, le32(picture, 8)? / 2)
    };
    // Larger icons don't exist.
    let fits = |side| (1..=4096).contains(&side);
    (fits(size.0) && fits(size.1)).then_some(size)
}

/// Bits a pixel of a bitmap; a PNG counts as one of all colours.
fn own_depth(picture: &[u8]) -> Option<u16> {
    if picture.starts_with(b"\x89PNG\r\n\x1a\n") { Some(32) } else { le16(picture, 14) }
}
