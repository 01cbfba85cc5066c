//! PCX (ZSoft, "Technical Reference Manual", revision 5).

use crate::numbers::le16;

/// Bytes in front of the pixels.
pub(crate) const LENGTH: usize = 128;

pub(crate) struct Header {
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// Bits of a sample.
    pub(crate) depth: u8,
    pub(crate) planes: u8,
    /// Bytes of one plane's row.
    pub(crate) row: usize,
    pub(crate) compressed: bool,
    /// 0 knows no palette, 3 uses the default one.
    pub(crate) version: u8,
}

impl Header {
    pub(crate) fn read(bytes: &[u8]) -> Option<Header> {
        let &[0x0A, version @ (0 | 2..=5), encoding @ 0..=1, depth @ (1 | 2 | 4 | 8), ..] = bytes else { return None };
        let corner = |at| le16(bytes, at).map(u32::from);
        let width = (corner(8)? + 1).checked_sub(corner(4)?).filter(|&width| width > 0)?;
        let height = (corner(10)? + 1).checked_sub(corner(6)?).filter(|&height| height > 0)?;
        let (&zero, &planes) = (bytes.get(64)?, bytes.get(65)?);
        let row = usize::from(le16(bytes, 66)?);
        let fits = row * 8 >= width as usize * usize::from(depth);
        let known = matches!((depth, planes), (1, 1..=4) | (2 | 4, 1) | (8, 1 | 3 | 4));
        (zero == 0 && fits && known && bytes.len() >= LENGTH).then_some(Header {
            width,
            height,
            depth,
            planes,
            row,
            compressed: encoding == 1,
            version,
        })
    }
}
