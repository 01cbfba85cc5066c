//! Photoshop's files: the picture that all layers together show, which Photoshop writes for other programs. Row by row,
//! so that memory doesn't grow with the layers.

mod channels;

use std::borrow::Cow;

use self::channels::Channels;
use super::decoded::{Decoded, Undecoded};
use super::jpeg;
use super::rows::{self, Shape};
use super::tiff::lab::{self, White};
use crate::header::psd::{Header, Parts, parts, resource};
use crate::raster::Layout;
use crate::{Format, Limits, Remark};

/// Numbers of resources.
const PROFILE: u16 = 1039;
const THUMBNAIL: u16 = 1036;
const TRANSPARENT_INDEX: u16 = 1047;
const VERSION: u16 = 1057;

pub(super) fn decode<'a>(bytes: &'a [u8], side: u32, limits: &Limits) -> Result<Decoded<'a>, Undecoded> {
    let header = Header::read(bytes).ok_or(Remark::Unreadable { format: Format::Psd })?;
    let parts = parts(bytes, &header);
    if let Some(small) = instead_of_none(&parts, &header, side, limits) {
        return Ok(small);
    }
    let colours = Colours::of(&header, &parts);
    let (layout, inks) = (colours.layout(), colours.channels());
    let shape = Shape { width: header.width, height: header.height, layout, side, limits };
    shape.check()?;
    let mut channels = Channels::open(&header, parts.merged, inks)?;
    let mut samples = vec![vec![0; header.width as usize]; inks];
    let mut decoded = rows::decode(&shape, |row| {
        channels.next_row(&mut samples)?;
        for (x, pixel) in row.chunks_exact_mut(layout.channels()).enumerate() {
            colours.fill(|channel| samples[channel][x], pixel);
        }
        Some(())
    })?;
    // L*a*b* has been converted.
    let profile = resource(parts.resources, PROFILE).filter(|_| !matches!(colours, Colours::Lab));
    decoded.profile = profile.map(Cow::Borrowed);
    Ok(decoded)
}

/// Where a file was saved without the picture of all layers, its thumbnail is all that there is: JPEG behind 28 bytes.
fn instead_of_none<'a>(parts: &Parts<'a>, header: &Header, side: u32, limits: &Limits) -> Option<Decoded<'a>> {
    let version = resource(parts.resources, VERSION)?;
    let thumbnail = resource(parts.resources, THUMBNAIL).filter(|_| version.get(4) == Some(&0))?;
    let small = jpeg::decode(thumbnail.get(28..)?, side, limits).ok()?;
    Some(Decoded { width: header.width, height: header.height, ..small })
}

/// What the channels mean.
enum Colours {
    Grey,
    Palette {
        colours: Vec<[u8; 3]>,
        transparent: Option<u16>,
    },
    Rgb,
    Cmyk,
    Lab,
    /// Of the one before, with what is transparent behind its channels.
    WithAlpha {
        grey: bool,
    },
}

impl Colours {
    fn of(header: &Header, parts: &Parts) -> Colours {
        let alpha = |colours: u16| parts.has_alpha && header.channels > colours;
        match (header.mode, header.channels) {
            (2, _) => {
                let of = |index: usize| [0, 256, 512].map(|at| parts.colours.get(at + index).copied().unwrap_or(0));
                let transparent = resource(parts.resources, TRANSPARENT_INDEX);
                let transparent = transparent.and_then(|number| Some(u16::from_be_bytes(*number.first_chunk()?)));
                Colours::Palette { colours: (0..256).map(of).collect(), transparent: transparent.filter(|n| *n < 256) }
            }
            (3, 3..) if alpha(3) => Colours::WithAlpha { grey: false },
            (3, 3..) => Colours::Rgb,
            (4 | 7, 4..) => Colours::Cmyk,
            (9, 3..) => Colours::Lab,
            (1 | 8, _) if alpha(1) => Colours::WithAlpha { grey: true },
            _ => Colours::Grey,
        }
    }

    fn layout(&self) -> Layout {
        match self {
            Colours::Grey => Layout::Grey,
            Colours::Palette { transparent: None, .. } | Colours::Rgb | Colours::Lab => Layout::Rgb,
            Colours::Palette { .. } | Colours::WithAlpha { .. } => Layout::Rgba,
            Colours::Cmyk => Layout::Cmyk,
        }
    }

    fn channels(&self) -> usize {
        match self {
            Colours::Grey | Colours::Palette { .. } => 1,
            Colours::WithAlpha { grey: true } => 2,
            Colours::Rgb | Colours::Lab => 3,
            Colours::Cmyk | Colours::WithAlpha { grey: false } => 4,
        }
    }

    fn fill(&self, sample: impl Fn(usize) -> u8, pixel: &mut [u8]) {
        match self {
            Colours::Grey => pixel[0] = sample(0),
            Colours::Palette { colours, transparent } => {
                let index = sample(0);
                pixel[..3].copy_from_slice(&colours[usize::from(index)]);
                if let Some(alpha) = pixel.get_mut(3) {
                    *alpha = if *transparent == Some(index.into()) { 0 } else { 255 };
                }
            }
            Colours::Rgb => (0..3).for_each(|channel| pixel[channel] = sample(channel)),
            // Stored as light: 255 is no ink.
            Colours::Cmyk => (0..4).for_each(|channel| pixel[channel] = 255 - sample(channel)),
            Colours::Lab => {
                let colour = lab::of_bytes([0, 1, 2].map(sample));
                pixel.copy_from_slice(&lab::to_srgb(colour, White::D50));
            }
            Colours::WithAlpha { grey } => {
                let alpha = sample(if *grey { 1 } else { 3 });
                (0..3).for_each(|c| pixel[c] = off_white(sample(if *grey { 0 } else { c }), alpha));
                pixel[3] = alpha;
            }
        }
    }
}

/// Photoshop lays what is half transparent on white: takes the white away, so that no light border stays.
fn off_white(mixed: u8, alpha: u8) -> u8 {
    let (mixed, alpha) = (u32::from(mixed), u32::from(alpha));
    let light = mixed * 255 + alpha * 255;
    light.saturating_sub(255 * 255).checked_div(alpha).unwrap_or(0).min(255) as u8
}

#[cfg(test)]
mod tests {
    use super::off_white;

    #[test]
    fn white_is_taken_away() {
        assert_eq!([(255, 0), (200, 255), (127, 128), (255, 128)].map(|(c, a)| off_white(c, a)), [0, 200, 0, 255]);
    }
}
