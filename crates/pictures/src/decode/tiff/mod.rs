//! TIFF: one page, strip by strip or tile by tile. A strip or tile that can't be decoded stays empty.

mod fax;
pub(super) mod lab;
mod mend;
mod samples;

use std::borrow::Cow;
use std::io::{self, ErrorKind};
use std::ops::Range;

use tiff::decoder::{ChunkType, Decoder, Limits as TiffLimits};
use tiff::tags::{PlanarConfiguration, Tag};
use tiff::{ColorType, TiffError};

use self::mend::{Mended, Mending};
use self::samples::Samples;
use super::decoded::{Decoded, Undecoded};
use crate::metadata::ifd::{Ifd, TiffFile, tag};
use crate::raster::Layout;
use crate::reduce::Reducer;
use crate::{Format, Limits, Remark};

/// Decodes a page of a TIFF, counted from 0.
pub(super) fn decode<'a>(bytes: &'a [u8], page: u32, side: u32, limits: &Limits) -> Result<Decoded<'a>, Undecoded> {
    match decode_page(bytes, page, side, limits) {
        // What the directory says of the page is missing, and the page seems to be of another kind.
        Err(Undecoded::Unsupported) if is_cut_off(bytes, page) => Err(Remark::Truncated { missing: None }.into()),
        decoded => decoded,
    }
}

fn is_cut_off(bytes: &[u8], page: u32) -> bool {
    TiffFile::open(bytes).and_then(|file| file.page(page)).is_some_and(|page| page.is_cut_off())
}

fn decode_page<'a>(bytes: &'a [u8], page: u32, side: u32, limits: &Limits) -> Result<Decoded<'a>, Undecoded> {
    let mut page = Page::open(bytes, page, limits)?;
    let (width, height) = page.size;
    if width == 0 || height == 0 {
        return Err(unreadable());
    }
    if !limits.allow_streamed(width, height) {
        return Err(Limits::too_large(width, height).into());
    }
    let layout = page.layout().ok_or(Undecoded::Unsupported)?;
    let mut reducer = Reducer::new(width, height, layout, side, limits.max_alloc);
    let remark = page.read_into(&mut reducer, layout)?;
    let remark =
        remark.or_else(|| (page.places_cut || lacks_pages(bytes)).then_some(Remark::Truncated { missing: None }));
    let profile = page.decoder.get_tag_u8_vec(Tag::IccProfile).ok().map(Cow::Owned);
    Ok(Decoded { raster: reducer.finish(), width, height, profile, remark })
}

fn unreadable() -> Undecoded {
    Remark::Unreadable { format: Format::Tiff }.into()
}

/// Whether pages behind the first point behind the end of the file.
fn lacks_pages(bytes: &[u8]) -> bool {
    const MAX_PAGES: usize = 1_000;
    const OFFSETS: [u16; 2] = [0x111, 0x144];
    let Some(mut page) = TiffFile::open(bytes).and_then(TiffFile::first) else { return false };
    for _ in 0..MAX_PAGES {
        if page.next_offset() == 0 {
            return false;
        }
        let Some(next) = page.next() else { return true };
        page = next;
        let offsets = OFFSETS.into_iter().flat_map(|tag| page.numbers(tag, 1 << 16));
        if offsets.into_iter().any(|at| at as usize >= bytes.len()) {
            return true;
        }
    }
    false
}

struct Page<'a> {
    decoder: Source<'a>,
    size: (u32, u32),
    colour: ColorType,
    /// For pictures with a palette: 8-bit RGB.
    palette: Option<Vec<[u8; 3]>>,
    /// What the samples mean, where the decoder only knows how many there are.
    told: Option<u32>,
    /// Of L*a*b*.
    white: lab::White,
    has_profile: bool,
    /// Colours have been multiplied with their alpha.
    premultiplied: bool,
    /// Every sample has strips or tiles of its own.
    planar: bool,
    /// The places of strips or tiles are cut off, and were guessed.
    places_cut: bool,
    /// Of the file in bytes.
    length: u64,
    /// By strip or tile: where it stands in the file.
    ranges: Vec<Range<u64>>,
    /// A decoder is used that fills up what is missing.
    fills_up: bool,
    /// Reads strips or tiles that the end of the file cuts through, as far as they are there.
    completing: Option<Source<'a>>,
}

