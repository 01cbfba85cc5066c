//! What is refused, what is remarked on, and in which words.

use pictures::{Format, Limits, Remark, examine_named};
use rstest::rstest;

use crate::files::{
    CORNERS, corners, difference, fixture, fixtures, limits, look, photographs, thumbnail, with_segment,
};
use crate::tiffs::{one_strip, strip, strips};

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
        Remark::Coding { format: Format::Jpeg },
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
    let mut silent = Vec::new();
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
            // Behind the pixels there are marks, a line's end, and what says which version it is.
            "qoi" => bytes.len() - 8,
            // Its list says that it is shorter, and the mask behind it is one of nothing.
            "ico" if name == "ico-length.ico" => bytes.len() - 400,
            "svg" | "ppm" | "pbm" => bytes.len() - 3,
            // Its checksum, and the mark in front of that.
            "svgz" => bytes.len() - 10,
            "tga" if bytes.ends_with(b"TRUEVISION-XFILE.\0") => bytes.len() - 26,
            _ => bytes.len(),
        };
        // What isn't decoded isn't checked; the end of PostScript is left out by many.
        let is_postscript = bytes.starts_with(b"%!");
        if name == "jpeg-arithmetic.jpg" || is_postscript {
            continue;
        }
        for length in (1..needed).rev().step_by(1 + needed / 150) {
            let told = examine_named(&bytes[..length], &name, &limits()).map(|picture| picture.remark.is_some());
            // The first bytes alone are no picture yet.
            if !told.unwrap_or(length < 128) {
                silent.push(format!("{name}: cut to {length} of {} bytes, and nothing said", bytes.len()));
            }
        }
    }
    assert!(silent.is_empty(), "{silent:#?}");
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
    let mut changed = Vec::new();
    for name in fixtures().iter().filter(|name| !name.ends_with(".tif")) {
        let bytes = [&fixture(name)[..], b"MotionPhoto trailer \xFF\xD8\xFF\xE1 \0\0\0\x18ftypmp42"].concat();
        let remark = |bytes: &[u8]| examine_named(bytes, name, &Limits::default()).unwrap().remark;
        if remark(&bytes) != remark(&fixture(name)) {
            changed.push(format!("{name}: {:?}", remark(&bytes)));
        }
    }
    assert!(changed.is_empty(), "{changed:#?}");
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

/// One strip, whatever it is compressed with, is shown as far as it is there.
#[rstest]
#[case(1)]
#[case(5)]
#[case(8)]
#[case(32_773)]
fn a_tiff_in_one_strip_is_cut(#[case] compression: u16) {
    let (width, height) = (64, 480);
    let pixel = |row: usize, column: usize| [row as u8, (row * 7 + column) as u8, 90];
    let pixels: Vec<u8> = (0..height).flat_map(|row| (0..width).flat_map(move |column| pixel(row, column))).collect();
    let file = one_strip(compression, 3, (width as u32, height as u32), &pixels);
    assert_eq!(remark_of(&file), None);
    let cuts = [(file.len() - 12, 1, 20), (file.len() * 99 / 100, 1, 20), (file.len() * 6 / 10, 30, 50)];
    for (kept, least, most) in cuts {
        let picture = look(&file[..kept]).unwrap();
        let Some(Remark::Truncated { missing: Some(percent) }) = picture.remark else { panic!("{:?}", picture.remark) };
        assert!((least..=most).contains(&percent), "{kept}: {percent}");
        assert_eq!((picture.width, picture.height), (Some(64), Some(480)));
        let small = thumbnail(&file[..kept]);
        let shown = small.get_pixel(small.width() / 2, small.height() / 4).0;
        assert!(shown[0].abs_diff(120) < 12 && shown[2].abs_diff(90) < 12, "{shown:?}");
    }
    // Behind the last pixel some compressions have an end mark, which nobody misses.
    assert!(remark_of(&file[..file.len() - 1]).is_none() == matches!(compression, 5 | 8));
    // Nothing of the strip is there.
    assert_eq!(remark_of(&file[..file.len() - strip(compression, &pixels).len()]), Some(Remark::NoPixels));
}

fn remark_of(bytes: &[u8]) -> Option<Remark> {
    look(bytes).unwrap().remark
}

/// The last bytes of a TIFF often say where the strips are.
#[rstest]
#[case("tiff-lzw.tif")]
#[case("tiff-zip.tif")]
#[case("tiff-none.tif")]
fn the_places_of_strips_are_cut(#[case] name: &str) {
    let pixels = image::load_from_memory(&fixture(name)).unwrap().to_rgb8().into_raw();
    let compression = match name {
        "tiff-lzw.tif" => 5,
        "tiff-zip.tif" => 8,
        _ => 1,
    };
    let file = strips(compression, (64, 48), &pixels, 8);
    assert_eq!(remark_of(&file), None);
    for cut in 1..8 {
        let picture = look(&file[..file.len() - cut]).unwrap();
        assert_eq!(picture.remark, Some(Remark::Truncated { missing: None }), "{cut}");
        assert!(difference(&corners(&thumbnail(&file[..file.len() - cut])), &CORNERS) <= 12, "{cut}");
    }
}

#[test]
fn an_interlaced_gif_is_cut() {
    let scene = image::load_from_memory(&fixture("scene.png")).unwrap().to_rgba8();
    let mut frame = gif::Frame::from_rgba(64, 48, &mut scene.into_raw());
    let row = |y: usize| frame.buffer[y * 64..(y + 1) * 64].to_vec();
    let passes = [(0, 8), (4, 8), (2, 4), (1, 2)];
    let stored: Vec<u8> = passes.into_iter().flat_map(|(from, step)| (from..48).step_by(step)).flat_map(row).collect();
    frame.buffer = stored.into();
    frame.interlaced = true;
    let mut bytes = Vec::new();
    gif::Encoder::new(&mut bytes, 64, 48, &[]).unwrap().write_frame(&frame).unwrap();
    assert_eq!(remark_of(&bytes), None);
    assert_eq!(remark_of(&bytes[..bytes.len() * 8 / 10]), Some(Remark::Coarse { missing: None }));
}

#[test]
fn containers_are_checked_for_their_end() {
    let mut avif = b"\0\0\0\x18ftypavif\0\0\0\0mif1avif\0\0\0\x10mdat12345678".to_vec();
    assert_eq!(remark(&avif), Remark::Unreadable { format: Format::Avif });
    avif.truncate(avif.len() - 1);
    assert_eq!(remark(&avif), Remark::Truncated { missing: None });
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

#[rstest]
fn damaged_rows_of_a_fax_are_told(
    #[values("bilevel-rows.tif", "bilevel-group3.tif", "bilevel-group3-2d.tif", "bilevel-group4.tif")] name: &str,
) {
    let bytes = fixture(name);
    let mut told = 0;
    for at in 8..bytes.len() / 2 {
        let mut damaged = bytes.clone();
        damaged[at] ^= 0xFF;
        let picture = look(&damaged).unwrap();
        told += usize::from(matches!(picture.remark, Some(Remark::Damaged { .. })));
        assert!(picture.thumbnail.is_some() || picture.remark.is_some(), "{name}: {at}");
    }
    assert!(told > 3, "{name}: {told}");
}
