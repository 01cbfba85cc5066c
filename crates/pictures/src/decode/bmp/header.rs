//! What the header of a BMP says, and that header as the image crate takes it.

use std::borrow::Cow;

use crate::decode::Masks;
use crate::numbers::{le16, le32};

/// Bytes of the file's own header.
const FILE: usize = 14;

/// Sizes of the header behind it.
const CORE: u32 = 12;
pub(super) const INFO: u32 = 40;
const INFO_WITH_MASKS: u32 = 56;
const OS2: std::ops::RangeInclusive<u32> = 16..=64;

/// Ways in which pixels are stored.
pub(super) mod compression {
    pub(in super::super) const NONE: u32 = 0;
    pub(in super::super) const RLE_8: u32 = 1;
    pub(in super::super) const RLE_4: u32 = 2;
    pub(in super::super) const BIT_FIELDS: u32 = 3;
    /// In OS/2's headers run lengths of 24 bits.
    pub(in super::super) const JPEG: u32 = 4;
    pub(in super::super) const PNG: u32 = 5;
    pub(in super::super) const ALPHA_BIT_FIELDS: u32 = 6;
}

pub(super) struct Header {
    pub(super) width: u32,
    pub(super) height: u32,
    /// The uppermost row is stored first.
    pub(super) from_above: bool,
    /// Bits a pixel.
    pub(super) depth: u16,
    pub(super) compression: u32,
    /// Offset of the first row.
    pub(super) pixels_at: u32,
    /// Of what stands behind the file's own header.
    pub(super) size: u32,
    /// Colours of the palette.
    pub(super) colours: u32,
}

impl Header {
    pub(super) fn read(bytes: &[u8]) -> Option<Header> {
        let (pixels_at, size) = (le32(bytes, 10)?, le32(bytes, FILE)?);
        if size == CORE {
            let (width, height, depth) = (le16(bytes, 18)?, le16(bytes, 20)?, le16(bytes, 24)?);
            let (width, height) = (width.into(), height.into());
            let colours = most_colours(depth);
            return Some(Header { width, height, from_above: false, depth, compression: 0, pixels_at, size, colours });
        }
        // Height is negative for rows stored from the top.
        let (width, height) = (le32(bytes, 18)? as i32, le32(bytes, 22)? as i32);
        let depth = le16(bytes, 28)?;
        let compression = if size >= INFO { le32(bytes, 30)? } else { compression::NONE };
        let used = if size >= INFO { le32(bytes, 46)? } else { 0 };
        let colours = if used == 0 { most_colours(depth) } else { used };
        let (width, from_above, height) = (width.unsigned_abs(), height < 0, height.unsigned_abs());
        Some(Header { width, height, from_above, depth, compression, pixels_at, size, colours })
    }

    pub(super) fn is_of_os2(&self) -> bool {
        OS2.contains(&self.size) && !self.is_of_windows()
    }

    fn is_of_windows(&self) -> bool {
        matches!(self.size, CORE | INFO | 52 | INFO_WITH_MASKS | 108 | 124)
    }

    /// The masks of a bitmap that has them.
    pub(super) fn masks(&self, bytes: &[u8]) -> Option<Masks> {
        let with_alpha = self.size >= INFO_WITH_MASKS || self.compression == compression::ALPHA_BIT_FIELDS;
        let has_masks = [compression::BIT_FIELDS, compression::ALPHA_BIT_FIELDS].contains(&self.compression);
        if !has_masks || !matches!(self.depth, 16 | 24 | 32) || self.size < INFO {
            return None;
        }
        let [red, green, blue] = [54, 58, 62].map(|at| le32(bytes, at));
        let alpha = if with_alpha { le32(bytes, 66)? } else { 0 };
        Some(Masks { red: red?, green: green?, blue: blue?, alpha })
    }

    /// The colours of a palette with four bytes each, as red, green and blue.
    pub(super) fn palette(&self, bytes: &[u8]) -> Vec<[u8; 3]> {
        let stored = bytes.get(FILE + self.size as usize..).unwrap_or_default();
        stored.chunks_exact(4).take(self.colours.min(256) as usize).map(|bgr| [bgr[2], bgr[1], bgr[0]]).collect()
    }

    /// The file with a header that the image crate knows.
    pub(super) fn known<'b>(&self, bytes: &'b [u8]) -> Cow<'b, [u8]> {
        let replaced = |at: usize, value: u32, file: Cow<'b, [u8]>| {
            let mut file = file.into_owned();
            file[at..at + 4].copy_from_slice(&value.to_le_bytes());
            Cow::Owned(file)
        };
        let mut file = Cow::Borrowed(bytes);
        // One that nobody knows has the same fields at the same places.
        if !self.is_of_windows() {
            return self.without_os2(bytes).map_or(file, Cow::Owned);
        }
        if self.size >= INFO && le16(bytes, 26) != Some(1) {
            file = replaced(26, 1 | u32::from(self.depth) << 16, file);
        }
        // Four masks stand behind it where a longer header has them.
        if self.compression == compression::ALPHA_BIT_FIELDS && self.size == INFO {
            file = replaced(30, compression::BIT_FIELDS, file);
            file = replaced(FILE, INFO_WITH_MASKS, file);
        }
        if self.size >= INFO && self.colours > 256 && self.pixels_at != 0 {
            file = replaced(46, 0, file);
        }
        file
    }

    /// OS/2 2.x: the same fields at the same places, but any number of them.
    fn without_os2(&self, bytes: &[u8]) -> Option<Vec<u8>> {
        let palette_at = FILE + self.size as usize;
        let palette = bytes.get(palette_at..(self.pixels_at as usize).max(palette_at))?;
        let palette = &palette[..palette.len().min(self.colours.min(256) as usize * 4)];
        let mut header = bytes.get(FILE..palette_at)?.to_vec();
        header.resize(INFO as usize, 0);
        header[..4].copy_from_slice(&INFO.to_le_bytes());
        let pixels_at = (FILE + header.len() + palette.len()) as u32;
        let pixels = bytes.get(self.pixels_at as usize..)?;
        Some([&bytes[..10], &pixels_at.to_le_bytes(), &header, palette, pixels].concat())
    }
}

fn most_colours(depth: u16) -> u32 {
    if depth <= 8 { 1 << depth } else { 0 }
}