type Source<'a> = Decoder<io::BufReader<Mended<'a>>>;

impl<'a> Page<'a> {
    fn open(bytes: &'a [u8], page: u32, limits: &Limits) -> Result<Page<'a>, Undecoded> {
        let memory = usize::try_from(limits.max_alloc).unwrap_or(usize::MAX);
        let mut bounds = TiffLimits::default();
        bounds.decoding_buffer_size = memory;
        bounds.intermediate_buffer_size = memory;
        bounds.ifd_value_size = memory / 16;
        let file = TiffFile::open(bytes).ok_or_else(unreadable)?;
        let directory = file.page(page).ok_or(Undecoded::from(Remark::Truncated { missing: None }))?;
        let mut mending = Mending::of(&directory, bytes.len());
        mending.fax(&directory, bytes, memory);
        let failed = |error: TiffError| explained(&error);
        let open = |mending: &Mending| -> Result<Source<'a>, TiffError> {
            let source = Mended::new(bytes, &directory, mending);
            Ok(Decoder::new(io::BufReader::with_capacity(64 << 10, source))?.with_limits(bounds.clone()))
        };
        let mut decoder = open(&mending).map_err(failed)?;
        let completing = Mending::completing(&directory, bytes, memory).and_then(|mending| open(&mending).ok());
        let size = decoder.dimensions().map_err(failed)?;
        let colour = decoder.colortype().map_err(failed)?;
        let extra = decoder.find_tag_unsigned_vec::<u16>(Tag::ExtraSamples).ok().flatten().unwrap_or_default();
        let planar = decoder.find_tag_unsigned::<u16>(Tag::PlanarConfiguration).ok().flatten();
        let planar = planar == Some(PlanarConfiguration::Planar.to_u16()) && colour.num_samples() > 1;
        let jpeg = matches!(directory.number(tag::COMPRESSION), Some(OLD_JPEG | JPEG));
        Ok(Page {
            decoder,
            size,
            colour,
            palette: (directory.number(tag::PHOTOMETRIC) == Some(PALETTE)).then(|| palette(&directory)),
            told: mending.photometric,
            white: lab::White::of(&directory),
            has_profile: directory.has(tag::ICC_PROFILE),
            premultiplied: extra.first() == Some(&1),
            planar,
            places_cut: mending.cut,
            length: bytes.len() as u64,
            ranges: mend::ranges(&directory),
            fills_up: jpeg,
            completing,
        })
    }

    /// How the pixels are kept; `None` for colours that aren't converted here.
    fn layout(&self) -> Option<Layout> {
        if self.palette.is_some() {
            return Some(Layout::Rgb);
        }
        match self.told {
            Some(RGB) => return Some(Layout::Rgb),
            Some(CMYK) => return Some(Layout::Cmyk),
            Some(CIE_LAB | ICC_LAB) if matches!(self.colour.bit_depth(), 8 | 16) => return Some(Layout::Rgb),
            // Fractions.
            Some(CIE_LAB) if self.colour.bit_depth() == 32 && !self.planar => return Some(Layout::Rgb),
            Some(_) => return None,
            None => {}
        }
        match self.colour {
            ColorType::Gray(_) => Some(Layout::Grey),
            ColorType::RGB(_) | ColorType::YCbCr(8) => Some(Layout::Rgb),
            ColorType::RGBA(_) | ColorType::GrayA(_) => Some(Layout::Rgba),
            ColorType::CMYK(_) | ColorType::CMYKA(_) => Some(Layout::Cmyk),
            ColorType::Multiband { num_samples, .. } => Some(if num_samples < 3 { Layout::Grey } else { Layout::Rgb }),
            _ => None,
        }
    }

