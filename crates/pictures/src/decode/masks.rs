//! Pixels whose bits are told by masks.

use super::rows::scaled;

/// Which bits of a pixel mean what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Masks {
    pub(crate) red: u32,
    pub(crate) green: u32,
    pub(crate) blue: u32,
    /// 0 where every pixel is opaque.
    pub(crate) alpha: u32,
}

impl Masks {
    /// Red, green, blue and alpha of a pixel of one to four bytes, the lowest first.
    pub(super) fn pixel(&self, bytes: &[u8]) -> [u8; 4] {
        let value = bytes.iter().rev().fold(0, |value, &byte| value << 8 | u32::from(byte));
        let part = |mask: u32| {
            let shift = mask.trailing_zeros().min(31);
            scaled((value & mask) >> shift, mask >> shift)
        };
        let alpha = if self.alpha == 0 { 255 } else { part(self.alpha) };
        [part(self.red), part(self.green), part(self.blue), alpha]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_are_spread() {
        let masks = Masks { red: 0xF800, green: 0x07E0, blue: 0x001F, alpha: 0 };
        assert_eq!(masks.pixel(&[0xE0, 0x07]), [0, 255, 0, 255]);
        let odd = Masks { red: 0xFF00_0000, green: 0, blue: 0xF0, alpha: 0x1 };
        assert_eq!(odd.pixel(&[0x81, 0, 0, 0x7F]), [0x7F, 0, 136, 255]);
        assert_eq!(odd.pixel(&[0x80, 0, 0, 0]), [0, 0, 136, 0]);
    }
}
