//! OpenEXR (<https://openexr.com/en/latest/OpenEXRFileLayout.html>).

use crate::numbers::le32;

/// Whether the bytes begin as such a file does: the magic number, and a version that exists.
pub(crate) fn is_exr(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0x76, 0x2F, 0x31, 0x01]) && matches!(bytes.get(4), Some(1 | 2))
}

/// Width and height of the display window: what is meant to be shown, whatever part of it has pixels.
pub(crate) fn size(bytes: &[u8]) -> Option<(u32, u32)> {
    let mut rest = bytes.get(8..).filter(|_| is_exr(bytes))?;
    loop {
        let (name, behind) = text(rest)?;
        let (kind, behind) = text(behind)?;
        let length = le32(behind, 0)? as usize;
        let value = behind.get(4..4_usize.checked_add(length)?)?;
        if (name, kind) == (b"displayWindow", b"box2i") {
            let corner = |at| le32(value, at).map(|number| i64::from(number as i32));
            let side = |from: i64, to: i64| u32::try_from(to - from + 1).ok().filter(|&side| side > 0);
            return Some((side(corner(0)?, corner(8)?)?, side(corner(4)?, corner(12)?)?));
        }
        rest = &behind[4 + length..];
    }
}

/// A name of at least one and at most 255 bytes, and what is behind its zero.
fn text(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = bytes.iter().take(256).position(|&byte| byte == 0).filter(|&end| end > 0)?;
    Some((&bytes[..end], &bytes[end + 1..]))
}
