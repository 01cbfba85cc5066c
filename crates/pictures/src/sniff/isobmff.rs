//! HEIC, AVIF and Canon's CR3: files of the ISO base media file format (ISO/IEC 14496-12), told apart by the brands in
//! their `ftyp` box.

use crate::Format;

/// HEIF brands that say how the pixels are coded (ISO/IEC 23008-12, annex B and others; RFC-like registry at
/// <https://mp4ra.org/registered-types/brands>).
const HEVC_BRANDS: [&[u8; 4]; 12] =
    [b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"vvic", b"j2ki", b"avci", b"avcs"];

pub(super) fn sniff(head: &[u8]) -> Option<Format> {
    if head.len() < 16 || &head[4..8] != b"ftyp" {
        return None;
    }
    let size = u32::from_be_bytes([head[0], head[1], head[2], head[3]]) as usize;
    // A box's size counts its header; 16 bytes hold the major brand and the minor version.
    if size < 16 {
        return None;
    }
    let body = &head[8..size.min(head.len())];
    let (major, compatible) = (&body[..4], body.get(8..).unwrap_or(&[]));
    let brands = || compatible.chunks_exact(4);
    if major == b"crx " {
        return Some(Format::Raw);
    }
    let is_hevc = |brand: &[u8]| HEVC_BRANDS.iter().any(|known| known.as_slice() == brand);
    let is_av1 = |brand: &[u8]| matches!(brand, b"avif" | b"avis");
    if is_av1(major) {
        return Some(Format::Avif);
    }
    if is_hevc(major) {
        return Some(Format::Heic);
    }
    // `mif1` and `msf1` only say that it is HEIF: the compatible brands tell the coding. A video (`isom`, `mp42`, `qt  `)
    // that also lists an image brand stays a video.
    if matches!(major, b"mif1" | b"mif2" | b"mif3" | b"msf1" | b"miaf" | b"MiHB" | b"MiHA" | b"MiHE" | b"MiPr") {
        if brands().any(is_av1) && !brands().any(is_hevc) {
            return Some(Format::Avif);
        }
        return Some(Format::Heic);
    }
    None
}
