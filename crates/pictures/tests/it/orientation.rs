//! All eight orientations, in every container that can tell one.

use rstest::rstest;

use crate::files::{
    CORNERS, corners, difference, exif_orientation, fixture, look, photographs, thumbnail, with_segment,
};
use crate::metadata::{with_png_exif, with_webp_exif};

/// Which stored corner is shown at the top left, top right, bottom left and bottom right.
fn shown_corners(orientation: u8) -> [usize; 4] {
    match orientation {
        2 => [1, 0, 3, 2],
        3 => [3, 2, 1, 0],
        4 => [2, 3, 0, 1],
        5 => [0, 2, 1, 3],
        6 => [2, 0, 3, 1],
        7 => [3, 1, 2, 0],
        8 => [1, 3, 0, 2],
        _ => [0, 1, 2, 3],
    }
}

fn oriented(container: &str, orientation: u8) -> Vec<u8> {
    let exif = exif_orientation(orientation);
    match container {
        "jpeg" => with_segment(&fixture("jpeg-444.jpg"), 0xE1, &[b"Exif\0\0", &exif[..]].concat()),
        "png" => with_png_exif(&exif),
        "webp" => with_webp_exif(&exif),
        _ => {
            let mut tiff = fixture("tiff-none.tif");
            // ImageMagick writes the tag: little-endian, SHORT, one value.
            let entry = tiff.windows(8).position(|entry| entry == [0x12, 1, 3, 0, 1, 0, 0, 0]).unwrap();
            tiff[entry + 8] = orientation;
            tiff
        }
    }
}

#[rstest]
fn every_orientation_in_every_container(
    #[values("jpeg", "png", "webp", "tiff")] container: &str,
    #[values(0, 1, 2, 3, 4, 5, 6, 7, 8, 9)] orientation: u8,
) {
    let bytes = oriented(container, orientation);
    let picture = look(&bytes).unwrap();
    let size = if (5..=8).contains(&orientation) { (Some(48), Some(64)) } else { (Some(64), Some(48)) };
    assert_eq!((picture.width, picture.height), size);
    let expected = shown_corners(orientation).map(|corner| CORNERS[corner]);
    let found = corners(&thumbnail(&bytes));
    assert!(difference(&found, &expected) < 14, "{found:?} instead of {expected:?}");
}

/// The real photographs differ only in the digit in their middle.
#[test]
fn real_photographs_all_look_the_same() {
    let Some(folder) = photographs("orientation") else { return };
    for kind in ["Landscape", "Portrait"] {
        let read = |number: u8| thumbnail(&std::fs::read(folder.join(format!("{kind}_{number}.jpg"))).unwrap());
        let upright = read(1);
        for number in 0..=8 {
            let image = read(number);
            assert_eq!(image.dimensions(), upright.dimensions(), "{kind}_{number}");
            let sum: u64 = image.iter().zip(upright.iter()).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
            let mean = sum as f64 / image.len() as f64;
            assert!(mean < 4.0, "{kind}_{number}: mean difference {mean}");
        }
    }
}
