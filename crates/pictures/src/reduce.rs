//! Reading a large picture row by row into a smaller one, so that it never is in memory whole.

use crate::raster::{Layout, Raster};

/// What stands for rows that aren't there, as in JPEGs.
const GREY: u8 = 128;

/// Takes rows from top to bottom and averages squares of `factor` × `factor` pixels.
pub(crate) struct Reducer {
    width: usize,
    layout: Layout,
    factor: usize,
    /// Sums of the rows since the last output row; colours weighted with their alpha where there is one.
    sums: Vec<u32>,
    rows: usize,
    /// Rows of the picture that weren't given yet.
    missing: usize,
    max_alloc: u64,
    data: Vec<u8>,
}

impl Reducer {
    /// For a picture that is wanted with its longest side at `side` pixels or more. At least twice that is kept for a
    /// better resampling afterwards, as long as it takes no more than a quarter of `max_alloc`.
    pub(crate) fn new(width: u32, height: u32, layout: Layout, side: u32, max_alloc: u64) -> Reducer {
        let longest = u64::from(width.max(height));
        let mut factor = (longest / (u64::from(side.max(1)) * 2)).max(1);
        let bytes = |factor: u64| {
            u64::from(width).div_ceil(factor) * u64::from(height).div_ceil(factor) * layout.channels() as u64
        };
        while bytes(factor) > max_alloc / 4 && factor < longest {
            factor += 1;
        }
        let factor = factor as usize;
        let columns = (width as usize).div_ceil(factor);
        Reducer {
            width: width as usize,
            layout,
            factor,
            sums: if factor == 1 { Vec::new() } else { vec![0; columns * layout.channels()] },
            rows: 0,
            missing: height as usize,
            max_alloc,
            data: Vec::with_capacity(bytes(factor as u64) as usize),
        }
    }

    /// The bound that was given, in bytes.
    pub(crate) fn max_alloc(&self) -> u64 {
        self.max_alloc
    }

    /// Adds the next row: `width` pixels. More rows than the picture has are passed over.
    pub(crate) fn row(&mut self, row: &[u8]) {
        if self.missing == 0 {
            return;
        }
        self.missing -= 1;
        if self.factor == 1 {
            self.data.extend_from_slice(row);
            return;
        }
        let channels = self.layout.channels();
        for (sums, square) in self.sums.chunks_exact_mut(channels).zip(row.chunks(self.factor * channels)) {
            for pixel in square.chunks_exact(channels) {
                if self.layout == Layout::Rgba {
                    let alpha = u32::from(pixel[3]);
                    for (sum, &value) in sums[..3].iter_mut().zip(pixel) {
                        // Divided by 255 only at the end: 255 · 255 · 65,535 pixels of a square is the most, and fits.
                        *sum += u32::from(value) * alpha;
                    }
                    sums[3] += alpha;
                } else {
                    for (sum, &value) in sums.iter_mut().zip(pixel) {
                        *sum += u32::from(value);
                    }
                }
            }
        }
        self.rows += 1;
        if self.rows == self.factor {
            self.flush();
        }
    }

    fn flush(&mut self) {
        let channels = self.layout.channels();
        let columns = self.sums.len() / channels;
        for (column, sums) in self.sums.chunks_exact_mut(channels).enumerate() {
            let wide = if column + 1 == columns { self.width - column * self.factor } else { self.factor };
            let pixels = (wide * self.rows) as u32;
            if self.layout == Layout::Rgba {
                let alpha = sums[3];
                for sum in &sums[..3] {
                    self.data.push((sum + alpha / 2).checked_div(alpha).unwrap_or(0) as u8);
                }
                self.data.push(((alpha + pixels / 2) / pixels) as u8);
            } else {
                self.data.extend(sums.iter().map(|sum| ((sum + pixels / 2) / pixels) as u8));
            }
            sums.fill(0);
        }
        self.rows = 0;
    }

    /// The reduced picture. Rows that weren't given are transparent, or grey where there is no transparency.
    pub(crate) fn finish(mut self) -> Raster {
        let filling = match self.layout {
            Layout::Grey | Layout::Rgb | Layout::YCbCr => GREY,
            Layout::Rgba | Layout::Cmyk => 0,
        };
        let row = vec![filling; if self.missing > 0 { self.width * self.layout.channels() } else { 0 }];
        while self.missing > 0 {
            self.row(&row);
        }
        if self.rows > 0 {
            self.flush();
        }
        let width = self.width.div_ceil(self.factor);
        let height = self.data.len() / (width * self.layout.channels());
        Raster { width: width as u32, height: height as u32, layout: self.layout, data: self.data }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reduced(width: u32, rows: &[&[u8]], layout: Layout, side: u32) -> Raster {
        let mut reducer = Reducer::new(width, rows.len() as u32, layout, side, 1 << 20);
        rows.iter().for_each(|row| reducer.row(row));
        reducer.finish()
    }

    #[test]
    fn squares_are_averaged_and_edges_count_what_they_have() {
        let raster = reduced(5, &[&[0, 4, 10, 10, 7], &[4, 8, 10, 10, 9], &[1, 3, 5, 5, 6]], Layout::Grey, 1);
        assert_eq!((raster.width, raster.height), (3, 2));
        assert_eq!(raster.data, [4, 10, 8, 2, 5, 6]);
    }

    #[test]
    fn small_pictures_stay_as_they_are() {
        assert_eq!(reduced(2, &[&[1, 2], &[3, 4]], Layout::Grey, 512).data, [1, 2, 3, 4]);
    }

    #[test]
    fn colours_are_weighted_with_their_alpha() {
        let row = [200, 100, 0, 255, 0, 0, 0, 0].repeat(2);
        let raster = reduced(4, &[&row, &row], Layout::Rgba, 1);
        assert_eq!(raster.data, [[200, 100, 0, 128]; 2].concat());
    }

    #[test]
    fn memory_is_bounded() {
        let reducer = Reducer::new(100_000, 2_000, Layout::Rgba, 50_000, 16 << 20);
        assert!(reducer.data.capacity() <= 4 << 20, "{}", reducer.data.capacity());
    }
}
