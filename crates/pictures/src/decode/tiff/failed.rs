//! Why nothing can be had of a page.

use std::io::ErrorKind;

use tiff::TiffError;

use crate::decode::decoded::Undecoded;
use crate::{Format, Remark};

pub(super) fn unreadable() -> Undecoded {
    Remark::Unreadable { format: Format::Tiff }.into()
}

/// What a failure of the tiff crate means.
pub(super) fn explained(error: &TiffError) -> Undecoded {
    match error {
        TiffError::UnsupportedError(_) => Undecoded::Unsupported,
        TiffError::IoError(error) if error.kind() == ErrorKind::UnexpectedEof => {
            Remark::Truncated { missing: None }.into()
        }
        _ => unreadable(),
    }
}
