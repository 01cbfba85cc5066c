//! JPEG, with its size and profile.

use jpeg::{Bounds, Colours, Damage, Fault, Pixels};

use super::decoded::{Decoded, Undecoded};
use crate::raster::{Layout, Raster};
use crate::shrink::{fitted, shrink_components};
use crate::{Format, Limits, Remark};

/// Decodes a JPEG so that its longest side is at least `side` pixels, or whole.
pub(super) fn decode<'a>(bytes: &'a [u8], side: u32, limits: &Limits) -> Result<Decoded<'a>, Undecoded> {
    decode_by(bytes, side, limits, |decoded, _| of_pixels(decoded.into_pixels()))
}

/// The same for a picture that is wanted with its longest side at `side` pixels: a larger one comes in the wanted size at once,
/// which spares putting together what is made smaller, and may be [`Layout::YCbCr`].
pub(super) fn decode_fitted<'a>(bytes: &'a [u8], side: u32, limits: &Limits) -> Result<Decoded<'a>, Undecoded> {
    decode_by(bytes, side, limits, |decoded, whole| match decoded {
        jpeg::Decoded::YCbCr(components) => {
            let (width, height) = components.size();
            // Where memory allowed fewer pixels than wanted, those there are have to do.
            let (wide, high) = fitted(whole.0, whole.1, side);
            let (wide, high) = if wide > width || high > height { (width, height) } else { (wide, high) };
            let small = (width.max(height) > side).then(|| shrink_components(&components, wide, high)).flatten();
            small.unwrap_or_else(|| of_pixels(components.into_pixels()))
        }
        jpeg::Decoded::Pixels(pixels) => of_pixels(pixels),
    })
}

fn decode_by<'a>(
    bytes: &'a [u8],
    side: u32,
    limits: &Limits,
    raster: impl Fn(jpeg::Decoded, (u32, u32)) -> Raster,
) -> Result<Decoded<'a>, Undecoded> {
    let bounds = Bounds {
        max_width: limits.max_width,
        max_height: limits.max_height,
        max_pixels: limits.max_streamed_pixels,
        max_alloc: limits.max_alloc,
    };
    let (decoded, damage) = jpeg::decode(bytes, side, &bounds).map_err(|fault| match fault {
        Fault::Unsupported => Undecoded::Unsupported,
        Fault::NoPixels => Remark::NoPixels.into(),
        Fault::Corrupt => Remark::Unreadable { format: Format::Jpeg }.into(),
        Fault::TooLarge { width, height } => Remark::TooLarge { width, height }.into(),
    })?;
    let size = match &decoded {
        jpeg::Decoded::Pixels(pixels) => (pixels.width, pixels.height),
        jpeg::Decoded::YCbCr(components) => components.size(),
    };
    let (width, height) = jpeg::dimensions(bytes).unwrap_or(size);
    let remark = damage.map(|damage| match damage {
        Damage::Missing(missing) => Remark::Truncated { missing },
        Damage::Coarse(missing) => Remark::Coarse { missing },
        Damage::Wrong(from) => Remark::Damaged { from },
    });
    let raster = raster(decoded, (width, height));
    Ok(Decoded { raster, width, height, profile: jpeg::icc(bytes), remark })
}

fn of_pixels(pixels: Pixels) -> Raster {
    let layout = match pixels.colours {
        Colours::Grey => Layout::Grey,
        Colours::Rgb => Layout::Rgb,
        Colours::Cmyk => Layout::Cmyk,
    };
    Raster { width: pixels.width, height: pixels.height, layout, data: pixels.data }
}

#[cfg(test)]
mod tests {
    use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

    use super::*;
    use crate::shrink::shrink;

    fn photograph(width: u16, height: u16, sampling: SamplingFactor) -> Vec<u8> {
        let waves = |x: u16, y: u16, length: f64| {
            let (x, y) = (f64::from(x), f64::from(y));
            ((x / length).sin() * (y / length / 1.3).cos() * 110.0 + 128.0) as u8
        };
        let pixel = |x, y| [waves(x, y, 160.0), waves(y, x, 280.0), waves(x, y, 100.0)];
        let data: Vec<u8> = (0..height).flat_map(|y| (0..width).flat_map(move |x| pixel(x, y))).collect();
        let mut bytes = Vec::new();
        let mut encoder = Encoder::new(&mut bytes, 95);
        encoder.set_sampling_factor(sampling);
        encoder.encode(&data, width, height, ColorType::Rgb).unwrap();
        bytes
    }

    #[test]
    fn components_made_smaller_are_the_picture_made_smaller() {
        let limits = Limits::default();
        for (size, side, sampling) in [
            ((701, 503), 512, SamplingFactor::F_1_1),
            ((701, 503), 512, SamplingFactor::F_2_2),
            ((503, 701), 300, SamplingFactor::F_2_1),
            ((700, 503), 64, SamplingFactor::F_2_2),
            ((703, 9), 64, SamplingFactor::F_2_2),
        ] {
            let bytes = photograph(size.0, size.1, sampling);
            let fits = decode_fitted(&bytes, side, &limits).unwrap_or_else(|_| panic!("{size:?}"));
            assert_eq!(fits.raster.layout, Layout::YCbCr);
            let (width, height) = fitted(size.0.into(), size.1.into(), side);
            assert_eq!((fits.raster.width, fits.raster.height), (width, height));
            let whole = decode(&bytes, side, &limits).unwrap_or_else(|_| panic!("{size:?}"));
            assert_eq!(whole.raster.layout, Layout::Rgb);
            let other = shrink(whole.raster, width, height).data;
            let differences =
                fits.raster.into_rgb().data.iter().zip(&other).map(|(a, b)| u64::from(a.abs_diff(*b))).sum::<u64>();
            let mean = differences as f64 / other.len() as f64;
            assert!(mean < 3.0, "{size:?} to {side}: {mean}");
        }
    }

    #[test]
    fn what_is_small_enough_is_put_together_as_it_is() {
        let bytes = photograph(60, 40, SamplingFactor::F_2_2);
        let fits = decode_fitted(&bytes, 512, &Limits::default()).unwrap_or_else(|_| panic!("no picture"));
        assert_eq!((fits.raster.width, fits.raster.height, fits.raster.layout), (60, 40, Layout::Rgb));
    }
}
