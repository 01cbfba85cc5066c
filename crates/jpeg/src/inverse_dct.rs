//! From coefficients to samples (T.81, A.3.3) at 1/8, 1/4, 1/2 or full size: the inverse transform of `n` points over
//! the `n` × `n` lowest frequencies, as libjpeg's `jidctred.c` does it.
//!
//! Plain loops over lanes, each in a function that isn't inlined: so compilers make vector instructions of them, which they don't
//! when all of it lies before them. Eight points are those of Arai, Agui and Nakajima
//! (libjpeg's `jidctflt.c`): five multiplications, the other factors are in the table.

use std::f32::consts::SQRT_2;

use crate::zigzag::ZIGZAG;

/// The coefficients of a block, column by column, eight a column.
pub(crate) type Block = [i16; 64];

/// What makes samples of the blocks of a component, `N` × `N` of each.
pub(crate) struct Transform<const N: usize> {
    /// In the order of a [`Block`]: the quantisation steps, with the factors that bring samples to 8 bits.
    scale: [f32; 64],
}

impl<const N: usize> Transform<N> {
    /// `table` is in zigzag order.
    pub(crate) fn new(table: &[u16; 64], precision: u8) -> Self {
        let to_8_bits = if precision == 12 { 1.0 / 16.0 } else { 1.0 };
        let factors: [f64; 8] = match N {
            8 => std::array::from_fn(arai_factor),
            // C(u) / 2 of the first; the others' cosines are in the transform.
            4 => {
                [std::f64::consts::FRAC_1_SQRT_2 / 2.0, 0.5, std::f64::consts::FRAC_1_SQRT_2 / 2.0, 0.5, 0., 0., 0., 0.]
            }
            // Both frequencies have one factor then, and the only one is a mean of 64 samples.
            _ => [0.125_f64.sqrt(); 8],
        };
        let mut scale = [0.0; 64];
        for (&step, &position) in table.iter().zip(&ZIGZAG) {
            let (row, column) = (usize::from(position) / 8, usize::from(position) % 8);
            scale[column * 8 + row] = (f64::from(step) * factors[row] * factors[column] * to_8_bits) as f32;
        }
        Self { scale }
    }

    /// Transforms a block into `N` rows of `N` samples, `stride` from one to the next. `flat` says that all but the first
    /// coefficient are zero.
    #[inline(always)]
    pub(crate) fn block(&self, coefficients: &Block, flat: bool, out: &mut [u8], stride: usize) {
        match N {
            _ if flat || N == 1 => {
                let mean = sample(f32::from(coefficients[0]) * self.scale[0]);
                (0..N).for_each(|y| out[y * stride..y * stride + N].fill(mean));
            }
            2 => self.two(coefficients, out, stride),
            4 => self.square::<4>(coefficients, four_points, out, stride),
            _ => self.square::<8>(coefficients, eight_points, out, stride),
        }
    }

    #[inline]
    fn two(&self, coefficients: &Block, out: &mut [u8], stride: usize) {
        let value = |at: usize| f32::from(coefficients[at]) * self.scale[at];
        let [a, b, c, d] = [value(0), value(1), value(8), value(9)];
        let (top, bottom) = ([a + b, c + d], [a - b, c - d]);
        for (y, [left, right]) in [top, bottom].into_iter().enumerate() {
            out[y * stride..y * stride + 2].copy_from_slice(&[sample(left + right), sample(left - right)]);
        }
    }

    #[inline]
    fn square<const M: usize>(
        &self,
        coefficients: &Block,
        points: impl Fn(&mut [[f32; M]; M]),
        out: &mut [u8],
        stride: usize,
    ) {
        let mut square = self.scaled::<M>(coefficients);
        points(&mut square);
        let mut square = transposed(&square);
        points(&mut square);
        put(&square, out, stride);
    }

    #[inline(never)]
    fn scaled<const M: usize>(&self, coefficients: &Block) -> [[f32; M]; M] {
        let mut square = [[0.0; M]; M];
        for (u, column) in square.iter_mut().enumerate() {
            let (coefficients, scale) = (&coefficients[u * 8..u * 8 + M], &self.scale[u * 8..u * 8 + M]);
            for ((value, &coefficient), scale) in column.iter_mut().zip(coefficients).zip(scale) {
                *value = f32::from(coefficient) * scale;
            }
        }
        square
    }
}

#[inline(always)]
fn put<const N: usize>(square: &[[f32; N]; N], out: &mut [u8], stride: usize) {
    let mut samples = [[0; N]; N];
    levels(square.as_flattened(), samples.as_flattened_mut());
    for (y, line) in samples.iter().enumerate() {
        out[y * stride..y * stride + N].copy_from_slice(line);
    }
}

#[inline(never)]
fn levels(values: &[f32], samples: &mut [u8]) {
    for (sample, &value) in samples.iter_mut().zip(values) {
        *sample = self::sample(value);
    }
}

/// By frequency: what the transform of eight points leaves to the table.
fn arai_factor(frequency: usize) -> f64 {
    let angle = frequency as f64 * std::f64::consts::PI / 16.0;
    let norm = if frequency == 0 { 1.0 } else { std::f64::consts::SQRT_2 };
    norm * angle.cos() / 8.0_f64.sqrt()
}

