//! Files that follow no standard, and that every viewer shows: they are shown here, and nothing is remarked on.

use pictures::{Format, Picture, Remark};

use crate::files::{CORNERS, corners, difference, fixture, look, thumbnail, with_segment};
use crate::tiffs::one_strip;

/// What is found in a file that has nothing wrong with it, and shows the scene.
fn shown(bytes: &[u8]) -> Picture {
    let picture = look(bytes).unwrap();
    assert_eq!(picture.remark, None);
    assert_eq!((picture.width, picture.height), (Some(64), Some(48)));
    let found = corners(&thumbnail(bytes));
    assert!(difference(&found, &CORNERS) <= 12, "{found:?}");
    picture
}

fn position(bytes: &[u8], wanted: &[u8]) -> usize {
    bytes.windows(wanted.len()).position(|window| window == wanted).unwrap()
}

/// Webcams send frames without the tables that all of them share.
#[test]
fn a_jpeg_without_huffman_tables() {
    let scene = image::load_from_memory(&fixture("scene.png")).unwrap().to_rgb8();
    let mut jpeg = Vec::new();
    image::codecs::jpeg::JpegEncoder::new_with_quality(&mut jpeg, 95).encode_image(&scene).unwrap();
    while let Some(at) = jpeg.windows(2).position(|pair| pair == [0xFF, 0xC4]) {
        let length = usize::from(u16::from_be_bytes([jpeg[at + 2], jpeg[at + 3]]));
        jpeg.drain(at..at + 2 + length);
    }
    shown(&jpeg);
}

/// As some cameras write every picture.
#[test]
fn bytes_in_front_of_every_restart() {
    let jpeg = fixture("jpeg-restarts.jpg");
    let scan = position(&jpeg, &[0xFF, 0xDA]) + 14;
    let mut padded = jpeg[..scan].to_vec();
    for pair in jpeg[scan..].windows(2) {
        if pair[0] == 0xFF && (0xD0..=0xD7).contains(&pair[1]) {
            padded.extend([0; 6]);
        }
        padded.push(pair[0]);
    }
    padded.push(0xD9);
    assert!(padded.len() > jpeg.len() + 12);
    shown(&padded);
}

/// Panoramas of some phones have no end mark, and a trailer right behind the last block.
#[test]
fn a_trailer_in_place_of_the_end_mark() {
    let jpeg = fixture("jpeg-420.jpg");
    let trailer = b"\0\0\x01\x0a\x0e\0\0\0Image_UTC_Data1404810000000SEFHk\0\0\0SEFT";
    shown(&[&jpeg[..jpeg.len() - 2], trailer].concat());
}

#[test]
fn a_gif_with_an_extension_that_nobody_knows() {
    let gif = fixture("gif-still.gif");
    let colours = 13 + (3 << ((gif[10] & 7) + 1));
    shown(&[&gif[..colours], b"\x21\xCE\x05photo\0", &gif[colours..]].concat());
}

#[test]
fn a_gif_whose_screen_is_too_small() {
    let mut gif = fixture("gif-still.gif");
    gif[6..10].copy_from_slice(&[9, 0, 7, 0]);
    shown(&gif);
}

/// Of an animation that begins with nothing the first picture is shown, not the nothing.
#[test]
fn an_animation_that_begins_empty() {
    let still = image::load_from_memory(&fixture("scene.png")).unwrap().to_rgba8();
    let mut bytes = Vec::new();
    let mut encoder = gif::Encoder::new(&mut bytes, 64, 48, &[]).unwrap();
    encoder.write_frame(&gif::Frame::from_rgba(64, 48, &mut vec![0; 64 * 48 * 4])).unwrap();
    encoder.write_frame(&gif::Frame::from_rgba(64, 48, &mut still.into_raw())).unwrap();
    drop(encoder);
    shown(&bytes);
}

#[test]
fn a_png_animation_that_begins_empty() {
    let scene = image::load_from_memory(&fixture("scene.png")).unwrap().to_rgba8();
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, 64, 48);
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_animated(3, 0).unwrap();
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(&[0; 64 * 48 * 4]).unwrap();
    // The picture comes in two halves, the first one with nothing in it.
    writer.set_frame_dimension(32, 48).unwrap();
    writer.write_image_data(&[0; 32 * 48 * 4]).unwrap();
    writer.reset_frame_position().unwrap();
    writer.reset_frame_dimension().unwrap();
    writer.write_image_data(&scene).unwrap();
    writer.finish().unwrap();
    shown(&bytes);
}

