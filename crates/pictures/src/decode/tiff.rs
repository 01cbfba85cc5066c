//! TIFF: the first page, strip by strip or tile by tile.

use std::borrow::Cow;
use std::io::{self, Cursor, ErrorKind, Read, Seek, SeekFrom};

use tiff::decoder::{ChunkType, Decoder, DecodingResult, Limits as TiffLimits};
use tiff::tags::{PlanarConfiguration, Tag};
use tiff::{ColorType, TiffError};

use super::{Decoded, whole};
use crate::metadata::ifd::{TiffFile, tag};
use crate::raster::Layout;
use crate::reduce::Reducer;
use crate::{Breakage, Format, Limits, PictureError};

/// Decodes the first page of a TIFF.
pub(super) fn decode<'a>(bytes: &'a [u8], side: u32, limits: &Limits) -> Result<Option<Decoded<'a>>, PictureError> {
    let mut page = match Page::open(bytes, limits) {
        Ok(page) => page,
        Err(error) => return explained(&error, (0, 0), limits),
    };
    let (width, height) = page.size;
    if width == 0 || height == 0 {
        return Err(PictureError::Broken { format: Format::Tiff, reason: Breakage::Corrupt });
    }
    if !limits.allow(width, height) {
        return Err(limits.too_many_pixels(width, height));
    }
    if page.is_planar() {
        return whole::decode(bytes, Format::Tiff, image::ImageFormat::Tiff, limits);
    }
    let Some(layout) = page.layout() else { return Ok(None) };
    let mut reducer = Reducer::new(width, height, layout, side, limits.max_alloc);
    if let Err(error) = page.read_into(&mut reducer, layout) {
        return explained(&error, (width, height), limits);
    }
    if lacks_pages(bytes) {
        return Err(PictureError::Broken { format: Format::Tiff, reason: Breakage::Truncated });
    }
    let profile = page.decoder.get_tag_u8_vec(Tag::IccProfile).ok().map(Cow::Owned);
    Ok(Some(Decoded { raster: reducer.finish(), width, height, profile }))
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
    decoder: Decoder<io::BufReader<Patched<'a>>>,
    size: (u32, u32),
    colour: ColorType,
    /// For pictures with a palette: 8-bit RGB.
    palette: Option<Vec<[u8; 3]>>,
    /// Colours have been multiplied with their alpha.
    premultiplied: bool,
}

