//! Telling formats apart: every byte may be anything, and so may the name.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let _ = pictures::sniff(data);
    for name in ["a.tga", "a.eps", ""] {
        let _ = pictures::sniff_named(data, name);
    }
});
