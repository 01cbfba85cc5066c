//! From samples to pixels.

use tiff::ColorType;

use super::lab;
use super::numbers::photometric::{CIE_LAB, ICC_LAB};
use super::page::Page;
use super::samples::Samples;
use crate::raster::Layout;

impl Page<'_> {
    /// One row of a strip or tile.
    pub(super) fn convert(&self, samples: &Samples, y: usize, wide: usize, out: &mut [u8], layout: Layout) {
        let channels = layout.channels();
        let lab = self.told.filter(|told| matches!(*told, CIE_LAB | ICC_LAB));
        let converts =
            self.palette.is_some() || self.premultiplied || lab.is_some() || matches!(self.colour, ColorType::YCbCr(_));
        if !converts && samples.bits == 8 && samples.per_pixel == channels {
            let from = y * out.len();
            if let Some(row) = samples.data.get(from..from + out.len()) {
                out.copy_from_slice(row);
                return;
            }
        }
        for (x, pixel) in out.chunks_exact_mut(channels).enumerate() {
            let sample = |index: usize| samples.get(wide, x, y, index);
            match (self.colour, &self.palette) {
                (_, Some(palette)) => {
                    let colour = palette.get(samples.number(wide, x, y)).copied().unwrap_or_default();
                    pixel.copy_from_slice(&colour);
                }
                _ if lab.is_some() => {
                    // In the ICC's encoding a* and b* are moved up; in TIFF's own they have a sign.
                    let colour = samples.lab(wide, x, y, lab == Some(CIE_LAB));
                    pixel.copy_from_slice(&lab::to_srgb(colour, self.white));
                }
                (ColorType::GrayA(_), _) => {
                    pixel.copy_from_slice(&self.straight([sample(0), sample(0), sample(0), sample(1)]));
                }
                (ColorType::RGBA(_), _) => {
                    pixel.copy_from_slice(&self.straight([sample(0), sample(1), sample(2), sample(3)]));
                }
                (ColorType::YCbCr(_), _) => {
                    pixel.copy_from_slice(&jpeg::ycbcr_to_rgb(sample(0), sample(1), sample(2)));
                }
                _ => pixel.iter_mut().enumerate().for_each(|(index, value)| *value = sample(index)),
            }
        }
    }

    fn straight(&self, [r, g, b, a]: [u8; 4]) -> [u8; 4] {
        if !self.premultiplied || a == 0 {
            return [r, g, b, a];
        }
        let divided = |value: u8| (u32::from(value) * 255 / u32::from(a)).min(255) as u8;
        [divided(r), divided(g), divided(b), a]
    }
}
