//! How much work one picture may cause.

use crate::{Format, Remark};

/// Bounds on what is decoded. They decide what is shown, never what is kept: a picture beyond them has no thumbnail, and
/// [`Remark::TooLarge`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Largest width in pixels.
    pub max_width: u32,
    /// Largest height in pixels.
    pub max_height: u32,
    /// Largest width × height of what has to be in memory whole.
    pub max_pixels: u64,
    /// Largest width × height of what is decoded row by row, or at a smaller scale.
    pub max_streamed_pixels: u64,
    /// Most bytes that decoding one picture may hold at a time, the file itself not counted. A picture whose pixels
    /// don't fit is decoded at a smaller scale or band by band where its format allows that.
    pub max_alloc: u64,
    /// Whether the process may end over a picture, as a worker may. Only then AV1 is decoded: where its decoder fails on what
    /// is broken, it aborts the process, which nobody can catch.
    pub expendable: bool,
}

impl Default for Limits {
    /// A million pixels a side, 200 megapixels (1,000 row by row: some seconds), 256 MiB, and a process that has to go on.
    fn default() -> Limits {
        Limits {
            max_width: 1_000_000,
            max_height: 1_000_000,
            max_pixels: 200_000_000,
            max_streamed_pixels: 1_000_000_000,
            max_alloc: 256 << 20,
            expendable: false,
        }
    }
}

impl Limits {
    /// Whether this format's pixels are decoded under these limits.
    pub(crate) fn decode(&self, format: Format) -> bool {
        format.decodable() && (self.expendable || format != Format::Avif)
    }

    /// Whether a picture of this size may be decoded whole.
    pub fn allow(&self, width: u32, height: u32) -> bool {
        self.within(width, height, self.max_pixels)
    }

    /// Whether a picture of this size may be decoded row by row, or at a smaller scale.
    pub fn allow_streamed(&self, width: u32, height: u32) -> bool {
        self.within(width, height, self.max_streamed_pixels)
    }

    fn within(&self, width: u32, height: u32, pixels: u64) -> bool {
        width <= self.max_width && height <= self.max_height && u64::from(width) * u64::from(height) <= pixels
    }

    pub(crate) fn too_large(width: u32, height: u32) -> Remark {
        Remark::TooLarge { width, height }
    }
}
