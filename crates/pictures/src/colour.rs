//! Colours as sRGB, whatever profile a picture brings along.

use moxcms::{
    Chromaticity, CicpProfile, ColorPrimaries, ColorProfile, DataColorSpace, Layout as IccLayout, MatrixCoefficients,
    ToneReprCurve, TransferCharacteristics, TransformOptions, XyY,
};

use crate::raster::{Layout, Raster};

/// Transfer functions of HDR: PQ and HLG (ITU-T H.273).
const HDR: [u16; 2] = [16, 18];

/// Converts to sRGB. A profile that is damaged, or made for other channels than the picture has, is ignored, as
/// browsers do.
pub(crate) fn to_srgb(raster: Raster, profile: Option<&[u8]>) -> Raster {
    if let Some(converted) = profile.and_then(|profile| by_profile(&raster, profile)) {
        return converted;
    }
    match raster.layout {
        Layout::Cmyk => plain_cmyk(raster),
        _ => raster,
    }
}

fn by_profile(raster: &Raster, profile: &[u8]) -> Option<Raster> {
    let mut profile = ColorProfile::new_from_slice(profile).ok()?;
    // A profile of HDR says that full signal is a light that no paper has.
    if let Some(points) = profile.cicp
        && HDR.contains(&(points.transfer_characteristics as u16))
        && let Some(mapped) = of_code_points(points.color_primaries as u16, points.transfer_characteristics as u16)
    {
        profile = ColorProfile::new_from_slice(&mapped).ok()?;
    }
    let (from, to, layout) = match (raster.layout, profile.color_space) {
        (Layout::YCbCr, DataColorSpace::Rgb) => {
            let raster = raster.clone().into_rgb();
            return transformed(&raster, &profile, IccLayout::Rgb, IccLayout::Rgb, Layout::Rgb);
        }
        (Layout::Grey, DataColorSpace::Gray) => (IccLayout::Gray, IccLayout::Rgb, Layout::Rgb),
        (Layout::Rgb, DataColorSpace::Rgb) => (IccLayout::Rgb, IccLayout::Rgb, Layout::Rgb),
        (Layout::Rgba, DataColorSpace::Rgb) => (IccLayout::Rgba, IccLayout::Rgba, Layout::Rgba),
        (Layout::Cmyk, DataColorSpace::Cmyk) => (IccLayout::Rgba, IccLayout::Rgb, Layout::Rgb),
        // A grey picture with an RGB profile, as some editors write it.
        (Layout::Grey, DataColorSpace::Rgb) => {
            let data = raster.data.iter().flat_map(|&grey| [grey; 3]).collect();
            let coloured = Raster { layout: Layout::Rgb, data, ..*raster };
            return transformed(&coloured, &profile, IccLayout::Rgb, IccLayout::Rgb, Layout::Rgb);
        }
        _ => return None,
    };
    transformed(raster, &profile, from, to, layout)
}

fn transformed(
    raster: &Raster,
    profile: &ColorProfile,
    from: IccLayout,
    to: IccLayout,
    layout: Layout,
) -> Option<Raster> {
    let srgb = ColorProfile::new_srgb();
    let transform = profile.create_transform_8bit(from, &srgb, to, TransformOptions::default()).ok()?;
    let mut data = vec![0; raster.data.len() / raster.layout.channels() * layout.channels()];
    transform.transform(&raster.data, &mut data).ok()?;
    Some(Raster { layout, data, ..*raster })
}

/// A profile for code points of primaries and transfer function (ITU-T H.273); `None` for sRGB, and for what is unknown.
pub(crate) fn of_code_points(primaries: u16, transfer: u16) -> Option<Vec<u8>> {
    // Unspecified, or those of sRGB.
    if matches!(primaries, 1 | 2) && !HDR.contains(&transfer) && !matches!(transfer, 4 | 5 | 8) {
        return None;
    }
    let primaries = if primaries == 2 { 1 } else { primaries };
    let wanted = CicpProfile {
        color_primaries: u8::try_from(primaries).ok()?.try_into().ok()?,
        transfer_characteristics: TransferCharacteristics::Srgb,
        matrix_coefficients: MatrixCoefficients::Identity,
        full_range: true,
    };
    // Without the name of the one that it is made from.
    let mut profile = ColorProfile::new_srgb();
    (profile.cicp, profile.description) = (None, None);
    profile.update_rgb_colorimetry_from_cicp(wanted);
    // Unknown ones leave it as it was.
    profile.cicp?;
    // Those of television are shown as sRGB, as browsers do.
    let curve = match transfer {
        4 => Some(ToneReprCurve::Parametric(vec![2.2])),
        5 => Some(ToneReprCurve::Parametric(vec![2.8])),
        8 => Some(ToneReprCurve::Parametric(vec![1.0])),
        16 => Some(tone_mapped(perceptual_quantizer)),
        18 => Some(tone_mapped(hybrid_log_gamma)),
        _ => None,
    };
    if let Some(curve) = curve {
        profile.red_trc = Some(curve.clone());
        profile.green_trc = Some(curve.clone());
        profile.blue_trc = Some(curve);
    }
    // The code points would have the last word.
    profile.cicp = None;
    profile.encode().ok()
}