#[test]
fn a_gif_with_zeros_between_its_blocks() {
    let gif = fixture("gif-still.gif");
    let colours = 13 + (3 << ((gif[10] & 7) + 1));
    shown(&[&gif[..colours], &[0; 3], &gif[colours..]].concat());
}

/// The height of a JPEG may follow its first scan.
#[test]
fn a_jpeg_that_counts_its_lines_at_the_end() {
    let mut jpeg = fixture("jpeg-420.jpg");
    let frame = position(&jpeg, &[0xFF, 0xC0]);
    jpeg[frame + 5..frame + 7].fill(0);
    let end = jpeg.len() - 2;
    shown(&[&jpeg[..end], &[0xFF, 0xDC, 0, 4, 0, 48], &jpeg[end..]].concat());
}

/// A fourth sample that no tag explains is no transparency.
#[test]
fn a_tiff_with_a_sample_that_nothing_is_said_of() {
    let scene = image::load_from_memory(&fixture("scene.png")).unwrap().to_rgb8();
    let pixels: Vec<u8> = scene.pixels().flat_map(|pixel| [pixel[0], pixel[1], pixel[2], 9]).collect();
    let tiff = one_strip(1, 4, (64, 48), &pixels);
    shown(&tiff);
    assert_eq!(look(&tiff).unwrap().thumbnail.unwrap().mime, "image/jpeg");
}

/// The header promises Exif and XMP, and there is none.
#[test]
fn a_webp_with_empty_promises() {
    let webp = fixture("webp-lossy.webp");
    let extended = b"VP8X\x0a\0\0\0\x0C\0\0\0\x3F\0\0\x2F\0\0";
    let mut file = [&webp[..12], extended, &webp[12..]].concat();
    let size = (file.len() as u32 - 8).to_le_bytes();
    file[4..8].copy_from_slice(&size);
    shown(&file);
}

#[test]
fn a_tiff_without_byte_counts() {
    for name in ["tiff-none.tif", "tiff-lzw.tif"] {
        let mut tiff = fixture(name);
        let counts = position(&tiff, &[0x17, 1, 4, 0]).min(position(&tiff, &[0x17, 1]));
        // Another tag, which means nothing here.
        tiff[counts] = 0x18;
        shown(&tiff);
    }
}

/// A sample that isn't said to be transparency is none, and the predictor counts it.
#[test]
fn a_tiff_with_a_sample_too_many() {
    shown(&fixture("tiff-extra-sample.tif"));
}

#[test]
fn a_bitmap_that_would_be_invisible_is_opaque() {
    let mut bmp = fixture("alpha-bmp.bmp");
    let pixels = u32::from_le_bytes(bmp[10..14].try_into().unwrap()) as usize;
    bmp[pixels..].chunks_exact_mut(4).for_each(|pixel| pixel[3] = 0);
    let small = look(&bmp).unwrap().thumbnail.unwrap();
    assert_eq!(small.mime, "image/jpeg");
    assert!(difference(&corners(&thumbnail(&bmp)), &CORNERS) <= 12);
}

/// A PNG with one more chunk behind its header.
fn with_chunk(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let png = fixture("scene.png");
    let checked = [&kind[..], body].concat();
    let length = (body.len() as u32).to_be_bytes();
    [&png[..33], &length, &checked, &crc32fast::hash(&checked).to_be_bytes(), &png[33..]].concat()
}

/// How ImageMagick, GIMP and darktable kept Exif before there was a chunk for it.
#[test]
fn exif_in_a_text_chunk() {
    let tiff = b"MM\0\x2a\0\0\0\x08\0\x02\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\
        \x01\x32\0\x02\0\0\0\x14\0\0\0\x26\0\0\0\0\x32\x30\x30\x34:05:06 07:08:09\0";
    let exif = [b"Exif\0\0", &tiff[..]].concat();
    let digits: String = exif.iter().map(|byte| format!("{byte:02x}")).collect();
    let lines: Vec<&str> = digits.as_bytes().chunks(72).map(|line| std::str::from_utf8(line).unwrap()).collect();
    let profile = format!("\nexif\n{:8}\n{}\n", exif.len(), lines.join("\n"));
    for name in ["exif", "APP1"] {
        let body = [b"Raw profile type ", name.as_bytes(), b"\0", profile.as_bytes()].concat();
        let picture = look(&with_chunk(b"tEXt", &body)).unwrap();
        assert_eq!((picture.width, picture.height), (Some(48), Some(64)));
        assert_eq!(picture.taken_at.as_deref(), Some("2004-05-06T07:08:09"));
    }
}