impl<'a> Page<'a> {
    fn open(bytes: &'a [u8], limits: &Limits) -> Result<Page<'a>, TiffError> {
        let memory = usize::try_from(limits.max_alloc).unwrap_or(usize::MAX);
        let mut bounds = TiffLimits::default();
        bounds.decoding_buffer_size = memory;
        bounds.intermediate_buffer_size = memory;
        bounds.ifd_value_size = memory / 16;
        let palette = Palette::of(bytes);
        let file = Patched { file: Cursor::new(bytes), patch: palette.as_ref().map(|palette| palette.patch) };
        let mut decoder = Decoder::new(io::BufReader::with_capacity(64 << 10, file))?.with_limits(bounds);
        let size = decoder.dimensions()?;
        let colour = decoder.colortype()?;
        let extra = decoder.find_tag_unsigned_vec::<u16>(Tag::ExtraSamples)?.unwrap_or_default();
        Ok(Page {
            decoder,
            size,
            colour,
            palette: palette.map(|palette| palette.colours),
            premultiplied: extra.first() == Some(&1),
        })
    }

    fn is_planar(&mut self) -> bool {
        let planar = self.decoder.find_tag_unsigned::<u16>(Tag::PlanarConfiguration).ok().flatten();
        planar == Some(PlanarConfiguration::Planar.to_u16()) && self.colour.num_samples() > 1
    }

    /// How the pixels are kept; `None` for colours that aren't converted here.
    fn layout(&self) -> Option<Layout> {
        match self.colour {
            ColorType::Gray(_) if self.palette.is_some() => Some(Layout::Rgb),
            ColorType::Gray(_) => Some(Layout::Grey),
            ColorType::RGB(_) | ColorType::YCbCr(8) => Some(Layout::Rgb),
            ColorType::RGBA(_) | ColorType::GrayA(_) => Some(Layout::Rgba),
            ColorType::CMYK(_) | ColorType::CMYKA(_) => Some(Layout::Cmyk),
            ColorType::Multiband { num_samples, .. } => Some(if num_samples < 3 { Layout::Grey } else { Layout::Rgb }),
            _ => None,
        }
    }

    /// Reads chunk after chunk. Tiles are put together to bands of whole rows.
    fn read_into(&mut self, reducer: &mut Reducer, layout: Layout) -> Result<(), TiffError> {
        let (width, height) = (self.size.0 as usize, self.size.1 as usize);
        let chunk = self.decoder.chunk_dimensions();
        let (chunk_wide, chunk_high) = (chunk.0.max(1) as usize, chunk.1.max(1) as usize);
        let across = match self.decoder.get_chunk_type() {
            ChunkType::Strip => 1,
            ChunkType::Tile => width.div_ceil(chunk_wide),
        };
        let channels = layout.channels();
        let mut band = vec![0; width * channels * chunk_high.min(height)];
        for top in (0..height).step_by(chunk_high) {
            let rows = chunk_high.min(height - top);
            for column in 0..across {
                let index = (top / chunk_high * across + column) as u32;
                let samples = Samples::of(self.decoder.read_chunk(index)?, self.colour, self.palette.is_none());
                let left = column * chunk_wide;
                let wide = chunk_wide.min(width - left);
                for y in 0..rows {
                    let at = (y * width + left) * channels;
                    self.convert(&samples, y, wide, &mut band[at..at + wide * channels], layout);
                }
            }
            band.chunks_exact(width * channels).take(rows).for_each(|row| reducer.row(row));
        }
        Ok(())
    }

    fn convert(&self, samples: &Samples, y: usize, wide: usize, out: &mut [u8], layout: Layout) {
        let channels = layout.channels();
        let converts = self.palette.is_some() || self.premultiplied || matches!(self.colour, ColorType::YCbCr(_));
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
                    let colour = palette.get(usize::from(sample(0))).copied().unwrap_or_default();
                    pixel.copy_from_slice(&colour);
                }
                (ColorType::GrayA(_), _) => {
                    pixel.copy_from_slice(&self.straight([sample(0), sample(0), sample(0), sample(1)]));
                }
                (ColorType::RGBA(_), _) => {
                    pixel.copy_from_slice(&self.straight([sample(0), sample(1), sample(2), sample(3)]));
                }
                (ColorType::YCbCr(_), _) => {
                    pixel.copy_from_slice(&crate::jpeg::ycbcr_to_rgb(sample(0), sample(1), sample(2)));
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

/// The samples of a chunk as 8 bits, or packed where they have fewer.
struct Samples {
    data: Vec<u8>,
    bits: usize,
    per_pixel: usize,
    /// Indices into a palette aren't spread over 0 to 255.
    spread: bool,
}

impl Samples {
    fn of(result: DecodingResult, colour: ColorType, spread: bool) -> Samples {
        let unit = |value: f64| (value.clamp(0.0, 1.0) * 255.0 + 0.5) as u8;
        let data = match result {
            DecodingResult::U8(data) => data,
            DecodingResult::U16(data) => data.into_iter().map(|value| (value >> 8) as u8).collect(),
            DecodingResult::U32(data) => data.into_iter().map(|value| (value >> 24) as u8).collect(),
            DecodingResult::U64(data) => data.into_iter().map(|value| (value >> 56) as u8).collect(),
            DecodingResult::I8(data) => data.into_iter().map(|value| (i16::from(value) + 128) as u8).collect(),
            DecodingResult::I16(data) => data.into_iter().map(|value| ((value >> 8) + 128) as u8).collect(),
            DecodingResult::I32(data) => data.into_iter().map(|value| ((value >> 24) + 128) as u8).collect(),
            DecodingResult::I64(data) => data.into_iter().map(|value| ((value >> 56) + 128) as u8).collect(),
            DecodingResult::F16(data) => data.into_iter().map(|value| unit(value.to_f64())).collect(),
            DecodingResult::F32(data) => data.into_iter().map(|value| unit(value.into())).collect(),
            DecodingResult::F64(data) => data.into_iter().map(unit).collect(),
        };
        let bits = usize::from(colour.bit_depth()).min(8);
        Samples { data, bits, per_pixel: usize::from(colour.num_samples()), spread }
    }

    /// One sample; rows begin at whole bytes.
    #[inline]
    fn get(&self, wide: usize, x: usize, y: usize, index: usize) -> u8 {
        if self.bits == 8 {
            return self.data.get((y * wide + x) * self.per_pixel + index).copied().unwrap_or_default();
        }
        let row = y * (wide * self.per_pixel * self.bits).div_ceil(8);
        let bit = (x * self.per_pixel + index) * self.bits;
        let byte = self.data.get(row + bit / 8).copied().unwrap_or_default();
        let most = (1_u32 << self.bits) - 1;
        let value = u32::from(byte) >> (8 - self.bits - bit % 8) & most;
        if self.spread { (value * 255 / most) as u8 } else { value as u8 }
    }
}

/// The palette of a page, which the tiff crate refuses to read: it is told that the indices are shades of grey.
struct Palette {
    colours: Vec<[u8; 3]>,
    /// Where the photometric interpretation stands, and what "black is zero" looks like there.
    patch: (u64, [u8; 2]),
}

impl Palette {
    /// `None` when the first page has no palette of at most 256 colours.
    fn of(bytes: &[u8]) -> Option<Palette> {
        const PALETTE: u32 = 3;
        const COLOUR_MAP: u16 = 0x140;
        let page = TiffFile::open(bytes)?.first()?;
        if page.number(tag::PHOTOMETRIC) != Some(PALETTE) {
            return None;
        }
        let patch = if bytes.starts_with(b"II") { [1, 0] } else { [0, 1] };
        // All reds, then all greens, then all blues, 16 bits each. Some writers use 8 of the 16 bits.
        let map = page.numbers(COLOUR_MAP, 3 * 256);
        let shift = if map.iter().any(|&value| value > 255) { 8 } else { 0 };
        let count = map.len() / 3;
        let colour = |index| [0, 1, 2].map(|channel: usize| (map[channel * count + index] >> shift) as u8);
        let at = page.value_offset(tag::PHOTOMETRIC)? as u64;
        Some(Palette { colours: (0..count).map(colour).collect(), patch: (at, patch) })
    }
}

/// A file with two bytes replaced.
struct Patched<'a> {
    file: Cursor<&'a [u8]>,
    patch: Option<(u64, [u8; 2])>,
}

impl Read for Patched<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let from = self.file.position();
        let length = self.file.read(buffer)?;
        if let Some((at, bytes)) = self.patch {
            for (at, byte) in (at..).zip(bytes) {
                if let Some(target) = at.checked_sub(from).and_then(|index| buffer[..length].get_mut(index as usize)) {
                    *target = byte;
                }
            }
        }
        Ok(length)
    }
}

impl Seek for Patched<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}

fn explained<T>(error: &TiffError, size: (u32, u32), limits: &Limits) -> Result<Option<T>, PictureError> {
    let broken = |reason| Err(PictureError::Broken { format: Format::Tiff, reason });
    match error {
        TiffError::UnsupportedError(_) => Ok(None),
        TiffError::LimitsExceeded if size.0 > 0 => Err(limits.too_much_memory(Format::Tiff, size.0, size.1)),
        TiffError::IoError(error) if error.kind() == ErrorKind::UnexpectedEof => broken(Breakage::Truncated),
        _ => broken(Breakage::Corrupt),
    }
}
