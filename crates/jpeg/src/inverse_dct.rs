//! From coefficients to samples (T.81, A.3.3) at 1/8, 1/4, 1/2 or full size: the inverse transform of `n` points over
//! the `n` × `n` lowest frequencies, as libjpeg's `jidctred.c` does it.

use crate::frame::Component;
use crate::planes::ZIGZAG;

/// Samples of one component, row by row, 8 bits each.
pub(crate) struct Samples {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) stride: usize,
    pub(crate) data: Vec<u8>,
}

/// Transforms all blocks of a component. `table` is in zigzag order.
pub(crate) fn transform(
    component: &Component,
    coefficients: &[i16],
    n: usize,
    table: &[u16; 64],
    precision: u8,
) -> Samples {
    let shown = |samples: u32| (samples as usize * n).div_ceil(8);
    let (wide, stride) = (component.stored_wide as usize, component.stored_wide as usize * n);
    let mut samples = Samples {
        width: shown(component.width),
        height: shown(component.height),
        stride,
        data: vec![0; stride * component.stored_high as usize * n],
    };
    let basis = basis(n);
    let scale = scaled_table(n, table, precision);
    for (block, coefficients) in coefficients.chunks_exact(n * n).enumerate() {
        let at = (block / wide) * n * stride + (block % wide) * n;
        match n {
            1 => samples.data[at] = sample(f32::from(coefficients[0]) * scale[0]),
            2 => square::<2>(coefficients, &basis, &scale, &mut samples.data[at..], stride),
            4 => square::<4>(coefficients, &basis, &scale, &mut samples.data[at..], stride),
            _ => square::<8>(coefficients, &basis, &scale, &mut samples.data[at..], stride),
        }
    }
    samples
}

/// `basis[x][u]` = C(u) / 2 · cos((2x + 1) u π / 2n)
fn basis(n: usize) -> [[f32; 8]; 8] {
    let mut basis = [[0.0; 8]; 8];
    for (x, row) in basis.iter_mut().enumerate().take(n) {
        for (u, value) in row.iter_mut().enumerate().take(n) {
            let c = if u == 0 { std::f64::consts::FRAC_1_SQRT_2 } else { 1.0 };
            let angle = (2 * x + 1) as f64 * u as f64 * std::f64::consts::PI / (2 * n) as f64;
            *value = (c / 2.0 * angle.cos()) as f32;
        }
    }
    basis
}

/// The quantisation table in the order of the kept coefficients, with the factor that brings samples to 8 bits. With
/// `n` = 1 the whole transform is one factor of 1/8.
fn scaled_table(n: usize, table: &[u16; 64], precision: u8) -> [f32; 64] {
    let to_8_bits = if precision == 12 { 1.0 / 16.0 } else { 1.0 };
    let transform = if n == 1 { 0.125 } else { 1.0 };
    let mut scaled = [0.0; 64];
    for (zigzag, &position) in ZIGZAG.iter().enumerate() {
        let (row, column) = (usize::from(position) / 8, usize::from(position) % 8);
        if row < n && column < n {
            scaled[row * n + column] = f32::from(table[zigzag]) * to_8_bits * transform;
        }
    }
    scaled
}

#[inline]
fn square<const N: usize>(
    coefficients: &[i16],
    basis: &[[f32; 8]; 8],
    scale: &[f32; 64],
    out: &mut [u8],
    stride: usize,
) {
    let mut rows = [[0.0_f32; N]; N];
    for (v, row) in rows.iter_mut().enumerate() {
        let line = &coefficients[v * N..(v + 1) * N];
        if line.iter().all(|&c| c == 0) {
            continue;
        }
        for (u, &coefficient) in line.iter().enumerate() {
            let value = f32::from(coefficient) * scale[v * N + u];
            for (x, sum) in row.iter_mut().enumerate() {
                *sum += value * basis[x][u];
            }
        }
    }
    for y in 0..N {
        let mut line = [0.0_f32; N];
        for (v, row) in rows.iter().enumerate() {
            for (x, sum) in line.iter_mut().enumerate() {
                *sum += row[x] * basis[y][v];
            }
        }
        for (x, &value) in line.iter().enumerate() {
            out[y * stride + x] = sample(value);
        }
    }
}

#[inline]
fn sample(value: f32) -> u8 {
    // `as` saturates, which is the clamping wanted here.
    (value + 128.5) as u8
}
