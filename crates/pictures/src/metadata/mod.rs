//! What a picture's file says about it: orientation, date, camera, place. Anything that makes no sense is left out;
//! broken metadata never is a reason to refuse a picture.

mod camera;
mod date;
mod gps;
pub(crate) mod heif;
pub(crate) mod ifd;
mod raw;
pub(crate) mod svg;

use ifd::{Ifd, TiffFile, tag};

use crate::orientation::Orientation;
use crate::{Format, jpeg};

/// What the metadata says.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Facts {
    pub(crate) orientation: Orientation,
    pub(crate) taken_at: Option<String>,
    pub(crate) camera: Option<String>,
    pub(crate) gps: Option<(f64, f64)>,
    /// Width and height as shown, for pictures whose pixels aren't decoded here.
    pub(crate) shown: Option<(u32, u32)>,
}

/// Reads the metadata of a file.
pub(crate) fn read(bytes: &[u8], format: Format) -> Facts {
    match format {
        Format::Jpeg => {
            let facts = jpeg::exif(bytes).map(from_exif).unwrap_or_default();
            let shown = jpeg::dimensions(bytes).map(|(width, height)| facts.orientation.shown(width, height));
            Facts { shown, ..facts }
        }
        Format::Png => {
            let exif = crate::decode::png_chunks(bytes).find(|(kind, _)| kind == b"eXIf");
            exif.map(|(_, exif)| from_exif(exif)).unwrap_or_default()
        }
        Format::WebP => webp_exif(bytes).map(from_exif).unwrap_or_default(),
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

/// Reads the three directories that matter here.
fn from_ifds(main: &Ifd, photo: Option<&Ifd>, place: Option<&Ifd>) -> Facts {
    Facts {
        orientation: Orientation::from_exif(main.number(tag::ORIENTATION).unwrap_or(1)),
        taken_at: photo.and_then(date::taken_at),
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

/// The `EXIF` chunk of a WebP (RFC 9649, 2.7.1.5).
fn webp_exif(bytes: &[u8]) -> Option<&[u8]> {
    let mut rest = bytes.get(12..)?;
    loop {
        let size = u32::from_le_bytes(rest.get(4..8)?.try_into().ok()?) as usize;
        let body = rest.get(8..size.checked_add(8)?)?;
        if &rest[..4] == b"EXIF" {
            return Some(body);
        }
        // Chunks are padded to an even size.
        rest = rest.get(8 + size + size % 2..)?;
    }
}
