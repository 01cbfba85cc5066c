//! Camera RAW of every container: no sensor data that means anything, and a preview where cameras put it.

use pictures::{Format, Remark, sniff};
use rstest::rstest;

use crate::files::{CORNERS, corners, difference, exif_orientation, fixture, look, thumbnail, with_segment};

/// The preview, which lies on its side where `orientation` says so in its own Exif.
fn preview(orientation: u8) -> Vec<u8> {
    with_segment(&fixture("jpeg-444.jpg"), 0xE1, &[b"Exif\0\0", &exif_orientation(orientation)[..]].concat())
}

type Entry = (u16, u16, u32, u32);

/// A directory at `at`, little-endian.
fn directory(entries: &[Entry], next: u32) -> Vec<u8> {
    let mut bytes = (entries.len() as u16).to_le_bytes().to_vec();
    for (tag, kind, count, value) in entries {
        bytes.extend([tag.to_le_bytes(), kind.to_le_bytes()].concat());
        bytes.extend([count.to_le_bytes(), value.to_le_bytes()].concat());
    }
    bytes.extend(next.to_le_bytes());
    bytes
}

/// A TIFF-like file: a directory of the camera's, one of a sensor of 4000 × 3000 pixels, and the preview at the end.
fn tiff_like(magic: &[u8; 4], entries: impl Fn(u32, u32, u32) -> Vec<Entry>, orientation: u8) -> Vec<u8> {
    let jpeg = preview(1);
    let sensor = |next| directory(&[(0x100, 4, 1, 4000), (0x101, 4, 1, 3000), (0x106, 3, 1, 32_803)], next);
    let made = |sensor_at: u32, jpeg_at: u32| {
        let mut all = entries(sensor_at, jpeg_at, jpeg.len() as u32);
        all.push((0x112, 3, 1, orientation.into()));
        all.sort_unstable_by_key(|entry| entry.0);
        directory(&all, 0)
    };
    let sensor_at = 16 + made(0, 0).len() as u32;
    let jpeg_at = sensor_at + sensor(0).len() as u32 + 64;
    let header = [&magic[..], &16_u32.to_le_bytes(), &[0; 8]].concat();
    [header, made(sensor_at, jpeg_at), sensor(0), vec![0x55; 64], jpeg].concat()
}

/// A JPEG named by its own tags, as in NEF, ARW, PEF, SRW and many others.
fn named(sensor_at: u32, jpeg_at: u32, length: u32) -> Vec<Entry> {
    let make = (0x10F, 2, 4, u32::from_le_bytes(*b"Cam\0"));
    vec![(0xFE, 4, 1, 1), make, (0x14A, 4, 1, sensor_at), (0x201, 4, 1, jpeg_at), (0x202, 4, 1, length)]
}

/// A JPEG that is the one strip of a directory, as in a DNG.
fn strip(sensor_at: u32, jpeg_at: u32, length: u32) -> Vec<Entry> {
    vec![
        (0xFE, 4, 1, 1),
        (0x100, 4, 1, 64),
        (0x101, 4, 1, 48),
        (0x103, 3, 1, 7),
        (0x106, 3, 1, 6),
        (0x111, 4, 1, jpeg_at),
        (0x117, 4, 1, length),
        (0x14A, 4, 1, sensor_at),
        (0xC612, 1, 4, 0x0401),
    ]
}

fn boxed(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    [&(body.len() as u32 + 8).to_be_bytes()[..], kind, body].concat()
}

/// Canon CR3: the directories in `moov`, the preview in a box of its own.
fn cr3(orientation: u8) -> Vec<u8> {
    const CANON: [u8; 16] =
        [0x85, 0xC0, 0xB6, 0x87, 0x82, 0x0F, 0x11, 0xE0, 0x81, 0x11, 0xF4, 0xCE, 0x46, 0x2B, 0x6A, 0x48];
    let main = [(0x100, 4, 1, 4000), (0x101, 4, 1, 3000), (0x112, 3, 1, orientation.into())];
    let main = [b"II\x2a\0\x08\0\0\0".to_vec(), directory(&main, 0)].concat();
    let canon = boxed(b"uuid", &[&CANON[..], &boxed(b"CMT1", &main)].concat());
    let shown = boxed(b"uuid", &[&[0xEA; 24][..], &boxed(b"PRVW", &[&[0; 16][..], &preview(1)].concat())].concat());
    [boxed(b"ftyp", b"crx \0\0\0\x01crx isom"), boxed(b"moov", &canon), shown, boxed(b"mdat", &[0x55; 64])].concat()
}

