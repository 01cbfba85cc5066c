//! Writing thumbnails and renditions.

use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder, ImageResult};

use crate::raster::{Layout, Raster};

/// Encodes opaque pixels as JPEG, without any metadata. Not for CMYK.
pub(crate) fn jpeg(raster: &Raster, quality: u8) -> ImageResult<Vec<u8>> {
    let mut bytes = Vec::new();
    let colour = if raster.layout == Layout::Grey { ExtendedColorType::L8 } else { ExtendedColorType::Rgb8 };
    JpegEncoder::new_with_quality(&mut bytes, quality).write_image(
        &raster.data,
        raster.width,
        raster.height,
        colour,
    )?;
    Ok(bytes)
}

/// Encodes pixels with transparency as PNG, without any metadata.
pub(crate) fn png(raster: &Raster) -> ImageResult<Vec<u8>> {
    let mut bytes = Vec::new();
    let encoder = PngEncoder::new_with_quality(&mut bytes, CompressionType::Default, FilterType::Adaptive);
    encoder.write_image(&raster.data, raster.width, raster.height, ExtendedColorType::Rgba8)?;
    Ok(bytes)
}
