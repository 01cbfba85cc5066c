//! Whole files of any format, from those that the tests have: what libraries decode, too.
#![no_main]

use pictures::{Limits, examine};

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let limits = Limits { max_pixels: 1 << 20, max_streamed_pixels: 1 << 20, max_alloc: 32 << 20, ..Limits::default() };
    let _ = examine(data, &limits);
});