/// A profile for a gamma (samples are light to its power) and the chromaticities of white, red, green and blue, as a PNG may have
/// them; `None` for sRGB, and for what makes no sense. Browsers show the picture with both; libvips and Pillow leave them alone.
pub(crate) fn of_primaries(gamma: Option<f64>, primaries: Option<[[f64; 2]; 4]>) -> Option<Vec<u8>> {
    const SRGB: [[f64; 2]; 4] = [[0.3127, 0.329], [0.64, 0.33], [0.3, 0.6], [0.15, 0.06]];
    const SRGB_GAMMA: f64 = 0.454_55;
    let gamma = gamma.filter(|gamma| (0.05..=5.0).contains(gamma) && (gamma - SRGB_GAMMA).abs() > 0.005);
    let makes_sense =
        |points: &[[f64; 2]; 4]| points.iter().all(|&[x, y]| (0.0..1.0).contains(&x) && (0.01..1.0).contains(&y));
    let differs =
        |points: &[[f64; 2]; 4]| points.iter().flatten().zip(SRGB.iter().flatten()).any(|(a, b)| (a - b).abs() > 0.002);
    let primaries = primaries.filter(|points| makes_sense(points) && differs(points));
    if gamma.is_none() && primaries.is_none() {
        return None;
    }
    let mut profile = ColorProfile::new_srgb();
    (profile.cicp, profile.description) = (None, None);
    if let Some([white, red, green, blue]) = primaries {
        let point = |[x, y]: [f64; 2]| Chromaticity::new(x as f32, y as f32);
        let primaries = ColorPrimaries { red: point(red), green: point(green), blue: point(blue) };
        profile.update_rgb_colorimetry(XyY { x: white[0], y: white[1], yb: 1.0 }, primaries);
    }
    if let Some(gamma) = gamma {
        let curve = ToneReprCurve::Parametric(vec![(1.0 / gamma) as f32]);
        profile.red_trc = Some(curve.clone());
        profile.green_trc = Some(curve.clone());
        profile.blue_trc = Some(curve);
    }
    profile.encode().ok()
}

/// A curve that leaves what is as bright as paper nearly as it is, and presses what is brighter below white: Reinhard's,
/// for light of up to 1,000 candela a square metre.
fn tone_mapped(light: fn(f64) -> f64) -> ToneReprCurve {
    const STEPS: u32 = 1024;
    const PAPER: f64 = 203.0;
    const BRIGHTEST: f64 = 1000.0 / PAPER;
    let mapped = |step: u32| {
        let light = light(f64::from(step) / f64::from(STEPS - 1)) / PAPER;
        let pressed = light * (1.0 + light / (BRIGHTEST * BRIGHTEST)) / (1.0 + light);
        (pressed.clamp(0.0, 1.0) * 65_535.0).round() as u16
    };
    ToneReprCurve::Lut((0..STEPS).map(mapped).collect())
}

/// Candela a square metre (SMPTE ST 2084).
fn perceptual_quantizer(value: f64) -> f64 {
    let root = value.powf(1.0 / 78.843_75);
    let above = (root - 0.835_937_5).max(0.0);
    10_000.0 * (above / (18.851_562_5 - 18.687_5 * root)).powf(1.0 / 0.159_301_757_812_5)
}

/// Candela a square metre on a screen of 1,000 (ITU-R BT.2100).
fn hybrid_log_gamma(value: f64) -> f64 {
    let scene = if value <= 0.5 {
        value * value / 3.0
    } else {
        (((value - 0.559_910_73) / 0.178_832_77).exp() + 0.284_668_92) / 12.0
    };
    1000.0 * scene.powf(1.2)
}

