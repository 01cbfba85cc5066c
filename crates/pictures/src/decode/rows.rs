//! Formats whose pixels are simply written one after the other: decoded row by row, as far as they are there.

use super::decoded::{Decoded, Undecoded};
use crate::raster::Layout;
use crate::reduce::Reducer;
use crate::{Limits, Remark};

/// How large a picture is, and what of it is wanted.
pub(super) struct Shape<'l> {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) layout: Layout,
    /// Its longest side is wanted at this many pixels or more.
    pub(super) side: u32,
    pub(super) limits: &'l Limits,
}

impl Shape<'_> {
    /// # Errors
    /// [`Remark::TooLarge`] where the picture is beyond the limits.
    pub(super) fn check(&self) -> Result<(), Undecoded> {
        let row = u64::from(self.width) * self.layout.channels() as u64;
        if !self.limits.allow_streamed(self.width, self.height) || row > self.limits.max_alloc / 16 {
            return Err(Limits::too_large(self.width, self.height).into());
        }
        Ok(())
    }
}

/// Decodes rows from the first to the last that is there. `next` fills a row, or says that it can't.
pub(super) fn decode<'a>(
    shape: &Shape,
    mut next: impl FnMut(&mut [u8]) -> Option<()>,
) -> Result<Decoded<'a>, Undecoded> {
    shape.check()?;
    let &Shape { width, height, layout, side, limits } = shape;
    let mut reducer = Reducer::new(width, height, layout, side, limits.max_alloc);
    let mut row = vec![0; width as usize * layout.channels()];
    let mut there = 0;
    while there < height && next(&mut row).is_some() {
        reducer.row(&row);
        there += 1;
    }
    if there == 0 {
        return Err(Remark::NoPixels.into());
    }
    let percent = (u64::from(height - there) * 100).div_ceil(height.into()) as u8;
    let remark = (there < height).then_some(Remark::Truncated { missing: Some(percent) });
    Ok(Decoded { raster: reducer.finish(), width, height, profile: None, remark })
}

/// A sample of any range as one of 8 bits.
pub(super) fn scaled(value: u32, most: u32) -> u8 {
    let most = most.max(1);
    ((u64::from(value.min(most)) * 255 + u64::from(most) / 2) / u64::from(most)) as u8
}
