//! Files to test with, and what their pictures should look like.

use std::path::{Path, PathBuf};

use image::RgbImage;
use pictures::{Limits, Picture, PictureError, examine};

/// The scene's corners in the order top left, top right, bottom left, bottom right.
pub const CORNERS: [[u8; 3]; 4] = [[0xD0, 0x20, 0x20], [0x20, 0xA0, 0x40], [0x20, 0x40, 0xD0], [0xE0, 0xD0, 0x20]];

/// A file of `fixtures/`.
pub fn fixture(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/fixtures").join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Names of the files in `fixtures/`.
pub fn fixtures() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/fixtures");
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| !name.ends_with(".sh"))
        .collect();
    names.sort();
    names
}

/// A folder of real photographs, when they are on this machine.
pub fn photographs(folder: &str) -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/photos");
    let root = std::env::var_os("IMAGE_MANAGER_PHOTOS").map_or(beside, PathBuf::from);
    let path = root.join(folder);
    if path.is_dir() {
        return Some(path);
    }
    say(&format!("{} isn't there: the generated pictures have to do", path.display()));
    None
}

#[allow(clippy::print_stderr)]
fn say(text: &str) {
    eprintln!("{text}");
}

/// Those of a worker: a test that aborts is one that fails.
pub fn limits() -> Limits {
    Limits { expendable: true, ..Limits::default() }
}

/// Examines with the usual limits.
pub fn look(bytes: &[u8]) -> Result<Picture, PictureError> {
    examine(bytes, &limits())
}

/// The thumbnail's pixels.
pub fn thumbnail(bytes: &[u8]) -> RgbImage {
    let small = look(bytes).unwrap().thumbnail.unwrap();
    let image = image::load_from_memory(&small.bytes).unwrap();
    assert_eq!((image.width(), image.height()), (small.width, small.height));
    image.to_rgb8()
}

/// The middle of each quarter of a picture.
pub fn corners(image: &RgbImage) -> [[u8; 3]; 4] {
    let (w, h) = (image.width(), image.height());
    [(1, 1), (3, 1), (1, 3), (3, 3)].map(|(x, y)| image.get_pixel(w * x / 4, h * y / 4).0)
}

/// The largest difference of any channel.
pub fn difference(a: &[[u8; 3]; 4], b: &[[u8; 3]; 4]) -> u8 {
    a.as_flattened().iter().zip(b.as_flattened()).map(|(a, b)| a.abs_diff(*b)).max().unwrap()
}

/// Puts a segment behind the start of a JPEG.
pub fn with_segment(jpeg: &[u8], marker: u8, body: &[u8]) -> Vec<u8> {
    let mut file = jpeg[..2].to_vec();
    file.extend([0xFF, marker]);
    file.extend((body.len() as u16 + 2).to_be_bytes());
    file.extend(body);
    file.extend(&jpeg[2..]);
    file
}

/// An Exif block (a big-endian TIFF file) with only an orientation.
pub fn exif_orientation(orientation: u8) -> Vec<u8> {
    let mut exif = b"MM\0\x2a\0\0\0\x08\0\x01".to_vec();
    exif.extend([0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0]);
    exif
}