/// Fujifilm RAF: the header says where the preview is, and the preview how it lies.
fn raf(orientation: u8) -> Vec<u8> {
    let jpeg = preview(orientation);
    let mut file = b"FUJIFILMCCD-RAW 0201FF383501".to_vec();
    file.resize(84, 0);
    file.extend([148_u32.to_be_bytes(), (jpeg.len() as u32).to_be_bytes()].concat());
    file.resize(148, 0);
    [file, jpeg, vec![0x55; 64]].concat()
}

/// Sigma X3F: the size in the header, the preview somewhere behind.
fn x3f(orientation: u8) -> Vec<u8> {
    let mut file = b"FOVb\x03\0\x02\0".to_vec();
    file.resize(28, 0);
    file.extend([4000_u32.to_le_bytes(), 3000_u32.to_le_bytes()].concat());
    [file, vec![0x55; 64], preview(orientation)].concat()
}

/// Canon CRW: a heap, whose parts nothing but its end tells of.
fn crw(orientation: u8) -> Vec<u8> {
    [&b"II\x1a\0\0\0HEAPCCDR\x02\0\x01\0"[..], &[0x55; 64], &preview(orientation)].concat()
}

fn raw(kind: &str, orientation: u8) -> Vec<u8> {
    match kind {
        "nef, arw, pef, srw" => tiff_like(b"II\x2a\0", named, orientation),
        "orf" => tiff_like(b"IIRO", named, orientation),
        "dng" => tiff_like(b"II\x2a\0", strip, orientation),
        "rw2" => {
            let inside = |sensor_at, jpeg_at, length| vec![(0x2E, 7, length, jpeg_at), (0x14A, 4, 1, sensor_at)];
            tiff_like(b"IIU\0", inside, orientation)
        }
        "cr3" => cr3(orientation),
        "raf" => raf(orientation),
        "x3f" => x3f(orientation),
        _ => crw(orientation),
    }
}

#[rstest]
fn the_preview_is_shown_upright(
    #[values("nef, arw, pef, srw", "orf", "dng", "rw2", "cr3", "raf", "x3f", "crw")] kind: &str,
    #[values(1, 6)] orientation: u8,
) {
    let file = raw(kind, orientation);
    assert_eq!(sniff(&file), Some(Format::Raw));
    let picture = look(&file).unwrap();
    assert_eq!((picture.format, picture.remark), (Format::Raw, None));
    // The size is the sensor's, where the file tells it.
    let size = if matches!(kind, "raf" | "crw") { (64, 48) } else { (4000, 3000) };
    let shown = if orientation == 6 { (size.1, size.0) } else { size };
    assert_eq!((picture.width, picture.height), (Some(shown.0), Some(shown.1)));
    let order = if orientation == 6 { [2, 0, 3, 1] } else { [0, 1, 2, 3] };
    let found = corners(&thumbnail(&file));
    assert!(difference(&found, &order.map(|corner| CORNERS[corner])) < 14, "{found:?}");
}

#[test]
fn sensor_data_that_is_jpeg_is_no_preview() {
    // A DNG whose tiles are JPEGs, larger than the preview.
    let mut file = raw("dng", 1);
    let large = image::RgbImage::from_pixel(256, 256, image::Rgb([90, 90, 90]));
    image::codecs::jpeg::JpegEncoder::new(&mut file).encode_image(&large).unwrap();
    let found = corners(&thumbnail(&file));
    assert!(difference(&found, &CORNERS) < 14, "{found:?}");
}

#[test]
fn a_file_without_a_preview_is_kept() {
    let file = raw("nef, arw, pef, srw", 1);
    let picture = look(&file[..file.len() - 700]).unwrap();
    assert_eq!((picture.width, picture.height), (Some(4000), Some(3000)));
    assert_eq!(picture.remark, Some(Remark::Coding { format: Format::Raw }));
}

#[test]
fn a_small_picture_without_compression_is_shown() {
    // As phones write a DNG: the file's first directory is a little TIFF.
    let mut file = fixture("tiff-none.tif");
    let version = (0xC612_u16, 1_u16, 4_u32, 0x0401_u32);
    let at = u32::from_le_bytes(file[4..8].try_into().unwrap()) as usize;
    // The tag takes the place of one that means nothing here, and order is of no matter.
    let count = usize::from(u16::from_le_bytes(file[at..at + 2].try_into().unwrap()));
    let last = at + 2 + (count - 1) * 12;
    file[last..last + 12].copy_from_slice(&directory(&[version], 0)[2..14]);
    assert_eq!(sniff(&file), Some(Format::Raw));
    let found = corners(&thumbnail(&file));
    assert!(difference(&found, &CORNERS) < 14, "{found:?}");
}
