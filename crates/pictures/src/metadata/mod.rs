//! What a picture's file says about it: how it lies, when, with what and where it was taken. Anything that makes no sense is
//! left out; broken metadata never is a reason to refuse a picture.
//!
//! **A further fact** is a field of [`account_api::Facts`] and its reading in [`exif`] and [`xmp`].

mod camera;
pub(crate) mod colours;
mod date;
mod exif;
mod film;
mod gif;
pub(crate) mod heif;
pub(crate) mod ifd;
mod iptc;
mod png;
pub(crate) mod previews;
mod raw;
mod stated;
pub(crate) mod svg;
mod xmp;

use account_api::Facts;

use crate::orientation::Orientation;
use crate::{Format, header};
use stated::Metadata;

/// Reads the metadata of a file.
pub(crate) fn read(bytes: &[u8], format: Format) -> Metadata {
    match format {
        Format::Jpeg => jpeg_metadata(bytes),
        Format::Png => png::read(bytes),
        Format::WebP => webp(bytes),
        Format::Gif => gif::read(bytes),
        Format::Tiff => with_frames(raw::tiff(bytes).unwrap_or_default(), raw::pages(bytes)),
        Format::Heic | Format::Avif => heif_metadata(bytes),
        Format::Svg => Metadata { shown: svg::size(bytes), ..Metadata::default() },
        Format::Raw => raw::read(bytes),
        Format::Psd => psd(bytes),
        Format::Jxl | Format::Jp2 => boxed(bytes, format),
        Format::Bmp => Metadata::default(),
        // Formats that have no metadata, or none that anybody writes.
        Format::Ico
        | Format::Tga
        | Format::Pcx
        | Format::Pnm
        | Format::Qoi
        | Format::Dds
        | Format::Hdr
        | Format::Exr
        | Format::Eps => Metadata { shown: header::size(bytes, format), ..Metadata::default() },
    }
}

/// How many pages a file has that can be turned.
pub(crate) fn pages(bytes: &[u8], format: Format) -> u32 {
    let pages = if format == Format::Tiff { raw::pages(bytes) } else { None };
    pages.unwrap_or(1).max(1)
}

/// How a page is to be turned.
pub(crate) fn orientation(bytes: &[u8], format: Format, page: u32) -> Orientation {
    if page == 0 { read(bytes, format).orientation } else { raw::orientation(bytes, page) }
}

fn with_frames(mut read: Metadata, frames: Option<u32>) -> Metadata {
    read.facts.frames = frames;
    read
}

fn jpeg_metadata(bytes: &[u8]) -> Metadata {
    let read = jpeg::exif(bytes).map(exif::read).unwrap_or_default();
    let others = [jpeg::xmp(bytes).map(xmp::read), jpeg::photoshop(bytes).map(iptc::in_resources)];
    let read = others.into_iter().flatten().fold(read, Metadata::or);
    let shown = jpeg::dimensions(bytes).map(|(width, height)| read.orientation.shown(width, height));
    let film = film::behind_jpeg(bytes).or(read.facts.film);
    Metadata { shown, facts: Facts { film, ..read.facts }, ..read }
}

/// Photoshop's image resources: Exif, XMP, IPTC. The pixels are never turned.
fn psd(bytes: &[u8]) -> Metadata {
    let Some(header) = header::psd::Header::read(bytes) else { return Metadata::default() };
    let resources = header::psd::parts(bytes, &header).resources;
    let of = |number: u16| header::psd::resource(resources, number);
    let others = [of(1058).map(exif::read), of(1060).map(xmp::read), of(1028).map(iptc::read)];
    let read = others.into_iter().flatten().fold(Metadata::default(), Metadata::or);
    Metadata { shown: Some((header.width, header.height)), ..read }
}

/// JPEG XL and JPEG 2000: boxes beside the codestream, which itself says how it lies.
fn boxed(bytes: &[u8], format: Format) -> Metadata {
    const XMP: [u8; 16] =
        [0xBE, 0x7A, 0xCF, 0xCB, 0x97, 0xA9, 0x42, 0xE8, 0x9C, 0x71, 0x99, 0x94, 0x91, 0xE3, 0xAF, 0xAC];
    let mut read = Metadata::default();
    for (kind, body) in heif::boxes_of(bytes) {
        let other = match kind {
            // The offset of the TIFF header comes first.
            b"Exif" => body.get(4..).map(exif::read),
            b"xml " => Some(xmp::read(body)),
            b"uuid" => body
                .strip_prefix(&XMP)
                .map(xmp::read)
                .or_else(|| body.strip_prefix(b"JpgTiffExif->JP2").map(exif::read)),
            _ => None,
        };
        read = other.into_iter().fold(read, Metadata::or);
    }
    Metadata { shown: header::size(bytes, format), ..read }
}

fn heif_metadata(bytes: &[u8]) -> Metadata {
    let heif = heif::read(bytes);
    let film = film::in_heif(bytes);
    let colours = Facts { colour_space: heif.colours, frames: heif.frames, film, ..Facts::default() };
    let exif = heif.exif.as_deref().map(exif::read).unwrap_or_default();
    let read = heif.xmp.as_deref().map(xmp::read).into_iter().fold(exif, Metadata::or);
    // Turning is told by the item's properties; the Exif tag only repeats it (ISO/IEC 23008-12, 6.5.10).
    Metadata { orientation: Orientation::default(), shown: heif.size, facts: colours.or(read.facts), ..read }
}

/// The chunks of a WebP (RFC 9649, 2.7) that aren't pixels.
fn webp(bytes: &[u8]) -> Metadata {
    let (mut exif, mut xmp, mut frames) = (None, None, 0);
    let mut rest = bytes.get(12..).unwrap_or_default();
    while let Some((kind, size)) = rest.get(..4).zip(rest.get(4..8).and_then(|size| size.first_chunk::<4>())) {
        let size = u32::from_le_bytes(*size) as usize;
        let Some(body) = size.checked_add(8).and_then(|end| rest.get(8..end)) else { break };
        match kind {
            b"EXIF" => exif = exif.or_else(|| Some(exif::read(body))),
            b"XMP " => xmp = xmp.or_else(|| Some(xmp::read(body))),
            b"ANMF" => frames += 1,
            _ => {}
        }
        // Chunks are padded to an even size.
        rest = rest.get(8 + size + size % 2..).unwrap_or_default();
    }
    let exif = exif.unwrap_or_default();
    with_frames(xmp.into_iter().fold(exif, Metadata::or), Some(frames))
}
