//! Whatever the bytes, there is an answer: never a panic, never unbounded work.

use pictures::{Limits, examine, rendition, sniff};
use proptest::prelude::*;

use crate::files::{fixture, fixtures};

/// Small enough that even a lying header costs little.
const TIGHT: Limits = Limits {
    max_width: 4096,
    max_height: 4096,
    max_pixels: 4_000_000,
    max_streamed_pixels: 4_000_000,
    max_alloc: 32 << 20,
    // What aborts is tried in a worker.
    expendable: false,
};

/// Beginnings that lead into each of the parsers.
const BEGINNINGS: &[&[u8]] = &[
    b"\xFF\xD8\xFF",
    b"\xFF\xD8\xFF\xC0\0\x0B\x08\0\x10\0\x10\x01\x01\x11\0\xFF\xDA",
    b"\xFF\xD8\xFF\xE1\0\xFFExif\0\0II\x2a\0\x08\0\0\0",
    b"\x89PNG\r\n\x1a\n\0\0\0\x0DIHDR",
    b"GIF89a",
    b"RIFF\xFF\0\0\0WEBPVP8X",
    b"BM\x36\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0",
    b"II\x2a\0\x08\0\0\0",
    b"MM\0\x2b\0\x08\0\0",
    b"\0\0\0\x18ftypheic\0\0\0\0mif1heic\0\0\x01\0meta\0\0\0\0",
    b"\0\0\0\x18ftypcrx \0\0\0\0crx isom",
    b"FUJIFILMCCD-RAW ",
    b"<svg ",
    b"<?xml ",
    b"",
];

fn try_everything(bytes: &[u8]) {
    let _ = sniff(bytes);
    let examined = examine(bytes, &TIGHT);
    let made = rendition(bytes, 256, &TIGHT);
    // Both see the same pixels.
    if let Ok(picture) = &examined {
        assert_eq!(picture.thumbnail.is_some(), made.is_ok(), "{examined:?}");
    } else {
        assert!(made.is_err());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes(start in 0..BEGINNINGS.len(), rest in prop::collection::vec(any::<u8>(), 0..2000)) {
        try_everything(&[BEGINNINGS[start], &rest[..]].concat());
    }

    #[test]
    fn damaged_files(
        which in any::<prop::sample::Index>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let names = fixtures();
        let mut bytes = fixture(&names[which.index(names.len())]);
        for (at, value) in changes {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        try_everything(&bytes);
    }
}
