//! Where strips or tiles are, where the file says it wrong or not at all.

use super::Mending;
use crate::decode::tiff::chunks::{self, MOST};
use crate::decode::tiff::numbers::{compression, tag};
use crate::metadata::ifd::{self, Ifd};

impl Mending {
    /// The first writers of tiles said by the tags of strips where they are.
    pub(super) fn tiles(&mut self, page: &Ifd) {
        if page.has(tag::TILE_WIDTH) && !page.has(tag::TILE_OFFSETS) {
            let moved = [(tag::STRIP_OFFSETS, tag::TILE_OFFSETS), (tag::STRIP_BYTE_COUNTS, tag::TILE_BYTE_COUNTS)];
            for (strips, tiles) in moved {
                self.entries.extend([(tiles, page.numbers(strips, MOST)), (strips, Vec::new())]);
            }
            self.entries.push((tag::ROWS_PER_STRIP, Vec::new()));
        }
    }

    /// Byte counts that are left out, or don't fit the offsets, follow from the offsets (libtiff does alike); so do rows a
    /// strip that are zero.
    pub(super) fn places(&mut self, page: &Ifd, length: usize) {
        let tiled = page.has(tag::TILE_WIDTH);
        if tiled && !page.has(tag::TILE_OFFSETS) {
            return;
        }
        let (offsets_tag, counts_tag) = chunks::tags(page);
        let mut offsets = page.numbers(offsets_tag, MOST);
        let mut counts = page.numbers(counts_tag, MOST);
        if offsets.is_empty() {
            return;
        }
        self.cut = page.lacks(offsets_tag) || page.lacks(counts_tag);
        if page.lacks(offsets_tag) && counts.len() > offsets.len() {
            // One follows the other in nearly every file.
            for index in offsets.len()..counts.len() {
                offsets.push(offsets[index - 1].saturating_add(counts[index - 1]));
            }
            self.entries.push((offsets_tag, offsets.clone()));
        }
        if !tiled {
            let height = page.number(ifd::tag::IMAGE_HEIGHT).unwrap_or(0);
            let mut rows = page.number(tag::ROWS_PER_STRIP).unwrap_or(height);
            if rows == 0 {
                rows = height;
                self.entries.push((tag::ROWS_PER_STRIP, vec![rows]));
            }
            let planes = if chunks::is_planar(page) { chunks::samples(page) } else { 1 };
            let needed = height.checked_div(rows).map_or(0, |_| height.div_ceil(rows)) as usize * planes as usize;
            if offsets.len() > needed && needed > 0 {
                offsets.truncate(needed);
                counts.truncate(needed);
                self.entries.retain(|(tag, _)| *tag != offsets_tag);
                self.entries.push((tag::STRIP_OFFSETS, offsets.clone()));
                self.entries.push((tag::STRIP_BYTE_COUNTS, counts.clone()));
            }
        }
        if counts.len() == offsets.len() && counts.iter().any(|&count| count > 0) {
            if page.lacks(counts_tag) {
                self.entries.push((counts_tag, counts));
            }
            return;
        }
        self.entries.retain(|(tag, _)| *tag != counts_tag);
        self.entries.push((counts_tag, counts_from(&offsets, page, length)));
    }

    /// Offsets and byte counts, as mended.
    pub(in crate::decode::tiff) fn offsets_and_counts(&self, page: &Ifd) -> (Vec<u32>, Vec<u32>) {
        let numbers = |tag| match self.entries.iter().find(|(other, numbers)| *other == tag && !numbers.is_empty()) {
            Some((_, numbers)) => numbers.clone(),
            None => page.numbers(tag, MOST),
        };
        let tiled = page.has(tag::TILE_WIDTH);
        let tags = if tiled { (tag::TILE_OFFSETS, tag::TILE_BYTE_COUNTS) } else { chunks::tags(page) };
        (numbers(tags.0), numbers(tags.1))
    }
}

/// Up to the next chunk, or to the end of the file, and no more than an uncompressed strip holds.
fn counts_from(offsets: &[u32], page: &Ifd, length: usize) -> Vec<u32> {
    let mut sorted = offsets.to_vec();
    sorted.sort_unstable();
    let samples = u64::from(chunks::samples(page));
    let bits = u64::from(page.number(tag::BITS_PER_SAMPLE).unwrap_or(1));
    let width = u64::from(page.number(ifd::tag::IMAGE_WIDTH).unwrap_or(0));
    let height = u64::from(page.number(ifd::tag::IMAGE_HEIGHT).unwrap_or(0));
    let whole = (width * samples * bits).div_ceil(8) * height;
    let bounded = page.number(ifd::tag::COMPRESSION).is_none_or(|kind| kind == compression::NONE);
    offsets
        .iter()
        .map(|&offset| {
            let next =
                sorted.get(sorted.partition_point(|&other| other <= offset)).map_or(length, |&next| next as usize);
            let count = next.saturating_sub(offset as usize) as u64;
            u32::try_from(if bounded { count.min(whole) } else { count }).unwrap_or(u32::MAX)
        })
        .collect()
}
