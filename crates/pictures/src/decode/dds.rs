//! DirectDraw surfaces, by the dds crate, which knows every block compression.

use std::io::Cursor;

use dds::{ColorFormat, Decoder, ImageViewMut};

use super::decoded::{Decoded, Undecoded};
use crate::header::dds as header;
use crate::raster::{Layout, Raster};
use crate::{Format, Limits, Remark};

/// Decodes the largest level of the first texture.
pub(super) fn decode<'a>(bytes: &[u8], limits: &Limits) -> Result<Decoded<'a>, Undecoded> {
    let unreadable = Remark::Unreadable { format: Format::Dds };
    let (width, height) = header::size(bytes).ok_or(unreadable)?;
    if !limits.allow(width, height) || u64::from(width) * u64::from(height) * 8 > limits.max_alloc {
        return Err(Limits::too_large(width, height).into());
    }
    let mut decoder = Decoder::new(Cursor::new(bytes)).map_err(|_| Undecoded::Unsupported)?;
    let size = decoder.main_size();
    let mut data = vec![0; width as usize * height as usize * 4];
    let view = ImageViewMut::new(&mut data, size, ColorFormat::RGBA_U8).ok_or(unreadable)?;
    // What is missing stays transparent.
    let remark = decoder.read_surface(view).is_err().then_some(Remark::Truncated { missing: None });
    if remark.is_some() && data.iter().all(|&byte| byte == 0) {
        return Err(Remark::NoPixels.into());
    }
    let raster = Raster { width, height, layout: Layout::Rgba, data };
    Ok(Decoded { raster, width, height, profile: None, remark })
}