    /// Reads chunk after chunk, and says what was wrong first. Tiles are put together to bands of whole rows.
    fn read_into(&mut self, reducer: &mut Reducer, layout: Layout) -> Result<Option<Remark>, Undecoded> {
        let (width, height) = (self.size.0 as usize, self.size.1 as usize);
        let chunk = self.decoder.chunk_dimensions();
        let (chunk_wide, chunk_high) = (chunk.0.max(1) as usize, chunk.1.max(1) as usize);
        let across = match self.decoder.get_chunk_type() {
            ChunkType::Strip => 1,
            ChunkType::Tile => width.div_ceil(chunk_wide),
        };
        let channels = layout.channels();
        let band_size = width.checked_mul(channels).and_then(|row| row.checked_mul(chunk_high.min(height)));
        let Some(band_size) = band_size.filter(|&size| size as u64 <= reducer.max_alloc() / 2) else {
            return Err(Limits::too_large(self.size.0, self.size.1).into());
        };
        let mut band = vec![0; band_size];
        let truncated = |top: usize| Remark::Truncated { missing: Some(((height - top) * 100).div_ceil(height) as u8) };
        let mut remark = None;
        let mut any = false;
        for top in (0..height).step_by(chunk_high) {
            let rows = chunk_high.min(height - top);
            for column in 0..across {
                let index = (top / chunk_high * across + column) as u32;
                let left = column * chunk_wide;
                let wide = chunk_wide.min(width - left);
                let count = (height.div_ceil(chunk_high) * across) as u32;
                let there = self.there(index, count);
                let read = self.chunk(index, count, wide, rows);
                let completed = match read {
                    Err(Undecoded::Because(_)) if there > 0.0 && there < 1.0 => {
                        self.completed(index, count, wide, rows)
                    }
                    _ => None,
                };
                let is_cut = completed.is_some() || (self.fills_up && read.is_ok() && there < 1.0);
                let samples = match completed.map_or(read, Ok) {
                    Ok(samples) => samples,
                    Err(Undecoded::Unsupported) => return Err(Undecoded::Unsupported),
                    Err(Undecoded::Because(because)) => {
                        remark.get_or_insert(match because {
                            Remark::Truncated { .. } => truncated(top),
                            _ => Remark::Damaged { from: Some((top * 100 / height) as u8) },
                        });
                        (0..rows).for_each(|y| {
                            let at = (y * width + left) * channels;
                            band[at..at + wide * channels].fill(0);
                        });
                        continue;
                    }
                };
                if is_cut {
                    remark.get_or_insert(truncated(top + ((rows as f64 * there) as usize).min(rows - 1)));
                }
                any = true;
                for y in 0..rows {
                    let at = (y * width + left) * channels;
                    self.convert(&samples, y, wide, &mut band[at..at + wide * channels], layout);
                }
            }
            band.chunks_exact(width * channels).take(rows).for_each(|row| reducer.row(row));
        }
        match remark {
            Some(Remark::Truncated { .. }) if !any => Err(Remark::NoPixels.into()),
            Some(_) if !any => Err(unreadable()),
            remark => Ok(remark),
        }
    }

    /// How much of a strip or tile is in the file, 0 to 1; where every sample has its own, `count` a sample, the least.
    fn there(&self, index: u32, count: u32) -> f64 {
        let planes = if self.planar { u32::from(self.colour.num_samples()) } else { 1 };
        let ranges = (0..planes).filter_map(|plane| self.ranges.get((plane * count + index) as usize));
        let cut = ranges.filter(|range| range.end > self.length);
        let parts =
            cut.map(|range| self.length.saturating_sub(range.start) as f64 / (range.end - range.start).max(1) as f64);
        parts.fold(1.0, f64::min)
    }

    /// The samples of a strip or tile that the end of the file cuts through: zeros for those that are missing.
    fn completed(&mut self, index: u32, count: u32, wide: usize, rows: usize) -> Option<Samples> {
        let decoder = self.completing.take()?;
        let plain = std::mem::replace(&mut self.decoder, decoder);
        let read = self.chunk(index, count, wide, rows);
        self.completing = Some(std::mem::replace(&mut self.decoder, plain));
        read.ok()
    }

