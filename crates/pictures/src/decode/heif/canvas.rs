//! A picture on its way from its coding to what is shown: cropped, turned, mirrored, with its transparency.

use heifer::heifer_isobmff::boxes::Property;

use crate::Remark;
use crate::orientation::Orientation;
use crate::raster::{Layout, Raster};
use crate::shrink::shrink;

pub(super) struct Canvas {
    /// May have fewer pixels than the picture.
    pub(super) raster: Raster,
    /// Full width and height.
    pub(super) size: (u32, u32),
    pub(super) remark: Option<Remark>,
    /// Code points of primaries and transfer function (ITU-T H.273), where the coded picture states them.
    pub(super) code_points: Option<(u16, u16)>,
}

impl Canvas {
    pub(super) fn new(raster: Raster, size: (u32, u32)) -> Canvas {
        Canvas { raster, size, remark: None, code_points: None }
    }

    /// Takes the lightness of another picture as what is opaque.
    pub(super) fn add_alpha(&mut self, alpha: Canvas) {
        let Raster { width, height, .. } = self.raster;
        let alpha = alpha.raster;
        // A smaller one is enlarged, pixel by pixel.
        let alpha = if alpha.width >= width && alpha.height >= height { shrink(alpha, width, height) } else { alpha };
        let step = alpha.layout.channels();
        let place = |at: usize, from: u32, to: u32| at * to as usize / from as usize;
        let mut data = self.raster.to_rgba();
        for (at, pixel) in data.chunks_exact_mut(4).enumerate() {
            let (x, y) = (at % width as usize, at / width as usize);
            let (x, y) = (place(x, width, alpha.width), place(y, height, alpha.height));
            pixel[3] = alpha.data[(y * alpha.width as usize + x) * step];
        }
        self.raster = Raster { width, height, layout: Layout::Rgba, data };
    }

    /// Takes back what multiplied the colours.
    pub(super) fn divide_by_alpha(&mut self) {
        for pixel in self.raster.data.as_chunks_mut::<4>().0 {
            let alpha = u32::from(pixel[3]).max(1);
            for value in &mut pixel[..3] {
                *value = ((u32::from(*value) * 255 + alpha / 2) / alpha).min(255) as u8;
            }
        }
    }

    /// What a property of an item makes of it (23008-12, 6.5); `None` where it leaves nothing.
    pub(super) fn transformed(self, property: &Property) -> Option<Canvas> {
        // Turned against the clock in the file, with it in Exif.
        let orientation = match property {
            Property::Rotation(quarters) => [1, 8, 3, 6][usize::from(quarters & 3)],
            Property::Mirror(top_and_bottom) => {
                if *top_and_bottom {
                    4
                } else {
                    2
                }
            }
            Property::CleanAperture { width, height, horiz_offset, vert_offset } => {
                let across = span(self.size.0, self.raster.width, *width, *horiz_offset)?;
                let down = span(self.size.1, self.raster.height, *height, *vert_offset)?;
                return Some(self.cropped(&across, &down));
            }
            _ => 1,
        };
        let orientation = Orientation::from_exif(orientation);
        let size = orientation.shown(self.size.0, self.size.1);
        Some(Canvas { raster: orientation.apply(self.raster), size, ..self })
    }

    fn cropped(self, across: &Span, down: &Span) -> Canvas {
        let channels = self.raster.layout.channels();
        let rows = self.raster.data.chunks_exact(self.raster.width as usize * channels);
        let rows = rows.skip(down.from).take(down.length);
        let data = rows.flat_map(|row| &row[across.from * channels..(across.from + across.length) * channels]).copied();
        let raster = Raster {
            width: across.length as u32,
            height: down.length as u32,
            layout: self.raster.layout,
            data: data.collect(),
        };
        Canvas { raster, size: (across.full, down.full), ..self }
    }
}

/// A part of a side.
struct Span {
    /// First pixel of the raster, and how many of it.
    from: usize,
    length: usize,
    /// How many of the picture.
    full: u32,
}

/// The clean aperture lies around the middle, moved by an offset; all as fractions (14496-12, 12.1.4).
fn span(side: u32, there: u32, length: (u32, u32), offset: (i32, u32)) -> Option<Span> {
    if length.1 == 0 || offset.1 == 0 {
        return None;
    }
    let whole = f64::from(side);
    let length = (f64::from(length.0) / f64::from(length.1)).min(whole);
    let from = ((whole - length) / 2.0 + f64::from(offset.0) / f64::from(offset.1)).clamp(0.0, whole - length);
    let scale = f64::from(there) / whole;
    let full = length.round() as u32;
    let from = ((from * scale).round() as usize).min(there.saturating_sub(1) as usize);
    let length = ((length * scale).round() as usize).clamp(1, there as usize - from);
    (full > 0).then_some(Span { from, length, full })
}
