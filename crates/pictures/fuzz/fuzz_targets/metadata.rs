//! Exif, XMP, IPTC, boxes and directories, without any pixels: of a picture that is too large everything else is read.
#![no_main]

use pictures::{Limits, examine};

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let limits = Limits {
        max_width: 1,
        max_height: 1,
        max_pixels: 1,
        max_streamed_pixels: 1,
        max_alloc: 1 << 20,
        ..Limits::default()
    };
    let _ = examine(data, &limits);
});
