//! Components that aren't put together yet: whoever makes them smaller first has less to put together.

use crate::colour::{self, Meaning};
use crate::frame::Frame;
use crate::pixels::Pixels;
use crate::samples::Samples;

/// What comes of decoding.
pub enum Decoded {
    /// Put together.
    Pixels(Pixels),
    /// Brightness and colours, each at its own resolution.
    YCbCr(YCbCr),
}

impl Decoded {
    /// All put together.
    pub fn into_pixels(self) -> Pixels {
        match self {
            Decoded::Pixels(pixels) => pixels,
            Decoded::YCbCr(components) => components.into_pixels(),
        }
    }
}

/// A picture's brightness and colours (ITU-T T.871).
pub struct YCbCr {
    components: Vec<Samples>,
    /// By component: the shown width and height in samples.
    sizes: Vec<(f64, f64)>,
    width: usize,
    height: usize,
}

/// One component: samples row by row from the top left.
#[derive(Debug, Clone, Copy)]
pub struct Plane<'a> {
    /// Samples a row.
    pub stride: u32,
    /// Rows.
    pub rows: u32,
    /// How much of a row is shown, in samples: the last one may be shown in part. The rest only fills up.
    pub width: f64,
    /// How many rows are shown, as the width.
    pub height: f64,
    /// The samples.
    pub data: &'a [u8],
}

impl YCbCr {
    /// Of a frame's components, decoded at `n`/8.
    pub(crate) fn new(frame: &Frame, components: Vec<Samples>, n: usize) -> Self {
        let shown = |pixels: u32| (pixels as usize * n).div_ceil(8);
        let part = |pixels: u32, factor: u32, most: u32| f64::from(pixels * factor) * n as f64 / f64::from(most * 8);
        let sizes = frame.components.iter().map(|component| {
            (part(frame.width, component.h, frame.h_max), part(frame.height, component.v, frame.v_max))
        });
        Self { sizes: sizes.collect(), components, width: shown(frame.width), height: shown(frame.height) }
    }

    /// Width and height in pixels: the picture's, or 1/2, 1/4 or 1/8 of it.
    pub fn size(&self) -> (u32, u32) {
        (self.width as u32, self.height as u32)
    }

    /// Brightness, and its differences to blue and red.
    pub fn planes(&self) -> impl Iterator<Item = Plane<'_>> {
        self.components.iter().zip(&self.sizes).map(|(samples, &(width, height))| Plane {
            stride: samples.stride as u32,
            rows: (samples.data.len() / samples.stride) as u32,
            width,
            height,
            data: &samples.data,
        })
    }

    /// Puts them together.
    pub fn into_pixels(self) -> Pixels {
        colour::pixels(&self.components, Meaning::YCbCr, self.width, self.height)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_of_components_with_less_resolution() {
        // 101 × 67 pixels, colours at half the resolution, in 7 × 5 MCUs of 16 × 16.
        let frame = Frame::read(0xC0, &[8, 0, 67, 0, 101, 3, 1, 0x22, 0, 2, 0x11, 0, 3, 0x11, 0]).unwrap();
        let components = frame.components.iter().map(|component| Samples::grey(component, 4)).collect();
        let picture = YCbCr::new(&frame, components, 4);
        assert_eq!(picture.size(), (51, 34));
        let sizes: Vec<_> =
            picture.planes().map(|plane| (plane.stride, plane.rows, plane.width, plane.height)).collect();
        assert_eq!(sizes, [(56, 40, 50.5, 33.5), (28, 20, 25.25, 16.75), (28, 20, 25.25, 16.75)]);
        let pixels = picture.into_pixels();
        assert_eq!((pixels.width, pixels.height, pixels.data.len()), (51, 34, 51 * 34 * 3));
    }
}
