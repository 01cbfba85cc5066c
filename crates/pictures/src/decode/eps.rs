//! Encapsulated PostScript: nothing is drawn, the picture that was put beside it is shown.

use super::decoded::{Decoded, Undecoded};
use super::rows::{self, Shape, scaled};
use super::{bmp, metafile, tiff};
use crate::header::eps::{self, Interchange};
use crate::raster::Layout;
use crate::{Limits, Remark};

/// Decodes the best of the pictures that there are.
pub(super) fn decode<'a>(bytes: &'a [u8], side: u32, limits: &Limits) -> Result<Decoded<'a>, Undecoded> {
    let bitmap = eps::metafile(bytes).and_then(metafile::bitmap);
    let decoded = if let Some(preview) = eps::tiff(bytes) {
        tiff::decode(preview, 0, side, limits)
    } else if let Some(bitmap) = bitmap {
        bmp::decode(&bitmap, limits)
    } else if let Some(preview) = eps::interchange(bytes) {
        in_comments(&preview, side, limits)
    } else {
        Err(Undecoded::Unsupported)
    };
    let cut_off = eps::is_cut_off(bytes).then_some(Remark::Truncated { missing: None });
    decoded.map(|decoded| Decoded { remark: decoded.remark.or(cut_off), ..decoded })
}

/// Rows from above, each from a whole byte on; 0 is white.
fn in_comments<'a>(preview: &Interchange, side: u32, limits: &Limits) -> Result<Decoded<'a>, Undecoded> {
    let &Interchange { width, height, depth, inverted, .. } = preview;
    let shape = Shape { width, height, layout: Layout::Grey, side, limits };
    let mut digits = preview.digits.iter().filter_map(|&digit| char::from(digit).to_digit(16));
    let mut bytes = vec![0_u32; (width as usize * depth as usize).div_ceil(8)];
    let most = (1 << depth) - 1;
    rows::decode(&shape, |row| {
        for byte in &mut bytes {
            *byte = digits.next()? << 4 | digits.next()?;
        }
        for (x, pixel) in row.iter_mut().enumerate() {
            let bit = x * depth as usize;
            let ink = bytes[bit / 8] >> (8 - depth as usize - bit % 8) & most;
            *pixel = scaled(if inverted { ink } else { most - ink }, most);
        }
        Some(())
    })
}
