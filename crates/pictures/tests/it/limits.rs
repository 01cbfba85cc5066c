//! Pictures that are too large, or nearly so.

use pictures::{Limits, Remark, examine, rendition};

use crate::files::{fixture, look};

/// Whether a picture is kept, but not decoded.
fn is_too_large(bytes: &[u8], limits: &Limits) -> bool {
    let picture = examine(bytes, limits).unwrap();
    matches!(picture.remark, Some(Remark::TooLarge { .. })) && picture.thumbnail.is_none()
}

#[test]
fn too_many_pixels_are_kept_and_not_decoded() {
    let mut jpeg = fixture("jpeg-420.jpg");
    let frame = jpeg.windows(2).position(|pair| pair == [0xFF, 0xC0]).unwrap();
    jpeg[frame + 5..frame + 9].copy_from_slice(&[0xEA, 0x60, 0xEA, 0x60]);
    let picture = look(&jpeg).unwrap();
    assert_eq!(picture.remark, Some(Remark::TooLarge { width: 60_000, height: 60_000 }));
    assert_eq!((picture.width, picture.height), (Some(60_000), Some(60_000)));
    assert_eq!(picture.remark.unwrap().to_string(), "With 60000 × 60000 pixels it is too large to be shown here.");
    let mut png = fixture("scene.png");
    png[16..24].copy_from_slice(&[0, 1, 0, 0, 0, 1, 0, 0]);
    assert!(is_too_large(&png, &Limits::default()));
    let mut gif = fixture("gif-still.gif");
    gif[6..10].fill(0xFF);
    assert!(is_too_large(&gif, &Limits::default()));
    let mut bmp = fixture("bmp-rle.bmp");
    bmp[18..26].copy_from_slice(&[0, 0, 1, 0, 0, 0, 1, 0]);
    assert!(is_too_large(&bmp, &Limits::default()));
}

#[test]
fn a_narrow_limit_is_kept_to_the_pixel() {
    for name in ["jpeg-420.jpg", "scene.png", "gif-still.gif", "webp-lossy.webp", "bmp-24.bmp", "tiff-lzw.tif"] {
        let bytes = fixture(name);
        let (max_pixels, max_streamed_pixels) = (64 * 48, 64 * 48);
        let exactly = Limits { max_pixels, max_streamed_pixels, max_width: 64, max_height: 48, ..Limits::default() };
        assert_eq!(examine(&bytes, &exactly).unwrap().remark, None, "{name}");
        for less in [
            Limits { max_pixels: max_pixels - 1, max_streamed_pixels: max_pixels - 1, ..exactly },
            Limits { max_width: 63, ..exactly },
            Limits { max_height: 47, ..exactly },
        ] {
            assert!(is_too_large(&bytes, &less), "{name}");
        }
    }
}

#[test]
fn formats_that_are_decoded_whole_say_when_memory_is_short() {
    let tight = Limits { max_alloc: 2_000, ..Limits::default() };
    for name in ["gif-still.gif", "webp-lossless.webp", "bmp-24.bmp", "tiff-lzw.tif"] {
        assert!(is_too_large(&fixture(name), &tight), "{name}");
    }
}

/// A picture of 180 megapixels, which would be 540 MB as RGB, gets its thumbnail within 64 MiB.
#[test]
fn a_huge_png_is_read_row_by_row() {
    let (width, height) = (20_000_u32, 9_000_u32);
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::One);
    encoder.set_compression(png::Compression::Fastest);
    let mut writer = encoder.write_header().unwrap();
    let mut stream = writer.stream_writer().unwrap();
    for y in 0..height {
        let row = vec![if y < height / 2 { 0xFF } else { 0 }; width as usize / 8];
        std::io::Write::write_all(&mut stream, &row).unwrap();
    }
    stream.finish().unwrap();
    drop(writer);
    let tight = Limits { max_alloc: 64 << 20, ..Limits::default() };
    let picture = examine(&bytes, &tight).unwrap();
    let small = picture.thumbnail.unwrap();
    assert_eq!((picture.width, small.width, small.height), (Some(width), 512, 230));
    let image = image::load_from_memory(&small.bytes).unwrap().to_luma8();
    assert!(image.get_pixel(250, 50)[0] > 250 && image.get_pixel(250, 180)[0] < 5);
}

