//! Camera RAW: what its metadata says, for the formats that keep it where TIFF, JPEG or ISO base media files do.

use super::ifd::{Ifd, TiffFile, tag};
use super::{Facts, from_exif, from_ifds, with_xmp};
use crate::jpeg;

/// Canon's box of metadata inside a CR3's `moov`.
const CANON: [u8; 16] =
    [0x85, 0xC0, 0xB6, 0x87, 0x82, 0x0F, 0x11, 0xE0, 0x81, 0x11, 0xF4, 0xCE, 0x46, 0x2B, 0x6A, 0x48];

/// Reads what is cheap to find.
pub(super) fn facts(bytes: &[u8]) -> Facts {
    if bytes.starts_with(b"FUJIFILMCCD-RAW ") {
        return fuji(bytes).unwrap_or_default();
    }
    if bytes.get(4..8) == Some(b"ftyp") {
        return canon(bytes).unwrap_or_default();
    }
    tiff(bytes).unwrap_or_default()
}

/// TIFF and the formats based on it. The size is that of the largest picture in any directory, or what Exif says.
pub(super) fn tiff(bytes: &[u8]) -> Option<Facts> {
    let file = TiffFile::open(bytes)?;
    let main = file.first()?;
    let photo = file.sub(&main, tag::EXIF);
    let facts = from_ifds(&main, photo.as_ref(), file.sub(&main, tag::GPS).as_ref());
    let mut facts = with_xmp(facts, main.bytes(tag::XMP));
    let said = photo.as_ref().and_then(|photo| Some((photo.number(tag::PIXEL_X)?, photo.number(tag::PIXEL_Y)?)));
    let size = said.filter(|&(width, height)| width > 0 && height > 0).or_else(|| largest(file, main));
    facts.shown = size.map(|(width, height)| facts.orientation.shown(width, height));
    Some(facts)
}

fn largest(file: TiffFile, main: Ifd) -> Option<(u32, u32)> {
    let size = |ifd: &Ifd| Some((ifd.number(tag::IMAGE_WIDTH)?, ifd.number(tag::IMAGE_HEIGHT)?));
    let mut sizes = Vec::new();
    let mut current = Some(main);
    // A handful of directories is usual; a chain that runs in circles ends here, too.
    for _ in 0..8 {
        let Some(ifd) = current else { break };
        sizes.extend(size(&ifd));
        let subs = ifd.numbers(tag::SUB_IFDS, 8);
        sizes.extend(subs.into_iter().filter_map(|at| size(&file.at(at.into())?)));
        current = ifd.next();
    }
    sizes.into_iter().filter(|&(w, h)| w > 0 && h > 0).max_by_key(|&(w, h)| u64::from(w) * u64::from(h))
}

/// Fujifilm RAF: a whole JPEG is inside, and the header says where.
fn fuji(bytes: &[u8]) -> Option<Facts> {
    let number = |at: usize| Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?) as usize);
    let (at, length) = (number(84)?, number(88)?);
    let preview = bytes.get(at..at.checked_add(length)?)?;
    let mut facts = from_exif(jpeg::exif(preview)?);
    // The preview is of full size in all but the oldest cameras, whose sensors had another size anyway.
    facts.shown = jpeg::dimensions(preview).map(|(width, height)| facts.orientation.shown(width, height));
    Some(facts)
}

/// Canon CR3: `CMT1`, `CMT2` and `CMT4` are the three directories, each a TIFF file in itself.
fn canon(bytes: &[u8]) -> Option<Facts> {
    let boxes = super::heif::child(bytes, b"moov")?;
    let metadata = super::heif::child(boxes, b"uuid")?.strip_prefix(&CANON)?;
    let directory = |name: &[u8; 4]| TiffFile::open(super::heif::child(metadata, name)?)?.first();
    let (main, photo, place) = (directory(b"CMT1")?, directory(b"CMT2"), directory(b"CMT4"));
    let mut facts = from_ifds(&main, photo.as_ref(), place.as_ref());
    let size = Some((main.number(tag::IMAGE_WIDTH)?, main.number(tag::IMAGE_HEIGHT)?));
    facts.shown = size.map(|(width, height)| facts.orientation.shown(width, height));
    Some(facts)
}
