//! Photographs to measure with: the same bytes on every machine with the same libvips, made once and kept.
//!
//! A landscape of noise at all sizes, as nature has it, with light, colour and a sensor's grain is drawn once; every
//! photograph is another section of it. Noise at one size only would compress as no photograph does.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::failure::{Failure, Result};
use crate::process::{headline, program};
use crate::tree::Tree;

/// Width and height of what is drawn, in pixels.
const WHOLE: (u32, u32) = (7168, 5376);

/// Counts up when other bytes are made.
const EDITION: u32 = 1;

/// Sizes of large photographs in pixels: 12 to 24 megapixels, as cameras and telephones have them.
const LARGE: [(u32, u32); 4] = [(4000, 3000), (4608, 3456), (5184, 3888), (6000, 4000)];

/// Sizes of small ones: what messengers and web pages make of them.
const SMALL: [(u32, u32); 4] = [(800, 600), (1024, 768), (1280, 960), (1600, 1066)];

/// JPEG quality of a camera.
const QUALITY: u32 = 90;

/// HEIC quality, about that of telephones.
const HEIC_QUALITY: u32 = 60;

/// Some photographs.
pub struct Photos {
    /// `small`, `large` or `heic`.
    pub name: &'static str,
    /// The folder with nothing else in it.
    pub folder: PathBuf,
    /// In the order of their names.
    pub files: Vec<PathBuf>,
    /// All of them, in bytes.
    pub bytes: u64,
}

/// Small ones.
pub fn small(tree: &Tree, count: u32) -> Result<Photos> {
    ensure(tree, "small", count, &SMALL)
}

/// Large ones.
pub fn large(tree: &Tree, count: u32) -> Result<Photos> {
    ensure(tree, "large", count, &LARGE)
}

/// HEICs of the same sizes, as telephones make them.
pub fn heic(tree: &Tree, count: u32) -> Result<Photos> {
    ensure(tree, "heic", count, &LARGE)
}

fn ensure(tree: &Tree, name: &'static str, count: u32, sizes: &[(u32, u32)]) -> Result<Photos> {
    let kept = tree.tools.join("bench").join(format!("photos-{EDITION}"));
    let folder = kept.join(format!("{name}-{count}"));
    let extension = if name == "heic" { "heic" } else { "jpg" };
    let files: Vec<PathBuf> =
        (1..=count).map(|number| folder.join(format!("{name}-{number:05}.{extension}"))).collect();
    if !folder.is_dir() {
        make(&kept, &folder, &files, sizes)?;
    }
    let mut bytes = 0;
    for file in &files {
        // Read, so that everybody finds them in the system's cache.
        bytes += io::copy(&mut File::open(file).map_err(|error| unusable(file, &error))?, &mut io::sink())
            .map_err(|error| unusable(file, &error))?;
    }
    Ok(Photos { name, folder, files, bytes })
}

/// In a folder beside, which is renamed when it is complete.
fn make(kept: &Path, folder: &Path, files: &[PathBuf], sizes: &[(u32, u32)]) -> Result<()> {
    headline(format!("Making {} photographs in {} (once)", files.len(), folder.display()));
    let beside = folder.with_extension("part");
    let _ = fs::remove_dir_all(&beside);
    fs::create_dir_all(&beside).map_err(|error| unusable(&beside, &error))?;
    let whole = whole(kept)?;
    for (file, number) in files.iter().zip(0..) {
        let (width, height) = sizes[number as usize % sizes.len()];
        let (left, top) = (hash(number, 1) % (WHOLE.0 - width), hash(number, 2) % (WHOLE.1 - height));
        let to = beside.join(file.file_name().unwrap_or_default());
        let numbers = [left, top, width, height].map(|number| number.to_string());
        vips(&["crop".as_ref(), whole.as_ref(), with_quality(&to).as_ref()], &numbers)?;
    }
    fs::rename(&beside, folder).map_err(|error| unusable(folder, &error))
}

fn with_quality(path: &Path) -> String {
    let quality = if path.extension().is_some_and(|extension| extension == "heic") { HEIC_QUALITY } else { QUALITY };
    format!("{}[Q={quality}]", path.display())
}

