//! Pictures for the AI and for viewers that don't know the format.

use std::io::Cursor;

use pictures::{Limits, PictureError, rendition, rendition_of_page};
use tiff::encoder::{TiffEncoder, colortype::RGB8};
use tiff::tags::Tag;

use crate::files::{CORNERS, corners, difference, exif_orientation, fixture, fixtures, limits, look, with_segment};

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
        ("not_decodable", "EPS pictures of this kind can’t be shown here yet.".into())
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

/// A TIFF of two pages, the second one turned, and a small version of the first between them.
fn two_pages() -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    let mut encoder = TiffEncoder::new(&mut bytes).unwrap();
    for (width, height, colour, kind, orientation) in
        [(40, 30, [200_u8, 0, 0], 0_u32, 1_u16), (10, 8, [0, 0, 200], 1, 1), (20, 60, [0, 200, 0], 2, 6)]
    {
        let mut page = encoder.new_image::<RGB8>(width, height).unwrap();
        page.encoder().write_tag(Tag::NewSubfileType, kind).unwrap();
        page.encoder().write_tag(Tag::Orientation, orientation).unwrap();
        page.write_data(&colour.repeat((width * height) as usize)).unwrap();
    }
    bytes.into_inner()
}

#[test]
fn pages_are_shown_one_by_one() {
    let bytes = two_pages();
    assert_eq!(look(&bytes).unwrap().facts.frames, Some(2));
    let page = |page| rendition_of_page(&bytes, page, 1000, &Limits::default());
    for (number, size, colour) in [(0, (40, 30), [200_u8, 0, 0]), (1, (60, 20), [0, 200, 0])] {
        let made = page(number).unwrap();
        let image = image::load_from_memory(&made.bytes).unwrap().to_rgb8();
        assert_eq!((made.width, made.height, image.dimensions()), (size.0, size.1, size));
        assert!(difference(&corners(&image), &[colour; 4]) < 4, "{number}: {:?}", corners(&image));
    }
    assert_eq!(page(2), Err(PictureError::NoSuchPage { pages: 2 }));
    let one = rendition_of_page(&fixture("jpeg-420.jpg"), 1, 1000, &Limits::default());
    assert_eq!(one.unwrap_err().to_string(), "The file has 1 page.");
}
