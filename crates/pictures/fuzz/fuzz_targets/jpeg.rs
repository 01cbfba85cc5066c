//! Our JPEG reader, at the scales that it knows.
#![no_main]

use pictures::{Limits, rendition};

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let limits = Limits { max_pixels: 1 << 22, max_streamed_pixels: 1 << 22, max_alloc: 32 << 20, ..Limits::default() };
    let jpeg = [b"\xFF\xD8\xFF", data].concat();
    for side in [1, 64, 4096] {
        let _ = rendition(&jpeg, side, &limits);
    }
});
