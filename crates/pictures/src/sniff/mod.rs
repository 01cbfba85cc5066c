//! Which format bytes are in: by magic numbers; by a name only where a format has none.

mod isobmff;
mod svg;
mod tiff;

use crate::Format;
use crate::header::{dds, dib, eps, exr, ico, jp2, jxl, netpbm, pcx, psd, qoi, radiance, tga};

/// Recognises a picture by its first bytes. Give it the whole file, or the first 64 KiB or more of it.
pub fn sniff(head: &[u8]) -> Option<Format> {
    // JPEG: SOI, then the 0xFF of the next marker.
    // Some have other bytes between: then the size must be there, too.
    if head.starts_with(&[0xFF, 0xD8, 0xFF]) || (head.starts_with(&[0xFF, 0xD8]) && jpeg::dimensions(head).is_some()) {
        return Some(Format::Jpeg);
    }
    if head.starts_with(b"\x89PNG\r\n\x1a\n") {
        return Some(Format::Png);
    }
    if head.starts_with(b"GIF87a") || head.starts_with(b"GIF89a") {
        return Some(Format::Gif);
    }
    if head.len() >= 16 && head.starts_with(b"RIFF") && &head[8..12] == b"WEBP" && &head[12..15] == b"VP8" {
        return Some(Format::WebP);
    }
    if is_bmp(head) {
        return Some(Format::Bmp);
    }
    if is_other_raw(head) {
        return Some(Format::Raw);
    }
    if let Some(format) = tiff::sniff(head).or_else(|| isobmff::sniff(head)) {
        return Some(format);
    }
    BY_HEADER.iter().find(|(_, is_it)| is_it(head)).map(|&(format, _)| format)
}

/// Recognises a picture by its first bytes, and, where its format has no signature, by its name.
pub fn sniff_named(head: &[u8], name: &str) -> Option<Format> {
    sniff(head).or_else(|| {
        let ending = name.rsplit_once('.')?.1.to_ascii_lowercase();
        match ending.as_str() {
            "dib" => dib::is_bitmap(head).then_some(Format::Bmp),
            "tga" | "vda" | "icb" | "vst" => tga::Header::read(head).map(|_| Format::Tga),
            // PostScript that doesn't say that it is encapsulated may be a book.
            "eps" | "epsf" | "epsi" => eps::is_postscript(head).then_some(Format::Eps),
            _ => None,
        }
    })
}

/// Recognises a picture by all of its bytes: also one without a signature whose length is just what its header says.
pub(crate) fn sniff_whole(bytes: &[u8]) -> Option<Format> {
    let unsigned = [(Format::Tga, tga::is_whole as IsIt), (Format::Bmp, dib::is_whole)];
    sniff(bytes).or_else(|| unsigned.into_iter().find(|(_, is_it)| is_it(bytes)).map(|(format, _)| format))
}

type IsIt = fn(&[u8]) -> bool;

/// Formats that are told by a short signature and a header that makes sense.
const BY_HEADER: [(Format, IsIt); 13] = [
    (Format::Jxl, jxl::is_jxl),
    (Format::Jp2, jp2::is_jp2),
    (Format::Psd, |head| psd::Header::read(head).is_some()),
    (Format::Qoi, |head| qoi::Header::read(head).is_some()),
    (Format::Dds, dds::is_dds),
    (Format::Exr, exr::is_exr),
    (Format::Hdr, radiance::is_radiance),
    (Format::Eps, eps::is_eps),
    (Format::Ico, ico::is_ico),
    (Format::Pcx, |head| pcx::Header::read(head).is_some()),
    (Format::Pnm, |head| netpbm::Header::read(head).is_some()),
    (Format::Svg, svg::is_svg),
    (Format::Tga, tga::is_signed),
];

/// "BM" alone begins many a text, so the headers must make sense, too.
/// See <https://learn.microsoft.com/windows/win32/gdi/bitmap-storage>.
fn is_bmp(head: &[u8]) -> bool {
    if head.len() < 26 || !head.starts_with(b"BM") {
        return false;
    }
    let u16_at = |at: usize| u16::from_le_bytes([head[at], head[at + 1]]);
    let u32_at = |at: usize| u32::from_le_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
    let (pixels_at, header_size) = (u32_at(10), u32_at(14));
    // BITMAPCOREHEADER, OS/2 2.x (16 to 64 bytes), BITMAPINFOHEADER and its successors up to V5 with 124, and what was counted
    // wrong.
    if !matches!(header_size, 12 | 16..=124) {
        return false;
    }
    // Some writers leave the offset at zero or count the palette wrong, none puts it inside the file header.
    if pixels_at != 0 && pixels_at < 14 + header_size.min(12) {
        return false;
    }
    // The number of planes never meant anything, and some say nonsense.
    let depth = if header_size == 12 {
        u16_at(24)
    } else if head.len() >= 30 {
        u16_at(28)
    } else {
        return false;
    };
    matches!(depth, 0 | 1 | 2 | 4 | 8 | 16 | 24 | 32 | 64)
}

/// RAW formats that are neither TIFF nor ISO base media.
fn is_other_raw(head: &[u8]) -> bool {
    // Fujifilm RAF, Sigma X3F, Canon CRW (CIFF), Minolta MRW.
    head.starts_with(b"FUJIFILMCCD-RAW ")
        || head.starts_with(b"FOVb")
        || (head.len() >= 14 && (head.starts_with(b"II") || head.starts_with(b"MM")) && &head[6..14] == b"HEAPCCDR")
        || head.starts_with(b"\0MRM")
}
