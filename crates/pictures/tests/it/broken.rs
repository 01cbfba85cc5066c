//! What is refused, and in which words.

use pictures::{Breakage, Format, PictureError};
use rstest::rstest;

use crate::files::{fixture, fixtures, look, photographs, with_segment};

fn breakage(bytes: &[u8]) -> Breakage {
    match look(bytes) {
        Err(PictureError::Broken { reason, .. }) => reason,
        other => panic!("not broken: {other:?}"),
    }
}

#[rstest]
#[case(b"", "empty")]
#[case(b"Hello, this is a text that somebody named photo.jpg.\n", "not_a_picture")]
#[case(b"<!DOCTYPE html><html><body><svg width=\"9\" height=\"9\"></svg></body></html>", "not_a_picture")]
#[case(b"BMW is a maker of cars, and this is a text about them, of some length.", "not_a_picture")]
#[case(b"PK\x03\x04 a zip archive \0\0\0\0\0\0\0\0\0\0", "not_a_picture")]
#[case(b"\0\0\0\x18ftypisom\0\0\x02\0isomiso2mp41", "not_a_picture")]
#[case(b"%PDF-1.7\n%\xE2\xE3\xCF\xD3", "not_a_picture")]
#[case(&[0; 4096], "not_a_picture")]
fn what_is_no_picture(#[case] bytes: &[u8], #[case] code: &str) {
    assert_eq!(look(bytes).unwrap_err().code(), code);
}

#[test]
fn sentences_are_true_and_whole() {
    let jpeg = fixture("jpeg-420.jpg");
    assert_eq!(
        look(&jpeg[..jpeg.len() - 100]).unwrap_err().to_string().split(';').next().unwrap(),
        "This JPEG file is broken: its end is missing, as after an interrupted copy or download"
    );
    assert_eq!(look(b"").unwrap_err().to_string(), "The file is empty (0 bytes).");
    let errors = [look(b"").unwrap_err(), look(b"x").unwrap_err(), look(&jpeg[..300]).unwrap_err()];
    for error in errors {
        let sentence = error.to_string();
        assert!(sentence.ends_with('.') && sentence.chars().next().unwrap().is_uppercase(), "{sentence}");
    }
}

#[test]
fn a_jpeg_with_only_a_header() {
    let jpeg = fixture("jpeg-420.jpg");
    assert_eq!(breakage(b"\xFF\xD8\xFF\xE0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0"), Breakage::NoPixels);
    assert_eq!(breakage(b"\xFF\xD8\xFF\xD9"), Breakage::NoPixels);
    let scan = jpeg.windows(2).position(|pair| pair == [0xFF, 0xDA]).unwrap();
    assert_eq!(breakage(&jpeg[..scan]), Breakage::NoPixels);
}

/// A cut is noticed wherever it is, whatever the coding.
#[test]
fn a_cut_off_end_is_noticed() {
    for name in fixtures() {
        let bytes = fixture(&name);
        let needed = match name.rsplit_once('.').unwrap().1 {
            // Its end mark alone carries no pixels: that picture is whole.
            "jpg" if name.contains("progressive") => bytes.len(),
            "jpg" => bytes.len() - 2,
            // Many GIFs end without their end mark.
            "gif" => bytes.len() - 1,
            // Directories may stand anywhere, and the last bytes may be a resolution that nobody needs.
            "tif" => bytes.len() / 2,
            // ImageMagick adds two bytes to bitmaps, and run lengths have an end mark.
            "bmp" => bytes.len() - 4,
            _ => bytes.len(),
        };
        if name == "jpeg-arithmetic.jpg" {
            continue;
        }
        for length in (1..needed).rev().step_by(1 + needed / 150) {
            let result = look(&bytes[..length]);
            assert!(result.is_err(), "{name}: cut to {length} of {} bytes and taken", bytes.len());
        }
    }
}

#[rstest]
#[case("jpeg-420.jpg")]
#[case("jpeg-restarts.jpg")]
#[case("grey-jpeg.jpg")]
fn how_much_is_there_is_told(#[case] name: &str) {
    let bytes = fixture(name);
    let scan = bytes.windows(2).position(|pair| pair == [0xFF, 0xDA]).unwrap() + 14;
    let middle = &bytes[..(scan + bytes.len()) / 2];
    let Breakage::TruncatedAfter { percent } = breakage(middle) else { panic!() };
    assert!((20..=80).contains(&percent), "{percent}");
    // An end mark behind the cut doesn't hide it.
    let closed = [middle, &[0xFF, 0xD9]].concat();
    assert!(matches!(breakage(&closed), Breakage::TruncatedAfter { .. } | Breakage::DamagedAt { .. }));
}

#[test]
fn what_stands_behind_the_end_does_not_matter() {
    for name in fixtures().iter().filter(|name| !name.ends_with(".tif")) {
        let bytes = [&fixture(name)[..], b"MotionPhoto trailer \xFF\xD8\xFF\xE1 \0\0\0\x18ftypmp42"].concat();
        assert!(look(&bytes).is_ok(), "{name}");
    }
    // A second whole picture, as in MPF and gain-map files.
    let jpeg = fixture("jpeg-420.jpg");
    assert!(look(&[&jpeg[..], &jpeg[..]].concat()).is_ok());
}

