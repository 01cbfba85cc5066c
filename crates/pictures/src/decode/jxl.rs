//! JPEG XL, by jxl-oxide.

use std::borrow::Cow;

use jxl_oxide::{AllocTracker, EnumColourEncoding, JxlImage, RenderingIntent};

use super::decoded::{Decoded, Undecoded};
use crate::raster::{Layout, Raster};
use crate::{Format, Limits, Remark};

/// Decodes the first picture, as far as the file has it.
pub(super) fn decode<'a>(bytes: &[u8], limits: &Limits) -> Result<Decoded<'a>, Undecoded> {
    let unreadable = Remark::Unreadable { format: Format::Jxl };
    let most = usize::try_from(limits.max_alloc).unwrap_or(usize::MAX);
    // Reading on goes wrong where the file does: what came before that may be enough for a picture.
    let tracker = AllocTracker::with_limit(most);
    let mut image = JxlImage::builder().alloc_tracker(tracker).read(bytes).map_err(|_| unreadable)?;
    let (width, height) = (image.width(), image.height());
    // Four bytes a sample while it is decoded.
    if !limits.allow(width, height) || u64::from(width) * u64::from(height) * 12 > limits.max_alloc {
        return Err(Limits::too_large(width, height).into());
    }
    if image.hdr_type().is_some() {
        image.request_color_encoding(EnumColourEncoding::srgb(RenderingIntent::Perceptual));
    }
    let is_whole = image.is_loading_done();
    let render = if image.num_loaded_keyframes() > 0 { image.render_frame(0) } else { image.render_loading_frame() };
    let render = render.map_err(|_| if is_whole { unreadable } else { Remark::Truncated { missing: None } })?;
    let mut stream = render.stream();
    let (columns, rows, channels) = (stream.width(), stream.height(), stream.channels() as usize);
    let mut data = vec![0_u8; columns as usize * rows as usize * channels];
    stream.write_to_buffer(&mut data);
    let (layout, data) = match (channels, image.pixel_format().has_black()) {
        (1, _) => (Layout::Grey, data),
        (2, _) => (Layout::Rgba, data.chunks_exact(2).flat_map(|p| [p[0], p[0], p[0], p[1]]).collect()),
        (3, _) => (Layout::Rgb, data),
        (4, false) => (Layout::Rgba, data),
        // Stored as light: 255 is no ink.
        (4.., true) => {
            let inks = data.chunks_exact(channels).flat_map(|p| [p[0], p[1], p[2], p[3]].map(|light| 255 - light));
            (Layout::Cmyk, inks.collect())
        }
        _ => return Err(Undecoded::Unsupported),
    };
    let raster = Raster { width: columns, height: rows, layout, data };
    let remark = (!is_whole).then_some(Remark::Truncated { missing: None });
    Ok(Decoded { raster, width, height, profile: Some(Cow::Owned(image.rendered_icc())), remark })
}
