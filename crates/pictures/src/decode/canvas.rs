//! What the frames of an animation are drawn on, until there is something to see.

use crate::raster::{Layout, Raster};
use crate::{Limits, Remark};

/// Frames that are looked at for one that shows something.
pub(super) const MOST_FRAMES: usize = 100;

/// A part of the canvas, in pixels. It may reach beyond the canvas.
#[derive(Debug, Clone, Copy)]
pub(super) struct Area {
    pub(super) left: usize,
    pub(super) top: usize,
    pub(super) width: usize,
    pub(super) height: usize,
}

/// How a frame meets what is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Blend {
    /// It lies over it.
    Over,
    /// It replaces it.
    Source,
}

/// What becomes of a frame's area before the next one is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dispose {
    Keep,
    Clear,
    Restore,
}

/// An RGBA picture that frames are drawn on. Transparent at first.
pub(super) struct Canvas {
    width: usize,
    height: usize,
    pixels: Vec<u8>,
    /// As it was before the current frame, for [`Dispose::Restore`].
    before: Vec<u8>,
    /// After the first frame, for animations that never show anything.
    first: Option<Vec<u8>>,
}

impl Canvas {
    /// # Errors
    /// [`Remark::TooLarge`] when this canvas, two copies of it and a frame don't fit into the limits.
    pub(super) fn new(width: u32, height: u32, limits: &Limits) -> Result<Canvas, Remark> {
        let bytes = u64::from(width) * u64::from(height) * 4;
        if bytes == 0 || !limits.allow(width, height) || bytes * 4 > limits.max_alloc {
            return Err(Limits::too_large(width, height));
        }
        let (width, height) = (width as usize, height as usize);
        Ok(Canvas { width, height, pixels: vec![0; width * height * 4], before: Vec::new(), first: None })
    }

    /// Whether a frame of this size may be decoded for this canvas.
    pub(super) fn takes(&self, area: Area, limits: &Limits) -> bool {
        area.width as u64 * area.height as u64 * 16 <= limits.max_alloc
    }

    /// To be called before a frame is drawn that asks for the canvas to be restored.
    pub(super) fn remember(&mut self) {
        self.before = self.pixels.clone();
    }

    /// Draws a row of RGBA pixels, as far as it is on the canvas.
    pub(super) fn draw(&mut self, row: &[u8], left: usize, y: usize, blend: Blend) {
        let Some(target) = self.row(left, y, row.len() / 4) else { return };
        for (below, above) in target.chunks_exact_mut(4).zip(row.chunks_exact(4)) {
            match (blend, above[3]) {
                (Blend::Source, _) | (Blend::Over, 255) => below.copy_from_slice(above),
                (Blend::Over, 0) => {}
                (Blend::Over, _) => below.copy_from_slice(&over([above[0], above[1], above[2], above[3]], below)),
            }
        }
    }

    fn row(&mut self, left: usize, y: usize, wide: usize) -> Option<&mut [u8]> {
        let wide = wide.min(self.width.checked_sub(left)?);
        let from = (y * self.width + left) * 4;
        if y < self.height { self.pixels.get_mut(from..from + wide * 4) } else { None }
    }

    /// Ends a frame: whether the canvas shows something now. If not, it is made ready for the next frame.
    pub(super) fn is_done(&mut self, area: Area, dispose: Dispose) -> bool {
        if self.shows_something() {
            return true;
        }
        if self.first.is_none() {
            self.first = Some(self.pixels.clone());
        }
        match dispose {
            Dispose::Keep => {}
            Dispose::Clear => {
                for y in area.top..area.top.saturating_add(area.height).min(self.height) {
                    if let Some(row) = self.row(area.left, y, area.width) {
                        row.fill(0);
                    }
                }
            }
            Dispose::Restore => self.pixels = std::mem::take(&mut self.before),
        }
        false
    }

    fn shows_something(&self) -> bool {
        shows_something(&self.pixels, Layout::Rgba)
    }

    /// The picture: what shows something, else the first frame.
    pub(super) fn into_raster(self) -> Raster {
        let shows = self.shows_something();
        let data = if shows { self.pixels } else { self.first.unwrap_or(self.pixels) };
        Raster { width: self.width as u32, height: self.height as u32, layout: Layout::Rgba, data }
    }
}

/// Whether anything can be told from anything else.
pub(super) fn shows_something(data: &[u8], layout: Layout) -> bool {
    let mut pixels = data.chunks_exact(layout.channels());
    let first = pixels.next().unwrap_or_default();
    let is_clear = |pixel: &[u8]| layout == Layout::Rgba && pixel.get(3) == Some(&0);
    pixels.any(|pixel| pixel != first && !(is_clear(pixel) && is_clear(first)))
}

/// Porter and Duff's "over", alpha not multiplied in.
fn over(above: [u8; 4], below: &[u8]) -> [u8; 4] {
    let (a, b) = (u32::from(above[3]), u32::from(below[3]));
    let visible = b * (255 - a) / 255;
    let alpha = a + visible;
    let mix = |above: u8, below: u8| {
        ((u32::from(above) * a + u32::from(below) * visible + alpha / 2).checked_div(alpha).unwrap_or(0)) as u8
    };
    [mix(above[0], below[0]), mix(above[1], below[1]), mix(above[2], below[2]), alpha as u8]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_frames_and_frames_of_one_colour_show_nothing() {
        let mut canvas = Canvas::new(2, 1, &Limits::default()).unwrap();
        let area = Area { left: 0, top: 0, width: 2, height: 1 };
        assert!(!canvas.is_done(area, Dispose::Keep));
        canvas.draw(&[9, 9, 9, 255, 9, 9, 9, 255], 0, 0, Blend::Over);
        assert!(!canvas.is_done(area, Dispose::Clear));
        // Half of it reaches beyond the canvas.
        canvas.draw(&[1, 2, 3, 255, 4, 5, 6, 255], 1, 0, Blend::Over);
        assert!(canvas.is_done(area, Dispose::Keep));
        assert_eq!(canvas.into_raster().data, [0, 0, 0, 0, 1, 2, 3, 255]);
    }

    #[test]
    fn half_transparent_over_something() {
        assert_eq!(over([200, 0, 0, 128], &[0, 100, 0, 255]), [100, 50, 0, 255]);
        assert_eq!(over([200, 0, 0, 128], &[7, 7, 7, 0]), [200, 0, 0, 128]);
    }

    #[test]
    fn a_canvas_is_bounded() {
        let limits = Limits { max_alloc: 1 << 20, ..Limits::default() };
        assert!(Canvas::new(600, 600, &limits).is_err());
        assert!(Canvas::new(0, 5, &limits).is_err());
    }
}
