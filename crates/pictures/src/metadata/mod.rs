//! What a picture's file says about it: orientation, date, camera, place. Anything that makes no sense is left out;
//! broken metadata never is a reason to refuse a picture.

mod camera;
mod date;
mod gps;
pub(crate) mod heif;
pub(crate) mod ifd;
mod png;
mod raw;
pub(crate) mod svg;
mod xmp;

use ifd::{Ifd, TiffFile, tag};

use crate::orientation::Orientation;
use crate::{Format, jpeg};

/// What the metadata says.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Facts {
    pub(crate) orientation: Orientation,
    pub(crate) taken_at: Option<String>,
    /// That date says when the picture was taken, rather than when its file was changed.
    pub(crate) date_is_taken: bool,
    pub(crate) camera: Option<String>,
    pub(crate) gps: Option<(f64, f64)>,
    /// Width and height as shown, for pictures whose pixels aren't decoded here.
    pub(crate) shown: Option<(u32, u32)>,
}

/// Reads the metadata of a file.
pub(crate) fn read(bytes: &[u8], format: Format) -> Facts {
    match format {
        Format::Jpeg => {
            let facts = with_xmp(jpeg::exif(bytes).map(from_exif).unwrap_or_default(), jpeg::xmp(bytes));
            let shown = jpeg::dimensions(bytes).map(|(width, height)| facts.orientation.shown(width, height));
            Facts { shown, ..facts }
        }
        Format::Png => png::facts(bytes),
        Format::WebP => {
            let exif = webp_chunk(bytes, b"EXIF").map(from_exif).unwrap_or_default();
            with_xmp(exif, webp_chunk(bytes, b"XMP "))
        }
        Format::Tiff => raw::tiff(bytes).unwrap_or_default(),
        Format::Heic | Format::Avif => heif_facts(bytes),
        Format::Svg => Facts { shown: svg::size(bytes), ..Facts::default() },
        Format::Raw => raw::facts(bytes),
        Format::Gif | Format::Bmp => Facts::default(),
    }
}

/// Reads an Exif block: a TIFF file in itself (CIPA DC-008), sometimes with the JPEG prefix where it has no place.
pub(crate) fn from_exif(exif: &[u8]) -> Facts {
    let exif = exif.strip_prefix(b"Exif\0\0").unwrap_or(exif);
    let Some(file) = TiffFile::open(exif) else { return Facts::default() };
    let Some(main) = file.first() else { return Facts::default() };
    let photo = file.sub(&main, tag::EXIF);
    let place = file.sub(&main, tag::GPS);
    from_ifds(&main, photo.as_ref(), place.as_ref())
}

/// Adds what only an XMP packet says.
fn with_xmp(facts: Facts, packet: Option<&[u8]>) -> Facts {
    if facts.date_is_taken {
        return facts;
    }
    match packet.and_then(xmp::taken_at) {
        Some(taken_at) => Facts { taken_at: Some(taken_at), date_is_taken: true, ..facts },
        None => facts,
    }
}

/// Reads the three directories that matter here.
fn from_ifds(main: &Ifd, photo: Option<&Ifd>, place: Option<&Ifd>) -> Facts {
    let taken_at = photo.and_then(date::taken_at);
    Facts {
        orientation: Orientation::from_exif(main.number(tag::ORIENTATION).unwrap_or(1)),
        date_is_taken: taken_at.is_some(),
        taken_at: taken_at.or_else(|| date::changed_at(main)),
        camera: camera::name(main.text(tag::MAKE), main.text(tag::MODEL)),
        gps: place.and_then(gps::position),
        shown: None,
    }
}

fn heif_facts(bytes: &[u8]) -> Facts {
    let heif = heif::read(bytes);
    let exif = heif.exif.as_deref().map(from_exif).unwrap_or_default();
    // Turning is told by the item's properties; the Exif tag only repeats it (ISO/IEC 23008-12, 6.5.10).
    Facts { orientation: Orientation::default(), shown: heif.size, ..exif }
}

/// A chunk of a WebP, such as `EXIF` and `XMP ` (RFC 9649, 2.7.1.5).
fn webp_chunk<'a>(bytes: &'a [u8], kind: &[u8; 4]) -> Option<&'a [u8]> {
    let mut rest = bytes.get(12..)?;
    loop {
        let size = u32::from_le_bytes(rest.get(4..8)?.try_into().ok()?) as usize;
        let body = rest.get(8..size.checked_add(8)?)?;
        if &rest[..4] == kind {
            return Some(body);
        }
        // Chunks are padded to an even size.
        rest = rest.get(8 + size + size % 2..)?;
    }
}
