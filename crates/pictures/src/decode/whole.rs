//! Formats that the image crate decodes whole: WebP, BMP, and TIFF with separate planes.

use std::borrow::Cow;
use std::io::{Cursor, ErrorKind};

use image::{ColorType, DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader};

use super::decoded::{Decoded, Undecoded};
use crate::raster::{Layout, Raster};
use crate::{Format, Limits, Remark};

/// Decodes a whole picture within the limits.
pub(super) fn decode<'a>(
    bytes: &[u8],
    format: Format,
    codec: ImageFormat,
    limits: &Limits,
) -> Result<Decoded<'a>, Undecoded> {
    let mut reader = ImageReader::with_format(Cursor::new(bytes), codec);
    // Sizes are compared below, where the remark can name them.
    let mut memory = image::Limits::no_limits();
    memory.max_alloc = Some(limits.max_alloc);
    reader.limits(memory);
    let mut decoder = reader.into_decoder().map_err(|error| failed(&error, format, (0, 0)))?;
    let (width, height) = decoder.dimensions();
    if !limits.allow(width, height) || decoder.total_bytes() > limits.max_alloc {
        return Err(Limits::too_large(width, height).into());
    }
    let profile = decoder.icc_profile().ok().flatten().map(Cow::Owned);
    let image = DynamicImage::from_decoder(decoder).map_err(|error| failed(&error, format, (width, height)))?;
    Ok(Decoded { raster: raster(image), width, height, profile, remark: None })
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

/// What a failure of the image crate means.
pub(super) fn failed(error: &ImageError, format: Format, (width, height): (u32, u32)) -> Undecoded {
    match error {
        ImageError::Unsupported(_) => Undecoded::Unsupported,
        ImageError::Limits(_) if width > 0 => Limits::too_large(width, height).into(),
        ImageError::IoError(error) if error.kind() == ErrorKind::UnexpectedEof => {
            Remark::Truncated { missing: None }.into()
        }
        _ => Remark::Unreadable { format }.into(),
    }
}
