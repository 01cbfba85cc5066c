//! What comes of decoding.

use std::borrow::Cow;

use crate::Remark;
use crate::raster::Raster;

/// A picture's pixels, as stored: not yet oriented, in its own colours.
pub(crate) struct Decoded<'a> {
    /// At least as large as was asked for, or as the picture is; fewer pixels where memory allows no more.
    pub(crate) raster: Raster,
    /// Full width in pixels.
    pub(crate) width: u32,
    /// Full height in pixels.
    pub(crate) height: u32,
    /// The colour profile that the pixels are in.
    pub(crate) profile: Option<Cow<'a, [u8]>>,
    /// What is wrong with the file.
    pub(crate) remark: Option<Remark>,
}

/// Why there are no pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Undecoded {
    /// A format, or a variant of it, that isn't decoded here.
    Unsupported,
    /// The file is at fault, or too large.
    Because(Remark),
}

impl From<Remark> for Undecoded {
    fn from(remark: Remark) -> Undecoded {
        Undecoded::Because(remark)
    }
}
