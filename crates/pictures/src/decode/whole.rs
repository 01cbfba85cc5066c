//! Formats that the image crate decodes whole: GIF, WebP and BMP.

use std::borrow::Cow;
use std::io::{Cursor, ErrorKind};

use image::{ColorType, DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader};

use super::Decoded;
use crate::raster::{Layout, Raster};
use crate::{Breakage, Format, Limits, PictureError};

/// Decodes a whole picture (of an animation: the first frame) within the limits.
pub(super) fn decode<'a>(
    bytes: &'a [u8],
    format: Format,
    codec: ImageFormat,
    limits: &Limits,
) -> Result<Option<Decoded<'a>>, PictureError> {
    let mut reader = ImageReader::with_format(Cursor::new(bytes), codec);
    // Sizes are compared below, where the error can name them.
    let mut memory = image::Limits::no_limits();
    memory.max_alloc = Some(limits.max_alloc);
    reader.limits(memory);
    let mut decoder = match reader.into_decoder() {
        Ok(decoder) => decoder,
        Err(error) => return failed(&error, format, (0, 0), limits),
    };
    let (width, height) = decoder.dimensions();
    if !limits.allow(width, height) {
        return Err(limits.too_many_pixels(width, height));
    }
    if decoder.total_bytes() > limits.max_alloc {
        return Err(limits.too_much_memory(format, width, height));
    }
    let profile = decoder.icc_profile().ok().flatten().map(Cow::Owned);
    let image = match DynamicImage::from_decoder(decoder) {
        Ok(image) => image,
        Err(error) => return failed(&error, format, (width, height), limits),
    };
    Ok(Some(Decoded { raster: raster(image), width, height, profile }))
}

/// Any of the crate's images as one of our layouts, 16 bits and floats rounded to 8 bits.
pub(super) fn raster(image: DynamicImage) -> Raster {
    let (width, height) = (image.width(), image.height());
    let (layout, data) = match image.color() {
        ColorType::L8 | ColorType::L16 => (Layout::Grey, image.into_luma8().into_raw()),
        colour if colour.has_alpha() => (Layout::Rgba, image.into_rgba8().into_raw()),
        _ => (Layout::Rgb, image.into_rgb8().into_raw()),
    };
    Raster { width, height, layout, data }
}

fn failed<T>(error: &ImageError, format: Format, size: (u32, u32), limits: &Limits) -> Result<Option<T>, PictureError> {
    let reason = match error {
        ImageError::Unsupported(_) => return Ok(None),
        ImageError::Limits(_) => return Err(limits.too_much_memory(format, size.0, size.1)),
        ImageError::IoError(error) if error.kind() == ErrorKind::UnexpectedEof => Breakage::Truncated,
        _ => Breakage::Corrupt,
    };
    Err(PictureError::Broken { format, reason })
}
