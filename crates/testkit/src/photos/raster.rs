//! Whole pictures in every format that is decoded. The same seed gives the same bytes, another seed others.

use std::io::Cursor;

use image::codecs::gif::{GifEncoder, Repeat};
use image::codecs::jpeg::JpegEncoder;
use image::{Delay, DynamicImage, Frame, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};

/// A smooth picture in a hue of its own, with a few blocks: compresses like a photograph, and no two seeds look alike.
pub(super) fn scene(width: u32, height: u32, seed: u64) -> RgbImage {
    let mixed = mix(seed);
    let base: [u8; 3] = [mixed as u8, (mixed >> 8) as u8, (mixed >> 16) as u8];
    RgbImage::from_fn(width, height, |x, y| {
        let across = (x * 80 / width.max(1)) as u8;
        let down = (y * 80 / height.max(1)) as u8;
        let block = mix(seed ^ u64::from(x * 6 / width.max(1)) << 32 ^ u64::from(y * 6 / height.max(1))) % 40;
        let shade = |channel: u8, slope: u8| channel / 2 + slope + block as u8;
        Rgb([shade(base[0], across), shade(base[1], down), shade(base[2], 80 - across)])
    })
}

/// SplitMix64: well-mixed bits for neighbouring seeds.
fn mix(seed: u64) -> u64 {
    let mut bits = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    bits ^ (bits >> 31)
}

/// Encodes in the format's usual way.
fn encode(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).expect("the format takes this kind of pixel");
    bytes.into_inner()
}

pub(super) fn encode_jpeg(picture: &RgbImage) -> Vec<u8> {
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, 90).encode_image(picture).expect("memory can be written to");
    bytes
}

/// A JPEG.
pub fn jpeg(width: u32, height: u32, seed: u64) -> Vec<u8> {
    encode_jpeg(&scene(width, height, seed))
}

/// A JPEG of one colour (red, green, blue), for tests that want to know what a model "sees".
pub fn coloured_jpeg(width: u32, height: u32, colour: [u8; 3]) -> Vec<u8> {
    encode_jpeg(&RgbImage::from_pixel(width, height, Rgb(colour)))
}

/// A PNG.
pub fn png(width: u32, height: u32, seed: u64) -> Vec<u8> {
    encode(&scene(width, height, seed).into(), ImageFormat::Png)
}

/// A PNG that is opaque at the left edge and fully transparent at the right one.
pub fn png_alpha(width: u32, height: u32, seed: u64) -> Vec<u8> {
    let scene = scene(width, height, seed);
    let picture = RgbaImage::from_fn(width, height, |x, y| {
        let Rgb([red, green, blue]) = *scene.get_pixel(x, y);
        let alpha = 255 - (x * 255 / (width - 1).max(1)) as u8;
        Rgba([red, green, blue, alpha])
    });
    encode(&picture.into(), ImageFormat::Png)
}

/// A GIF of one frame.
pub fn gif(width: u32, height: u32, seed: u64) -> Vec<u8> {
    animated_gif(width, height, seed, 1)
}

/// A GIF of several frames, a tenth of a second each, repeating.
pub fn animated_gif(width: u32, height: u32, seed: u64, frames: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    {
        let mut encoder = GifEncoder::new_with_speed(&mut bytes, 30);
        encoder.set_repeat(Repeat::Infinite).expect("memory can be written to");
        for number in 0..u64::from(frames) {
            let picture = DynamicImage::from(scene(width, height, seed + number)).to_rgba8();
            let frame = Frame::from_parts(picture, 0, 0, Delay::from_numer_denom_ms(100, 1));
            encoder.encode_frame(frame).expect("memory can be written to");
        }
    }
    bytes
}

/// A lossless WebP.
pub fn webp(width: u32, height: u32, seed: u64) -> Vec<u8> {
    encode(&scene(width, height, seed).into(), ImageFormat::WebP)
}

/// A BMP.
pub fn bmp(width: u32, height: u32, seed: u64) -> Vec<u8> {
    encode(&scene(width, height, seed).into(), ImageFormat::Bmp)
}

/// A TIFF.
pub fn tiff(width: u32, height: u32, seed: u64) -> Vec<u8> {
    encode(&scene(width, height, seed).into(), ImageFormat::Tiff)
}
