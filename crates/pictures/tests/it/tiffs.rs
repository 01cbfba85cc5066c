//! TIFF files made to measure.

use std::io::Write;

/// Pixels, compressed as TIFF does: not at all (1), LZW (5), Deflate (8) or run lengths (32773).
pub fn strip(compression: u16, pixels: &[u8]) -> Vec<u8> {
    match compression {
        1 => pixels.to_vec(),
        5 => lzw(pixels),
        8 => {
            let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
            encoder.write_all(pixels).unwrap();
            encoder.finish().unwrap()
        }
        _ => pixels.chunks(128).flat_map(|run| [&[run.len() as u8 - 1][..], run].concat()).collect(),
    }
}

/// Codes of nine bits for single bytes, cleared before they would grow longer.
fn lzw(pixels: &[u8]) -> Vec<u8> {
    const CLEAR: u16 = 256;
    const END: u16 = 257;
    let runs = pixels.chunks(200).flat_map(|run| std::iter::once(CLEAR).chain(run.iter().map(|&byte| byte.into())));
    let (mut bits, mut count, mut bytes) = (0_u32, 0, Vec::new());
    for code in runs.chain([END]) {
        bits = bits << 9 | u32::from(code);
        count += 9;
        while count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
        }
        bits &= (1 << count) - 1;
    }
    bytes.push((bits << (8 - count)) as u8);
    bytes
}

/// RGB (with more samples than three, without a word of what they are), the directory first and one strip behind it.
pub fn one_strip(compression: u16, samples: u16, size: (u32, u32), pixels: &[u8]) -> Vec<u8> {
    let strip = strip(compression, pixels);
    let at = 8 + directory(compression, samples, size, size.1, [0; 2], 1).len();
    let places = [at as u32, strip.len() as u32];
    let directory = directory(compression, samples, size, size.1, places, 1);
    [b"II\x2a\0\x08\0\0\0", &directory[..], &strip].concat()
}

/// RGB in strips of some rows, the directory behind them, and at the very end where the strips are.
pub fn strips(compression: u16, size: (u32, u32), pixels: &[u8], rows: u32) -> Vec<u8> {
    let strips: Vec<_> = pixels.chunks((size.0 * rows * 3) as usize).map(|pixels| strip(compression, pixels)).collect();
    let mut file = b"II\x2a\0\0\0\0\0".to_vec();
    let mut offsets = Vec::new();
    for strip in &strips {
        offsets.push(file.len() as u32);
        file.extend(strip);
    }
    file.resize(file.len().next_multiple_of(2), 0);
    let at = file.len();
    file[4..8].copy_from_slice(&(at as u32).to_le_bytes());
    let count = strips.len() as u32;
    let behind = at + directory(compression, 3, size, rows, [0; 2], count).len();
    let places = [behind as u32 + count * 4, behind as u32];
    file.extend(directory(compression, 3, size, rows, places, count));
    file.extend(strips.iter().flat_map(|strip| (strip.len() as u32).to_le_bytes()));
    file.extend(offsets.into_iter().flat_map(u32::to_le_bytes));
    file
}

/// The values, or the places, of offsets and byte counts are told.
fn directory(
    compression: u16,
    samples: u16,
    (width, height): (u32, u32),
    rows: u32,
    [offsets, counts]: [u32; 2],
    count: u32,
) -> Vec<u8> {
    let entries = [
        (0x100_u16, 4_u16, 1, width),
        (0x101, 4, 1, height),
        (0x102, 3, 1, 8),
        (0x103, 3, 1, compression.into()),
        (0x106, 3, 1, 2),
        (0x111, 4, count, offsets),
        (0x115, 3, 1, samples.into()),
        (0x116, 4, 1, rows),
        (0x117, 4, count, counts),
    ];
    let mut bytes = (entries.len() as u16).to_le_bytes().to_vec();
    for (tag, kind, count, value) in entries {
        bytes.extend([tag.to_le_bytes(), kind.to_le_bytes()].concat());
        bytes.extend([count.to_le_bytes(), value.to_le_bytes()].concat());
    }
    bytes.extend([0; 4]);
    bytes
}
