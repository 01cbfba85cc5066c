//! What pictures are compared by to find those that show the same: perceptual hashes, and a little picture for a second look.
//!
//! The hash is the pHash of C. Zauner, *Implementation and Benchmarking of Perceptual Image Hash Functions* (2010), section
//! 3.2.2: the discrete cosine transform of 32 × 32 pixels of grey, of which the 8 × 8 lowest frequencies that are not constant in
//! either direction give a bit each: whether they are above the median. Re-encoding, resizing and brightening change few of them.
//!
//! Mirroring and turning a picture only changes the signs of its frequencies and exchanges their directions, so that the hashes of
//! all eight ways to lay it down are had from one transform.

use std::f32::consts::PI;
use std::sync::LazyLock;

use crate::raster::{Layout, Raster};
use crate::shrink::shrink;

/// Side of the grey picture that is transformed, in pixels.
const SIDE: usize = 32;

/// Frequencies in either direction.
const FREQUENCIES: usize = 8;

/// Side of [`Likeness::grey`], in pixels.
pub const GREY_SIDE: usize = 16;

/// Standard deviation of grey, of 255 levels, under which a picture is flat: what is left then is noise.
const FLAT: f32 = 3.0;

/// How far above the median a frequency has to be, as a share of their root mean square. Pictures that are their own mirror image
/// have nothing but noise in half of their frequencies, which is to give the same bits each time.
const ABOVE: f32 = 0.02;

/// The shorter side under which a picture is too small to be compared, in pixels.
const SMALLEST: u32 = 8;

/// Standard deviation and mean of [`Likeness::grey`].
const SPREAD: f32 = 40.0;
const MIDDLE: f32 = 128.0;

/// What a picture is compared by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Likeness {
    /// The hash of the picture as it is shown, and of the seven others that it becomes when it is mirrored and turned.
    pub hashes: [u64; 8],
    /// The picture in 16 × 16 pixels of grey, row by row, with a mean of 128 and a standard deviation of 40: the same for a
    /// brighter one.
    pub grey: [u8; GREY_SIDE * GREY_SIDE],
}

impl Likeness {
    /// Of a picture as it is shown; none of one that is flat or has only a few pixels.
    pub(crate) fn of(shown: &Raster) -> Option<Likeness> {
        if shown.width.min(shown.height) < SMALLEST || shown.layout == Layout::Cmyk {
            return None;
        }
        let small = shrink(grey(shown), SIDE as u32, SIDE as u32);
        let pixels: Vec<f32> = small.data.iter().map(|&level| f32::from(level)).collect();
        let count = pixels.len() as f32;
        let mean = pixels.iter().sum::<f32>() / count;
        let deviation = (pixels.iter().map(|level| (level - mean).powi(2)).sum::<f32>() / count).sqrt();
        if deviation < FLAT {
            return None;
        }
        Some(Likeness { hashes: hashes(&frequencies(&pixels)), grey: reduced(&pixels, mean, deviation) })
    }
}

/// Luma (ITU-R BT.601), transparency on white.
fn grey(shown: &Raster) -> Raster {
    let luma = |p: &[u8]| ((299 * u32::from(p[0]) + 587 * u32::from(p[1]) + 114 * u32::from(p[2]) + 500) / 1000) as u8;
    let data = match shown.layout {
        Layout::Grey => shown.data.clone(),
        Layout::YCbCr => shown.data.chunks_exact(3).map(|pixel| pixel[0]).collect(),
        Layout::Rgba => shown.clone().on_white().data.chunks_exact(3).map(luma).collect(),
        _ => shown.data.chunks_exact(3).map(luma).collect(),
    };
    Raster { width: shown.width, height: shown.height, layout: Layout::Grey, data }
}

/// The lowest frequencies of the type-II transform, without the constant ones: rows of one vertical frequency.
fn frequencies(pixels: &[f32]) -> [[f32; FREQUENCIES]; FREQUENCIES] {
    static COSINES: LazyLock<[[f32; SIDE]; FREQUENCIES]> = LazyLock::new(|| {
        std::array::from_fn(|at| {
            let frequency = (at + 1) as f32;
            std::array::from_fn(|x| (PI * frequency * (2 * x + 1) as f32 / (2 * SIDE) as f32).cos())
        })
    });
    let along: Vec<[f32; FREQUENCIES]> = pixels
        .chunks_exact(SIDE)
        .map(|row| COSINES.map(|cosine| row.iter().zip(cosine).map(|(level, cosine)| level * cosine).sum()))
        .collect();
    COSINES.map(|cosine| std::array::from_fn(|at| along.iter().zip(cosine).map(|(row, cosine)| row[at] * cosine).sum()))
}

/// Those of the picture, of it mirrored left to right, top to bottom and both, and of the four with their axes exchanged.
fn hashes(of: &[[f32; FREQUENCIES]; FREQUENCIES]) -> [u64; 8] {
    // What is mirrored has its odd frequencies negated; the first one is at 0.
    let negated = |mirrored: bool, at: usize| if mirrored && at.is_multiple_of(2) { -1.0 } else { 1.0 };
    std::array::from_fn(|way| {
        let mut laid = [0.0; FREQUENCIES * FREQUENCIES];
        for (at, value) in laid.iter_mut().enumerate() {
            let (down, across) = (at / FREQUENCIES, at % FREQUENCIES);
            let frequency = if way & 4 == 0 { of[down][across] } else { of[across][down] };
            *value = frequency * negated(way & 1 != 0, across) * negated(way & 2 != 0, down);
        }
        hash(&laid)
    })
}

