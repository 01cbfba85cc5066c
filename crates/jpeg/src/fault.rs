//! Why nothing can be read.

/// Why nothing can be read of a JPEG.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// There is no scan at all.
    NoPixels,
    /// Headers or tables make no sense.
    Corrupt,
    /// A coding process that isn't decoded here: arithmetic, lossless, hierarchical.
    Unsupported,
    /// More pixels than the bounds allow, or than fit into the memory that they allow.
    TooLarge {
        /// In pixels.
        width: u32,
        /// In pixels.
        height: u32,
    },
}

/// A block that makes no sense.
pub(crate) struct BadBlock;
