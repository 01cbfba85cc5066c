//! JPEG: every bit of the compressed data is read, so that damage is noticed, and only as much of it is turned into
//! pixels as the wanted size needs.
//!
//! Libraries either stop at the first fault or fill the rest with grey without a word, and the ones that scale while
//! decoding hold a progressive picture's coefficients whole. Here a picture is decoded at 1/8, 1/4, 1/2 or full size
//! from its lowest frequencies (as libjpeg does), and all that is kept of the others of a progressive picture is
//! whether they are zero. References are to ITU-T T.81.

mod bits;
mod colour;
mod frame;
mod huffman;
mod inverse_dct;
mod planes;
mod progressive;
mod scan;
mod segments;
mod sequential;

pub(crate) use colour::rgb as ycbcr_to_rgb;
use segments::read;
pub(crate) use segments::{dimensions, exif, icc};

use crate::raster::Raster;
use crate::{Breakage, Format, Limits, PictureError};

/// What reading the compressed data found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It ends too early.
    Truncated {
        /// How much of the picture's height is there, in percent; only known when rows come in order.
        percent: Option<u8>,
    },
    /// It is damaged.
    Damaged {
        /// First at this part of the picture's height in percent, if that is known.
        percent: Option<u8>,
    },
    /// There is no scan at all.
    NoPixels,
    /// Headers or tables make no sense.
    Corrupt,
    /// A coding process that isn't decoded here: arithmetic, lossless, hierarchical.
    Unsupported,
}

impl Fault {
    /// The error for people; `None` when the picture is no worse for it.
    pub(crate) fn breakage(self) -> Option<Breakage> {
        match self {
            Fault::Truncated { percent: Some(percent) } => Some(Breakage::TruncatedAfter { percent }),
            Fault::Truncated { percent: None } => Some(Breakage::Truncated),
            Fault::Damaged { percent: Some(percent) } => Some(Breakage::DamagedAt { percent }),
            Fault::Damaged { percent: None } => Some(Breakage::Damaged),
            Fault::NoPixels => Some(Breakage::NoPixels),
            Fault::Corrupt => Some(Breakage::Corrupt),
            Fault::Unsupported => None,
        }
    }
}

/// Decodes a JPEG so that its longest side is at least `side` pixels, or whole when it is smaller than that.
///
/// `Ok(None)` means that the picture is coded in a way that isn't decoded here.
pub(crate) fn decode(bytes: &[u8], side: u32, limits: &Limits) -> Result<Option<Raster>, PictureError> {
    let broken = |reason| PictureError::Broken { format: Format::Jpeg, reason };
    match read(bytes, side, limits) {
        Ok(found) => Ok(Some(found.into_raster())),
        Err(ReadError::TooLarge { width, height, memory }) => Err(if memory {
            limits.too_much_memory(Format::Jpeg, width, height)
        } else {
            limits.too_many_pixels(width, height)
        }),
        Err(ReadError::Fault(fault)) => fault.breakage().map_or(Ok(None), |reason| Err(broken(reason))),
    }
}

/// Why nothing was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReadError {
    /// The data is at fault.
    Fault(Fault),
    /// The limits are.
    TooLarge {
        /// In pixels.
        width: u32,
        /// In pixels.
        height: u32,
        /// Whether the memory limit is the one.
        memory: bool,
    },
}

impl From<Fault> for ReadError {
    fn from(fault: Fault) -> ReadError {
        ReadError::Fault(fault)
    }
}
