//! What pictures are compared by, tried on real photographs.

use image::imageops::FilterType;
use image::{DynamicImage, ImageFormat};
use pictures::Likeness;

use crate::files::{limits, look, photographs};

/// In how many bits hashes of alike pictures differ at most.
const NEAR: u32 = 8;

fn encoded(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn jpeg(picture: &DynamicImage, quality: u8) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, quality);
    encoder.encode_image(&picture.to_rgb8()).unwrap();
    bytes
}

/// What people and programs do to pictures that go on showing the same.
fn variants(picture: &DynamicImage) -> Vec<(&'static str, Vec<u8>)> {
    let (width, height) = (picture.width(), picture.height());
    let scaled = |share: f64| {
        let side = |length: u32| ((f64::from(length) * share) as u32).max(32);
        picture.resize_exact(side(width), side(height), FilterType::Triangle)
    };
    vec![
        ("as it is, in PNG", encoded(picture, ImageFormat::Png)),
        ("JPEG at 80", jpeg(picture, 80)),
        ("JPEG at 30", jpeg(picture, 30)),
        ("60 % as large", jpeg(&scaled(0.6), 90)),
        ("a quarter as large", encoded(&scaled(0.25), ImageFormat::Png)),
        ("grey", jpeg(&DynamicImage::from(picture.to_luma8()), 90)),
        ("brighter", jpeg(&picture.brighten(25), 90)),
        ("darker", jpeg(&picture.brighten(-25), 90)),
        ("more contrast", jpeg(&picture.adjust_contrast(20.0), 90)),
        ("mirrored", jpeg(&picture.fliph(), 90)),
        ("turned", jpeg(&picture.rotate90(), 90)),
        ("upside down", jpeg(&picture.rotate180(), 90)),
    ]
}

fn distance(one: &Likeness, other: &Likeness) -> u32 {
    one.hashes.iter().map(|hash| (hash ^ other.hashes[0]).count_ones()).min().unwrap()
}

#[test]
fn all_copies_of_photographs_are_near() {
    let Some(folder) = photographs("camera") else { return };
    let (mut compared, mut far) = (0, Vec::new());
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let examined = look(&std::fs::read(&path).unwrap()).unwrap();
        // What the thumbnail shows stands for the picture: variants of 20 megapixels would take minutes.
        let Some(thumbnail) = examined.thumbnail else { continue };
        let Some(original) = thumbnail.likeness else { continue };
        let picture = image::load_from_memory(&thumbnail.bytes).unwrap();
        let again = pictures::likeness(&thumbnail.bytes, &limits()).unwrap().unwrap();
        let bits = distance(&original, &again);
        assert!(bits <= NEAR / 2, "{name}: made of the thumbnail, {bits} bits are others");
        for (what, bytes) in variants(&picture) {
            compared += 1;
            let variant = pictures::likeness(&bytes, &limits()).unwrap();
            let bits = variant.map(|variant| distance(&original, &variant));
            if bits.is_none_or(|bits| bits > NEAR) {
                far.push(format!("{name}, {what}: {bits:?}"));
            }
        }
    }
    assert!(compared > 200, "{compared}");
    assert!(far.is_empty(), "{far:#?}");
}

#[test]
fn every_orientation_of_a_scene_is_near() {
    let Some(folder) = photographs("orientation") else { return };
    for scene in ["Landscape", "Portrait"] {
        let of = |orientation: u8| {
            let bytes = std::fs::read(folder.join(format!("{scene}_{orientation}.jpg"))).unwrap();
            look(&bytes).unwrap().thumbnail.unwrap().likeness.unwrap()
        };
        let upright = of(1);
        for orientation in 2..=8 {
            let shown = of(orientation);
            // Shown the right way up, all of them: not only in one of the eight ways.
            assert!((upright.hashes[0] ^ shown.hashes[0]).count_ones() <= NEAR, "{scene} {orientation}");
        }
    }
}
