//! Samples of a component.

use crate::frame::Component;
use crate::inverse_dct::{Block, Transform};

/// Samples of one component, row by row, 8 bits each, with those that only fill up its last blocks.
#[derive(Default)]
pub(crate) struct Samples {
    /// How many of a row are shown.
    pub(crate) width: usize,
    /// How many rows are shown.
    pub(crate) height: usize,
    /// How many a row has.
    pub(crate) stride: usize,
    pub(crate) data: Vec<u8>,
}

impl Samples {
    /// Grey, in a component that is decoded at `n`/8 of its size.
    pub(crate) fn grey(component: &Component, n: usize) -> Self {
        let shown = |samples: u32| (samples as usize * n).div_ceil(8);
        let stride = component.stored_wide as usize * n;
        let data = vec![128; stride * component.stored_high as usize * n];
        Self { width: shown(component.width), height: shown(component.height), stride, data }
    }

    /// Transforms a block into its place, counted in blocks.
    #[inline(always)]
    pub(crate) fn put<const N: usize>(
        &mut self,
        transform: &Transform<N>,
        row: usize,
        column: usize,
        block: &Block,
        flat: bool,
    ) {
        let at = (row * self.stride + column) * N;
        transform.block(block, flat, &mut self.data[at..], self.stride);
    }
}
