//! Truevision TGA ("Truevision TGA File Format Specification", version 2.0): the first version has no signature at all.

use crate::numbers::le16;

/// What version 2 ends with.
const FOOTER: &[u8; 18] = b"TRUEVISION-XFILE.\0";
/// Bytes in front of the picture's identification.
const LENGTH: usize = 18;

pub(crate) struct Header {
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// Bits a pixel: 8, 15, 16, 24 or 32.
    pub(crate) depth: u8,
    pub(crate) kind: Kind,
    pub(crate) compressed: bool,
    /// Bits of alpha, as the descriptor says.
    pub(crate) alpha: u8,
    pub(crate) from_right: bool,
    pub(crate) from_top: bool,
    /// Number of the palette's first entry.
    pub(crate) map_first: usize,
    pub(crate) map_length: usize,
    /// Bits of a palette's entry.
    pub(crate) map_depth: u8,
    /// Where the palette is, else the pixels.
    pub(crate) map_at: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Palette,
    Colour,
    Grey,
}

impl Header {
    /// Reads a header in which everything makes sense.
    pub(crate) fn read(bytes: &[u8]) -> Option<Header> {
        let header = bytes.get(..LENGTH)?;
        let (has_map, depth, descriptor) = (header[1], header[16], header[17]);
        let kind = match header[2] & !8 {
            1 => Kind::Palette,
            2 => Kind::Colour,
            3 => Kind::Grey,
            _ => return None,
        };
        let (map_first, map_length) = (usize::from(le16(header, 3)?), usize::from(le16(header, 5)?));
        let map_depth = header[7];
        let (width, height) = (u32::from(le16(header, 12)?), u32::from(le16(header, 14)?));
        let fits = match kind {
            Kind::Palette => has_map == 1 && map_length > 0 && matches!(depth, 8 | 16),
            Kind::Colour => matches!(depth, 15 | 16 | 24 | 32),
            Kind::Grey => matches!(depth, 8 | 16),
        };
        let map_fits = match has_map {
            0 => true,
            1 => matches!(map_depth, 15 | 16 | 24 | 32),
            _ => false,
        };
        // The upper two bits say how rows are interleaved, which nobody ever did.
        let is_sound = fits && map_fits && width > 0 && height > 0 && descriptor & 0xC0 == 0 && descriptor & 15 <= 8;
        is_sound.then_some(Header {
            width,
            height,
            depth,
            kind,
            compressed: header[2] & 8 != 0,
            alpha: descriptor & 15,
            from_right: descriptor & 0x10 != 0,
            from_top: descriptor & 0x20 != 0,
            map_first,
            map_length: if has_map == 1 { map_length } else { 0 },
            map_depth,
            map_at: LENGTH + usize::from(header[0]),
        })
    }

    /// Where the pixels begin.
    pub(crate) fn pixels_at(&self) -> usize {
        self.map_at + self.map_length * usize::from(self.map_depth).div_ceil(8)
    }
}

/// Whether the file ends as version 2 does, and begins with a header.
pub(crate) fn is_signed(bytes: &[u8]) -> bool {
    bytes.ends_with(FOOTER) && Header::read(bytes).is_some()
}

/// Whether a file has exactly the pixels that its header tells of: a TGA without a signature, and hardly anything else.
pub(crate) fn is_whole(bytes: &[u8]) -> bool {
    let Some(header) = Header::read(bytes) else { return false };
    let (pixel, count) = (usize::from(header.depth).div_ceil(8), header.width as usize * header.height as usize);
    let Some(mut rest) = bytes.get(header.pixels_at()..) else { return false };
    if !header.compressed {
        return rest.len() == count * pixel;
    }
    let mut missing = count;
    while missing > 0 {
        let Some((&packet, behind)) = rest.split_first() else { return false };
        let run = usize::from(packet & 0x7F) + 1;
        let length = if packet & 0x80 == 0 { run * pixel } else { pixel };
        let Some(behind) = behind.get(length..).filter(|_| run <= missing) else { return false };
        (rest, missing) = (behind, missing - run);
    }
    rest.is_empty()
}
