//! How much work one picture may cause.

use crate::{Format, PictureError};

/// Bounds on what is decoded. A picture beyond them is refused with [`PictureError`](crate::PictureError), never cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Largest width in pixels.
    pub max_width: u32,
    /// Largest height in pixels.
    pub max_height: u32,
    /// Largest width × height.
    pub max_pixels: u64,
    /// Most bytes that decoding one picture may hold at a time, the file itself not counted. A picture whose pixels
    /// don't fit is decoded at a smaller scale or band by band where its format allows that.
    pub max_alloc: u64,
}

impl Default for Limits {
    /// 65,535 pixels a side (what JPEG can express), 200 megapixels, 256 MiB.
    fn default() -> Limits {
        Limits { max_width: 65_535, max_height: 65_535, max_pixels: 200_000_000, max_alloc: 256 << 20 }
    }
}

impl Limits {
    /// Whether a picture of this size is within the bounds.
    pub fn allow(&self, width: u32, height: u32) -> bool {
        width <= self.max_width && height <= self.max_height && u64::from(width) * u64::from(height) <= self.max_pixels
    }

    pub(crate) fn too_many_pixels(&self, width: u32, height: u32) -> PictureError {
        let max_side = self.max_width.min(self.max_height);
        PictureError::TooManyPixels { width, height, max_pixels: self.max_pixels, max_side }
    }

    pub(crate) fn too_much_memory(&self, format: Format, width: u32, height: u32) -> PictureError {
        PictureError::TooMuchMemory { format, width, height, max_alloc: self.max_alloc }
    }
}
