//! Strips and tiles that are JPEGs of rare kinds (lossless, 12 bits a sample), or pieces of one: TIFF's first way with JPEG (TIFF
//! 6.0, section 22) had the tables, or the headers, somewhere else in the file.

use jpeg::{Bounds, Colours, Damage};
use tiff::decoder::DecodingResult;

use super::read::Read;
use crate::decode::tiff::chunks::{self, Grid};
use crate::decode::tiff::numbers::{compression, tag};
use crate::decode::tiff::old_jpeg::Headers;
use crate::decode::tiff::samples::Samples;
use crate::metadata::ifd::Ifd;

/// What all of a page's JPEGs have in common.
pub(super) struct Jpegs {
    /// Segments in front of the frame header.
    tables: Vec<u8>,
    /// What pieces lack.
    headers: Option<Headers>,
    samples: usize,
}

impl Jpegs {
    /// `None` for JPEGs that the tiff crate knows.
    pub(super) fn of(page: &Ifd, kind: u32, first: &[u8]) -> Option<Jpegs> {
        let samples = if chunks::is_planar(page) { 1 } else { chunks::samples(page) as usize };
        if kind == compression::OLD_JPEG {
            let old = Headers::of(page)?;
            return Some(Jpegs { tables: old.tables.clone(), headers: Some(old), samples });
        }
        let (marker, frame) = jpeg::frame_header(first)?;
        let is_rare = marker == 0xC3 || frame.first() != Some(&8);
        let tables = page.contents(tag::JPEG_TABLES).map(jpeg::tables).unwrap_or_default();
        is_rare.then_some(Jpegs { tables, headers: None, samples })
    }

    pub(super) fn read(&self, codes: &[u8], grid: Grid, wide: usize, rows: usize, memory: u64) -> Option<Read> {
        let bounds = Bounds { max_width: u32::MAX, max_height: u32::MAX, max_pixels: memory, max_alloc: memory };
        let (pixels, damage) = jpeg::decode_as_stored(&self.assembled(codes, grid), &bounds).ok()?;
        let channels = match pixels.colours {
            Colours::Grey => 1,
            Colours::Rgb => 3,
            Colours::Cmyk => 4,
        };
        if channels != self.samples || (pixels.width as usize) < wide {
            return None;
        }
        let row = pixels.width as usize * channels;
        let mut data: Vec<u8> =
            pixels.data.chunks_exact(row).take(rows).flat_map(|row| &row[..wide * channels]).copied().collect();
        let there = (data.len() / (wide * channels).max(1)).min(match damage {
            None => rows,
            Some(Damage::Missing(Some(percent)) | Damage::Coarse(Some(percent))) => {
                rows * (100 - usize::from(percent)) / 100
            }
            Some(Damage::Wrong(Some(percent))) => rows * usize::from(percent) / 100,
            Some(_) => rows - 1,
        });
        data.resize(wide * rows * channels, 128);
        // What makes no sense from its first row on is shown all the same.
        Some(Read { samples: Samples::of(DecodingResult::U8(data), 8, channels, true, false), rows: there.max(1) })
    }

    /// A JPEG of its own.
    fn assembled(&self, codes: &[u8], grid: Grid) -> Vec<u8> {
        const BEGIN: &[u8] = &[0xFF, 0xD8];
        if codes.starts_with(BEGIN) && jpeg::frame_header(codes).is_some() {
            return [BEGIN, &self.tables, &codes[2..]].concat();
        }
        let assembled = self.headers.as_ref().and_then(|headers| headers.assembled(codes, grid.wide, grid.high));
        assembled.unwrap_or_else(|| codes.to_vec())
    }
}
