//! JPEG XL (ISO/IEC 18181): the bare codestream, and boxes around it.

/// The box that every container begins with.
const SIGNATURE: &[u8; 12] = b"\0\0\0\x0CJXL \r\n\x87\n";

/// Whether the bytes begin as one of both does. The codestream's two bytes say little: a size must follow.
pub(crate) fn is_jxl(bytes: &[u8]) -> bool {
    is_boxed(bytes) || (bytes.starts_with(&[0xFF, 0x0A]) && coded(bytes).is_some())
}

/// Whether boxes are around the codestream.
pub(crate) fn is_boxed(bytes: &[u8]) -> bool {
    bytes.starts_with(SIGNATURE)
}

/// Width and height as shown.
pub(crate) fn size(bytes: &[u8]) -> Option<(u32, u32)> {
    if !is_boxed(bytes) {
        return coded(bytes);
    }
    let head = &bytes[..bytes.len().min(1 << 20)];
    // `jxlc` has the codestream whole, `jxlp` a numbered piece of it.
    let after = |kind: &[u8; 4], skip: usize| {
        let at = head.windows(4).position(|word| word == kind)?;
        coded(bytes.get(at + 4 + skip..)?)
    };
    after(b"jxlc", 0).or_else(|| after(b"jxlp", 4))
}

/// `SizeHeader` and the orientation in `ImageMetadata` (18181-1, annexes A and D).
fn coded(bytes: &[u8]) -> Option<(u32, u32)> {
    let mut bits = Bits { bytes: bytes.strip_prefix(&[0xFF, 0x0A])?, at: 0 };
    let small = bits.take(1)? == 1;
    let side = |bits: &mut Bits| -> Option<u32> {
        if small {
            return Some((bits.take(5)? + 1) * 8);
        }
        let wide = [9, 13, 18, 30][bits.take(2)? as usize];
        Some(bits.take(wide)? + 1)
    };
    let height = side(&mut bits)?;
    let ratio = bits.take(3)?;
    let by = |over: u64, under: u64| u32::try_from(u64::from(height) * over / under).ok();
    let width = match ratio {
        0 => side(&mut bits)?,
        1 => height,
        2 => by(12, 10)?,
        3 => by(4, 3)?,
        4 => by(3, 2)?,
        5 => by(16, 9)?,
        6 => by(5, 4)?,
        _ => by(2, 1)?,
    };
    // Not all default, then extra fields, then the orientation less one; those above 4 change the sides' places.
    let is_default = bits.take(1)? == 1;
    let turned = !is_default && bits.take(1)? == 1 && bits.take(3)? >= 4;
    Some(if turned { (height, width) } else { (width, height) })
}

/// Bits from the lowest of each byte on.
struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Bits<'_> {
    fn take(&mut self, count: usize) -> Option<u32> {
        let mut value = 0;
        for index in 0..count {
            let bit = self.bytes.get(self.at / 8)? >> (self.at % 8) & 1;
            value |= u32::from(bit) << index;
            self.at += 1;
        }
        Some(value)
    }
}
