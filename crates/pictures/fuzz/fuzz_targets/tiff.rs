//! Strips and tiles of TIFF in every coding: the first bytes choose one, the others are the strip.
#![no_main]

use pictures::{Limits, examine};

/// Compressions that are decoded here or by the tiff crate.
const COMPRESSIONS: [u16; 17] =
    [1, 2, 3, 4, 5, 6, 7, 8, 32_766, 32_771, 32_773, 32_809, 33_003, 34_676, 34_677, 34_712, 50_000];

/// What samples mean.
const PHOTOMETRICS: [u16; 9] = [0, 1, 2, 3, 5, 6, 8, 32_844, 32_845];

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let Some((&[compression, photometric, bits, samples, wide, high, rows, flags], strip)) = data.split_first_chunk()
    else {
        return;
    };
    let bits = match bits % 40 {
        bits @ 0..=32 => bits.max(1),
        _ => 8,
    };
    let limits = Limits { max_pixels: 1 << 20, max_streamed_pixels: 1 << 20, max_alloc: 32 << 20, ..Limits::default() };
    let mut entries = vec![
        (256, u32::from(wide)),
        (257, u32::from(high)),
        (258, bits.into()),
        (259, COMPRESSIONS[usize::from(compression) % COMPRESSIONS.len()].into()),
        (262, PHOTOMETRICS[usize::from(photometric) % PHOTOMETRICS.len()].into()),
        (266, u32::from(flags & 1) + 1),
        (273, 0),
        (277, u32::from(samples % 6)),
        (278, rows.into()),
        (279, strip.len() as u32),
        (284, u32::from(flags >> 1 & 1) + 1),
        (292, u32::from(flags >> 2 & 1)),
        (317, u32::from(flags >> 3 & 3)),
        (339, u32::from(flags >> 5 & 3)),
    ];
    if flags & 0x80 != 0 {
        entries.extend([(322, u32::from(wide.max(1) / 2 + 1)), (323, rows.max(1).into())]);
        entries.extend([(324, 0), (325, strip.len() as u32)]);
    }
    let at = 8 + 2 + entries.len() as u32 * 12 + 4;
    let mut file = b"II\x2a\0\x08\0\0\0".to_vec();
    file.extend((entries.len() as u16).to_le_bytes());
    for (tag, value) in entries {
        let value = if matches!(tag, 273 | 324) { at } else { value };
        file.extend([(tag as u16).to_le_bytes(), 4_u16.to_le_bytes()].concat());
        file.extend([1_u32.to_le_bytes(), value.to_le_bytes()].concat());
    }
    file.extend([0; 4]);
    file.extend(strip);
    let _ = examine(&file, &limits);
});