/// A date that stands only in XMP, which every container has in its own place.
#[test]
fn dates_in_xmp() {
    let packet = b"<x:xmpmeta><rdf:Description photoshop:DateCreated=\"2004-05-06T07:08:09\"/></x:xmpmeta>";
    let jpeg = with_segment(&fixture("jpeg-420.jpg"), 0xE1, &[b"http://ns.adobe.com/xap/1.0/\0", &packet[..]].concat());
    let png = with_chunk(b"iTXt", &[b"XML:com.adobe.xmp\0\0\0\0\0", &packet[..]].concat());
    for file in [jpeg, png] {
        assert_eq!(look(&file).unwrap().taken_at.as_deref(), Some("2004-05-06T07:08:09"));
    }
}

/// What the first scans of a progressive picture brought is spread over all of it.
#[test]
fn a_progressive_picture_that_was_cut() {
    let jpeg = fixture("jpeg-progressive.jpg");
    let picture = look(&jpeg[..jpeg.len() * 3 / 4]).unwrap();
    assert!(matches!(picture.remark, Some(Remark::Coarse { .. })), "{:?}", picture.remark);
    assert!(picture.thumbnail.is_some());
}

/// In comments of PostScript 0 is white, but not in those that ImageMagick writes.
#[test]
fn black_and_white_in_postscript_of_imagemagick() {
    let document = |creator: &str| {
        format!(
            "%!PS-Adobe-3.0 EPSF-3.0\n%%Creator: ({creator})\n%%BoundingBox: 0 0 16 8\n%%EndComments\n\
             %%BeginPreview: 16 8 1 1\n%  0000{}\n\n%%EndPreview\n",
            "FFFF".repeat(7)
        )
    };
    for (creator, first) in [("ImageMagick", 0_u8), ("anybody", 255)] {
        let small = thumbnail(document(creator).as_bytes());
        let found = [0, 7].map(|y| small.get_pixel(8, y)[0]);
        // A JPEG lies next to it.
        let right = found[0].abs_diff(first) < 3 && found[1].abs_diff(255 - first) < 3;
        assert!(right, "{creator}: {found:?}");
        let cut = document(creator).replace("FFFFFFFF", "").replace("%%EndPreview", "");
        assert_eq!(look(cut.as_bytes()).unwrap().remark, Some(Remark::Truncated { missing: Some(75) }));
    }
}

/// Numbers of colours have 16 bits, and all of them count.
#[test]
fn a_palette_of_more_colours_than_a_byte_counts() {
    const COLOURS: usize = 1 << 16;
    let numbers = [0x1234_u16, 0x1235, 0x12FF, 0xFFFF];
    let colours = [[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 0]];
    let mut map = vec![0_u16; COLOURS * 3];
    for (number, colour) in numbers.into_iter().zip(colours) {
        (0..3).for_each(|channel| map[channel * COLOURS + usize::from(number)] = colour[channel] * 257);
    }
    let pixels = [numbers[0], numbers[1], numbers[2], numbers[3]].map(|number| [number; 64]).concat();
    let entries = [
        (0x100_u16, 4_u16, 1, 64),
        (0x101, 4, 1, 4),
        (0x102, 3, 1, 16),
        (0x106, 3, 1, 3),
        (0x111, 4, 1, 8),
        (0x117, 4, 1, pixels.len() as u32 * 2),
        (0x140, 3, map.len() as u32, 8 + pixels.len() as u32 * 2),
    ];
    let mut file = b"II\x2a\0".to_vec();
    file.extend((8 + (pixels.len() + map.len()) as u32 * 2).to_le_bytes());
    file.extend(pixels.iter().chain(&map).flat_map(|value| value.to_le_bytes()));
    file.extend((entries.len() as u16).to_le_bytes());
    for (tag, kind, count, value) in entries {
        file.extend([tag.to_le_bytes(), kind.to_le_bytes()].concat());
        file.extend([u32::to_le_bytes(count), value.to_le_bytes()].concat());
    }
    file.extend([0; 4]);
    let small = thumbnail(&file);
    for (y, colour) in colours.into_iter().enumerate() {
        let found = small.get_pixel(32, y as u32).0;
        let near = found.iter().zip(colour).all(|(found, wanted)| u16::from(*found).abs_diff(wanted) < 60);
        assert!(near, "{found:?} instead of {colour:?}");
    }
}

