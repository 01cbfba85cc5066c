//! JPEGs as cameras write them: orientation, position and date in EXIF metadata.
//!
//! Source: CIPA DC-008 (Exif 2.32), TIFF 6.0.

use image::metadata::Orientation;
use image::{DynamicImage, Rgb, RgbImage};

use super::raster::encode_jpeg;

/// The colours of the quarters of [`jpeg_with_exif`]'s picture when it is shown upright: top left, top right, bottom
/// left, bottom right.
pub const CORNERS: [[u8; 3]; 4] = [[220, 30, 30], [30, 180, 30], [30, 30, 220], [240, 240, 240]];

/// A JPEG that is 80 pixels wide, 60 high and has [`CORNERS`] when shown as its orientation (1 to 8) says.
///
/// `gps` is latitude and longitude in degrees; `date` is the moment of taking as EXIF writes it,
/// `YYYY:MM:DD HH:MM:SS`.
///
/// # Panics
/// When the orientation isn't between 1 and 8.
pub fn jpeg_with_exif(orientation: u8, gps: Option<(f64, f64)>, date: Option<&str>) -> Vec<u8> {
    let upright = RgbImage::from_fn(80, 60, |x, y| Rgb(CORNERS[usize::from(x >= 40) + 2 * usize::from(y >= 30)]));
    let shown = Orientation::from_exif(orientation).expect("EXIF orientations are 1 to 8");
    // Undoes what a viewer will do; all but the quarter turns undo themselves.
    let undo = match shown {
        Orientation::Rotate90 => Orientation::Rotate270,
        Orientation::Rotate270 => Orientation::Rotate90,
        other => other,
    };
    let mut stored = DynamicImage::from(upright);
    stored.apply_orientation(undo);
    insert_exif(encode_jpeg(&stored.to_rgb8()), &exif(orientation, gps, date))
}

/// Puts an APP1 segment right after the start of a JPEG.
fn insert_exif(jpeg: Vec<u8>, tiff: &[u8]) -> Vec<u8> {
    let length = u16::try_from(2 + 6 + tiff.len()).expect("shorter than 64 KiB");
    let mut bytes = jpeg[..2].to_vec();
    bytes.extend([0xFF, 0xE1]);
    bytes.extend(length.to_be_bytes());
    bytes.extend(b"Exif\0\0");
    bytes.extend(tiff);
    bytes.extend(&jpeg[2..]);
    bytes
}

/// A value of a TIFF directory.
pub(super) enum Value {
    Byte(Vec<u8>),
    Ascii(String),
    Short(u16),
    Long(u32),
    Rational(Vec<(u32, u32)>),
}

impl Value {
    /// Type code, number of values, bytes (little-endian).
    fn parts(&self) -> (u16, u32, Vec<u8>) {
        match self {
            Value::Byte(bytes) => (1, bytes.len() as u32, bytes.clone()),
            Value::Ascii(text) => (2, text.len() as u32 + 1, [text.as_bytes(), &[0]].concat()),
            Value::Short(number) => (3, 1, number.to_le_bytes().to_vec()),
            Value::Long(number) => (4, 1, number.to_le_bytes().to_vec()),
            Value::Rational(numbers) => {
                let bytes = numbers.iter().flat_map(|(over, under)| [over.to_le_bytes(), under.to_le_bytes()]);
                (5, numbers.len() as u32, bytes.flatten().collect())
            }
        }
    }
}

/// One image file directory at `offset` of the file, its larger values right after it. Entries must be in tag order.
pub(super) fn directory(offset: usize, entries: &[(u16, Value)]) -> Vec<u8> {
    let mut bytes = (entries.len() as u16).to_le_bytes().to_vec();
    let mut values = Vec::new();
    let values_at = offset + 2 + 12 * entries.len() + 4;
    for (tag, value) in entries {
        let (kind, count, mut data) = value.parts();
        bytes.extend(tag.to_le_bytes());
        bytes.extend(kind.to_le_bytes());
        bytes.extend(count.to_le_bytes());
        if data.len() <= 4 {
            data.resize(4, 0);
            bytes.extend(data);
        } else {
            bytes.extend(((values_at + values.len()) as u32).to_le_bytes());
            // Values begin at even offsets.
            data.resize(data.len().next_multiple_of(2), 0);
            values.extend(data);
        }
    }
    bytes.extend([0; 4]);
    bytes.extend(values);
    bytes
}

fn exif(orientation: u8, gps: Option<(f64, f64)>, date: Option<&str>) -> Vec<u8> {
    let main = |exif_at: u32, gps_at: u32| {
        let mut entries = vec![
            (0x010F, Value::Ascii("Testkit".to_owned())),
            (0x0110, Value::Ascii("Camera 1".to_owned())),
            (0x0112, Value::Short(u16::from(orientation))),
            (0x8769, Value::Long(exif_at)),
        ];
        if gps.is_some() {
            entries.push((0x8825, Value::Long(gps_at)));
        }
        directory(8, &entries)
    };
    let exif_at = 8 + main(0, 0).len();
    let mut details = vec![(0x829A, Value::Rational(vec![(1, 250)])), (0x829D, Value::Rational(vec![(28, 10)]))];
    if let Some(date) = date {
        details.push((0x9003, Value::Ascii(date.to_owned())));
    }
    let details = directory(exif_at, &details);
    let gps_at = exif_at + details.len();
    let mut bytes = b"II*\0\x08\0\0\0".to_vec();
    bytes.extend(main(exif_at as u32, gps_at as u32));
    bytes.extend(details);
    if let Some((latitude, longitude)) = gps {
        let side = |degrees: f64, positive: &str, negative: &str| {
            Value::Ascii(if degrees < 0.0 { negative } else { positive }.to_owned())
        };
        let entries = [
            (0, Value::Byte(vec![2, 3, 0, 0])),
            (1, side(latitude, "N", "S")),
            (2, degrees(latitude)),
            (3, side(longitude, "E", "W")),
            (4, degrees(longitude)),
        ];
        bytes.extend(directory(gps_at, &entries));
    }
    bytes
}

/// Degrees, minutes, seconds.
fn degrees(value: f64) -> Value {
    let value = value.abs();
    let minutes = value.fract() * 60.0;
    let seconds = minutes.fract() * 60.0;
    Value::Rational(vec![
        (value.trunc() as u32, 1),
        (minutes.trunc() as u32, 1),
        ((seconds * 10_000.0).round() as u32, 10_000),
    ])
}
