//! What comes of decoding.

/// What the bytes of a pixel are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colours {
    /// One byte.
    Grey,
    /// Three bytes.
    Rgb,
    /// Four bytes; 255 is full ink.
    Cmyk,
}

/// Pixels, row by row from the top left, without padding, as stored: not turned, in the picture's own colours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pixels {
    /// In pixels: the picture's, or 1/2, 1/4 or 1/8 of it.
    pub width: u32,
    /// As the width.
    pub height: u32,
    /// What they are.
    pub colours: Colours,
    /// The bytes.
    pub data: Vec<u8>,
}

/// What is wrong with a picture of which something can be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Damage {
    /// The data ends early: so much of the picture's height is missing, 1 to 100 percent, when that can be told.
    Missing(Option<u8>),
    /// The data ends early, and so much of the height lacks detail, 1 to 100 percent, when that can be told.
    Coarse(Option<u8>),
    /// The data is wrong, from this part of the height on, 0 to 99 percent, when that can be told.
    Wrong(Option<u8>),
}

/// How much work one picture may cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Largest width in pixels.
    pub max_width: u32,
    /// Largest height in pixels.
    pub max_height: u32,
    /// Largest width × height.
    pub max_pixels: u64,
    /// Most bytes that decoding holds at a time; where they don't suffice, the picture comes smaller.
    pub max_alloc: u64,
}

impl Bounds {
    pub(crate) fn allow(&self, width: u32, height: u32) -> bool {
        let pixels = u64::from(width) * u64::from(height);
        width <= self.max_width && height <= self.max_height && pixels <= self.max_pixels
    }
}
