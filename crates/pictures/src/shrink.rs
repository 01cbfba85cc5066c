//! Making pictures smaller.

use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{PixelType, ResizeOptions, Resizer};
use jpeg::YCbCr;

use crate::raster::{Layout, Raster};

/// The size of a picture whose longest side is at most `side`, never larger than it is.
pub(crate) fn fitted(width: u32, height: u32, side: u32) -> (u32, u32) {
    let longest = width.max(height);
    if longest <= side {
        return (width, height);
    }
    let scaled = |length: u32| {
        let rounded = (u64::from(length) * u64::from(side) + u64::from(longest) / 2) / u64::from(longest);
        (rounded as u32).max(1)
    };
    (scaled(width), scaled(height))
}

/// Resamples (Lanczos, transparent pixels without weight). The size must not be larger than the raster.
pub(crate) fn shrink(raster: Raster, width: u32, height: u32) -> Raster {
    if (raster.width, raster.height) == (width, height) {
        return raster;
    }
    let pixel_type = match raster.layout {
        Layout::Grey => PixelType::U8,
        Layout::Rgb | Layout::YCbCr => PixelType::U8x3,
        Layout::Rgba | Layout::Cmyk => PixelType::U8x4,
    };
    let mut small = Image::new(width, height, pixel_type);
    let options = ResizeOptions::new().use_alpha(raster.layout == Layout::Rgba);
    let resized = ImageRef::new(raster.width, raster.height, &raster.data, pixel_type)
        .map_err(|error| error.to_string())
        .and_then(|source| Resizer::new().resize(&source, &mut small, &options).map_err(|error| error.to_string()));
    debug_assert!(resized.is_ok(), "{resized:?}");
    Raster { width, height, layout: raster.layout, data: small.into_vec() }
}

/// The same of a JPEG's components, put together afterwards: those of less resolution are as good as they were. `None` for sizes that
/// can't be resampled.
pub(crate) fn shrink_components(components: &YCbCr, width: u32, height: u32) -> Option<Raster> {
    let mut resizer = Resizer::new();
    let mut planes = Vec::with_capacity(3);
    for plane in components.planes() {
        let source = ImageRef::new(plane.stride, plane.rows, plane.data, PixelType::U8).ok()?;
        let mut small = Image::new(width, height, PixelType::U8);
        let shown = ResizeOptions::new().crop(0.0, 0.0, plane.width, plane.height);
        resizer.resize(&source, &mut small, &shown).ok()?;
        planes.push(small.into_vec());
    }
    let [brightness, blue, red] = planes.as_slice() else { return None };
    let colours = blue.iter().zip(red);
    let data = brightness.iter().zip(colours).flat_map(|(&y, (&cb, &cr))| [y, cb, cr]).collect();
    Some(Raster { width, height, layout: Layout::YCbCr, data })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_keep_their_ratio_and_never_vanish() {
        assert_eq!(fitted(4000, 3000, 512), (512, 384));
        assert_eq!(fitted(3000, 4000, 512), (384, 512));
        assert_eq!(fitted(100, 50, 512), (100, 50));
        assert_eq!(fitted(60_000, 3, 512), (512, 1));
    }

    #[test]
    fn transparent_pixels_have_no_weight() {
        // Opaque white beside transparent black: the edge must not turn grey.
        let data = [[255, 255, 255, 255], [0, 0, 0, 0]].concat().repeat(64);
        let small = shrink(Raster { width: 2, height: 64, layout: Layout::Rgba, data }, 1, 32);
        assert_eq!(small.data[..3], [255, 255, 255]);
        assert!((120..136).contains(&small.data[3]), "{}", small.data[3]);
    }
}
