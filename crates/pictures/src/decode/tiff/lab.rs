//! CIE L*a*b* as sRGB.

use crate::metadata::ifd::{Ifd, tag};

/// What a picture's L*a*b* calls white.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::decode) enum White {
    /// As the ICC and Photoshop have it.
    D50,
    /// As libvips and ImageMagick have it.
    D65,
}

impl White {
    /// As the page says, else as those have it who write such pages.
    pub(super) fn of(page: &Ifd) -> White {
        const ICC_LAB: u32 = 9;
        const WHITE_POINT: u16 = 0x13E;
        const PHOTOSHOP: u16 = 0x8649;
        let d50 = match page.values(WHITE_POINT, 1).first() {
            // Chromaticity x: 0.3457 for D50, 0.3127 for D65.
            Some(x) => *x > 0.33,
            None => page.has(PHOTOSHOP) || page.number(tag::PHOTOMETRIC) == Some(ICC_LAB),
        };
        if d50 { White::D50 } else { White::D65 }
    }
}

/// From 8 bits a sample: L* over the whole range, a* and b* moved up by 128.
pub(in crate::decode) fn of_bytes([l, a, b]: [u8; 3]) -> [f32; 3] {
    [f32::from(l) * 100.0 / 255.0, f32::from(a) - 128.0, f32::from(b) - 128.0]
}

/// From L* of 0 to 100, a* and b*.
pub(in crate::decode) fn to_srgb([l, a, b]: [f32; 3], white: White) -> [u8; 3] {
    let lightness = (l + 16.0) / 116.0;
    let cubed = [lightness + a / 500.0, lightness, lightness - b / 200.0];
    // White (ICC.1:2010, 7.2.16 and IEC 61966-2-1), and from there to sRGB's primaries; from D50 by way of Bradford's adaptation.
    let (white, matrix) = match white {
        White::D50 => (
            [0.9642, 1.0, 0.8249],
            [
                [3.133_856, -1.616_867, -0.490_615],
                [-0.978_768, 1.916_142, 0.033_454],
                [0.071_945, -0.228_991, 1.405_243],
            ],
        ),
        White::D65 => (
            [0.9505, 1.0, 1.089],
            [[3.240_6, -1.537_2, -0.498_6], [-0.968_9, 1.875_8, 0.041_5], [0.055_7, -0.204, 1.057]],
        ),
    };
    let [x, y, z]: [f32; 3] = [0, 1, 2].map(|i: usize| white[i] * linear(cubed[i]));
    matrix.map(|row: [f32; 3]| encoded(row[0] * x + row[1] * y + row[2] * z))
}

/// The inverse of the cube root with a linear part near black.
fn linear(t: f32) -> f32 {
    const BEND: f32 = 6.0 / 29.0;
    if t > BEND { t * t * t } else { 3.0 * BEND * BEND * (t - 4.0 / 29.0) }
}

/// sRGB's transfer function (IEC 61966-2-1).
fn encoded(light: f32) -> u8 {
    let value = if light <= 0.003_130_8 { light * 12.92 } else { 1.055 * light.powf(1.0 / 2.4) - 0.055 };
    (value.clamp(0.0, 1.0) * 255.0 + 0.5) as u8
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::{White, of_bytes, to_srgb};

    #[rstest]
    // sRGB's red: L* 54.29, a* 80.81, b* 69.89 by D50; L* 53.24, a* 80.09, b* 67.20 by D65.
    #[case(White::D50, [138, 209, 198])]
    #[case(White::D65, [136, 208, 195])]
    fn known_colours(#[case] white: White, #[case] red: [u8; 3]) {
        assert_eq!(to_srgb([100.0, 0.0, 0.0], white), [255, 255, 255]);
        assert_eq!(to_srgb([0.0; 3], white), [0, 0, 0]);
        let [r, g, b] = to_srgb(of_bytes(red), white);
        assert!(r >= 252 && g <= 8 && b <= 8, "{r} {g} {b}");
    }
}
