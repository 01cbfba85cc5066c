//! Strips and tiles that the tiff crate doesn't know: samples of any number of bits, colours at half the resolution, fax pages,
//! amounts of light, rarer JPEGs, and what programs wrote before there were rules. Each is decoded as far as it goes.

mod bytes;
mod fax;
mod jpegs;
mod light;
mod packing;
mod pixar_log;
mod predictor;
mod read;
mod scans;
mod wavelets;
mod ycbcr;

use std::ops::Range;

use tiff::ColorType;
use tiff::decoder::DecodingResult;

use self::fax::Coding as Fax;
use self::jpegs::Jpegs;
use self::packing::{Kind, Packing};
use self::pixar_log::PixarLog;
use self::predictor::Horizontal;
use self::read::Read;
use super::chunks::{self, Grid};
use super::mend::Mending;
use super::numbers::{compression, photometric, tag};
use super::samples::Samples;
use crate::Limits;
use crate::metadata::ifd::{self, Ifd};

/// A page that is decoded here.
pub(super) struct Own<'a> {
    file: &'a [u8],
    pub(super) grid: Grid,
    /// By strip or tile: where it stands in the file.
    pub(super) ranges: Vec<Range<u64>>,
    pub(super) colour: ColorType,
    /// In each strip or tile.
    per_pixel: usize,
    coding: Coding,
    compression: u32,
    /// Bytes begin with their lowest bit.
    reversed: bool,
    /// Most bytes of a strip or tile.
    memory: u64,
}

/// What a strip or tile is made of.
enum Coding {
    /// Samples side by side.
    Packed { packing: Packing, predictor: Option<Horizontal> },
    /// Colours that several pixels share.
    Shared(ycbcr::Shared),
    /// One bit a pixel.
    Fax { coding: Fax, inverted: bool },
    /// Few bits a pixel, by a scanner.
    Scan { packing: Packing },
    /// Logarithms of samples.
    PixarLog { packing: Packing, log: PixarLog },
    /// Amounts of light.
    Light(light::Coding),
    /// JPEGs without their tables, or of rare kinds.
    Jpegs(Jpegs),
    /// JPEG 2000.
    Wavelets,
}

