//! JPEG 2000, by hayro-jpeg2000: at a smaller scale where the file has one that is large enough.

use std::borrow::Cow;

use hayro_jpeg2000::{ColorSpace, DecodeSettings, DecoderContext, Image};

use super::decoded::{Decoded, Undecoded};
use crate::header::jp2;
use crate::raster::{Layout, Raster};
use crate::shrink::fitted;
use crate::{Format, Limits, Remark};

pub(super) fn decode<'a>(bytes: &[u8], side: u32, limits: &Limits) -> Result<Decoded<'a>, Undecoded> {
    let unreadable = Remark::Unreadable { format: Format::Jp2 };
    let (width, height) = jp2::size(bytes).ok_or(unreadable)?;
    // Twice the wanted size, for a better resampling afterwards.
    let target = fitted(width, height, side.saturating_mul(2));
    let settings = DecodeSettings { target_resolution: Some(target), ..DecodeSettings::default() };
    let image = Image::new(bytes, &settings).map_err(|_| unreadable)?;
    let (columns, rows) = (image.width(), image.height());
    let (space, alpha) = (image.color_space().clone(), image.has_alpha());
    let channels = usize::from(space.num_channels()) + usize::from(alpha);
    let pixels = u64::from(columns) * u64::from(rows);
    // Coefficients and samples are floats.
    if !limits.allow_streamed(width, height) || pixels * channels as u64 * 12 > limits.max_alloc {
        return Err(Limits::too_large(width, height).into());
    }
    let mut context = DecoderContext::default();
    let decoded = image.decode(&mut context).map_err(|_| unreadable)?;
    let data = decoded.data_u8();
    if data.len() as u64 != pixels * channels as u64 || pixels == 0 {
        return Err(unreadable.into());
    }
    let profile = match &space {
        ColorSpace::Icc { profile, .. } => Some(Cow::Owned(profile.clone())),
        _ => None,
    };
    let (layout, data) = match (space.num_channels(), alpha) {
        (1, false) => (Layout::Grey, data),
        (1, true) => (Layout::Rgba, data.chunks_exact(2).flat_map(|p| [p[0], p[0], p[0], p[1]]).collect()),
        (3, false) => (Layout::Rgb, data),
        (3, true) => (Layout::Rgba, data),
        (4, _) => (Layout::Cmyk, data.chunks_exact(channels).flat_map(|p| [p[0], p[1], p[2], p[3]]).collect()),
        _ => return Err(Undecoded::Unsupported),
    };
    // The decoder takes what there is without a word; no coded data looks like the end mark.
    let is_whole = memchr::memmem::find(bytes, &[0xFF, 0xD9]).is_some();
    let remark = (!is_whole).then_some(Remark::Truncated { missing: None });
    Ok(Decoded { raster: Raster { width: columns, height: rows, layout, data }, width, height, profile, remark })
}
