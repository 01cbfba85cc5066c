//! Colours as sRGB, whatever profile a picture brings along.

use moxcms::{ColorProfile, DataColorSpace, Layout as IccLayout, TransformOptions};

use crate::raster::{Layout, Raster};

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
    let profile = ColorProfile::new_from_slice(profile).ok()?;
    let (from, to, layout) = match (raster.layout, profile.color_space) {
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
    fn inks_without_a_profile() {
        assert_eq!(to_srgb(pixel(Layout::Cmyk, &[0, 0, 0, 0]), None).data, [255, 255, 255]);
        assert_eq!(to_srgb(pixel(Layout::Cmyk, &[0, 255, 255, 0]), None).data, [255, 0, 0]);
        assert_eq!(to_srgb(pixel(Layout::Cmyk, &[0, 0, 0, 255]), None).data, [0, 0, 0]);
    }
}
