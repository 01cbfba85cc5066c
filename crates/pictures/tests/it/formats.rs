//! Every coding of every format, by one scene.

use pictures::{Format, Remark};
use rstest::rstest;

use crate::files::{CORNERS, corners, difference, fixture, fixtures, look, thumbnail};

fn format_of(name: &str) -> Format {
    match name.rsplit_once('.').unwrap().1 {
        "jpg" => Format::Jpeg,
        "png" => Format::Png,
        "gif" => Format::Gif,
        "webp" => Format::WebP,
        "bmp" | "dib" => Format::Bmp,
        "tif" => Format::Tiff,
        "svg" | "svgz" => Format::Svg,
        "ico" | "cur" => Format::Ico,
        "psd" | "psb" => Format::Psd,
        "pbm" | "pgm" | "ppm" | "pam" | "pfm" => Format::Pnm,
        "jp2" | "j2k" => Format::Jp2,
        ending => Format::from_name(ending).unwrap_or_else(|| panic!("{name}")),
    }
}

#[test]
fn every_coding_is_recognised_and_shown() {
    let mut failures = Vec::new();
    for name in fixtures() {
        let bytes = fixture(&name);
        let picture = look(&bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(picture.format, format_of(&name), "{name}");
        assert_eq!((picture.width, picture.height), (Some(64), Some(48)), "{name}");
        if name == "jpeg-arithmetic.jpg" {
            // No browser shows it either; it is taken as it is.
            assert_eq!(picture.remark, Some(Remark::Coding { format: Format::Jpeg }));
            assert_eq!((picture.thumbnail, picture.thumbhash), (None, None));
            continue;
        }
        if name == "eps-plain.eps" {
            // Nothing is drawn here that has no picture inside.
            assert_eq!((picture.thumbnail, picture.thumbhash, picture.remark), (None, None, None));
            continue;
        }
        assert_eq!(picture.remark, None, "{name}");
        let small = picture.thumbnail.as_ref().unwrap_or_else(|| panic!("{name}"));
        let (mime, length) = (small.mime, picture.thumbhash.as_ref().unwrap().len());
        assert_eq!(mime, if name.starts_with("alpha") { "image/png" } else { "image/jpeg" }, "{name}");
        assert!((5..=25).contains(&length), "{name}: thumbhash of {length} bytes");
        if name.starts_with("grey") || name.starts_with("bilevel") {
            continue;
        }
        // Without a profile, CMYK is a matter of taste: the hue must be right.
        let tolerance = match name.as_str() {
            // Few bits a sample.
            "tiff-rgb-5.tif" | "tiff-rgb-565.tif" | "dds-masks.dds" => 18,
            name if name.contains("cmyk") => 40,
            _ => 12,
        };
        let found = corners(&thumbnail(&bytes));
        if difference(&found, &CORNERS) > tolerance {
            failures.push(format!("{name}: {found:?}"));
        }
    }
    assert!(failures.is_empty(), "{failures:#?}");
}

#[rstest]
#[case("grey-jpeg.jpg", [70..100, 100..125, 70..100, 185..215])]
#[case("grey-tiff.tif", [55..90, 95..135, 60..100, 185..215])]
#[case("grey-png16.png", [55..90, 95..135, 60..100, 185..215])]
#[case("bilevel-group4.tif", [0..10, 0..256, 0..10, 245..256])]
#[case("bilevel-rows.tif", [0..10, 0..256, 0..10, 245..256])]
#[case("bilevel-group3.tif", [0..10, 0..256, 0..10, 245..256])]
#[case("bilevel-group3-2d.tif", [0..10, 0..256, 0..10, 245..256])]
#[case("bilevel-plain.tif", [0..10, 0..256, 0..10, 245..256])]
#[case("bilevel-lsb.tif", [0..10, 0..256, 0..10, 245..256])]
#[case("grey-tiff-3.tif", [55..90, 95..135, 30..100, 180..220])]
#[case("grey-tiff-14.tif", [55..90, 95..135, 60..100, 185..215])]
// The light of colours, rather than how bright they are.
#[case("grey-tiff-logl.tif", [85..115, 130..150, 70..100, 190..220])]
#[case("grey-tiff-next.tif", [80..90, 80..90, 80..90, 250..256])]
#[case("grey-tiff-thunder.tif", [55..90, 95..135, 60..100, 185..215])]
#[case("grey-tiff-jpeg-lossless-16.tif", [55..90, 95..135, 60..100, 185..215])]
#[case("grey-jpeg-lossless-16.jpg", [55..90, 95..135, 60..100, 185..215])]
#[case("grey-dds.dds", [55..90, 95..135, 60..100, 185..215])]
#[case("grey-tga.tga", [55..90, 95..135, 60..100, 185..215])]
#[case("grey-pgm.pgm", [55..90, 95..135, 60..100, 185..215])]
#[case("grey-psd.psd", [55..90, 95..135, 60..100, 185..215])]
#[case("grey-heic.heic", [55..90, 95..135, 60..100, 185..215])]
#[case("grey-avif.avif", [55..90, 95..135, 60..100, 185..215])]
#[case("grey-avif-10.avif", [55..90, 95..135, 60..100, 185..215])]
#[case("grey-jxl.jxl", [55..90, 95..135, 60..100, 185..215])]
#[case("grey-eps.eps", [55..90, 95..135, 60..100, 185..215])]
#[case("bilevel-eps.eps", [0..10, 0..256, 0..10, 245..256])]
#[case("bilevel-pcx.pcx", [0..10, 0..256, 0..10, 245..256])]
#[case("bilevel-pbm.pbm", [0..10, 0..256, 0..10, 245..256])]
#[case("bilevel-text.pbm", [0..10, 0..256, 0..10, 245..256])]
fn grey_stays_grey(#[case] name: &str, #[case] expected: [std::ops::Range<u16>; 4]) {
    for ([r, g, b], expected) in corners(&thumbnail(&fixture(name))).into_iter().zip(expected) {
        assert!(r == g && g == b && expected.contains(&u16::from(r)), "{name}: {r} {g} {b} not in {expected:?}");
    }
}

#[rstest]
fn transparency_stays(
    #[values(
        "alpha-png.png",
        "alpha-gif.gif",
        "alpha-webp.webp",
        "alpha-bmp.bmp",
        "alpha-tiff.tif",
        "alpha-tga.tga",
        "alpha-ico.ico",
        "alpha-qoi.qoi",
        "alpha-pam.pam",
        "alpha-psd.psd",
        "alpha-dds.dds",
        "alpha-heic.heic",
        "alpha-avif.avif",
        "alpha-avif-premultiplied.avif",
        "alpha-jxl.jxl"
    )]
    name: &str,
) {
    let small = look(&fixture(name)).unwrap().thumbnail.unwrap();
    let image = image::load_from_memory(&small.bytes).unwrap().to_rgba8();
    assert_eq!(image.get_pixel(32, 24)[3], 0, "the hole in the middle");
    assert_eq!(image.get_pixel(8, 8)[3], 255);
    let [r, g, b, _] = image.get_pixel(8, 8).0;
    assert!(difference(&[[r, g, b]; 4], &[CORNERS[0]; 4]) < 12, "{r} {g} {b}");
}

