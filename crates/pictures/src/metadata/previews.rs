//! The JPEGs that a camera puts beside the sensor's data.

use super::ifd::{Ifd, TiffFile, tag};

/// Most pictures that are looked at.
const MOST: usize = 64;

/// Pictures as other programs show them, the largest first.
pub(crate) fn previews(bytes: &[u8]) -> Vec<&[u8]> {
    let mut found: Vec<(u64, &[u8])> = Vec::new();
    let named = TiffFile::open(bytes).map(|file| named(file, bytes)).unwrap_or_default();
    // Sensor data of a DNG may be JPEG, too: what its directories say of previews is enough. Others hide them anywhere.
    let is_dng = TiffFile::open(bytes).and_then(TiffFile::first).is_some_and(|first| first.has(tag::DNG_VERSION));
    let hidden = if is_dng { Vec::new() } else { hidden(bytes) };
    for preview in named.into_iter().chain(hidden) {
        let Some((width, height)) = jpeg::dimensions(preview).filter(|_| jpeg::is_for_showing(preview)) else {
            continue;
        };
        found.push((u64::from(width) * u64::from(height), preview));
    }
    // Of equal ones the first: those that were named.
    found.sort_by_key(|&(pixels, _)| std::cmp::Reverse(pixels));
    found.truncate(MOST);
    found.into_iter().map(|(_, preview)| preview).collect()
}

/// Previews that directories tell of.
fn named<'a>(file: TiffFile<'a>, bytes: &'a [u8]) -> Vec<&'a [u8]> {
    const JPEG_AT: u16 = 0x201;
    const JPEG_LENGTH: u16 = 0x202;
    let from = |at: u32, length: u32| {
        let end = (at as usize).saturating_add(length as usize).min(bytes.len());
        bytes.get(at as usize..end).filter(|data| data.starts_with(&[0xFF, 0xD8]))
    };
    let mut found = Vec::new();
    for ifd in directories(file) {
        if let Some((at, length)) = ifd.number(JPEG_AT).zip(ifd.number(JPEG_LENGTH)) {
            found.extend(from(at, length));
        }
        let compressed = ifd.number(tag::COMPRESSION).is_some_and(|compression| matches!(compression, 6 | 7));
        if compressed && is_picture(&ifd) {
            const STRIP_AT: u16 = 0x111;
            const STRIP_LENGTH: u16 = 0x117;
            // A preview is one strip.
            if let (&[at], &[length]) = (&ifd.numbers(STRIP_AT, 2)[..], &ifd.numbers(STRIP_LENGTH, 2)[..]) {
                found.extend(from(at, length));
            }
        }
        // Panasonic.
        found.extend(ifd.bytes(tag::PANASONIC_PREVIEW));
    }
    found
}

fn directories(file: TiffFile<'_>) -> Vec<Ifd<'_>> {
    let mut found = Vec::new();
    let mut current = file.first();
    for _ in 0..8 {
        let Some(ifd) = current else { break };
        let subs: Vec<Ifd> = ifd.numbers(tag::SUB_IFDS, 8).into_iter().filter_map(|at| file.at(at.into())).collect();
        current = ifd.next();
        found.push(ifd);
        found.extend(subs);
    }
    found
}

/// Whether a directory's pixels are grey, RGB or YCbCr rather than a sensor's.
pub(crate) fn is_picture(ifd: &Ifd) -> bool {
    ifd.number(tag::PHOTOMETRIC).is_some_and(|photometric| matches!(photometric, 1 | 2 | 6))
}

/// JPEGs that stand anywhere in the file.
fn hidden(bytes: &[u8]) -> Vec<&[u8]> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(next) = memchr::memmem::find(&bytes[at..], &[0xFF, 0xD8, 0xFF]) {
        let start = at + next;
        let preview = &bytes[start..];
        // Lossless ones are the sensor's.
        if jpeg::is_for_showing(preview) {
            found.push(preview);
            if found.len() == MOST {
                break;
            }
        }
        at = start + 3;
    }
    found
}
