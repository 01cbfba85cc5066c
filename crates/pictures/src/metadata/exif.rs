//! Exif (CIPA DC-008; TIFF/EP, ISO 12234-2): what its directories state. Each tag is read for itself: a broken one loses no
//! other.

use account_api::{DateSource, Facts};

use super::date;
use super::film;
use super::ifd::{Ifd, TiffFile, tag};
use super::stated::{Date, Metadata, possible};
use crate::orientation::Orientation;

/// Reads an Exif block: a TIFF file in itself, sometimes with the JPEG prefix where it has no place.
pub(super) fn read(exif: &[u8]) -> Metadata {
    let exif = exif.strip_prefix(b"Exif\0\0").unwrap_or(exif);
    let Some(file) = TiffFile::open(exif) else { return Metadata::default() };
    let Some(main) = file.first() else { return Metadata::default() };
    let photo = file.sub(&main, tag::EXIF);
    let place = file.sub(&main, tag::GPS);
    let mut read = from_ifds(&main, photo.as_ref(), place.as_ref());
    let other = || photo.as_ref().and_then(|photo| file.sub(photo, tag::INTEROPERABILITY)?.text(1));
    read.facts.film = film::by_exif(file);
    if read.facts.colour_space.is_none() && other().as_deref() == Some("R03") {
        read.facts.colour_space = Some("Adobe RGB".to_owned());
    }
    read
}

/// Reads the three directories that matter here.
pub(super) fn from_ifds(main: &Ifd, photo: Option<&Ifd>, place: Option<&Ifd>) -> Metadata {
    // TIFF/EP has in the main directory what Exif has in one of its own.
    let ifds = || photo.into_iter().chain([main]);
    let value = |tag| ifds().find_map(|ifd| ifd.values(tag, 1).first().copied()).filter(|value| value.is_finite());
    let text = |tag| ifds().find_map(|ifd| ifd.text(tag));
    let measure = |tag| value(tag).filter(|value| *value > 0.0);
    // APEX values (Exif, annex C): logarithms to base 2.
    let exposure = || value(tag::SHUTTER_SPEED).map(|apex| (-apex).exp2());
    let f_number = || value(tag::APERTURE).map(|apex| (apex / 2.0).exp2());
    let (latitude, longitude) = place.and_then(position).unzip();
    let orientation = main.number(tag::ORIENTATION).filter(|number| (1..=8).contains(number));
    Metadata {
        orientation: Orientation::from_exif(orientation.unwrap_or(1)),
        date: date(main, photo),
        facts: Facts {
            make: main.text(tag::MAKE),
            model: main.text(tag::MODEL),
            lens: text(tag::LENS_MODEL).filter(|lens| is_lens(lens)).or_else(|| lens_range(main, photo)),
            focal_length_mm: measure(tag::FOCAL_LENGTH).map(rounded),
            focal_length_35mm: measure(tag::FOCAL_LENGTH_35MM).map(rounded),
            f_number: measure(tag::F_NUMBER).or_else(f_number).map(rounded),
            exposure_seconds: measure(tag::EXPOSURE_TIME).or_else(exposure).map(rounded),
            iso: iso(&value),
            latitude,
            longitude,
            altitude_metres: place.and_then(altitude),
            colour_space: photo.and_then(|photo| colour_space(photo.number(tag::COLOUR_SPACE)?)),
            orientation: orientation.map(|number| number as u8),
            ..Facts::default()
        },
        shown: None,
    }
}

/// When the picture was taken, else when it was digitised, else when the file was changed: what cameras and scanners write
/// that know no other date.
fn date(main: &Ifd, photo: Option<&Ifd>) -> Option<Date> {
    let read = |ifd: &Ifd, date: u16, offset: u16| {
        let stated = photo.and_then(|photo| photo.text(offset));
        date::with_offset(&ifd.text(date)?, stated.as_deref())
    };
    let taken = photo.and_then(|photo| {
        read(photo, tag::DATE_ORIGINAL, tag::OFFSET_ORIGINAL)
            .or_else(|| read(photo, tag::DATE_DIGITISED, tag::OFFSET_DIGITISED))
    });
    let taken = taken.or_else(|| read(main, tag::DATE_ORIGINAL, tag::OFFSET_ORIGINAL));
    let taken = taken.map(|at| Date { at, source: DateSource::Exif, is_taken: true });
    taken.or_else(|| {
        let at = read(main, tag::DATE_CHANGED, tag::OFFSET_CHANGED)?;
        Some(Date { at, source: DateSource::Exif, is_taken: false })
    })
}