fn hash(frequencies: &[f32; FREQUENCIES * FREQUENCIES]) -> u64 {
    let mut sorted = *frequencies;
    sorted.sort_unstable_by(f32::total_cmp);
    let middle = sorted.len() / 2;
    let median = f32::midpoint(sorted[middle - 1], sorted[middle]);
    let mean_square = frequencies.iter().map(|value| value * value).sum::<f32>() / frequencies.len() as f32;
    let above = median + ABOVE * mean_square.sqrt();
    frequencies.iter().enumerate().fold(0, |hash, (at, value)| hash | u64::from(*value > above) << at)
}

fn reduced(pixels: &[f32], mean: f32, deviation: f32) -> [u8; GREY_SIDE * GREY_SIDE] {
    const FACTOR: usize = SIDE / GREY_SIDE;
    std::array::from_fn(|at| {
        let (y, x) = (at / GREY_SIDE * FACTOR, at % GREY_SIDE * FACTOR);
        let square = (0..FACTOR * FACTOR).map(|within| pixels[(y + within / FACTOR) * SIDE + x + within % FACTOR]);
        let level = square.sum::<f32>() / (FACTOR * FACTOR) as f32;
        ((level - mean) / deviation * SPREAD + MIDDLE).round().clamp(0.0, 255.0) as u8
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Hills of light without any symmetry.
    fn hills(x: f32, y: f32) -> f32 {
        let hill = |cx: f32, cy: f32, wide: f32| (-((x - cx).powi(2) + (y - cy).powi(2)) / wide).exp();
        220.0
            * (hill(0.2, 0.3, 0.02)
                + 0.7 * hill(0.7, 0.2, 0.05)
                + 0.4 * hill(0.5, 0.8, 0.01)
                + 0.5 * hill(0.1, 0.9, 0.03))
    }

    fn picture(width: u32, height: u32, at: impl Fn(f32, f32) -> (f32, f32)) -> Raster {
        let level = |n: u32| {
            let (x, y) = at(((n % width) as f32 + 0.5) / width as f32, ((n / width) as f32 + 0.5) / height as f32);
            hills(x, y).clamp(0.0, 255.0) as u8
        };
        Raster { width, height, layout: Layout::Grey, data: (0..width * height).map(level).collect() }
    }

    #[test]
    fn every_way_to_lay_a_picture_down_has_its_hash() {
        let upright = Likeness::of(&picture(320, 240, |x, y| (x, y))).unwrap();
        type Way = fn(f32, f32) -> (f32, f32);
        let ways: [Way; 8] = [
            |x, y| (x, y),
            |x, y| (1.0 - x, y),
            |x, y| (x, 1.0 - y),
            |x, y| (1.0 - x, 1.0 - y),
            |x, y| (y, x),
            |x, y| (y, 1.0 - x),
            |x, y| (1.0 - y, x),
            |x, y| (1.0 - y, 1.0 - x),
        ];
        let mut met = Vec::new();
        for way in ways {
            let laid = Likeness::of(&picture(240, 320, way)).unwrap();
            let distances = upright.hashes.map(|hash| (hash ^ laid.hashes[0]).count_ones());
            let nearest = (0..8).min_by_key(|at| distances[*at]).unwrap();
            assert!(distances[nearest] <= 2, "{distances:?}");
            met.push(nearest);
        }
        met.sort_unstable();
        assert_eq!(met, [0, 1, 2, 3, 4, 5, 6, 7], "each way is one of the eight");
    }

    #[test]
    fn flat_and_tiny_pictures_have_none() {
        let flat = Raster {
            width: 64,
            height: 64,
            layout: Layout::Grey,
            data: (0..64 * 64).map(|n| 100 + (n % 5) as u8).collect(),
        };
        assert_eq!(Likeness::of(&flat), None);
        assert_eq!(Likeness::of(&picture(7, 300, |x, y| (x, y))), None);
        assert!(Likeness::of(&picture(8, 300, |x, y| (x, y))).is_some());
    }

    #[test]
    fn colours_and_brightness_do_not_matter() {
        let grey = picture(200, 150, |x, y| (x, y));
        let upright = Likeness::of(&grey).unwrap();
        let bright = grey.data.iter().map(|&level| 40 + (f32::from(level) * 0.8) as u8).collect();
        let bright = Likeness::of(&Raster { data: bright, ..grey.clone() }).unwrap();
        assert!((upright.hashes[0] ^ bright.hashes[0]).count_ones() <= 2);
        let off = upright.grey.iter().zip(bright.grey).map(|(one, other)| one.abs_diff(other)).max().unwrap();
        assert!(off <= 2, "{off}");
        let clear = grey.data.iter().flat_map(|&level| [0, 0, 0, 255 - level]).collect();
        let on_white = Likeness::of(&Raster { layout: Layout::Rgba, data: clear, ..grey }).unwrap();
        assert!((upright.hashes[0] ^ on_white.hashes[0]).count_ones() <= 2);
    }
}
