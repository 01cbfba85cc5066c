//! What there is of a strip or tile.

use crate::decode::tiff::samples::Samples;

/// Samples, also where they are missing.
pub(in crate::decode::tiff) struct Read {
    pub(in crate::decode::tiff) samples: Samples,
    /// Rows that are whole.
    pub(in crate::decode::tiff) rows: usize,
}