#[test]
fn scaled_decoding_agrees_with_full_decoding() {
    // A gradient with waves, in sizes that use each scale: 1/1, 1/2, 1/4, 1/8.
    for (width, height) in [(600, 450), (1100, 830), (2200, 1600), (4200, 800)] {
        let picture = image::RgbImage::from_fn(width, height, |x, y| {
            let wave = (((f64::from(x) / 37.0).sin() + (f64::from(y) / 23.0).cos() + 2.0) * 13.0) as u8;
            image::Rgb([(x * 200 / width) as u8 + wave, (y * 200 / height) as u8, 128 - wave])
        });
        let mut bytes = Vec::new();
        image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, 95).encode_image(&picture).unwrap();
        let small = thumbnail(&bytes);
        let expected =
            image::imageops::resize(&picture, small.width(), small.height(), image::imageops::FilterType::Lanczos3);
        let error = small.iter().zip(expected.iter()).map(|(a, b)| f64::from(a.abs_diff(*b))).sum::<f64>()
            / f64::from(small.width() * small.height() * 3);
        assert!(error < 2.0, "{width} × {height}: mean difference {error}");
    }
}

#[test]
fn a_profile_is_applied() {
    let profile = moxcms::ColorProfile::new_display_p3().encode().unwrap();
    let mut segment = b"ICC_PROFILE\0\x01\x01".to_vec();
    segment.extend(&profile);
    let plain = fixture("jpeg-444.jpg");
    let green = |bytes: &[u8]| corners(&thumbnail(bytes))[1];
    let (before, after) = (green(&plain), green(&crate::files::with_segment(&plain, 0xE2, &segment)));
    // Display P3's green is greener than sRGB can say: less red.
    assert!(after[0] + 15 < before[0], "{before:?} {after:?}");
    let nonsense = crate::files::with_segment(&plain, 0xE2, b"ICC_PROFILE\0\x01\x01nonsense");
    assert_eq!(green(&nonsense), before);
}

#[test]
fn small_pictures_are_not_enlarged() {
    let small = look(&fixture("scene.png")).unwrap().thumbnail.unwrap();
    assert_eq!((small.width, small.height), (64, 48));
}
