//! The decoders that are written here: the first byte chooses which one the rest goes to.
#![no_main]

use pictures::{Limits, examine_named};

/// What leads into each of them.
const BEGINNINGS: [(&str, &[u8]); 12] = [
    ("a.qoi", b"qoif\0\0\0\x20\0\0\0\x20\x04\0"),
    ("a.ppm", b"P6\n32 32\n255\n"),
    ("a.pam", b"P7\nWIDTH 32\n"),
    ("a.tga", b""),
    ("a.pcx", b"\x0A\x05\x01\x08\0\0\0\0\x1F\0\x1F\0"),
    ("a.psd", b"8BPS\0\x01\0\0\0\0\0\0\0\x03\0\0\0\x20\0\0\0\x20\0\x08\0\x03"),
    ("a.ico", b"\0\0\x01\0\x01\0\x20\x20\0\0\x01\0"),
    ("a.dds", b"DDS \x7C\0\0\0\x07\x10\0\0\x20\0\0\0\x20\0\0\0"),
    ("a.bmp", b"BM\0\x10\0\0\0\0\0\0\x46\0\0\0\x28\0\0\0\x20\0\0\0\x20\0\0\0\x01\0\x10\0\x03\0\0\0"),
    ("a.jpg", b"\xFF\xD8\xFF\xC4\0\x15\0\0\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x03\xFF\xC3\0\x11"),
    ("a.tif", b"II\x2a\0\x08\0\0\0"),
    ("a.nef", b"II\x2a\0\x08\0\0\0"),
];

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let Some((&which, rest)) = data.split_first() else { return };
    let (name, beginning) = BEGINNINGS[usize::from(which) % BEGINNINGS.len()];
    let limits = Limits { max_pixels: 1 << 22, max_streamed_pixels: 1 << 22, max_alloc: 32 << 20, ..Limits::default() };
    let _ = examine_named(&[beginning, rest].concat(), name, &limits);
});