/// Run lengths that break off show what came before, and a pixel that none of them sets is transparent.
#[test]
fn a_bitmap_of_run_lengths_that_was_cut() {
    let whole = fixture("bmp-rle-above.bmp");
    let picture = look(&whole[..whole.len() - (whole.len() - 70) / 4]).unwrap();
    assert!(matches!(picture.remark, Some(Remark::Truncated { missing: Some(20..=30) })), "{:?}", picture.remark);
    let small = image::load_from_memory(&picture.thumbnail.unwrap().bytes).unwrap().to_rgba8();
    assert_eq!((small.get_pixel(16, 12)[3], small.get_pixel(16, 47)[3]), (255, 0));
    // Without its end mark nothing is missing of it.
    assert_eq!(look(&whole[..whole.len() - 2]).unwrap().remark, None);
}

#[test]
fn a_jpeg_with_other_bytes_behind_its_start() {
    let jpeg = fixture("jpeg-444.jpg");
    let padded = [&jpeg[..2], &(0..255).collect::<Vec<u8>>()[..], &jpeg[2..]].concat();
    let picture = look(&padded).unwrap();
    assert_eq!((picture.format, picture.remark), (Format::Jpeg, None));
    assert!(difference(&corners(&thumbnail(&padded)), &CORNERS) < 12);
    // What only begins alike is no picture.
    assert!(look(&[&jpeg[..2], &[0; 500][..]].concat()).is_err());
}

#[test]
fn components_of_one_name_are_meant_in_their_order() {
    let mut jpeg = fixture("jpeg-444.jpg");
    let at = |marker: u8, jpeg: &[u8]| jpeg.windows(2).position(|pair| pair == [0xFF, marker]).unwrap();
    let (frame, scan) = (at(0xC0, &jpeg), at(0xDA, &jpeg));
    (0..3).for_each(|part| jpeg[frame + 10 + part * 3] = 7);
    (0..3).for_each(|part| jpeg[scan + 5 + part * 2] = 7);
    assert_eq!(look(&jpeg).unwrap().remark, None);
    assert!(difference(&corners(&thumbnail(&jpeg)), &CORNERS) < 12);
}

#[test]
fn gamma_and_primaries_of_a_png_are_applied() {
    let png = fixture("scene.png");
    let with = |kind: &[u8; 4], body: &[u8]| {
        let checked = [&kind[..], body].concat();
        let sum = crc32fast::hash(&checked).to_be_bytes();
        [&png[..33], &(body.len() as u32).to_be_bytes(), &checked, &sum, &png[33..]].concat()
    };
    let first = |bytes: &[u8]| corners(&thumbnail(bytes))[0];
    let plain = first(&png);
    // That of sRGB changes nothing; light itself is encoded.
    assert_eq!(first(&with(b"gAMA", &45_455_u32.to_be_bytes())), plain);
    let light = first(&with(b"gAMA", &100_000_u32.to_be_bytes()));
    assert!(light[0] > plain[0] + 15 && light[1] > plain[1] + 50, "{light:?} {plain:?}");
    // Red and green in each other's place.
    let swapped = [31_270_u32, 32_900, 30_000, 60_000, 64_000, 33_000, 15_000, 6_000];
    let swapped = first(&with(b"cHRM", &swapped.map(u32::to_be_bytes).concat()));
    assert!(swapped[1] > 150 && swapped[0] < 100, "{swapped:?}");
    // A profile, or that it is sRGB, is said first.
    let both = with(b"gAMA", &100_000_u32.to_be_bytes());
    let srgb = [&both[..33], b"\0\0\0\x01sRGB\0\xAE\xCE\x1C\xE9", &both[33..]].concat();
    assert_eq!(first(&srgb), plain);
}