#[test]
fn a_jpeg_without_its_end_mark_is_whole() {
    let jpeg = fixture("jpeg-420.jpg");
    let without = look(&jpeg[..jpeg.len() - 2]).unwrap();
    assert_eq!(without, look(&jpeg).unwrap());
}

#[test]
fn damage_in_the_middle_is_noticed() {
    let jpeg = fixture("jpeg-restarts.jpg");
    let first_restart = jpeg.windows(2).position(|pair| pair == [0xFF, 0xD0]).unwrap();
    // A restart mark out of order: a piece of the data is missing.
    let mut swapped = jpeg.clone();
    swapped[first_restart + 1] = 0xD3;
    assert!(matches!(breakage(&swapped), Breakage::DamagedAt { .. }));
    let next = first_restart + 2 + jpeg[first_restart + 2..].windows(2).position(|p| p == [0xFF, 0xD1]).unwrap();
    let missing = [&jpeg[..first_restart], &jpeg[next..]].concat();
    assert!(matches!(breakage(&missing), Breakage::DamagedAt { .. }));
}

#[test]
fn a_block_of_zeros_as_disks_and_cards_leave_them_is_noticed() {
    let real = photographs("camera").map(|folder| std::fs::read(folder.join("DSCN0010.jpg")).unwrap());
    for mut jpeg in real.into_iter().chain([grainy()]) {
        let half = jpeg.len() / 2;
        jpeg[half..half + 4096].fill(0);
        assert!(matches!(
            breakage(&jpeg),
            Breakage::DamagedAt { .. } | Breakage::Damaged | Breakage::TruncatedAfter { .. }
        ));
    }
}

/// As full of detail as what a camera takes.
fn grainy() -> Vec<u8> {
    let mut grain = 1_u32;
    let picture = image::RgbImage::from_fn(640, 480, |x, y| {
        grain = grain.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let light = (x / 8 + y / 4) as u8;
        image::Rgb([light, light / 2 + 40, 200 - light / 2].map(|side| side.saturating_add((grain >> 28) as u8)))
    });
    let mut bytes = Vec::new();
    image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, 90).encode_image(&picture).unwrap();
    bytes
}

#[test]
fn checksums_of_a_png_are_compared() {
    let mut png = fixture("scene.png");
    let data = png.windows(4).position(|kind| kind == b"IDAT").unwrap();
    let length = u32::from_be_bytes(png[data - 4..data].try_into().unwrap()) as usize;
    png[data + 4 + length] ^= 1;
    assert_eq!(breakage(&png), Breakage::Checksum);
    // The header's checksum counts as well.
    let mut png = fixture("scene.png");
    png[29] ^= 1;
    assert_eq!(breakage(&png), Breakage::Checksum);
}

#[test]
fn damaged_text_in_a_png_does_not_matter() {
    let png = fixture("scene.png");
    let mut chunk = 14_u32.to_be_bytes().to_vec();
    chunk.extend(b"tEXtComment\0broken");
    chunk.extend([1, 2, 3, 4]);
    let with_text = [&png[..33], &chunk, &png[33..]].concat();
    assert!(look(&with_text).is_ok());
}

#[test]
fn headers_that_lie() {
    let mut jpeg = fixture("jpeg-420.jpg");
    let frame = jpeg.windows(2).position(|pair| pair == [0xFF, 0xC0]).unwrap();
    // Taller than the data is.
    jpeg[frame + 5..frame + 7].copy_from_slice(&960_u16.to_be_bytes());
    assert!(matches!(breakage(&jpeg), Breakage::TruncatedAfter { percent: 0..=10 }));
    jpeg[frame + 5..frame + 7].fill(0);
    assert_eq!(breakage(&jpeg), Breakage::Corrupt);
}

#[test]
fn rows_missing_from_a_bitmap_are_counted() {
    let bmp = fixture("bmp-24.bmp");
    assert!(matches!(breakage(&bmp[..bmp.len() / 2]), Breakage::TruncatedAfter { percent: 45..=55 }));
    assert_eq!(breakage(&bmp[..60]), Breakage::NoPixels);
}

#[test]
fn containers_that_are_not_decoded_are_checked_for_their_end() {
    let mut heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic\0\0\0\x10mdat12345678".to_vec();
    assert!(look(&heic).is_ok());
    heic.truncate(heic.len() - 1);
    assert_eq!(breakage(&heic), Breakage::Truncated);
    assert_eq!(breakage(b"<svg width=\"4\" height=\"4\"><path d=\"M0 0h"), Breakage::Truncated);
}

#[test]
fn broken_metadata_refuses_nothing() {
    let jpeg = fixture("jpeg-420.jpg");
    for exif in [
        &b"Exif\0\0"[..],
        b"Exif\0\0MM\0\x2a\xFF\xFF\xFF\xFF",
        b"Exif\0\0II\x2a\0\x08\0\0\0\xFF\xFF garbage garbage garbage",
        b"Exif\0\0II\x2a\0\x08\0\0\0\x01\0\x69\x87\x04\0\x01\0\0\0\x08\0\0\0\0\0\0\0",
    ] {
        let picture = look(&with_segment(&jpeg, 0xE1, exif)).unwrap();
        assert_eq!((picture.format, picture.width, picture.camera), (Format::Jpeg, Some(64), None));
    }
}
