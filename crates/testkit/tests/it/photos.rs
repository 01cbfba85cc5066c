//! Generated pictures: whole ones decode, broken ones don't, metadata says what was asked for.

use std::collections::HashSet;
use std::io::Cursor;

use exif::{In, Tag, Value};
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader};
use testkit::photos::{self, CORNERS};

#[test]
fn every_format_decodes_to_the_size_asked_for() {
    let made: [(ImageFormat, Vec<u8>); 7] = [
        (ImageFormat::Jpeg, photos::jpeg(64, 48, 1)),
        (ImageFormat::Png, photos::png(64, 48, 1)),
        (ImageFormat::Png, photos::png_alpha(64, 48, 1)),
        (ImageFormat::Gif, photos::gif(64, 48, 1)),
        (ImageFormat::WebP, photos::webp(64, 48, 1)),
        (ImageFormat::Bmp, photos::bmp(64, 48, 1)),
        (ImageFormat::Tiff, photos::tiff(64, 48, 1)),
    ];
    for (format, bytes) in made {
        assert_eq!(image::guess_format(&bytes).ok(), Some(format));
        let picture = image::load_from_memory(&bytes).expect("it decodes");
        assert_eq!((picture.width(), picture.height()), (64, 48), "{format:?}");
    }
}

#[test]
fn a_seed_makes_one_picture_and_always_the_same() {
    let distinct: HashSet<Vec<u8>> = (0..200).map(|seed| photos::jpeg(40, 30, seed)).collect();
    assert_eq!(distinct.len(), 200);
    assert_eq!(photos::png(40, 30, 5), photos::png(40, 30, 5));
}

#[test]
fn every_orientation_shows_the_same_picture() {
    for orientation in 1..=8 {
        let bytes = photos::jpeg_with_exif(orientation, None, None);
        let mut decoder =
            ImageReader::with_format(Cursor::new(&bytes), ImageFormat::Jpeg).into_decoder().expect("a JPEG");
        let shown = decoder.orientation().expect("it has one");
        let mut picture = DynamicImage::from_decoder(decoder).expect("it decodes");
        picture.apply_orientation(shown);
        let picture = picture.to_rgb8();
        assert_eq!(picture.dimensions(), (80, 60), "orientation {orientation}");
        for (corner, (x, y)) in CORNERS.iter().zip([(10, 10), (70, 10), (10, 50), (70, 50)]) {
            let seen = picture.get_pixel(x, y).0;
            let near = seen.iter().zip(corner).all(|(seen, meant)| seen.abs_diff(*meant) < 20);
            assert!(near, "orientation {orientation}: {seen:?} in place of {corner:?}");
        }
    }
}

#[test]
fn exif_says_where_and_when() {
    let bytes = photos::jpeg_with_exif(6, Some((47.3769, -8.5417)), Some("2024:07:15 12:34:56"));
    let exif = exif::Reader::new().read_from_container(&mut Cursor::new(bytes)).expect("it has EXIF");
    let text = |tag| exif.get_field(tag, In::PRIMARY).map(|field| field.display_value().to_string());
    assert_eq!(text(Tag::DateTimeOriginal).as_deref(), Some("2024-07-15 12:34:56"));
    assert_eq!(text(Tag::GPSLongitudeRef).as_deref(), Some("W"));
    let Some(Value::Rational(latitude)) = exif.get_field(Tag::GPSLatitude, In::PRIMARY).map(|field| &field.value)
    else {
        panic!("it has a latitude");
    };
    let degrees = latitude[0].to_f64() + latitude[1].to_f64() / 60.0 + latitude[2].to_f64() / 3600.0;
    assert!((degrees - 47.3769).abs() < 1e-5, "{degrees}");
}

#[test]
fn broken_ones_are_broken() {
    for bytes in [photos::corrupt_png(), photos::empty(), photos::text()] {
        assert!(image::load_from_memory(&bytes).is_err());
    }
    let truncated = photos::truncated_jpeg();
    assert!(!truncated.windows(2).any(|marker| marker == [0xFF, 0xD9]), "the end of the picture is missing");
    let bomb = photos::png_claiming(60_000, 60_000);
    let reader = ImageReader::with_format(Cursor::new(bomb), ImageFormat::Png);
    assert_eq!(reader.into_dimensions().expect("its header is sound"), (60_000, 60_000));
}

#[test]
fn recognised_formats_start_with_their_magic() {
    assert_eq!(&photos::heic()[4..12], b"ftypheic");
    assert_eq!(&photos::animated_avif()[4..12], b"ftypavis");
    assert_eq!(&photos::dng()[..4], b"II*\0");
    assert!(photos::svg().windows(4).any(|window| window == b"<svg"));
    let dng = exif::Reader::new().read_raw(photos::dng()).expect("a TIFF structure");
    assert!(dng.fields().any(|field| field.tag.number() == 0xC612), "with the DNG version");
}

#[test]
fn a_sample_folder_has_as_many_different_pictures() {
    let folder = tempfile::tempdir().expect("a folder");
    let paths = photos::sample_folder(&folder.path().join("new"), 24);
    let contents: HashSet<Vec<u8>> = paths.iter().map(|path| std::fs::read(path).expect("written")).collect();
    assert_eq!(contents.len(), 24);
    assert!(contents.iter().all(|bytes| image::load_from_memory(bytes).is_ok()));
}
