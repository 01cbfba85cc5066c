//! From luma and chroma to red, green and blue (ITU-T H.273, 8.3).

use crate::raster::{Layout, Raster};
use crate::reduce::Reducer;

/// What the samples mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Coding {
    /// `MatrixCoefficients`: 0 is green, blue and red themselves, 8 is YCgCo.
    pub(super) matrix: u16,
    /// All values count, rather than those of television.
    pub(super) full_range: bool,
}

/// Rows of samples, of one byte, or of two in the machine's order where they have more than 8 bits.
pub(super) struct Plane<'p> {
    pub(super) bytes: &'p [u8],
    /// Bytes from row to row.
    pub(super) stride: usize,
}

/// A decoded picture.
pub(super) struct Frame<'p> {
    pub(super) width: u32,
    pub(super) height: u32,
    /// Bits a sample, 8 to 12.
    pub(super) depth: u32,
    /// Luma, and two of chroma unless the picture is grey.
    pub(super) planes: Vec<Plane<'p>>,
    /// Whether chroma has half the width, and half the height.
    pub(super) halved: (bool, bool),
    pub(super) coding: Coding,
}

/// Bits behind the point.
const FRACTION: u32 = 14;

impl Frame<'_> {
    /// The colours, at 8 bits a channel. The longest side has `side` pixels or more, unless the picture has fewer.
    pub(super) fn raster(&self, side: u32, max_alloc: u64) -> Raster {
        let grey = self.planes.len() < 3;
        let layout = if grey { Layout::Grey } else { Layout::Rgb };
        let mut reducer = Reducer::new(self.width, self.height, layout, side, max_alloc);
        let width = self.width as usize;
        let mut row = vec![0; width * layout.channels()];
        let mixing = Mixing::of(self.coding, self.depth);
        let [mut luma, mut blue, mut red] = [(); 3].map(|()| vec![0; width]);
        let mut near_and_far = [(); 2].map(|()| vec![0; if self.halved.0 { width.div_ceil(2) } else { width }]);
        for y in 0..self.height as usize {
            self.load(0, y, &mut luma);
            if grey {
                row.iter_mut().zip(&luma).for_each(|(pixel, &luma)| *pixel = mixing.level(luma));
            } else {
                self.chroma(1, y, &mut near_and_far, &mut blue);
                self.chroma(2, y, &mut near_and_far, &mut red);
                mixing.mix(&luma, &blue, &red, &mut row);
            }
            reducer.row(&row);
        }
        reducer.finish()
    }

    fn load(&self, plane: usize, y: usize, row: &mut [i32]) {
        let Plane { bytes, stride } = &self.planes[plane];
        let bytes = &bytes[y * stride..];
        if self.depth > 8 {
            let samples = bytes.as_chunks::<2>().0;
            row.iter_mut().zip(samples).for_each(|(sample, &bytes)| *sample = u16::from_ne_bytes(bytes).into());
        } else {
            row.iter_mut().zip(bytes).for_each(|(sample, &byte)| *sample = byte.into());
        }
    }

    /// A row of chroma at full width; what is halved lies in the middle of its two pixels.
    fn chroma(&self, plane: usize, y: usize, [near, far]: &mut [Vec<i32>; 2], row: &mut [i32]) {
        if self.halved.1 {
            let last = (self.height as usize).div_ceil(2) - 1;
            let neighbour = if y.is_multiple_of(2) { (y / 2).saturating_sub(1) } else { (y / 2 + 1).min(last) };
            self.load(plane, y / 2, near);
            self.load(plane, neighbour, far);
            near.iter_mut().zip(&*far).for_each(|(near, &far)| *near = (3 * *near + far + 2) >> 2);
        } else {
            self.load(plane, y, near);
        }
        if !self.halved.0 {
            row.copy_from_slice(near);
            return;
        }
        let last = near.len() - 1;
        for (x, pair) in row.chunks_mut(2).enumerate() {
            pair[0] = (3 * near[x] + near[x.saturating_sub(1)] + 2) >> 2;
            if let Some(right) = pair.get_mut(1) {
                *right = (3 * near[x] + near[(x + 1).min(last)] + 2) >> 2;
            }
        }
    }
}

/// What is taken from the samples, and by what they are multiplied, to come to 8 bits.
struct Mixing {
    black: i32,
    middle: i32,
    luma: i32,
    /// What blue's and red's chroma add to red, green and blue; nothing where the samples are the colours themselves.
    chroma: Option<[[i32; 2]; 3]>,
}