impl<'a> Own<'a> {
    /// Whether a page is one of them, and how it is decoded.
    pub(super) fn of(page: &Ifd, file: &'a [u8], mending: &Mending, limits: &Limits) -> Option<Own<'a>> {
        let grid = Grid::of(page)?;
        let (offsets, counts) = mending.offsets_and_counts(page);
        let ranges = chunks::ranges(&offsets, &counts);
        let kind = page.number(ifd::tag::PHOTOMETRIC);
        let compression = page.number(ifd::tag::COMPRESSION).unwrap_or(compression::NONE);
        let first = part(file, ranges.first()?);
        let coding = Coding::of(page, kind, compression, first)?;
        let per_pixel = match &coding {
            Coding::Light(coding) => coding.samples(),
            Coding::Shared(shared) => shared.samples(),
            _ if chunks::is_planar(page) => 1,
            _ => chunks::samples(page) as usize,
        };
        let colour = match (compression, colour(page, kind)?) {
            // Whatever the directory says.
            (compression::JPEG_2000_YCBCR | compression::JPEG_2000_LOSSY, ColorType::RGB(_)) => ColorType::YCbCr(8),
            (_, colour) => colour,
        };
        let reversed = page.number(ifd::tag::FILL_ORDER) == Some(2) && !matches!(coding, Coding::Jpegs(_));
        Some(Own { file, grid, ranges, colour, per_pixel, coding, compression, reversed, memory: limits.max_alloc / 4 })
    }

    /// Whether a strip or tile fits into the memory that there is.
    pub(super) fn fits(&self) -> bool {
        let pixels = u64::from(self.grid.wide) * u64::from(self.grid.high);
        let bytes = match &self.coding {
            Coding::Fax { .. } => pixels / 8,
            Coding::Packed { packing, .. } | Coding::PixarLog { packing, .. } => {
                pixels.saturating_mul(self.per_pixel as u64 * packing.size())
            }
            _ => pixels.saturating_mul(self.per_pixel as u64),
        };
        bytes <= self.memory * 2
    }

    /// The samples of the first `rows` rows of a strip or tile, `wide` pixels each. `None` where nothing can be had.
    pub(super) fn chunk(&self, index: usize, wide: usize, rows: usize) -> Option<Read> {
        let codes = part(self.file, self.ranges.get(index)?);
        let turned: Vec<u8>;
        let codes = if self.reversed {
            turned = codes.iter().map(|byte| byte.reverse_bits()).collect();
            &turned
        } else {
            codes
        };
        let chunk_wide = self.grid.wide as usize;
        let bytes = |length: Option<usize>| {
            let length = length.filter(|&length| length as u64 <= self.memory)?;
            Some(bytes::unpacked(codes, self.compression, length))
        };
        let read = match &self.coding {
            Coding::Packed { packing, predictor } => {
                let row = packing.row(chunk_wide, self.per_pixel)?;
                let mut data = bytes(row.checked_mul(rows))?;
                if let Some(predictor) = predictor {
                    predictor.undo(&mut data, row, self.per_pixel);
                }
                Read { samples: packing.samples(&data, chunk_wide, wide, rows, self.per_pixel), rows: data.len() / row }
            }
            Coding::PixarLog { packing, log } => {
                let row = packing.row(chunk_wide, self.per_pixel)?;
                row.checked_mul(rows).filter(|&length| length as u64 <= self.memory)?;
                let data = log.unpacked(codes, self.per_pixel, chunk_wide * rows * self.per_pixel);
                Read { samples: packing.samples(&data, chunk_wide, wide, rows, self.per_pixel), rows: data.len() / row }
            }
            Coding::Shared(shared) => {
                let plane = index / self.grid.count().max(1) as usize;
                let data = bytes(shared.length(plane, chunk_wide, rows))?;
                shared.read(plane, &data, chunk_wide, wide, rows)
            }
            Coding::Fax { coding, inverted } => {
                let all = rows;
                let (mut data, sound) = fax::decode(codes, *coding, self.grid.wide, rows as u32);
                if *inverted {
                    data.iter_mut().for_each(|byte| *byte = !*byte);
                }
                let numbers = matches!(self.colour, ColorType::Palette(_));
                let samples = if wide == chunk_wide {
                    Samples::of(DecodingResult::U8(data), 1, 1, !numbers, false)
                } else {
                    let kind = if numbers { Kind::Numbers } else { Kind::Whole };
                    Packing::bits(1, kind, false).samples(&data, chunk_wide, wide, all, 1)
                };
                // Whatever the first row is like, those behind it are shown.
                Read { samples, rows: if codes.is_empty() { 0 } else { sound.max(1) } }
            }
            Coding::Scan { packing } => {
                let row = packing.row(chunk_wide, 1)?;
                row.checked_mul(rows).filter(|&length| length as u64 <= self.memory)?;
                let data = match self.compression {
                    compression::NEXT => scans::next(codes, chunk_wide, rows),
                    _ => scans::thunder(codes, chunk_wide, rows),
                };
                Read { samples: packing.samples(&data, chunk_wide, wide, rows, 1), rows: data.len() / row }
            }
            Coding::Light(coding) => coding.read(codes, chunk_wide, wide, rows),
            Coding::Wavelets => wavelets::read(codes, self.per_pixel, wide, rows, self.memory)?,
            Coding::Jpegs(jpegs) => jpegs.read(codes, self.grid, wide, rows, self.memory)?,
        };
        (read.rows > 0).then_some(read)
    }
}

impl Coding {
    fn of(page: &Ifd, kind: Option<u32>, compression: u32, first: &[u8]) -> Option<Coding> {
        let samples = chunks::samples(page);
        let bits = page.numbers(tag::BITS_PER_SAMPLE, 64);
        let one_of = |depth: u32| samples == 1 && bits.first().copied().unwrap_or(1) == depth;
        let inverted = kind.is_none_or(|kind| kind == photometric::WHITE_IS_ZERO);
        match compression {
            compression::FAX_ROWS | compression::FAX_WORDS | compression::FAX_3 | compression::FAX_4 if one_of(1) => {
                let options = page.number(tag::T4_OPTIONS).unwrap_or(0);
                Some(Coding::Fax { coding: Fax::of(compression, options), inverted })
            }
            compression::NEXT if one_of(2) => Some(Coding::Scan { packing: Packing::bits(2, Kind::Whole, inverted) }),
            compression::THUNDER_SCAN if one_of(4) => {
                Some(Coding::Scan { packing: Packing::bits(4, Kind::Whole, inverted) })
            }
            compression::PIXAR_LOG => {
                // libtiff says so of all of them.
                let packing = Packing::of(page, kind).filter(|_| bits.iter().all(|&bits| bits == 8))?;
                Some(Coding::PixarLog { packing, log: PixarLog::of(page)? })
            }
            compression::SGI_LOG | compression::SGI_LOG_24 => light::Coding::of(kind?, compression).map(Coding::Light),
            compression::JPEG_2000_YCBCR
            | compression::JPEG_2000_LOSSY
            | compression::JPEG_2000_RGB
            | compression::JPEG_2000 => Some(Coding::Wavelets),
            compression::JPEG | compression::OLD_JPEG => Jpegs::of(page, compression, first).map(Coding::Jpegs),
            compression::NONE
            | compression::LZW
            | compression::DEFLATE
            | compression::OLD_DEFLATE
            | compression::PACK_BITS
            | compression::LZMA
            | compression::ZSTD => {
                if kind == Some(photometric::YCBCR)
                    && let Some(shared) = ycbcr::Shared::of(page)
                {
                    return Some(Coding::Shared(shared));
                }
                let is_old = compression == compression::LZW && bytes::is_old_lzw(first);
                let packing = Packing::of(page, kind)?;
                let own = matches!(compression, compression::LZMA | compression::ZSTD);
                let own = own || packing.is_odd(samples) || is_old;
                let predictor = match page.number(tag::PREDICTOR) {
                    None | Some(1) => None,
                    Some(2) => packing.predictor(),
                    Some(_) => return None,
                };
                own.then_some(Coding::Packed { packing, predictor })
            }
            _ => None,
        }
    }
}

/// What samples mean, by how many of them there are.
fn colour(page: &Ifd, kind: Option<u32>) -> Option<ColorType> {
    const ALPHA: [u32; 2] = [1, 2];
    let samples = chunks::samples(page);
    let alpha = page.number(tag::EXTRA_SAMPLES).is_some_and(|extra| ALPHA.contains(&extra));
    Some(match (kind, samples) {
        (Some(photometric::PALETTE), _) => ColorType::Palette(8),
        (Some(photometric::LOG_L), _) => ColorType::Gray(8),
        (Some(photometric::LOG_LUV), _) => ColorType::RGB(8),
        (Some(photometric::CMYK), 4..) => ColorType::CMYK(8),
        (Some(photometric::YCBCR), 3..) => ColorType::YCbCr(8),
        (Some(photometric::RGB | photometric::CIE_LAB | photometric::ICC_LAB) | None, 3) => ColorType::RGB(8),
        (Some(photometric::RGB) | None, 4..) if alpha => ColorType::RGBA(8),
        (Some(photometric::RGB | photometric::CIE_LAB | photometric::ICC_LAB) | None, 3..) => ColorType::RGB(8),
        (_, 2..) if alpha => ColorType::GrayA(8),
        (Some(photometric::WHITE_IS_ZERO | photometric::BLACK_IS_ZERO) | None, 1..) => ColorType::Gray(8),
        _ => return None,
    })
}

/// As much of a range as is in the file.
fn part<'f>(file: &'f [u8], range: &Range<u64>) -> &'f [u8] {
    let [from, to] = [range.start, range.end].map(|at| at.min(file.len() as u64) as usize);
    file.get(from..to).unwrap_or_default()
}
