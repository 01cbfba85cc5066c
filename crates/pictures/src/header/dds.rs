//! DirectDraw Surface (<https://learn.microsoft.com/windows/win32/direct3ddds/dds-header>).

use crate::decode::Masks;
use crate::numbers::le32;

/// Whether the bytes begin as such a file does: the header's own size never changes.
pub(crate) fn is_dds(bytes: &[u8]) -> bool {
    bytes.starts_with(b"DDS ") && le32(bytes, 4) == Some(124)
}

/// Width and height of the largest level.
pub(crate) fn size(bytes: &[u8]) -> Option<(u32, u32)> {
    let (height, width) = (le32(bytes, 12)?, le32(bytes, 16)?);
    (is_dds(bytes) && width > 0 && height > 0).then_some((width, height))
}

/// Bytes of the header.
pub(crate) const LENGTH: usize = 128;

/// How pixels are stored that aren't compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pixels {
    Masked {
        masks: Masks,
        /// Of a pixel: 1 to 4.
        bytes: usize,
    },
    /// Numbers of colours in a palette of 256.
    Numbers,
}

/// `None` where a code of four characters says how they are stored.
pub(crate) fn pixels(bytes: &[u8]) -> Option<Pixels> {
    const ALPHA_BESIDE: u32 = 0x1;
    const ALPHA: u32 = 0x2;
    const NUMBERS: u32 = 0x20;
    const COLOURS: u32 = 0x40;
    const GREY: u32 = 0x2_0000;
    let (flags, bits) = (le32(bytes, 80)?, le32(bytes, 88)?);
    if flags & NUMBERS != 0 {
        return (bits == 8).then_some(Pixels::Numbers);
    }
    if !matches!(bits, 8 | 16 | 24 | 32) {
        return None;
    }
    let [red, green, blue, alpha] = [le32(bytes, 92)?, le32(bytes, 96)?, le32(bytes, 100)?, le32(bytes, 104)?];
    let beside = if flags & ALPHA_BESIDE == 0 { 0 } else { alpha };
    let masks =
        |red, green, blue, alpha| Pixels::Masked { masks: Masks { red, green, blue, alpha }, bytes: bits as usize / 8 };
    match flags {
        _ if flags & COLOURS != 0 => Some(masks(red, green, blue, beside)),
        _ if flags & GREY != 0 => {
            // Masks beyond the pixel are nonsense: grey stands in front, and alpha behind it.
            let within = |mask: u32| mask != 0 && (bits == 32 || mask >> bits == 0);
            let grey = match (within(red), bits, beside) {
                (true, ..) => red,
                (false, 16, 0) => 0xFFFF,
                _ => 0xFF,
            };
            let beside = if beside != 0 && !within(beside) { 0xFF00 } else { beside };
            Some(masks(grey, grey, grey, beside))
        }
        _ if flags & ALPHA != 0 => Some(masks(0, 0, 0, alpha)),
        _ => None,
    }
}
