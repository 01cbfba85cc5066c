//! Which format bytes are in: by magic numbers only, never by a name.

mod isobmff;
mod svg;
mod tiff;

use crate::Format;

/// Recognises a picture by its first bytes. Give it the whole file, or the first 64 KiB or more of it.
pub fn sniff(head: &[u8]) -> Option<Format> {
    // JPEG: SOI, then the 0xFF of the next marker.
    if head.starts_with(&[0xFF, 0xD8, 0xFF]) {
        return Some(Format::Jpeg);
    }
    if head.starts_with(b"\x89PNG\r\n\x1a\n") {
        return Some(Format::Png);
    }
    if head.starts_with(b"GIF87a") || head.starts_with(b"GIF89a") {
        return Some(Format::Gif);
    }
    if head.len() >= 16 && head.starts_with(b"RIFF") && &head[8..12] == b"WEBP" && &head[12..15] == b"VP8" {
        return Some(Format::WebP);
    }
    if is_bmp(head) {
        return Some(Format::Bmp);
    }
    if is_other_raw(head) {
        return Some(Format::Raw);
    }
    tiff::sniff(head).or_else(|| isobmff::sniff(head)).or_else(|| svg::is_svg(head).then_some(Format::Svg))
}

/// "BM" alone begins many a text, so the headers must make sense, too.
/// See <https://learn.microsoft.com/windows/win32/gdi/bitmap-storage>.
fn is_bmp(head: &[u8]) -> bool {
    if head.len() < 26 || !head.starts_with(b"BM") {
        return false;
    }
    let u16_at = |at: usize| u16::from_le_bytes([head[at], head[at + 1]]);
    let u32_at = |at: usize| u32::from_le_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
    let (pixels_at, header_size) = (u32_at(10), u32_at(14));
    // BITMAPCOREHEADER, OS/2 2.x (16 to 64 bytes), BITMAPINFOHEADER and its successors V2 to V5.
    if !matches!(header_size, 12 | 16 | 40 | 52 | 56 | 64 | 108 | 124) {
        return false;
    }
    // Some writers leave the offset at zero or count the palette wrong, none puts it inside the file header.
    if pixels_at != 0 && pixels_at < 14 + header_size.min(12) {
        return false;
    }
    let (planes, depth) = if header_size == 12 {
        (u16_at(22), u16_at(24))
    } else if head.len() >= 30 {
        (u16_at(26), u16_at(28))
    } else {
        return false;
    };
    planes <= 1 && matches!(depth, 0 | 1 | 2 | 4 | 8 | 16 | 24 | 32 | 64)
}

/// RAW formats that are neither TIFF nor ISO base media.
fn is_other_raw(head: &[u8]) -> bool {
    // Fujifilm RAF, Sigma X3F, Canon CRW (CIFF), Minolta MRW.
    head.starts_with(b"FUJIFILMCCD-RAW ")
        || head.starts_with(b"FOVb")
        || (head.len() >= 14 && (head.starts_with(b"II") || head.starts_with(b"MM")) && &head[6..14] == b"HEAPCCDR")
        || head.starts_with(b"\0MRM")
}
