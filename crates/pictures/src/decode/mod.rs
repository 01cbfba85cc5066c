//! From files to pixels, each format by the way that notices damage and bounds memory best.

mod bmp;
mod gif;
mod png;
mod tiff;
mod webp;
mod whole;

pub(crate) use png::chunks as png_chunks;

use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::raster::Raster;
use crate::{Breakage, Format, Limits, PictureError, jpeg};

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
}

/// Decodes a picture so that its longest side is at least `side` pixels, or whole. `Ok(None)`: a variant of its format
/// that isn't decoded here.
pub(crate) fn decode<'a>(
    bytes: &'a [u8],
    format: Format,
    side: u32,
    limits: &Limits,
) -> Result<Option<Decoded<'a>>, PictureError> {
    let guarded = |decode: &dyn Fn() -> Result<Option<Decoded<'a>>, PictureError>| {
        // These decoders are other people's, and the input can be made by anyone: a panic of theirs is a broken picture.
        let broken = Err(PictureError::Broken { format, reason: Breakage::Corrupt });
        catch_unwind(AssertUnwindSafe(decode)).unwrap_or(broken)
    };
    match format {
        Format::Jpeg => decode_jpeg(bytes, side, limits),
        Format::Png => guarded(&|| png::decode(bytes, side, limits)),
        Format::Gif => guarded(&|| gif::decode(bytes, limits)),
        Format::WebP => guarded(&|| webp::decode(bytes, limits)),
        Format::Bmp => guarded(&|| bmp::decode(bytes, limits)),
        Format::Tiff => guarded(&|| tiff::decode(bytes, side, limits)),
        Format::Heic | Format::Avif | Format::Svg | Format::Raw => Ok(None),
    }
}

fn decode_jpeg<'a>(bytes: &'a [u8], side: u32, limits: &Limits) -> Result<Option<Decoded<'a>>, PictureError> {
    let Some(raster) = jpeg::decode(bytes, side, limits)? else { return Ok(None) };
    let (width, height) = jpeg::dimensions(bytes).unwrap_or((raster.width, raster.height));
    Ok(Some(Decoded { raster, width, height, profile: jpeg::icc(bytes) }))
}
