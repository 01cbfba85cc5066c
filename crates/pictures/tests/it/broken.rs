//! What is refused, what is remarked on, and in which words.

use pictures::{Format, Remark};
use rstest::rstest;

use crate::files::{fixture, fixtures, look, photographs, with_segment};

/// What is said of a picture that is kept.
fn remark(bytes: &[u8]) -> Remark {
    look(bytes).unwrap().remark.expect("something is wrong with it")
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
fn sentences_are_whole() {
    let jpeg = fixture("jpeg-420.jpg");
    let missing = Some(7);
    let remarks = [
        remark(&jpeg[..jpeg.len() - 100]),
        remark(&jpeg[..30]),
        Remark::Truncated { missing },
        Remark::Truncated { missing: None },
        Remark::Coarse { missing },
        Remark::Coarse { missing: None },
        Remark::Damaged { from: missing },
        Remark::Damaged { from: None },
        Remark::Checksum,
        Remark::Unreadable { format: Format::Gif },
        Remark::TooLarge { width: 1, height: 2 },
    ];
    let sentences = remarks.map(|remark| remark.to_string());
    let refusals = [look(b"").unwrap_err(), look(b"x").unwrap_err()].map(|error| error.to_string());
    for sentence in sentences.iter().chain(&refusals) {
        assert!(sentence.ends_with('.') && sentence.chars().next().unwrap().is_uppercase(), "{sentence}");
    }
    assert_eq!(refusals[0], "The file is empty (0 bytes).");
    assert_eq!(sentences[2], "The last 7 % are missing, as after an interrupted copy or download.");
}

#[test]
fn a_jpeg_with_only_a_header() {
    let jpeg = fixture("jpeg-420.jpg");
    assert_eq!(remark(b"\xFF\xD8\xFF\xE0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0"), Remark::NoPixels);
    assert_eq!(remark(b"\xFF\xD8\xFF\xD9"), Remark::NoPixels);
    let scan = jpeg.windows(2).position(|pair| pair == [0xFF, 0xDA]).unwrap();
    assert_eq!(remark(&jpeg[..scan]), Remark::NoPixels);
}

/// A cut is noticed wherever it is, whatever the coding; what is left is a picture all the same.
#[test]
fn a_cut_off_end_is_noticed() {
    for name in fixtures() {
        let bytes = fixture(&name);
        let needed = match name.rsplit_once('.').unwrap().1 {
            // Its end mark alone carries no pixels: that picture is whole.
            "jpg" => bytes.len() - 2,
            // Many GIFs end without their end mark.
            "gif" => bytes.len() - 1,
            // Directories may stand anywhere, and the last bytes may be a resolution that nobody needs.
            "tif" => bytes.len() / 2,
            // ImageMagick adds two bytes to bitmaps, and run lengths have an end mark.
            "bmp" => bytes.len() - 4,
            // A chunk with an odd number of bytes is followed by one that means nothing.
            "webp" => bytes.len() - 1,
            _ => bytes.len(),
        };
        if name == "jpeg-arithmetic.jpg" {
            continue;
        }
        for length in (1..needed).rev().step_by(1 + needed / 150) {
            let told = look(&bytes[..length]).map(|picture| picture.remark.is_some());
            // The first bytes alone are no picture yet.
            assert!(told.unwrap_or(length < 64), "{name}: cut to {length} of {} bytes, and nothing said", bytes.len());
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
    let Remark::Truncated { missing: Some(percent) } = remark(middle) else { panic!() };
    assert!((20..=80).contains(&percent), "{percent}");
    // An end mark behind the cut doesn't hide it.
    let closed = [middle, &[0xFF, 0xD9]].concat();
    assert!(matches!(remark(&closed), Remark::Truncated { .. } | Remark::Damaged { .. }));
}

#[test]
fn what_stands_behind_the_end_does_not_matter() {
    for name in fixtures().iter().filter(|name| !name.ends_with(".tif")) {
        let bytes = [&fixture(name)[..], b"MotionPhoto trailer \xFF\xD8\xFF\xE1 \0\0\0\x18ftypmp42"].concat();
        assert_eq!(look(&bytes).unwrap().remark, None, "{name}");
    }
    // A second whole picture, as in MPF and gain-map files.
    let jpeg = fixture("jpeg-420.jpg");
    assert_eq!(look(&[&jpeg[..], &jpeg[..]].concat()).unwrap().remark, None);
}

#[test]
fn a_jpeg_without_its_end_mark_is_whole() {
    for name in ["jpeg-420.jpg", "jpeg-progressive.jpg"] {
        let jpeg = fixture(name);
        let without = look(&jpeg[..jpeg.len() - 2]).unwrap();
        assert_eq!(without, look(&jpeg).unwrap(), "{name}");
    }
}

#[test]
fn damage_in_the_middle_is_noticed() {
    let jpeg = fixture("jpeg-restarts.jpg");
    let first_restart = jpeg.windows(2).position(|pair| pair == [0xFF, 0xD0]).unwrap();
    // A restart mark out of order: a piece of the data is missing.
    let mut swapped = jpeg.clone();
    swapped[first_restart + 1] = 0xD3;
    assert!(matches!(remark(&swapped), Remark::Damaged { from: Some(_) }));
    let next = first_restart + 2 + jpeg[first_restart + 2..].windows(2).position(|p| p == [0xFF, 0xD1]).unwrap();
    let missing = [&jpeg[..first_restart], &jpeg[next..]].concat();
    assert!(matches!(remark(&missing), Remark::Damaged { from: Some(_) }));
}

#[test]
fn a_block_of_zeros_as_disks_and_cards_leave_them_is_noticed() {
    let real = photographs("camera").map(|folder| std::fs::read(folder.join("DSCN0010.jpg")).unwrap());
    for mut jpeg in real.into_iter().chain([grainy()]) {
        let half = jpeg.len() / 2;
        jpeg[half..half + 4096].fill(0);
        assert!(matches!(remark(&jpeg), Remark::Damaged { .. } | Remark::Truncated { .. }));
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
    assert_eq!(remark(&png), Remark::Checksum);
    // The header's checksum counts as well.
    let mut png = fixture("scene.png");
    png[29] ^= 1;
    assert_eq!(remark(&png), Remark::Checksum);
}

#[test]
fn damaged_text_in_a_png_does_not_matter() {
    let png = fixture("scene.png");
    let mut chunk = 14_u32.to_be_bytes().to_vec();
    chunk.extend(b"tEXtComment\0broken");
    chunk.extend([1, 2, 3, 4]);
    let with_text = [&png[..33], &chunk, &png[33..]].concat();
    assert_eq!(look(&with_text).unwrap().remark, None);
}

#[test]
fn headers_that_lie() {
    let mut jpeg = fixture("jpeg-420.jpg");
    let frame = jpeg.windows(2).position(|pair| pair == [0xFF, 0xC0]).unwrap();
    // Taller than the data is.
    jpeg[frame + 5..frame + 7].copy_from_slice(&960_u16.to_be_bytes());
    assert!(matches!(remark(&jpeg), Remark::Truncated { missing: Some(90..) }));
    jpeg[frame + 5..frame + 7].fill(0);
    assert_eq!(remark(&jpeg), Remark::Unreadable { format: Format::Jpeg });
}

#[test]
fn rows_missing_from_a_bitmap_are_counted() {
    let bmp = fixture("bmp-24.bmp");
    assert!(matches!(remark(&bmp[..bmp.len() / 2]), Remark::Truncated { missing: Some(45..=55) }));
    assert_eq!(remark(&bmp[..60]), Remark::NoPixels);
}

#[test]
fn containers_that_are_not_decoded_are_checked_for_their_end() {
    let mut heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic\0\0\0\x10mdat12345678".to_vec();
    assert_eq!(look(&heic).unwrap().remark, None);
    heic.truncate(heic.len() - 1);
    assert_eq!(remark(&heic), Remark::Truncated { missing: None });
    assert_eq!(remark(b"<svg width=\"4\" height=\"4\"><path d=\"M0 0h"), Remark::Truncated { missing: None });
}

#[test]
fn broken_metadata_is_left_out() {
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
