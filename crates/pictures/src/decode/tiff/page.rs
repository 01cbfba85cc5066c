//! A page, and what its samples mean.

use std::io::BufReader;
use std::ops::Range;

use tiff::decoder::{ChunkType, Decoder, Limits as TiffLimits};
use tiff::{ColorType, TiffError};

use super::chunks::{self, Grid};
use super::failed::explained;
use super::lab::White;
use super::mend::{Mended, Mending};
use super::numbers::photometric::{CIE_LAB, CMYK, ICC_LAB, PALETTE, RGB};
use super::numbers::{compression, tag};
use super::own::Own;
use super::palette;
use crate::Limits;
use crate::decode::decoded::Undecoded;
use crate::metadata::ifd::{self, Ifd};
use crate::raster::Layout;

/// A page that is about to be decoded.
pub(super) struct Page<'a> {
    pub(super) source: Source<'a>,
    pub(super) size: (u32, u32),
    pub(super) grid: Grid,
    pub(super) colour: ColorType,
    /// For pictures with a palette: 8-bit RGB.
    pub(super) palette: Option<Vec<[u8; 3]>>,
    /// What the samples mean, where the decoder only knows how many there are.
    pub(super) told: Option<u32>,
    /// Of L*a*b*.
    pub(super) white: White,
    pub(super) has_profile: bool,
    /// Colours have been multiplied with their alpha.
    pub(super) premultiplied: bool,
    /// Every sample has strips or tiles of its own.
    pub(super) planar: bool,
    /// The places of strips or tiles are cut off, and were guessed.
    pub(super) places_cut: bool,
    /// Of the file in bytes.
    pub(super) length: u64,
    /// By strip or tile: where it stands in the file.
    pub(super) ranges: Vec<Range<u64>>,
}

/// Who decodes strips and tiles.
pub(super) enum Source<'a> {
    Own(Own<'a>),
    Crate {
        decoder: Box<Reader<'a>>,
        /// Reads strips or tiles that the end of the file cuts through, as far as they are there.
        completing: Option<Box<Reader<'a>>>,
        /// It fills up what is missing.
        fills_up: bool,
    },
}

pub(super) type Reader<'a> = Decoder<BufReader<Mended<'a>>>;

impl<'a> Page<'a> {
    pub(super) fn open(bytes: &'a [u8], directory: &Ifd, limits: &Limits) -> Result<Page<'a>, Undecoded> {
        let number = |tag| directory.number(tag);
        let mending = Mending::of(directory, bytes.len());
        let extra = number(tag::EXTRA_SAMPLES);
        let is_palette = number(ifd::tag::PHOTOMETRIC) == Some(PALETTE);
        let mut page = match Own::of(directory, bytes, &mending, limits) {
            Some(own) if own.fits() => Page::of_own(own, directory),
            Some(_) => {
                let side = |tag| number(tag).unwrap_or(0);
                return Err(Limits::too_large(side(ifd::tag::IMAGE_WIDTH), side(ifd::tag::IMAGE_HEIGHT)).into());
            }
            None => Page::of_crate(bytes, directory, &mending, limits)?,
        };
        // The crate knows no alpha beside grey.
        if let ColorType::Multiband { bit_depth, num_samples: 2 } = page.colour
            && matches!(extra, Some(1 | 2))
        {
            page.colour = ColorType::GrayA(bit_depth);
        }
        page.palette = is_palette.then(|| palette::of(directory));
        page.told = page.told.or(mending.photometric);
        page.white = White::of(directory);
        page.has_profile = directory.has(ifd::tag::ICC_PROFILE);
        page.premultiplied = extra == Some(1);
        page.places_cut = mending.cut;
        page.length = bytes.len() as u64;
        Ok(page)
    }

    fn new(source: Source<'a>, size: (u32, u32), grid: Grid, colour: ColorType, ranges: Vec<Range<u64>>) -> Page<'a> {
        Page {
            source,
            size,
            grid,
            colour,
            palette: None,
            told: None,
            white: White::D50,
            has_profile: false,
            premultiplied: false,
            planar: false,
            places_cut: false,
            length: 0,
            ranges,
        }
    }

    fn of_own(mut own: Own<'a>, directory: &Ifd) -> Page<'a> {
        let side = |tag| directory.number(tag).unwrap_or(0);
        let size = (side(ifd::tag::IMAGE_WIDTH), side(ifd::tag::IMAGE_HEIGHT));
        let (grid, colour, ranges) = (own.grid, own.colour, std::mem::take(&mut own.ranges));
        own.ranges.clone_from(&ranges);
        let planar = chunks::is_planar(directory);
        Page { planar, ..Page::new(Source::Own(own), size, grid, colour, ranges) }
    }

    fn of_crate(bytes: &'a [u8], directory: &Ifd, mending: &Mending, limits: &Limits) -> Result<Page<'a>, Undecoded> {
        let memory = usize::try_from(limits.max_alloc).unwrap_or(usize::MAX);
        let mut bounds = TiffLimits::default();
        bounds.decoding_buffer_size = memory;
        bounds.intermediate_buffer_size = memory;
        bounds.ifd_value_size = memory / 16;
        let failed = |error: TiffError| explained(&error);
        let open = |mending: &Mending| -> Result<Box<Reader<'a>>, TiffError> {
            let source = Mended::new(bytes, directory, mending);
            Ok(Box::new(Decoder::new(BufReader::with_capacity(64 << 10, source))?.with_limits(bounds.clone())))
        };
        let mut decoder = open(mending).map_err(failed)?;
        let completing = Mending::completing(directory, bytes, memory).and_then(|mending| open(&mending).ok());
        let size = decoder.dimensions().map_err(failed)?;
        let colour = decoder.colortype().map_err(failed)?;
        let (wide, high) = decoder.chunk_dimensions();
        let (wide, high) = (wide.max(1), high.max(1));
        let across = match decoder.get_chunk_type() {
            ChunkType::Strip => 1,
            ChunkType::Tile => size.0.div_ceil(wide),
        };
        let grid = Grid { wide, high, across, down: size.1.div_ceil(high) };
        let fills_up = directory.number(ifd::tag::COMPRESSION) == Some(compression::JPEG);
        let (offsets, counts) = mending.offsets_and_counts(directory);
        let ranges = chunks::ranges(&offsets, &counts);
        let planar = chunks::is_planar(directory) && colour.num_samples() > 1;
        let source = Source::Crate { decoder, completing, fills_up };
        Ok(Page { planar, ..Page::new(source, size, grid, colour, ranges) })
    }

    /// How the pixels are kept; `None` for colours that aren't converted here.
    pub(super) fn layout(&self) -> Option<Layout> {
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

    /// How much of a strip or tile is in the file, 0 to 1; where every sample has its own, the least.
    pub(super) fn there(&self, index: u32) -> f64 {
        let planes = if self.planar { u64::from(self.colour.num_samples()) } else { 1 };
        let place = |plane: u64| usize::try_from(plane * self.grid.count() + u64::from(index)).ok();
        let ranges = (0..planes).filter_map(|plane| self.ranges.get(place(plane)?));
        let cut = ranges.filter(|range| range.end > self.length);
        let parts =
            cut.map(|range| self.length.saturating_sub(range.start) as f64 / (range.end - range.start).max(1) as f64);
        parts.fold(1.0, f64::min)
    }
}