/// Transforms each lane over the rows.
#[allow(clippy::needless_range_loop, reason = "a lane goes through all rows")]
#[inline(never)]
fn four_points(square: &mut [[f32; 4]; 4]) {
    // cos(π/8) and cos(3π/8).
    const NEAR: f32 = 0.923_879_5;
    const FAR: f32 = 0.382_683_43;
    for lane in 0..4 {
        let [a, b, c, d] = [square[0][lane], square[1][lane], square[2][lane], square[3][lane]];
        let (sum, difference) = (a + c, a - c);
        let (outer, inner) = (b * NEAR + d * FAR, b * FAR - d * NEAR);
        square[0][lane] = sum + outer;
        square[1][lane] = difference + inner;
        square[2][lane] = difference - inner;
        square[3][lane] = sum - outer;
    }
}

/// Transforms each lane over the rows.
#[allow(clippy::needless_range_loop, reason = "a lane goes through all rows")]
#[inline(never)]
fn eight_points(square: &mut [[f32; 8]; 8]) {
    for lane in 0..8 {
        let [a, b, c, d] = [square[0][lane], square[1][lane], square[2][lane], square[3][lane]];
        let [e, f, g, h] = [square[4][lane], square[5][lane], square[6][lane], square[7][lane]];
        let (sum, difference) = (a + e, a - e);
        let outer = c + g;
        let inner = (c - g) * SQRT_2 - outer;
        let even = [sum + outer, difference + inner, difference - inner, sum - outer];
        let (z13, z10, z11, z12) = (f + d, f - d, b + h, b - h);
        let last = z11 + z13;
        let z5 = (z10 + z12) * 1.847_759_1;
        let third = z5 - z10 * 2.613_126 - last;
        let second = (z11 - z13) * SQRT_2 - third;
        let first = z5 - z12 * 1.082_392_2 - second;
        let odd = [last, third, second, first];
        for (row, (even, odd)) in even.into_iter().zip(odd).enumerate() {
            square[row][lane] = even + odd;
            square[7 - row][lane] = even - odd;
        }
    }
}

#[inline(never)]
fn transposed<const N: usize>(square: &[[f32; N]; N]) -> [[f32; N]; N] {
    let mut turned = [[0.0; N]; N];
    for (y, row) in turned.iter_mut().enumerate() {
        for (x, value) in row.iter_mut().enumerate() {
            *value = square[x][y];
        }
    }
    turned
}

/// Rounds, halves upwards.
#[inline(always)]
fn sample(value: f32) -> u8 {
    // The first number whose fraction has no bits left: what is added to it stands in its last bits, rounded. A little more
    // than 128, because halves would be rounded to even numbers.
    const WHOLE: f32 = 8_388_608.0;
    let level = value + 128.001;
    let level = if level > 0.0 { level } else { 0.0 };
    let level = if level < 255.0 { level } else { 255.0 };
    (level + WHOLE).to_bits() as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By the definition.
    fn expected(coefficients: &Block, table: &[u16; 64], n: usize, x: usize, y: usize) -> f64 {
        let basis = |at: usize, u: usize| {
            let c = if u == 0 { std::f64::consts::FRAC_1_SQRT_2 } else { 1.0 };
            let angle = (2 * at + 1) as f64 * u as f64 * std::f64::consts::PI / (2 * n) as f64;
            if n == 1 { 0.125_f64.sqrt() } else { c / 2.0 * angle.cos() }
        };
        let part = |zigzag: usize| {
            let (v, u) = (usize::from(ZIGZAG[zigzag]) / 8, usize::from(ZIGZAG[zigzag]) % 8);
            let value = f64::from(coefficients[u * 8 + v]) * f64::from(table[zigzag]);
            if u < n && v < n { value * basis(x, u) * basis(y, v) } else { 0.0 }
        };
        (0..64).map(part).sum::<f64>() + 128.0
    }

    #[test]
    fn samples_are_those_of_the_definition() {
        let mut number = 1_u32;
        let mut random = |below: u32| {
            number = number.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (number >> 16) % below
        };
        for round in 0..400 {
            let table = std::array::from_fn(|_| random(40) as u16 + 1);
            let mut coefficients = [0; 64];
            coefficients[0] = random(60) as i16 - 30;
            for _ in 0..round % 20 {
                coefficients[random(64) as usize] = random(9) as i16 - 4;
            }
            let mut samples = [[0; 8 * 10]; 4];
            let flat = round % 20 == 0;
            Transform::<1>::new(&table, 8).block(&coefficients, flat, &mut samples[0], 10);
            Transform::<2>::new(&table, 8).block(&coefficients, flat, &mut samples[1], 10);
            Transform::<4>::new(&table, 8).block(&coefficients, flat, &mut samples[2], 10);
            Transform::<8>::new(&table, 8).block(&coefficients, flat, &mut samples[3], 10);
            for (n, out) in [1, 2, 4, 8].into_iter().zip(samples) {
                for (x, y) in (0..n).flat_map(|x| (0..n).map(move |y| (x, y))) {
                    let (value, expected) = (f64::from(out[y * 10 + x]), expected(&coefficients, &table, n, x, y));
                    assert!((value - expected.clamp(0.0, 255.0)).abs() < 0.51, "{n}: {value} for {expected}");
                }
            }
        }
    }

    #[test]
    fn beyond_white_and_black() {
        for (value, expected) in [(f32::MAX, 255), (f32::MIN, 0), (127.4, 255), (-0.5, 128), (0.49, 128), (f32::NAN, 0)]
        {
            assert_eq!(sample(value), expected, "{value}");
        }
    }

    #[test]
    fn twelve_bits_become_eight() {
        let mut out = [0; 64];
        let coefficients = std::array::from_fn(|at| if at == 0 { 512 } else { 0 });
        Transform::<8>::new(&[1; 64], 12).block(&coefficients, false, &mut out, 8);
        assert_eq!(out, [132; 64]);
    }
}
