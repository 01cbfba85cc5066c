//! Whether a picture's stored bytes are proven to be its file's.

use catalogue::table::picture::Picture;

/// Whether its bytes were compared with the file's.
pub(super) fn is_proven(picture: &Picture) -> bool {
    picture.image.receipt.verified_by.is_proof()
}

/// Whether uploading the picture's file again would do something for it: its stored bytes are lost, changed or not proven.
pub(crate) fn needs_bytes(picture: &Picture) -> bool {
    picture.image.receipt.fault.is_some() || !is_proven(picture)
}
