//! Pictures for the AI and for viewers that don't know the format.

use pictures::{Limits, rendition};

use crate::files::{CORNERS, corners, difference, exif_orientation, fixture, fixtures, limits, with_segment};

#[test]
fn everything_that_is_decoded_becomes_a_jpeg() {
    for name in fixtures().iter().filter(|name| !["jpeg-arithmetic.jpg", "eps-plain.eps"].contains(&name.as_str())) {
        let made = rendition(&fixture(name), 32, &limits()).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!((made.width, made.height), (32, 24), "{name}");
        let image = image::load_from_memory_with_format(&made.bytes, image::ImageFormat::Jpeg).unwrap().to_rgb8();
        if !name.starts_with("grey") && !name.starts_with("bilevel") {
            assert!(difference(&corners(&image), &CORNERS) < 45, "{name}: {:?}", corners(&image));
        }
        if name.starts_with("alpha") {
            let middle = image.get_pixel(16, 12).0;
            assert!(middle.iter().all(|&value| value > 235), "{name}: the hole is {middle:?}, not white");
        }
    }
}

#[test]
fn a_rendition_is_upright_and_says_nothing_of_its_maker() {
    let exif = [b"Exif\0\0", &exif_orientation(6)[..]].concat();
    let bytes = with_segment(&with_segment(&fixture("jpeg-420.jpg"), 0xE1, &exif), 0xFE, b"made by me");
    let made = rendition(&bytes, 1024, &Limits::default()).unwrap();
    assert_eq!((made.width, made.height), (48, 64));
    let holds = |needle: &[u8]| made.bytes.windows(needle.len()).any(|window| window == needle);
    assert!(!holds(b"Exif") && !holds(b"made by me") && !holds(b"ICC_PROFILE"));
}

#[test]
fn what_is_not_decoded_says_so() {
    let error = rendition(&fixture("eps-plain.eps"), 100, &Limits::default()).unwrap_err();
    assert_eq!(
        (error.code(), error.to_string()),
        ("not_decodable", "EPS pictures of this kind can't be shown here yet.".into())
    );
    assert_eq!(
        rendition(&fixture("jpeg-arithmetic.jpg"), 100, &Limits::default()).unwrap_err().code(),
        "not_decodable"
    );
    assert_eq!(rendition(b"", 100, &Limits::default()).unwrap_err().code(), "empty");
}

#[test]
fn a_side_of_zero_is_a_side_of_one() {
    let made = rendition(&fixture("scene.png"), 0, &Limits::default()).unwrap();
    assert_eq!((made.width, made.height), (1, 1));
}
