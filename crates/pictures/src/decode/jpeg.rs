//! JPEG, with its size and profile.

use jpeg::{Bounds, Colours, Damage, Fault};

use super::decoded::{Decoded, Undecoded};
use crate::raster::{Layout, Raster};
use crate::{Format, Limits, Remark};

/// Decodes a JPEG so that its longest side is at least `side` pixels, or whole.
pub(super) fn decode<'a>(bytes: &'a [u8], side: u32, limits: &Limits) -> Result<Decoded<'a>, Undecoded> {
    let bounds = Bounds {
        max_width: limits.max_width,
        max_height: limits.max_height,
        max_pixels: limits.max_streamed_pixels,
        max_alloc: limits.max_alloc,
    };
    let (pixels, damage) = jpeg::decode(bytes, side, &bounds).map_err(|fault| match fault {
        Fault::Unsupported => Undecoded::Unsupported,
        Fault::NoPixels => Remark::NoPixels.into(),
        Fault::Corrupt => Remark::Unreadable { format: Format::Jpeg }.into(),
        Fault::TooLarge { width, height } => Remark::TooLarge { width, height }.into(),
    })?;
    let (width, height) = jpeg::dimensions(bytes).unwrap_or((pixels.width, pixels.height));
    let layout = match pixels.colours {
        Colours::Grey => Layout::Grey,
        Colours::Rgb => Layout::Rgb,
        Colours::Cmyk => Layout::Cmyk,
    };
    let remark = damage.map(|damage| match damage {
        Damage::Missing(missing) => Remark::Truncated { missing },
        Damage::Coarse(missing) => Remark::Coarse { missing },
        Damage::Wrong(from) => Remark::Damaged { from },
    });
    let raster = Raster { width: pixels.width, height: pixels.height, layout, data: pixels.data };
    Ok(Decoded { raster, width, height, profile: jpeg::icc(bytes), remark })
}