/// CMYK without a profile: each ink takes away its share of the light.
fn plain_cmyk(raster: Raster) -> Raster {
    let light = |ink: u8, black: u8| (u32::from(255 - ink) * u32::from(255 - black) / 255) as u8;
    let data =
        raster.data.chunks_exact(4).flat_map(|p| [light(p[0], p[3]), light(p[1], p[3]), light(p[2], p[3])]).collect();
    Raster { layout: Layout::Rgb, data, ..raster }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pixel(layout: Layout, data: &[u8]) -> Raster {
        Raster { width: 1, height: 1, layout, data: data.to_vec() }
    }

    #[test]
    fn a_wide_gamut_is_converted() {
        let p3 = ColorProfile::new_display_p3().encode().unwrap();
        let green = to_srgb(pixel(Layout::Rgb, &[128, 200, 100]), Some(&p3));
        // The same colour has less red and blue in sRGB's narrower triangle.
        assert!(green.data[0] < 118 && green.data[1] >= 199 && green.data[2] < 95, "{:?}", green.data);
        let srgb = ColorProfile::new_srgb().encode().unwrap();
        let same = to_srgb(pixel(Layout::Rgb, &[128, 200, 100]), Some(&srgb));
        assert!(same.data.iter().zip([128_u8, 200, 100]).all(|(a, b)| a.abs_diff(b) <= 1), "{:?}", same.data);
    }

    #[test]
    fn profiles_that_do_not_fit_are_ignored() {
        let grey = ColorProfile::new_gray_with_gamma(1.8).encode().unwrap();
        assert_eq!(to_srgb(pixel(Layout::Rgb, &[1, 2, 3]), Some(&grey)).data, [1, 2, 3]);
        assert_eq!(to_srgb(pixel(Layout::Rgb, &[1, 2, 3]), Some(b"no profile")).data, [1, 2, 3]);
    }

    #[test]
    fn code_points_stand_for_profiles() {
        assert_eq!(of_code_points(1, 13), None);
        assert_eq!(of_code_points(2, 2), None);
        let green = |profile: Option<Vec<u8>>| to_srgb(pixel(Layout::Rgb, &[128, 200, 100]), profile.as_deref()).data;
        let p3 = green(ColorProfile::new_display_p3().encode().ok());
        let same = green(of_code_points(12, 13));
        assert!(same.iter().zip(&p3).all(|(a, b)| a.abs_diff(*b) <= 1), "{same:?} {p3:?}");
        let linear = green(of_code_points(1, 8));
        assert!(linear[0] > 180 && linear[1] > 225, "{linear:?}");
        // Where paper is in each.
        for (hdr, paper) in [(16, 148), (18, 191)] {
            let grey = |value| to_srgb(pixel(Layout::Rgb, &[value; 3]), of_code_points(9, hdr).as_deref()).data[0];
            // Paper stays light without being white, and nothing falls back behind something darker.
            assert!((150..225).contains(&grey(paper)), "{hdr}: {}", grey(paper));
            assert!((0..255).all(|value| grey(value) <= grey(value + 1)), "{hdr}");
        }
    }

    #[test]
    fn gamma_and_primaries_stand_for_a_profile() {
        let srgb = [[0.3127, 0.329], [0.64, 0.33], [0.3, 0.6], [0.15, 0.06]];
        assert_eq!(of_primaries(Some(0.45455), Some(srgb)), None);
        assert_eq!(of_primaries(None, Some([[0.0; 2]; 4])), None);
        let shown =
            |profile: Option<Vec<u8>>, data: [u8; 3]| to_srgb(pixel(Layout::Rgb, &data), profile.as_deref()).data;
        // Half the light is 188 in sRGB.
        assert!(shown(of_primaries(Some(1.0), None), [128; 3]).iter().all(|value| value.abs_diff(188) <= 1));
        let p3 = of_primaries(None, Some([[0.3127, 0.329], [0.68, 0.32], [0.265, 0.69], [0.15, 0.06]]));
        let same = shown(of_code_points(12, 13), [128, 200, 100]);
        assert!(shown(p3, [128, 200, 100]).iter().zip(&same).all(|(a, b)| a.abs_diff(*b) <= 1));
    }

    #[test]
    fn a_profile_of_hdr_is_mapped_as_its_code_points_are() {
        let mut hdr = ColorProfile::new_display_p3_pq();
        hdr.description = None;
        let grey = |profile: Option<Vec<u8>>| to_srgb(pixel(Layout::Rgb, &[148; 3]), profile.as_deref()).data[0];
        let mapped = grey(of_code_points(12, 16));
        assert!(mapped > 150 && grey(hdr.encode().ok()).abs_diff(mapped) < 2, "{}", grey(hdr.encode().ok()));
    }

    #[test]
    fn inks_without_a_profile() {
        assert_eq!(to_srgb(pixel(Layout::Cmyk, &[0, 0, 0, 0]), None).data, [255, 255, 255]);
        assert_eq!(to_srgb(pixel(Layout::Cmyk, &[0, 255, 255, 0]), None).data, [255, 0, 0]);
        assert_eq!(to_srgb(pixel(Layout::Cmyk, &[0, 0, 0, 255]), None).data, [0, 0, 0]);
    }
}
