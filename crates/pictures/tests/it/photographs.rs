//! Real photographs: phones and cameras, GPS, HEIC, TIFF, HDR, and metadata that is broken in many ways.

use pictures::Format::{self, Heic, Jpeg, Tiff};

use crate::files::{look, photographs};

struct Expected {
    name: &'static str,
    format: Format,
    size: (u32, u32),
    taken_at: Option<&'static str>,
    camera: Option<&'static str>,
    gps: Option<(f64, f64)>,
}

const fn photo(
    name: &'static str,
    format: Format,
    size: (u32, u32),
    taken_at: Option<&'static str>,
    camera: Option<&'static str>,
    gps: Option<(f64, f64)>,
) -> Expected {
    Expected { name, format, size, taken_at, camera, gps }
}

/// Sizes as ImageMagick tells them after turning; dates, cameras and places as ExifTool tells them: where nothing says when it was taken, the
/// date of creation or change that the file states.
#[rustfmt::skip]
const CAMERA: &[Expected] = &[
    photo("28-hex_value.jpg", Jpeg, (1704, 2272), Some("2008-08-21T14:53:03"), Some("Canon DIGITAL IXUS 40"), None),
    photo("36-memory_error.jpg", Jpeg, (1600, 1200), Some("2002-04-21T00:30:33"), Some("CASIO EX-M2"), None),
    photo("42_IndexError.jpg", Jpeg, (4032, 3024), Some("2014-08-23T13:05:43"), Some("OLYMPUS E-P3"), None),
    photo("45-gps_ifd.jpg", Jpeg, (1600, 900), Some("2012-06-23T06:55:49"), Some("Polyphony Digital Gran Turismo 5"), None),
    photo("67-0_length_string.jpg", Jpeg, (4032, 2012), Some("2016-09-12T10:05:31"), Some("samsung SM-G930F"), Some((51.025, 7.591944))),
    photo("87_OSError.jpg", Jpeg, (1488, 2240), Some("2005-12-14T14:39:47"), Some("NIKON D70s"), Some((43.785594, 11.234619))),
    photo("BSG1.tiff", Tiff, (635, 348), None, None, None),
    photo("BlueSquare.jpg", Jpeg, (360, 216), Some("2005-09-07T15:07:40-07:00"), None, None),
    photo("DSCN0010.jpg", Jpeg, (640, 480), Some("2008-10-22T16:28:39"), Some("NIKON COOLPIX P6000"), Some((43.467448, 11.885127))),
    photo("DSCN0012.jpg", Jpeg, (640, 480), Some("2008-10-22T16:29:49"), Some("NIKON COOLPIX P6000"), Some((43.467157, 11.885395))),
    photo("DSCN0021.jpg", Jpeg, (640, 480), Some("2008-10-22T16:38:20"), Some("NIKON COOLPIX P6000"), Some((43.467082, 11.884538))),
    photo("DSCN0025.jpg", Jpeg, (640, 480), Some("2008-10-22T16:43:21"), Some("NIKON COOLPIX P6000"), Some((43.468365, 11.881635))),
    photo("DSCN0042.jpg", Jpeg, (640, 480), Some("2008-10-22T17:00:07"), Some("NIKON COOLPIX P6000"), Some((43.464455, 11.881478))),
    photo("DudleyLeavittUtah.tiff", Tiff, (196, 257), Some("2009-09-26T01:11:52"), None, None),
    photo("HMD_Nokia_8.3_5G.jpg", Jpeg, (4608, 1976), Some("2022-08-14T14:12:31+03:00"), Some("HMD Global Nokia 8.3 5G"), Some((60.146706, 24.906772))),
    photo("IMG_5195.HEIC", Heic, (2566, 3313), Some("2021-04-11T15:47:53-05:00"), Some("Apple iPhone 11 Pro Max"), Some((39.051344, -94.288772))),
    photo("canon_hdr_NO.jpg", Jpeg, (1536, 2048), Some("2015-02-09T22:47:44"), Some("Canon PowerShot SX60 HS"), None),
    photo("fujifilm-dx10.jpg", Jpeg, (1024, 768), Some("2001-04-12T20:33:14"), Some("FUJIFILM DX-10"), None),
    photo("image00971.jpg", Jpeg, (636, 227), Some("2010-04-13T09:37:22+02:00"), None, None),
    photo("image01088.jpg", Jpeg, (425, 120), Some("2010-04-13T09:37:22+02:00"), None, None),
    photo("image01551.jpg", Jpeg, (61, 58), Some("2011-09-23T12:43:03+00:00"), None, None),
    photo("image02206.jpg", Jpeg, (65, 65), Some("2009-08-04T10:35:03+00:00"), None, None),
    photo("iphone_13_pro_max.HEIC", Heic, (3024, 4032), Some("2022-02-16T12:55:41+01:00"), Some("Apple iPhone 13 Pro Max"), None),
    photo("iphone_hdr_YES.jpg", Jpeg, (3264, 2448), Some("2015-04-10T20:12:23"), Some("Apple iPhone 6"), Some((40.446972, -3.724753))),
    photo("jolla.jpg", Jpeg, (3264, 2448), Some("2014-09-21T16:00:56"), Some("Jolla"), None),
    photo("samplefilehub.heif", Heic, (640, 426), None, None, None),
];

/// Kept, with a remark. libjpeg says of it: "premature end of data segment", "found marker 0x9f instead of RST4".
const DAMAGED: (&str, &str) = ("corrupted.jpg", "The picture is damaged from 11 % of its height on.");

