//! DirectDraw Surface (<https://learn.microsoft.com/windows/win32/direct3ddds/dds-header>).

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
