//! The two questions asked of a picture: what is it, and how can it be shown.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageDecoder, ImageReader};

use crate::{Breakage, Format, Limits, Picture, PictureError, Rendition, THUMBNAIL_SIDE, Thumbnail, sniff};

/// Reads everything that is known of a picture from its bytes.
///
/// # Errors
/// See [`PictureError`]. Broken metadata never refuses a picture, broken pixels always do.
pub fn examine(bytes: &[u8], limits: &Limits) -> Result<Picture, PictureError> {
    let format = recognise(bytes)?;
    let mut picture = Picture {
        format,
        width: None,
        height: None,
        taken_at: None,
        camera: None,
        gps: None,
        thumbhash: None,
        thumbnail: None,
    };
    if !format.decodable() {
        return Ok(picture);
    }
    let image = decode(bytes, format, limits)?;
    picture.width = Some(image.width());
    picture.height = Some(image.height());
    let small = shrink(image, THUMBNAIL_SIDE);
    let tiny = small.thumbnail(100, 100).to_rgba8();
    picture.thumbhash =
        Some(thumbhash::rgba_to_thumb_hash(tiny.width() as usize, tiny.height() as usize, tiny.as_raw()));
    let mut bytes = Vec::new();
    let mime = if small.color().has_alpha() {
        small.write_to(&mut Cursor::new(&mut bytes), image::ImageFormat::Png).map_err(|_| corrupt(format))?;
        "image/png"
    } else {
        encode_jpeg(&small, &mut bytes).map_err(|_| corrupt(format))?;
        "image/jpeg"
    };
    picture.thumbnail = Some(Thumbnail { bytes, mime, width: small.width(), height: small.height() });
    Ok(picture)
}

/// Makes a JPEG of at most `max_side` pixels a side, never enlarged.
///
/// # Errors
/// As [`examine`], and [`PictureError::NotDecodable`] for formats that aren't decoded here.
pub fn rendition(bytes: &[u8], max_side: u32, limits: &Limits) -> Result<Rendition, PictureError> {
    let format = recognise(bytes)?;
    if !format.decodable() {
        return Err(PictureError::NotDecodable { format });
    }
    let image = shrink(decode(bytes, format, limits)?, max_side);
    let mut bytes = Vec::new();
    encode_jpeg(&image, &mut bytes).map_err(|_| corrupt(format))?;
    Ok(Rendition { bytes, width: image.width(), height: image.height() })
}

fn recognise(bytes: &[u8]) -> Result<Format, PictureError> {
    if bytes.is_empty() {
        return Err(PictureError::Empty);
    }
    sniff(bytes).ok_or(PictureError::NotAPicture)
}

fn corrupt(format: Format) -> PictureError {
    PictureError::Broken { format, reason: Breakage::Corrupt }
}

fn decode(bytes: &[u8], format: Format, limits: &Limits) -> Result<DynamicImage, PictureError> {
    let kind = match format {
        Format::Jpeg => image::ImageFormat::Jpeg,
        Format::Png => image::ImageFormat::Png,
        Format::Gif => image::ImageFormat::Gif,
        Format::WebP => image::ImageFormat::WebP,
        Format::Bmp => image::ImageFormat::Bmp,
        _ => image::ImageFormat::Tiff,
    };
    let reader = ImageReader::with_format(Cursor::new(bytes), kind);
    let mut decoder = reader.into_decoder().map_err(|_| corrupt(format))?;
    let (width, height) = decoder.dimensions();
    if !limits.allow(width, height) {
        let max_side = limits.max_width.min(limits.max_height);
        return Err(PictureError::TooManyPixels { width, height, max_pixels: limits.max_pixels, max_side });
    }
    let orientation = decoder.orientation().unwrap_or(image::metadata::Orientation::NoTransforms);
    let mut image = DynamicImage::from_decoder(decoder).map_err(|_| corrupt(format))?;
    image.apply_orientation(orientation);
    Ok(image)
}

fn shrink(image: DynamicImage, side: u32) -> DynamicImage {
    if image.width().max(image.height()) <= side { image } else { image.thumbnail(side, side) }
}

fn encode_jpeg(image: &DynamicImage, out: &mut Vec<u8>) -> image::ImageResult<()> {
    JpegEncoder::new_with_quality(out, 82).encode_image(&image.to_rgb8())
}
