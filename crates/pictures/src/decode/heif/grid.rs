//! A picture of tiles (ISO/IEC 23008-12, 6.6.2.3).

use heifer::heifer_isobmff::ItemId;

use super::canvas::Canvas;
use super::reading::Reading;
use crate::decode::decoded::Undecoded;
use crate::raster::{Layout, Raster};
use crate::{Limits, Remark};

/// What stands for tiles that can't be decoded.
const GREY: u8 = 128;

impl Reading<'_, '_> {
    /// Decodes tile by tile, each made smaller before the next one.
    pub(super) fn grid(&self, id: ItemId, depth: usize) -> Result<Canvas, Undecoded> {
        let grid = self.file.grid(id).map_err(|_| self.unreadable)?;
        let (width, height) = (grid.output_width, grid.output_height);
        let tiles = self.file.referenced_items(id, b"dimg");
        let (columns, rows) = (usize::from(grid.columns), usize::from(grid.rows));
        if width == 0 || height == 0 || tiles.len() != columns * rows || depth > 0 {
            return Err(self.unreadable.into());
        }
        if !self.limits.allow_streamed(width, height) {
            return Err(Limits::too_large(width, height).into());
        }
        let factor = self.factor(width, height);
        let mut canvas = blank(width.div_ceil(factor), height.div_ceil(factor));
        // Tiles come whole, and are made smaller alike.
        let whole = Reading { side: u32::MAX, ..*self };
        let mut code_points = None;
        let mut tile_size = self.file.image_size(tiles[0]).ok().flatten();
        let (mut broken, mut first_broken) = (0, None);
        for (index, &tile) in tiles.iter().enumerate() {
            let (column, row) = (index % columns, index / columns);
            match whole.item(tile, depth + 1) {
                Ok(tile) if (tile.raster.width, tile.raster.height) != tile.size => {
                    return Err(Limits::too_large(width, height).into());
                }
                Ok(tile) => {
                    code_points = code_points.or(tile.code_points);
                    let (wide, high) = *tile_size.get_or_insert(tile.size);
                    let at = |index: usize, side: u32| (index as u64 * u64::from(side / factor)) as usize;
                    place(&mut canvas, &reduced(tile.raster, factor), at(column, wide), at(row, high));
                }
                // All tiles are coded alike.
                Err(error @ (Undecoded::Unsupported | Undecoded::Because(Remark::TooLarge { .. }))) => {
                    return Err(error);
                }
                Err(error) if broken + 1 == tiles.len() => return Err(error),
                Err(_) => {
                    broken += 1;
                    first_broken = first_broken.or(Some((row * 100 / rows) as u8));
                }
            }
        }
        let mut canvas = Canvas::new(canvas, (width, height));
        canvas.code_points = code_points;
        canvas.remark = first_broken.map(|from| Remark::Damaged { from: Some(from) });
        Ok(canvas)
    }

    /// By how much tiles are made smaller: a power of two, so that their sides stay whole.
    fn factor(&self, width: u32, height: u32) -> u32 {
        let longest = width.max(height);
        let bytes = |factor: u32| u64::from(width.div_ceil(factor)) * u64::from(height.div_ceil(factor)) * 3;
        let mut factor = 1;
        while longest / (factor * 2) >= self.side.saturating_mul(2) || bytes(factor) > self.limits.max_alloc / 4 {
            factor *= 2;
        }
        factor
    }
}

fn blank(width: u32, height: u32) -> Raster {
    Raster { width, height, layout: Layout::Rgb, data: vec![GREY; width as usize * height as usize * 3] }
}

/// Averages squares of `factor` × `factor` pixels.
fn reduced(raster: Raster, factor: u32) -> Raster {
    let channels = raster.layout.channels();
    let stride = raster.width as usize * channels;
    let factor = factor as usize;
    let (width, height) = (raster.width as usize / factor, raster.height as usize / factor);
    if factor == 1 || width == 0 || height == 0 {
        return rgb(raster);
    }
    let mut data = Vec::with_capacity(width * height * 3);
    let mut sums = vec![0_u32; width * 3];
    let pixels = (factor * factor) as u32;
    for rows in raster.data.chunks_exact(stride * factor).take(height) {
        sums.fill(0);
        for row in rows.chunks_exact(stride) {
            for (sum, square) in sums.chunks_exact_mut(3).zip(row.chunks_exact(factor * channels)) {
                for pixel in square.chunks_exact(channels) {
                    for (channel, sum) in sum.iter_mut().enumerate() {
                        *sum += u32::from(pixel[channel.min(channels - 1)]);
                    }
                }
            }
        }
        data.extend(sums.iter().map(|sum| ((sum + pixels / 2) / pixels) as u8));
    }
    Raster { width: width as u32, height: height as u32, layout: Layout::Rgb, data }
}

fn rgb(raster: Raster) -> Raster {
    if raster.layout == Layout::Rgb {
        return raster;
    }
    let data = raster.to_rgba().chunks_exact(4).flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect();
    Raster { layout: Layout::Rgb, data, ..raster }
}

/// Copies a tile, as far as it is on the canvas.
fn place(canvas: &mut Raster, tile: &Raster, left: usize, top: usize) {
    let (width, height) = (canvas.width as usize, canvas.height as usize);
    let wide = (tile.width as usize).min(width.saturating_sub(left));
    for (y, row) in tile.data.chunks_exact(tile.width as usize * 3).enumerate().take(height.saturating_sub(top)) {
        let at = ((top + y) * width + left) * 3;
        canvas.data[at..at + wide * 3].copy_from_slice(&row[..wide * 3]);
    }
}
