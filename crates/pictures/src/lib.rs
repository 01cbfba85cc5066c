//! Pictures: bytes in, facts out. Pure: no files, no network, no threads of its own, no async.
//!
//! [`sniff`] names the format from magic bytes; [`examine`] reads dimensions, orientation, dates and a thumbnail,
//! and remarks on what is broken; [`rendition`] makes a JPEG that anything can show; [`Likeness`] is what pictures are compared
//! by to find those that show the same.

mod colour;
mod decode;
mod encode;
mod error;
mod examine;
mod format;
mod format_text;
mod gif_blocks;
mod header;
mod likeness;
mod limits;
mod metadata;
mod numbers;
mod orientation;
mod picture;
mod raster;
mod reduce;
mod remark;
mod shrink;
mod sniff;

/// Rises when [`examine`] reads more from files, or shows more of them: then it is worth looking again at pictures that were
/// examined before.
pub const EXAMINER: u32 = 4;

pub use error::PictureError;
pub use examine::{
    examine, examine_as, examine_named, examine_undecoded, likeness, rendition, rendition_of_page, thumbnail,
};
pub use format::Format;
pub use likeness::{GREY_SIDE, Likeness};
pub use limits::Limits;
pub use picture::{Picture, Rendition, THUMBNAIL_SIDE, Thumbnail};
pub use remark::Remark;
pub use sniff::{sniff, sniff_named};
