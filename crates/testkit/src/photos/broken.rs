//! Files that are no pictures, or not whole ones.

use super::raster::{jpeg, png};

/// The first half of a JPEG: a download that broke off.
pub fn truncated_jpeg() -> Vec<u8> {
    let mut bytes = jpeg(320, 240, 99);
    bytes.truncate(bytes.len() / 2);
    bytes
}

/// A PNG with one flipped bit in its pixels, so that its checksum is wrong.
pub fn corrupt_png() -> Vec<u8> {
    let mut bytes = png(64, 48, 99);
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0x10;
    bytes
}

/// No bytes at all.
pub fn empty() -> Vec<u8> {
    Vec::new()
}

/// A text, whatever its name says.
pub fn text() -> Vec<u8> {
    b"This is a shopping list, not a picture.\n\n- apples\n- bread\n".to_vec()
}

/// A PNG of a few bytes whose header claims any size, to take down whoever believes it.
pub fn png_claiming(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = png(1, 1, 0);
    // Signature (8), then the header chunk: length (4), "IHDR" (4), width, height, five bytes, checksum.
    bytes[16..20].copy_from_slice(&width.to_be_bytes());
    bytes[20..24].copy_from_slice(&height.to_be_bytes());
    let checksum = crc32(&bytes[12..29]);
    bytes[29..33].copy_from_slice(&checksum.to_be_bytes());
    bytes
}

/// The checksum of PNG chunks (ISO 3309).
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 })
    })
}