impl Mixing {
    fn of(Coding { matrix, full_range }: Coding, depth: u32) -> Self {
        let step = f64::from(1_u32 << (depth - 8));
        let most = f64::from((1_u32 << depth) - 1);
        let (black, luma, chroma) =
            if full_range { (0.0, most, most) } else { (16.0 * step, 219.0 * step, 224.0 * step) };
        let fixed = |factor: f64, range: f64| (factor * 255.0 / range * f64::from(1 << FRACTION)).round() as i32;
        let factors = match matrix {
            0 => None,
            8 => Some([[-1.0, 1.0], [1.0, 0.0], [-1.0, -1.0]]),
            _ => {
                let (red, blue) = weights(matrix);
                let green = 1.0 - red - blue;
                let (from_blue, from_red) = (2.0 * (1.0 - blue), 2.0 * (1.0 - red));
                Some([[0.0, from_red], [-from_blue * blue / green, -from_red * red / green], [from_blue, 0.0]])
            }
        };
        Self {
            black: black as i32,
            middle: 1 << (depth - 1),
            luma: fixed(1.0, luma),
            chroma: factors.map(|factors| factors.map(|pair| pair.map(|factor| fixed(factor, chroma)))),
        }
    }

    fn level(&self, sample: i32) -> u8 {
        rounded(self.luma * (sample - self.black))
    }

    fn mix(&self, luma: &[i32], blue: &[i32], red: &[i32], row: &mut [u8]) {
        let pixels = row.as_chunks_mut::<3>().0.iter_mut().zip(luma).zip(blue).zip(red);
        let Some(factors) = self.chroma else {
            pixels.for_each(|(((pixel, &y), &u), &v)| *pixel = [v, y, u].map(|sample| self.level(sample)));
            return;
        };
        for (((pixel, &y), &u), &v) in pixels {
            let (y, u, v) = (self.luma * (y - self.black), u - self.middle, v - self.middle);
            *pixel = factors.map(|[of_blue, of_red]| rounded(y + of_blue * u + of_red * v));
        }
    }
}

fn rounded(value: i32) -> u8 {
    ((value + (1 << (FRACTION - 1))) >> FRACTION).clamp(0, 255) as u8
}

/// How much of luma is red and how much is blue.
fn weights(matrix: u16) -> (f64, f64) {
    match matrix {
        1 => (0.2126, 0.0722),
        4 => (0.3, 0.11),
        7 => (0.212, 0.087),
        9 | 10 => (0.2627, 0.0593),
        // Those of BT.601, also where nothing is said.
        _ => (0.299, 0.114),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pixel(samples: [u16; 3], depth: u32, matrix: u16, full_range: bool) -> [u8; 3] {
        let bytes = samples.map(|sample| if depth > 8 { sample.to_ne_bytes().to_vec() } else { vec![sample as u8] });
        let planes = bytes.iter().map(|bytes| Plane { bytes, stride: bytes.len() }).collect();
        let coding = Coding { matrix, full_range };
        let frame = Frame { width: 1, height: 1, depth, planes, halved: (false, false), coding };
        frame.raster(1, 1 << 20).data.try_into().unwrap()
    }

    #[test]
    fn the_ends_of_the_range_are_black_and_white() {
        for (depth, black, white) in [(8, 16, 235), (10, 64, 940), (12, 256, 3760)] {
            let middle = 1 << (depth - 1);
            assert_eq!(pixel([black, middle, middle], depth, 1, false), [0; 3]);
            assert_eq!(pixel([white, middle, middle], depth, 1, false), [255; 3]);
            assert_eq!(pixel([(1 << depth) - 1, middle, middle], depth, 6, true), [255; 3]);
        }
    }

    #[test]
    fn colours_come_back_by_each_matrix() {
        // Red of 601 and of 709, and the same of YCgCo and of none.
        assert_eq!(pixel([76, 85, 255], 8, 6, true), [254, 0, 0]);
        assert_eq!(pixel([63, 102, 240], 8, 1, false), [255, 1, 0]);
        assert_eq!(pixel([64, 64, 255], 8, 8, true), [255, 0, 1]);
        assert_eq!(pixel([1, 2, 200], 8, 0, true), [200, 1, 2]);
    }

    #[test]
    fn halved_chroma_lies_between_its_pixels() {
        let (luma, blue, red) = ([128; 16], [128, 168, 128, 168], [128; 4]);
        let planes = vec![
            Plane { bytes: &luma, stride: 4 },
            Plane { bytes: &blue, stride: 2 },
            Plane { bytes: &red, stride: 2 },
        ];
        let coding = Coding { matrix: 8, full_range: true };
        let frame = Frame { width: 4, height: 4, depth: 8, planes, halved: (true, true), coding };
        let greens: Vec<u8> = frame.raster(4, 1 << 20).data.chunks(3).map(|pixel| pixel[1]).collect();
        assert_eq!(greens, [128, 138, 158, 168].repeat(4));
    }
}