    /// The samples of a strip or tile, put together where every sample has its own, `count` a sample.
    fn chunk(&mut self, index: u32, count: u32, wide: usize, rows: usize) -> Result<Samples, Undecoded> {
        let (bits, is_palette) = (self.colour.bit_depth(), self.palette.is_some());
        // Colours without a profile: with one, the profile says what they are.
        let light = matches!(self.colour, ColorType::RGB(_) | ColorType::RGBA(_)) && !self.has_profile;
        let is_lab = self.told.is_some_and(|told| matches!(told, CIE_LAB | ICC_LAB));
        let mut read = |index, per_pixel, light| match self.decoder.read_chunk(index) {
            Ok(read) if is_lab => Ok(Samples::of_lab(read, bits, per_pixel)),
            Ok(read) if is_palette => Ok(Samples::of_palette(read, bits, per_pixel)),
            Ok(read) => Ok(Samples::of(read, bits, per_pixel, true, light)),
            Err(error) => Err(explained(&error)),
        };
        let per_pixel = self.colour.num_samples();
        if !self.planar {
            return read(index, per_pixel.into(), light);
        }
        let planes = (0..u32::from(per_pixel))
            .map(|plane| read(plane * count + index, 1, light && plane < 3))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Samples::interleaved(&planes, wide, rows))
    }

    fn convert(&self, samples: &Samples, y: usize, wide: usize, out: &mut [u8], layout: Layout) {
        let channels = layout.channels();
        let lab = self.told.filter(|told| matches!(*told, CIE_LAB | ICC_LAB));
        let converts =
            self.palette.is_some() || self.premultiplied || lab.is_some() || matches!(self.colour, ColorType::YCbCr(_));
        if !converts && samples.bits == 8 && samples.per_pixel == channels {
            let from = y * out.len();
            if let Some(row) = samples.data.get(from..from + out.len()) {
                out.copy_from_slice(row);
                return;
            }
        }
        for (x, pixel) in out.chunks_exact_mut(channels).enumerate() {
            let sample = |index: usize| samples.get(wide, x, y, index);
            match (self.colour, &self.palette) {
                (_, Some(palette)) => {
                    let colour = palette.get(samples.number(wide, x, y)).copied().unwrap_or_default();
                    pixel.copy_from_slice(&colour);
                }
                _ if lab.is_some() => {
                    // In the ICC's encoding a* and b* are moved up; in TIFF's own they have a sign.
                    let colour = samples.lab(wide, x, y, lab == Some(CIE_LAB));
                    pixel.copy_from_slice(&lab::to_srgb(colour, self.white));
                }
                (ColorType::GrayA(_), _) => {
                    pixel.copy_from_slice(&self.straight([sample(0), sample(0), sample(0), sample(1)]));
                }
                (ColorType::RGBA(_), _) => {
                    pixel.copy_from_slice(&self.straight([sample(0), sample(1), sample(2), sample(3)]));
                }
                (ColorType::YCbCr(_), _) => {
                    pixel.copy_from_slice(&jpeg::ycbcr_to_rgb(sample(0), sample(1), sample(2)));
                }
                _ => pixel.iter_mut().enumerate().for_each(|(index, value)| *value = sample(index)),
            }
        }
    }

    fn straight(&self, [r, g, b, a]: [u8; 4]) -> [u8; 4] {
        if !self.premultiplied || a == 0 {
            return [r, g, b, a];
        }
        let divided = |value: u8| (u32::from(value) * 255 / u32::from(a)).min(255) as u8;
        [divided(r), divided(g), divided(b), a]
    }
}

/// Photometric interpretations (TIFF 6.0, section 8).
const RGB: u32 = 2;
const PALETTE: u32 = 3;
const CMYK: u32 = 5;
const CIE_LAB: u32 = 8;
const ICC_LAB: u32 = 9;

/// Compressions.
const OLD_JPEG: u32 = 6;
const JPEG: u32 = 7;

/// The palette of a page: all reds, then all greens, then all blues, 16 bits each. Some writers use 8 of the 16 bits.
fn palette(page: &Ifd) -> Vec<[u8; 3]> {
    const COLOUR_MAP: u16 = 0x140;
    let map = page.numbers(COLOUR_MAP, 3 << 16);
    let shift = if map.iter().any(|&value| value > 255) { 8 } else { 0 };
    let count = map.len() / 3;
    let colour = |index| [0, 1, 2].map(|channel: usize| (map[channel * count + index] >> shift) as u8);
    (0..count).map(colour).collect()
}

fn explained(error: &TiffError) -> Undecoded {
    match error {
        TiffError::UnsupportedError(_) => Undecoded::Unsupported,
        TiffError::IoError(error) if error.kind() == ErrorKind::UnexpectedEof => {
            Remark::Truncated { missing: None }.into()
        }
        _ => unreadable(),
    }
}
