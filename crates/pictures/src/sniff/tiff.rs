//! TIFF, and the camera RAW formats that are TIFF inside.

use crate::Format;

/// Recognises TIFF and TIFF-based RAW.
pub(super) fn sniff(head: &[u8]) -> Option<Format> {
    let little = match head.get(..4)? {
        b"II\x2a\0" | b"II\x2b\0" => true,
        b"MM\0\x2a" | b"MM\0\x2b" => false,
        // Olympus ORF and Panasonic RW2 changed the magic number.
        b"IIRO" | b"IIRS" | b"MMOR" | b"IIU\0" => return Some(Format::Raw),
        _ => return None,
    };
    // Canon CR2 marks itself right behind the header.
    if head.get(8..10) == Some(b"CR") && little {
        return Some(Format::Raw);
    }
    Some(Format::Tiff)
}