#[test]
fn every_photograph_is_taken_and_known() {
    let Some(folder) = photographs("camera") else { return };
    let mut names: Vec<String> =
        std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    for name in names {
        let bytes = std::fs::read(folder.join(&name)).unwrap();
        let result = look(&bytes);
        if name == DAMAGED.0 {
            let picture = result.unwrap();
            assert_eq!(picture.remark.unwrap().to_string(), DAMAGED.1);
            assert!(picture.thumbnail.is_some());
            continue;
        }
        let Some(expected) = CAMERA.iter().find(|expected| expected.name == name) else { continue };
        let picture = result.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(picture.format, expected.format, "{name}");
        assert_eq!(picture.remark, None, "{name}");
        assert_eq!(picture.width.zip(picture.height), Some(expected.size), "{name}");
        assert_eq!(picture.taken_at.as_deref(), expected.taken_at, "{name}");
        assert_eq!(picture.camera.as_deref(), expected.camera, "{name}");
        match (picture.facts.latitude.zip(picture.facts.longitude), expected.gps) {
            (Some(found), Some(expected)) => {
                assert!(
                    (found.0 - expected.0).abs() < 1e-5 && (found.1 - expected.1).abs() < 1e-5,
                    "{name}: {found:?}"
                );
            }
            (found, expected) => assert_eq!(found, expected, "{name}"),
        }
        let Some(small) = picture.thumbnail else {
            assert_eq!(expected.format, Heic, "{name} has no thumbnail");
            continue;
        };
        let (width, height) = expected.size;
        let longest = f64::from(width.max(height)).min(512.0) / f64::from(width.max(height));
        let scaled = |side: u32| (f64::from(side) * longest).round() as u32;
        assert_eq!((small.width, small.height), (scaled(width), scaled(height)), "{name}");
    }
}

/// What another reader of Exif finds is found here, too.
#[test]
fn facts_agree_with_another_reader() {
    use exif::{In, Tag, Value};
    let Some(folder) = photographs("camera") else { return };
    let mut compared = 0;
    for entry in std::fs::read_dir(&folder).unwrap() {
        let (name, bytes) = (entry.as_ref().unwrap().file_name(), std::fs::read(entry.unwrap().path()).unwrap());
        let mut reader = exif::Reader::new();
        reader.continue_on_error(true);
        let read = reader.read_from_container(&mut std::io::Cursor::new(&bytes));
        let Ok(exif) = read.or_else(|error| error.distill_partial_result(|_| {})) else { continue };
        let Ok(picture) = look(&bytes) else { continue };
        let number = |tag| match &exif.get_field(tag, In::PRIMARY)?.value {
            Value::Rational(values) => values.first().map(|value| value.to_f64()),
            Value::Short(values) => values.first().map(|value| f64::from(*value)),
            _ => None,
        };
        let text = |tag| match &exif.get_field(tag, In::PRIMARY)?.value {
            Value::Ascii(lines) => Some(String::from_utf8_lossy(lines.first()?).trim().to_owned()),
            _ => None,
        };
        let facts = picture.facts;
        let pairs = [
            (number(Tag::FNumber), facts.f_number),
            (number(Tag::ExposureTime), facts.exposure_seconds),
            (number(Tag::FocalLength), facts.focal_length_mm),
            (number(Tag::FocalLengthIn35mmFilm), facts.focal_length_35mm),
            (number(Tag::PhotographicSensitivity), facts.iso.map(f64::from)),
            (number(Tag::Orientation), facts.orientation.map(f64::from)),
        ];
        for (at, (theirs, ours)) in pairs.into_iter().enumerate() {
            let Some(theirs) = theirs.filter(|value| value.is_finite() && *value > 0.0) else { continue };
            let ours = ours.unwrap_or_else(|| panic!("{name:?}: {at} is {theirs}"));
            assert!((theirs - ours).abs() <= theirs * 1e-5, "{name:?}: {at} is {theirs}, not {ours}");
            compared += 1;
        }
        for (theirs, ours) in [(text(Tag::Make), facts.make), (text(Tag::LensModel), facts.lens)] {
            let Some(theirs) = theirs.filter(|text| !text.is_empty()) else { continue };
            assert_eq!(Some(theirs.split_whitespace().collect::<Vec<_>>().join(" ")), ours, "{name:?}");
            compared += 1;
        }
    }
    assert!(compared > 50, "{compared}");
}

/// The thumbnails show what a whole decode by another decoder shows.
#[test]
fn thumbnails_agree_with_another_decoder() {
    let Some(folder) = photographs("camera") else { return };
    for expected in CAMERA.iter().filter(|expected| expected.format == Jpeg && expected.name != "canon_hdr_NO.jpg") {
        let bytes = std::fs::read(folder.join(expected.name)).unwrap();
        let small = crate::files::thumbnail(&bytes);
        let whole = image::load_from_memory_with_format(&bytes, image::ImageFormat::Jpeg).unwrap().to_rgb8();
        let reduced =
            image::imageops::resize(&whole, small.width(), small.height(), image::imageops::FilterType::Lanczos3);
        let sum: u64 = small.iter().zip(reduced.iter()).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
        let mean = sum as f64 / small.len() as f64;
        // A colour profile and another filter make some difference; a wrong block, shifted colours, or colours at half the
        // resolution would make more.
        assert!(mean < 7.0, "{}: mean difference {mean}", expected.name);
    }
}
