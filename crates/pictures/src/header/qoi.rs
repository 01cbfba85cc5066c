//! QOI, the "Quite OK Image Format" (<https://qoiformat.org/qoi-specification.pdf>).

use crate::numbers::be32;

/// Bytes in front of the pixels.
pub(crate) const LENGTH: usize = 14;

pub(crate) struct Header {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) has_alpha: bool,
}

impl Header {
    pub(crate) fn read(bytes: &[u8]) -> Option<Header> {
        let rest = bytes.strip_prefix(b"qoif")?;
        let (width, height) = (be32(rest, 0)?, be32(rest, 4)?);
        let (&channels, &colours) = (rest.get(8)?, rest.get(9)?);
        let is_sound = width > 0 && height > 0 && matches!(channels, 3 | 4) && colours <= 1;
        is_sound.then_some(Header { width, height, has_alpha: channels == 4 })
    }
}