/// A JPEG of 150 megapixels, baseline: one colour, so that it is made quickly.
#[test]
fn a_huge_jpeg_is_decoded_at_an_eighth() {
    let (width, height) = (15_000_u16, 10_000_u16);
    let bytes = grey_jpeg(width, height);
    let tight = Limits { max_alloc: 32 << 20, ..Limits::default() };
    let picture = examine(&bytes, &tight).unwrap();
    let small = picture.thumbnail.unwrap();
    assert_eq!((picture.width, small.width, small.height), (Some(15_000), 512, 341));
    // More than memory allows isn't made up by enlarging.
    let large = rendition(&bytes, 10_000, &tight).unwrap();
    assert!(large.width >= 1875 && large.width < 10_000, "{}", large.width);
    assert!(is_too_large(&bytes, &Limits { max_alloc: 1 << 20, ..Limits::default() }));
}

/// Scans that say nothing cost little over a hundred bytes each, and a walk over all blocks.
#[test]
fn made_up_scans_are_not_walked_for_ever() {
    assert!(look(&with_empty_scans(3)).unwrap().thumbnail.is_some());
    assert!(look(&with_empty_scans(2_000)).unwrap().thumbnail.is_some());
}

/// A progressive JPEG of 150 megapixels with scans that bring no coefficients.
fn with_empty_scans(count: usize) -> Vec<u8> {
    let mut bytes = grey_jpeg(15_000, 10_000);
    let find = |bytes: &[u8], marker| bytes.windows(2).position(|pair| pair == [0xFF, marker]).unwrap();
    let frame = find(&bytes, 0xC0);
    bytes[frame + 1] = 0xC2;
    // First the DC scan, whose spectral selection ends at 0; its blocks have one bit each.
    let scan = find(&bytes, 0xDA);
    bytes[scan + 8] = 0;
    bytes.truncate(scan + 10);
    let blocks = 1875 * 1250;
    bytes.resize(bytes.len() + blocks / 8 + 1, 0);
    // Then AC scans of 72 runs of empty blocks: a one-bit code and 14 bits that say how many beyond 16,384.
    bytes.extend([0xFF, 0xC4, 0, 20, 0x10, 1]);
    bytes.extend([0; 15]);
    bytes.push(0xE0);
    let mut bits = Vec::new();
    for index in 0..72 {
        let run = blocks / 72 + usize::from(index < blocks % 72);
        bits.push(false);
        bits.extend((0..14).rev().map(|bit| (run - (1 << 14)) >> bit & 1 == 1));
    }
    let mut scan = b"\xFF\xDA\0\x08\x01\x01\0\x01\x3F\0".to_vec();
    for byte in bits.chunks(8) {
        scan.push(byte.iter().enumerate().fold(0, |byte, (at, &bit)| byte | u8::from(bit) << (7 - at)));
        if scan.last() == Some(&0xFF) {
            scan.push(0);
        }
    }
    bytes.extend(scan.repeat(count));
    bytes.extend(b"\xFF\xD9");
    bytes
}

/// A baseline JPEG of mid-grey: every block is two codes of one bit.
fn grey_jpeg(width: u16, height: u16) -> Vec<u8> {
    let mut bytes = b"\xFF\xD8\xFF\xDB\0\x43\0".to_vec();
    bytes.extend([1; 64]);
    bytes.extend(b"\xFF\xC0\0\x0B\x08");
    bytes.extend(height.to_be_bytes());
    bytes.extend(width.to_be_bytes());
    bytes.extend(b"\x01\x01\x11\0");
    // One code each: "no difference" and "end of block", both a zero bit.
    for class in [0, 0x10] {
        bytes.extend([0xFF, 0xC4, 0, 20, class, 1]);
        bytes.extend([0; 16]);
    }
    bytes.extend(b"\xFF\xDA\0\x08\x01\x01\0\0\x3F\0");
    let blocks = usize::from(width).div_ceil(8) * usize::from(height).div_ceil(8);
    bytes.resize(bytes.len() + (blocks * 2).div_ceil(8), 0);
    bytes.extend(b"\xFF\xD9");
    bytes
}
