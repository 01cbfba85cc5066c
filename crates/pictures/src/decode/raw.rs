//! Camera RAW: shown by the largest JPEG that the camera put beside the sensor's data.

use super::decoded::{Decoded, Undecoded};
use super::{jpeg, tiff};
use crate::metadata::ifd::TiffFile;
use crate::metadata::previews::{is_picture, previews};
use crate::{Limits, Remark};

pub(super) fn decode<'a>(bytes: &'a [u8], side: u32, limits: &Limits) -> Result<Decoded<'a>, Undecoded> {
    let mut first_failure = None;
    for preview in previews(bytes) {
        match jpeg::decode_fitted(preview, side, limits) {
            // What is wrong with a preview's end may be that it is followed by something else.
            Ok(decoded) => return Ok(Decoded { remark: None, ..decoded }),
            Err(failure) => first_failure = first_failure.or(Some(failure)),
        }
    }
    // Phones and converters write a small picture without compression.
    let small = TiffFile::open(bytes).and_then(TiffFile::first).filter(is_picture);
    match (small, first_failure) {
        (Some(_), _) => tiff::decode(bytes, 0, side, limits),
        (None, Some(Undecoded::Because(remark @ Remark::TooLarge { .. }))) => Err(remark.into()),
        (None, _) => Err(Undecoded::Unsupported),
    }
}
