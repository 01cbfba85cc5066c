//! Camera RAW: what its metadata says, for the formats that keep it where TIFF, JPEG or ISO base media files do.

use super::exif::{self, from_ifds};
use super::ifd::{Ifd, TiffFile, tag};
use super::previews::previews;
use super::stated::Metadata;
use super::{iptc, xmp};
use crate::numbers::{be16, be32, le32};
use crate::orientation::Orientation;

/// Canon's box of metadata inside a CR3's `moov`.
const CANON: [u8; 16] =
    [0x85, 0xC0, 0xB6, 0x87, 0x82, 0x0F, 0x11, 0xE0, 0x81, 0x11, 0xF4, 0xCE, 0x46, 0x2B, 0x6A, 0x48];

/// Reads what is cheap to find.
pub(super) fn read(bytes: &[u8]) -> Metadata {
    if bytes.starts_with(b"FUJIFILMCCD-RAW ") {
        return fuji(bytes).unwrap_or_default();
    }
    if bytes.get(4..8) == Some(b"ftyp") {
        return canon(bytes).unwrap_or_default();
    }
    if bytes.starts_with(b"FOVb") {
        return sigma(bytes).unwrap_or_default();
    }
    if let Some(camera) = bytes.strip_prefix(b"\0MRM") {
        return minolta(camera).unwrap_or_default();
    }
    // Canon's CRW has a heap of its own kind.
    if bytes.get(6..14) == Some(b"HEAPCCDR") {
        return preview(bytes).unwrap_or_default();
    }
    tiff(bytes).unwrap_or_default()
}

/// What the largest preview says.
fn preview(bytes: &[u8]) -> Option<Metadata> {
    let previews = previews(bytes);
    let mut read = previews.iter().find_map(|preview| jpeg::exif(preview)).map(exif::read).unwrap_or_default();
    read.shown =
        previews.first().and_then(|preview| jpeg::dimensions(preview)).map(|(w, h)| read.orientation.shown(w, h));
    Some(read)
}

/// Sigma X3F: the size is in the header, the rest in the preview.
fn sigma(bytes: &[u8]) -> Option<Metadata> {
    let mut read = preview(bytes)?;
    let (width, height) = (le32(bytes, 28)?, le32(bytes, 32)?);
    if width > 0 && height > 0 {
        read.shown = Some(read.orientation.shown(width, height));
    }
    Some(read)
}

/// Minolta MRW: blocks, of which one has the size, and one is a TIFF file.
fn minolta(blocks: &[u8]) -> Option<Metadata> {
    let mut rest = blocks.get(4..)?;
    let (mut size, mut read) = (None, Metadata::default());
    while let Some(length) = be32(rest, 4) {
        let body = rest.get(8..)?;
        let body = &body[..body.len().min(length as usize)];
        match &rest[..4] {
            b"\0PRD" => size = be16(body, 14).zip(be16(body, 12)),
            b"\0TTW" => read = tiff(body).unwrap_or_default(),
            _ => {}
        }
        rest = rest.get(8 + length as usize..)?;
        if size.is_some() && read.facts.make.is_some() {
            break;
        }
    }
    read.shown = size.map(|(width, height)| read.orientation.shown(width.into(), height.into()));
    Some(read)
}

/// TIFF and the formats based on it. The size is that of the largest picture in any directory, or what Exif says.
pub(super) fn tiff(bytes: &[u8]) -> Option<Metadata> {
    let file = TiffFile::open(bytes)?;
    let main = file.first()?;
    let photo = file.sub(&main, tag::EXIF);
    let others = [
        main.bytes(tag::XMP).map(xmp::read),
        main.contents(tag::IPTC).map(iptc::read),
        main.bytes(tag::PHOTOSHOP).map(iptc::in_resources),
        // Panasonic has in its preview what others have beside it.
        main.bytes(tag::PANASONIC_PREVIEW).and_then(jpeg::exif).map(exif::read),
    ];
    let stated = from_ifds(&main, photo.as_ref(), file.sub(&main, tag::GPS).as_ref());
    let mut read = others.into_iter().flatten().fold(stated, Metadata::or);
    let said = photo.as_ref().and_then(|photo| Some((photo.number(tag::PIXEL_X)?, photo.number(tag::PIXEL_Y)?)));
    let size = said.filter(|&(width, height)| width > 0 && height > 0).or_else(|| largest(file, main));
    read.shown = size.map(|(width, height)| read.orientation.shown(width, height));
    Some(read)
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
fn fuji(bytes: &[u8]) -> Option<Metadata> {
    let number = |at: usize| Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?) as usize);
    let (at, length) = (number(84)?, number(88)?);
    let preview = bytes.get(at..at.checked_add(length)?)?;
    let mut read = exif::read(jpeg::exif(preview)?);
    // The preview is of full size in all but the oldest cameras, whose sensors had another size anyway.
    read.shown = jpeg::dimensions(preview).map(|(width, height)| read.orientation.shown(width, height));
    Some(read)
}

/// Canon CR3: `CMT1`, `CMT2` and `CMT4` are the three directories, each a TIFF file in itself.
fn canon(bytes: &[u8]) -> Option<Metadata> {
    let boxes = super::heif::child(bytes, b"moov")?;
    let metadata = super::heif::child(boxes, b"uuid")?.strip_prefix(&CANON)?;
    let directory = |name: &[u8; 4]| TiffFile::open(super::heif::child(metadata, name)?)?.first();
    let (main, photo, place) = (directory(b"CMT1")?, directory(b"CMT2"), directory(b"CMT4"));
    let mut read = from_ifds(&main, photo.as_ref(), place.as_ref());
    let size = Some((main.number(tag::IMAGE_WIDTH)?, main.number(tag::IMAGE_HEIGHT)?));
    read.shown = size.map(|(width, height)| read.orientation.shown(width, height));
    Some(read)
}

/// How a page of a TIFF is to be turned.
pub(super) fn orientation(bytes: &[u8], page: u32) -> Orientation {
    let stated = TiffFile::open(bytes).and_then(|file| file.page(page)?.number(tag::ORIENTATION));
    Orientation::from_exif(stated.unwrap_or(1))
}

/// How many pages a TIFF has.
pub(super) fn pages(bytes: &[u8]) -> Option<u32> {
    u32::try_from(TiffFile::open(bytes)?.pages().count()).ok()
}
