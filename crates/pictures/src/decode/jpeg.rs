//! JPEG, with its size and profile.

use super::decoded::{Decoded, Undecoded};
use crate::{Limits, jpeg};

/// Decodes a JPEG so that its longest side is at least `side` pixels, or whole.
pub(super) fn decode<'a>(bytes: &'a [u8], side: u32, limits: &Limits) -> Result<Decoded<'a>, Undecoded> {
    let (raster, remark) = jpeg::decode(bytes, side, limits)?;
    let (width, height) = jpeg::dimensions(bytes).unwrap_or((raster.width, raster.height));
    Ok(Decoded { raster, width, height, profile: jpeg::icc(bytes), remark })
}
