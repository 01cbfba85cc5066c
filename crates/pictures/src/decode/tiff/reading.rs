//! Strip after strip, or tile after tile, into rows.

use tiff::ColorType;

use super::failed::{explained, unreadable};
use super::numbers::photometric::{CIE_LAB, ICC_LAB};
use super::page::{Page, Reader, Source};
use super::samples::Samples;
use crate::decode::decoded::Undecoded;
use crate::raster::Layout;
use crate::reduce::Reducer;
use crate::{Limits, Remark};

/// A strip or tile.
struct Chunk {
    samples: Samples,
    /// Rows that are whole; those behind them are made up.
    rows: usize,
}

impl Page<'_> {
    /// Reads chunk after chunk, and says what was wrong first. Tiles are put together to bands of whole rows.
    pub(super) fn read_into(&mut self, reducer: &mut Reducer, layout: Layout) -> Result<Option<Remark>, Undecoded> {
        let (width, height) = (self.size.0 as usize, self.size.1 as usize);
        let (chunk_wide, chunk_high) = (self.grid.wide as usize, self.grid.high as usize);
        let across = self.grid.across as usize;
        let channels = layout.channels();
        let band_size = width.checked_mul(channels).and_then(|row| row.checked_mul(chunk_high.min(height)));
        let Some(band_size) = band_size.filter(|&size| size as u64 <= reducer.max_alloc() / 2) else {
            return Err(Limits::too_large(self.size.0, self.size.1).into());
        };
        let mut band = vec![0; band_size];
        let truncated = |top: usize| Remark::Truncated { missing: Some(((height - top) * 100).div_ceil(height) as u8) };
        let damaged = |top: usize| Remark::Damaged { from: Some((top * 100 / height) as u8) };
        let mut remark = None;
        let mut any = false;
        for top in (0..height).step_by(chunk_high) {
            let rows = chunk_high.min(height - top);
            for column in 0..across {
                let index = (top / chunk_high * across + column) as u32;
                let left = column * chunk_wide;
                let wide = chunk_wide.min(width - left);
                let chunk = match self.chunk(index, wide, rows) {
                    Ok(chunk) => chunk,
                    Err(Undecoded::Unsupported) => return Err(Undecoded::Unsupported),
                    Err(Undecoded::Because(because)) => {
                        remark.get_or_insert(match because {
                            Remark::Truncated { .. } => truncated(top),
                            _ => damaged(top),
                        });
                        (0..rows).for_each(|y| {
                            let at = (y * width + left) * channels;
                            band[at..at + wide * channels].fill(0);
                        });
                        continue;
                    }
                };
                if chunk.rows < rows {
                    let is_cut = self.there(index) < 1.0;
                    let first = top + chunk.rows;
                    remark.get_or_insert(if is_cut { truncated(first) } else { damaged(first) });
                }
                any = true;
                for y in 0..rows {
                    let at = (y * width + left) * channels;
                    self.convert(&chunk.samples, y, wide, &mut band[at..at + wide * channels], layout);
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

    /// A strip or tile, as far as it is there.
    fn chunk(&mut self, index: u32, wide: usize, rows: usize) -> Result<Chunk, Undecoded> {
        let there = self.there(index);
        let there_of = |rows: usize| ((rows as f64 * there) as usize).min(rows - 1);
        let colours = self.colours();
        let count = self.grid.count() as u32;
        let planes = if self.planar { u32::from(self.colour.num_samples()) } else { 1 };
        match &mut self.source {
            Source::Own(own) => {
                let missing = if there < 1.0 { Remark::Truncated { missing: None }.into() } else { unreadable() };
                let read: Option<Vec<_>> =
                    (0..planes).map(|plane| own.chunk((plane * count + index) as usize, wide, rows)).collect();
                let mut read = read.ok_or(missing)?;
                let least = read.iter().map(|plane| plane.rows).min().unwrap_or(0);
                let samples = match (read.len(), read.pop()) {
                    (1, Some(only)) => only.samples,
                    (_, last) => {
                        let planes: Vec<Samples> = read.into_iter().chain(last).map(|plane| plane.samples).collect();
                        Samples::interleaved(&planes, wide, rows)
                    }
                };
                Ok(Chunk { samples, rows: least })
            }
            Source::Crate { decoder, completing, fills_up } => {
                let read = colours.read(decoder, index, count, planes, wide, rows);
                match (read, completing) {
                    (Ok(samples), _) if *fills_up && there < 1.0 => Ok(Chunk { samples, rows: there_of(rows) }),
                    (Ok(samples), _) => Ok(Chunk { samples, rows }),
                    (Err(error @ Undecoded::Because(_)), Some(completing)) if there > 0.0 && there < 1.0 => {
                        let read = colours.read(completing, index, count, planes, wide, rows);
                        read.map(|samples| Chunk { samples, rows: there_of(rows) }).map_err(|_| error)
                    }
                    (Err(error), _) => Err(error),
                }
            }
        }
    }

    fn colours(&self) -> Colours {
        Colours {
            bits: self.colour.bit_depth(),
            per_pixel: self.colour.num_samples(),
            is_palette: self.palette.is_some(),
            is_lab: self.told.is_some_and(|told| matches!(told, CIE_LAB | ICC_LAB)),
            // Colours without a profile: with one, the profile says what they are.
            light: matches!(self.colour, ColorType::RGB(_) | ColorType::RGBA(_)) && !self.has_profile,
        }
    }
}

/// How the samples that the tiff crate reads become bytes.
#[derive(Clone, Copy)]
struct Colours {
    bits: u8,
    per_pixel: u16,
    is_palette: bool,
    is_lab: bool,
    /// Fractions are amounts of light.
    light: bool,
}

impl Colours {
    /// The samples of a strip or tile, put together where every sample has its own, `count` a sample.
    fn read(
        self,
        decoder: &mut Reader,
        index: u32,
        count: u32,
        planes: u32,
        wide: usize,
        rows: usize,
    ) -> Result<Samples, Undecoded> {
        let mut read = |index, per_pixel, light| match decoder.read_chunk(index) {
            Ok(read) if self.is_lab => Ok(Samples::of_lab(read, self.bits, per_pixel)),
            Ok(read) if self.is_palette => Ok(Samples::of_palette(read, self.bits, per_pixel)),
            Ok(read) => Ok(Samples::of(read, self.bits, per_pixel, true, light)),
            Err(error) => Err(explained(&error)),
        };
        if planes == 1 {
            return read(index, self.per_pixel.into(), self.light);
        }
        let planes = (0..planes)
            .map(|plane| read(plane * count + index, 1, self.light && plane < 3))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Samples::interleaved(&planes, wide, rows))
    }
}
