//! Strips and tiles that are JPEG 2000, as libvips and microscopes write them.

use tiff::decoder::DecodingResult;

use super::read::Read;
use crate::Limits;
use crate::decode::jp2;
use crate::decode::tiff::samples::Samples;

/// A strip or tile, as far as it can be had.
pub(super) fn read(codes: &[u8], samples: usize, wide: usize, rows: usize, memory: u64) -> Option<Read> {
    let limits = Limits { max_alloc: memory * 4, ..Limits::default() };
    let decoded = jp2::decode(codes, u32::MAX, &limits).ok()?;
    let raster = decoded.raster;
    let channels = raster.layout.channels();
    let row = raster.width as usize * channels;
    if channels != samples || row < wide * channels {
        return None;
    }
    let lines = raster.data.chunks_exact(row).take(rows);
    let mut data: Vec<u8> = lines.flat_map(|line| &line[..wide * channels]).copied().collect();
    let there = data.len() / (wide * channels).max(1);
    data.resize(wide * rows * channels, 0);
    // What is missing of it spoils all of its rows.
    let whole = if decoded.remark.is_some() { there.saturating_sub(1).max(1) } else { there };
    Some(Read { samples: Samples::of(DecodingResult::U8(data), 8, channels, true, false), rows: whole })
}