/// What cameras write where they don't know the lens.
fn is_lens(text: &str) -> bool {
    let unknown = ["unknown", "none", "n/a", "0.0 mm f/0.0", "0 mm f/0"];
    text.chars().any(char::is_alphanumeric) && !unknown.iter().any(|nothing| text.eq_ignore_ascii_case(nothing))
}

/// `24-70 mm f/2.8`, from the ends of the ranges that the lens has.
fn lens_range(main: &Ifd, photo: Option<&Ifd>) -> Option<String> {
    let photos = photo.map(|photo| photo.values(tag::LENS_RANGE, 4)).filter(|range| range.len() >= 2);
    let range = photos.unwrap_or_else(|| main.values(tag::DNG_LENS_INFO, 4));
    let span = |from: f64, to: f64| {
        let (from, to) = (rounded(from), rounded(to));
        if from == to || to <= 0.0 { from.to_string() } else { format!("{from}-{to}") }
    };
    let &[from, to, ref apertures @ ..] = range.as_slice() else { return None };
    let known = |value: f64| value.is_finite() && value > 0.0;
    let aperture = match apertures {
        &[wide, long] if known(wide) => format!(" f/{}", span(wide, long)),
        _ => String::new(),
    };
    known(from).then(|| format!("{} mm{aperture}", span(from, to)))
}

/// Where the number is too large for its tag (65,535), others have it.
fn iso(value: &impl Fn(u16) -> Option<f64>) -> Option<u32> {
    let tags = [tag::ISO, tag::RECOMMENDED_EXPOSURE_INDEX, tag::STANDARD_OUTPUT_SENSITIVITY, tag::ISO_SPEED];
    let mut known = tags.into_iter().filter_map(value).filter(|iso| *iso >= 1.0 && *iso < f64::from(u32::MAX));
    let first = known.next()?;
    let iso = if first == 65_535.0 { known.next().unwrap_or(first) } else { first };
    Some(iso.round() as u32)
}

fn colour_space(number: u32) -> Option<String> {
    match number {
        1 => Some("sRGB".to_owned()),
        // Not in Exif itself, and written all the same.
        2 => Some("Adobe RGB".to_owned()),
        _ => None,
    }
}

/// Latitude and longitude in degrees; north and east are positive.
fn position(place: &Ifd) -> Option<(f64, f64)> {
    let latitude = degrees(place, tag::LATITUDE, tag::LATITUDE_REF, "S")?;
    let longitude = degrees(place, tag::LONGITUDE, tag::LONGITUDE_REF, "W")?;
    possible(latitude, longitude)
}

fn degrees(place: &Ifd, value: u16, reference: u16, negative: &str) -> Option<f64> {
    let parts = place.values(value, 3);
    let degrees = parts.iter().zip([1.0, 60.0, 3600.0]).map(|(part, unit)| part / unit).sum::<f64>();
    if parts.is_empty() || !degrees.is_finite() {
        return None;
    }
    let sign = if place.text(reference).is_some_and(|text| text.eq_ignore_ascii_case(negative)) { -1.0 } else { 1.0 };
    Some(degrees * sign)
}

fn altitude(place: &Ifd) -> Option<f64> {
    let metres = place.values(tag::ALTITUDE, 1).first().copied().filter(|metres| metres.is_finite())?;
    let below = place.number(tag::ALTITUDE_REF) == Some(1);
    Some(rounded(if below { -metres } else { metres }))
}

/// To six digits: more than cameras know, and the same number wherever it is written and read.
pub(super) fn rounded(value: f64) -> f64 {
    format!("{value:.5e}").parse().unwrap_or(value)
}
