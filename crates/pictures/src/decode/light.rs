//! Pictures whose samples are amounts of light: Radiance HDR and OpenEXR. They are shown as libvips and browsers do: 1 is
//! white, and what is brighter is white, too.

use std::io::Cursor;

use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader};

use super::decoded::{Decoded, Undecoded};
use super::whole;
use crate::raster::{Layout, Raster};
use crate::{Format, Limits, Remark};

/// Decodes a picture by the image crate.
pub(super) fn decode<'a>(
    bytes: &[u8],
    format: Format,
    codec: ImageFormat,
    limits: &Limits,
) -> Result<Decoded<'a>, Undecoded> {
    let mut reader = ImageReader::with_format(Cursor::new(bytes), codec);
    let mut memory = image::Limits::no_limits();
    memory.max_alloc = Some(limits.max_alloc);
    reader.limits(memory);
    let decoder = reader.into_decoder().map_err(|error| whole::failed(&error, format, (0, 0)))?;
    let (width, height) = decoder.dimensions();
    if !limits.allow(width, height) || decoder.total_bytes() > limits.max_alloc {
        return Err(Limits::too_large(width, height).into());
    }
    let image = DynamicImage::from_decoder(decoder).map_err(|error| whole::failed(&error, format, (width, height)))?;
    let raster = match image {
        DynamicImage::ImageRgb32F(image) => {
            let data = image.as_raw().iter().map(|&sample| encoded(sample)).collect();
            Raster { width, height, layout: Layout::Rgb, data }
        }
        DynamicImage::ImageRgba32F(image) => {
            let data = image.pixels().flat_map(|pixel| with_alpha(pixel.0)).collect();
            Raster { width, height, layout: Layout::Rgba, data }
        }
        _ => return Err(Remark::Coding { format }.into()),
    };
    Ok(Decoded { raster, width, height, profile: None, remark: None })
}

/// OpenEXR's colours are multiplied with their alpha.
fn with_alpha([r, g, b, alpha]: [f32; 4]) -> [u8; 4] {
    if alpha.is_nan() || alpha <= 0.0 {
        return [0; 4];
    }
    let alone = |light: f32| encoded(light / alpha.min(1.0));
    [alone(r), alone(g), alone(b), (alpha.min(1.0) * 255.0 + 0.5) as u8]
}

/// An amount of light by sRGB's transfer function (IEC 61966-2-1). Whatever is no number is black.
pub(in crate::decode) fn encoded(light: f32) -> u8 {
    let light = light.clamp(0.0, 1.0);
    let value = if light <= 0.003_130_8 { light * 12.92 } else { 1.055 * light.powf(1.0 / 2.4) - 0.055 };
    // Casts of floats saturate, and make 0 of what is no number.
    (value * 255.0 + 0.5) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn light_is_encoded() {
        assert_eq!([0.0, 1.0, 7.5, -1.0, f32::NAN, f32::INFINITY].map(encoded), [0, 255, 255, 0, 0, 255]);
        assert_eq!(encoded(0.214), 127);
        assert_eq!(with_alpha([0.107, 0.5, 0.0, 0.5]), [127, 255, 0, 128]);
    }
}
