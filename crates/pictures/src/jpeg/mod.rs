//! JPEG: every bit of the compressed data is read, so that damage is noticed and told, and only as much of it is turned
//! into pixels as the wanted size needs.
//!
//! Libraries either stop at the first fault or fill the rest with grey without a word, and the ones that scale while
//! decoding hold a progressive picture's coefficients whole. Here a picture is decoded at 1/8, 1/4, 1/2 or full size
//! from its lowest frequencies (as libjpeg does), and all that is kept of the others of a progressive picture is
//! whether they are zero. Damage costs what it hits and no more (`intervals`). References are to ITU-T T.81.

mod bits;
mod colour;
mod frame;
mod huffman;
mod intervals;
mod inverse_dct;
mod planes;
mod progressive;
mod scan;
mod segments;
mod sequential;
mod standard;

pub(crate) use colour::rgb as ycbcr_to_rgb;
use segments::read;
pub(crate) use segments::{dimensions, exif, icc, is_for_showing, photoshop, xmp};

use crate::decode::decoded::Undecoded;
use crate::raster::Raster;
use crate::{Format, Limits, Remark};

/// Why nothing can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// There is no scan at all.
    NoPixels,
    /// Headers or tables make no sense.
    Corrupt,
    /// A coding process that isn't decoded here: arithmetic, lossless, hierarchical.
    Unsupported,
}

/// Decodes a JPEG so that its longest side is at least `side` pixels, or whole when it is smaller than that; what is
/// missing stays grey, and is remarked on.
pub(crate) fn decode(bytes: &[u8], side: u32, limits: &Limits) -> Result<(Raster, Option<Remark>), Undecoded> {
    match read(bytes, side, limits) {
        Ok(found) => {
            let remark = found.remark;
            Ok((found.into_raster(), remark))
        }
        Err(ReadError::TooLarge { width, height }) => Err(Remark::TooLarge { width, height }.into()),
        Err(ReadError::Fault(Fault::NoPixels)) => Err(Remark::NoPixels.into()),
        Err(ReadError::Fault(Fault::Corrupt)) => Err(Remark::Unreadable { format: Format::Jpeg }.into()),
        Err(ReadError::Fault(Fault::Unsupported)) => Err(Undecoded::Unsupported),
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
    },
}

impl From<Fault> for ReadError {
    fn from(fault: Fault) -> ReadError {
        ReadError::Fault(fault)
    }
}
