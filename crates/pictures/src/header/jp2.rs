//! JPEG 2000 (ITU-T T.800): the bare codestream, and the file format JP2 around it.

use crate::numbers::be32;

/// The box that every JP2 begins with.
const SIGNATURE: &[u8; 12] = b"\0\0\0\x0CjP  \r\n\x87\n";

/// Whether the bytes begin as one of both does: SOC and SIZ, or the signature box.
pub(crate) fn is_jp2(bytes: &[u8]) -> bool {
    is_boxed(bytes) || bytes.starts_with(&[0xFF, 0x4F, 0xFF, 0x51])
}

/// Whether boxes are around the codestream.
pub(crate) fn is_boxed(bytes: &[u8]) -> bool {
    bytes.starts_with(SIGNATURE)
}

/// Width and height, from the codestream, else from the box that repeats them.
pub(crate) fn size(bytes: &[u8]) -> Option<(u32, u32)> {
    let head = &bytes[..bytes.len().min(1 << 20)];
    let found = head.windows(4).position(|marker| marker == [0xFF, 0x4F, 0xFF, 0x51]);
    let size = found.and_then(|at| {
        // SIZ: length and capabilities, then the far corner and the near one (T.800, A.5.1).
        let number = |index: usize| be32(head, at + 8 + index * 4);
        let (right, bottom, left, top) = (number(0)?, number(1)?, number(2)?, number(3)?);
        Some((right.checked_sub(left)?, bottom.checked_sub(top)?))
    });
    let size = size.or_else(|| {
        let at = head.windows(4).position(|kind| kind == b"ihdr").filter(|_| is_boxed(bytes))?;
        Some((be32(head, at + 8)?, be32(head, at + 4)?))
    });
    size.filter(|&(width, height)| width > 0 && height > 0)
}