fn vips(arguments: &[&std::ffi::OsStr], numbers: &[String]) -> Result<()> {
    let status = program("vips").args(arguments).args(numbers).status();
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(Failure::new(format!("vips failed ({status})."))),
        Err(error) => Err(Failure::new(format!("vips can't be run: {error}"))),
    }
}

/// What all photographs are sections of, in libvips's own format, which needs no decoding.
fn whole(kept: &Path) -> Result<PathBuf> {
    let path = kept.join("whole.v");
    if !path.is_file() {
        let (ppm, part) = (kept.join("whole.ppm"), kept.join("whole.part.v"));
        draw(&ppm).map_err(|error| unusable(&ppm, &error))?;
        vips(&["copy".as_ref(), ppm.as_ref(), part.as_ref()], &[])?;
        fs::rename(&part, &path).map_err(|error| unusable(&path, &error))?;
        let _ = fs::remove_file(&ppm);
    }
    Ok(path)
}

fn unusable(path: &Path, error: &io::Error) -> Failure {
    Failure::new(format!("{} can't be read or written: {error}", path.display()))
}

/// Row by row, for memory's sake.
fn draw(path: &Path) -> io::Result<()> {
    let mut file = BufWriter::with_capacity(1 << 20, File::create(path)?);
    write!(file, "P6\n{} {}\n255\n", WHOLE.0, WHOLE.1)?;
    let width = WHOLE.0 as usize;
    let (mut light, mut warmth) = (vec![0i32; width], vec![0i32; width]);
    let mut row = vec![0u8; width * 3];
    for y in 0..WHOLE.1 {
        // High in the picture it is bright and even, as skies are; further down there is more and more detail.
        let sky = 255 - (y * 255 / WHOLE.1) as i32;
        light.fill(0);
        warmth.fill(0);
        for (octave, weight) in [(10, 110), (8, 60), (6, 34), (5, 24), (4, 17), (3, 12), (2, 8), (1, 6)] {
            let weight = if octave < 6 { weight * (320 - sky) / 256 } else { weight };
            add_noise(&mut light, y, octave, octave, weight);
        }
        add_noise(&mut warmth, y, 9, 20, 70);
        add_noise(&mut warmth, y, 5, 21, 24);
        for x in 0..width {
            let grain = (hash(x as u32, y ^ 0x5bd1) & 15) as i32 - 7;
            let light = 70 + sky / 4 + light[x] / 2 + grain;
            let warm = warmth[x];
            let pixel = [light + warm, light, light - warm + sky / 6];
            row[x * 3..x * 3 + 3].copy_from_slice(&pixel.map(|value| value.clamp(0, 255) as u8));
        }
        file.write_all(&row)?;
    }
    file.flush()
}

/// Adds smooth noise of up to ±`weight` whose points are 2^`octave` pixels apart.
fn add_noise(row: &mut [i32], y: u32, octave: u32, seed: u32, weight: i32) {
    let step = 1i32 << octave;
    let (cell, within) = (y >> octave, (y & (step as u32 - 1)) as i32);
    let point = |column: u32| {
        let at = |line: u32| (hash(column, line.wrapping_mul(31).wrapping_add(seed << 20)) & 255) as i32 - 128;
        at(cell) * (step - within) + at(cell + 1) * within
    };
    let mut left = point(0);
    for (column, values) in row.chunks_mut(step as usize).enumerate() {
        let right = point(column as u32 + 1);
        let (mut value, slope) = (left, (right - left) / step);
        for pixel in values {
            *pixel += ((value >> octave) * weight) >> 7;
            value += slope;
        }
        left = right;
    }
}

/// Mixes two numbers (the finisher of MurmurHash3).
fn hash(a: u32, b: u32) -> u32 {
    let mut mixed = a.wrapping_mul(0x9e37_79b1) ^ b.wrapping_mul(0x85eb_ca77);
    mixed = (mixed ^ (mixed >> 16)).wrapping_mul(0x85eb_ca6b);
    mixed = (mixed ^ (mixed >> 13)).wrapping_mul(0xc2b2_ae35);
    mixed ^ (mixed >> 16)
}
