//! HEIF: HEVC by heifer, AV1 by rav1d. A grid of tiles, as phones write it, is put together tile by tile at the wanted size, so that the
//! largest pictures need little memory, and a broken tile costs no other.

mod av1;
mod canvas;
mod colours;
mod grid;
mod reading;
mod yuv;

use std::borrow::Cow;

use heifer::heifer_isobmff::HeifFile;

use self::reading::Reading;
use super::decoded::{Decoded, Undecoded};
use crate::metadata::heif::{is_cut_off, size as box_size};
use crate::{Format, Limits, Remark};

/// Decodes the primary picture, cropped and turned as the file says.
pub(super) fn decode<'a>(
    bytes: &'a [u8],
    format: Format,
    side: u32,
    limits: &Limits,
) -> Result<Decoded<'a>, Undecoded> {
    let cut_off = is_cut_off(bytes).then_some(Remark::Truncated { missing: None });
    let unreadable = cut_off.unwrap_or(Remark::Unreadable { format });
    let bytes = tidied(bytes);
    let file = HeifFile::parse(&bytes).map_err(|_| unreadable)?;
    let reading = Reading { file: &file, side, limits, unreadable };
    let (canvas, profile) = reading.primary()?;
    let (width, height) = canvas.size;
    let remark = canvas.remark.map(|damaged| cut_off.unwrap_or(damaged)).or(cut_off);
    Ok(Decoded { raster: canvas.raster, width, height, profile: profile.map(Cow::Owned), remark })
}

/// The file without what stands behind its last box, and its last box as long as it is: the library takes nothing else.
fn tidied(bytes: &[u8]) -> Cow<'_, [u8]> {
    let mut at = 0;
    while let Some((_, size)) = bytes.get(at..).and_then(box_size) {
        let Some(end) = at.checked_add(size).filter(|&end| end <= bytes.len()) else {
            // A size of 0 is up to the end.
            let mut file = bytes.to_vec();
            file[at..at + 4].fill(0);
            return if is_cut_off(bytes) { Cow::Owned(file) } else { Cow::Borrowed(&bytes[..at]) };
        };
        at = end;
    }
    Cow::Borrowed(&bytes[..at])
}
