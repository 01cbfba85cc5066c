//! Writing thumbnails and renditions.

use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder, ImageResult};
use jpeg_encoder::{ColorType, Encoder, EncodingError, SamplingFactor};

use crate::raster::{Layout, Raster};

/// Encodes opaque pixels as JPEG, without any metadata. Not for CMYK.
///
/// Not by `image`, whose encoder takes nearly twice as long: with small photographs that was a fifth of all work.
pub(crate) fn jpeg(raster: &Raster, quality: u8) -> Result<Vec<u8>, EncodingError> {
    let mut bytes = Vec::new();
    let colour = match raster.layout {
        Layout::Grey => ColorType::Luma,
        Layout::YCbCr => ColorType::Ycbcr,
        _ => ColorType::Rgb,
    };
    // A side that doesn't fit is refused as one of 0 pixels is; what is encoded has been scaled down before.
    let side = |side: u32| u16::try_from(side).unwrap_or(0);
    let mut encoder = Encoder::new(&mut bytes, quality);
    // Colours at full resolution: with less, coloured letters on screenshots fray.
    encoder.set_sampling_factor(SamplingFactor::F_1_1);
    encoder.encode(&raster.data, side(raster.width), side(raster.height), colour)?;
    Ok(bytes)
}

/// Encodes pixels with transparency as PNG, without any metadata.
pub(crate) fn png(raster: &Raster) -> ImageResult<Vec<u8>> {
    let mut bytes = Vec::new();
    let encoder = PngEncoder::new_with_quality(&mut bytes, CompressionType::Default, FilterType::Adaptive);
    encoder.write_image(&raster.data, raster.width, raster.height, ExtendedColorType::Rgba8)?;
    Ok(bytes)
}
