//! Strips or tiles that the end of the file cuts through, as far as they are there.

use std::io::{Read, Write};

use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;

use super::Mending;
use crate::decode::tiff::chunks;
use crate::decode::tiff::numbers::compression::{DEFLATE, LZW, NONE, OLD_DEFLATE, PACK_BITS};
use crate::metadata::ifd::{self, Ifd};

/// Most of them made anew: one for every sample, where each has its own.
const MOST: usize = 8;

impl Mending {
    /// What a page's directory needs for strips or tiles that the end of the file cuts through to be decoded as far as
    /// they are there. `None` when there are none, or they are compressed in a way that lets nothing be had of a part.
    pub(in crate::decode::tiff) fn completing(page: &Ifd, bytes: &[u8], memory: usize) -> Option<Mending> {
        let mut mending = Mending::of(page, bytes.len());
        let (offsets_tag, counts_tag) = chunks::tags(page);
        let (mut offsets, mut counts) = mending.offsets_and_counts(page);
        let length = u32::try_from(bytes.len()).ok()?;
        let whole = usize::try_from(chunks::bytes(page)?).ok().filter(|&whole| whole <= memory / 4)?;
        let cut: Vec<usize> = (0..offsets.len().min(counts.len()))
            .filter(|&index| offsets[index] < length && offsets[index].saturating_add(counts[index]) > length)
            .take(MOST)
            .collect();
        if cut.is_empty() {
            return None;
        }
        match page.number(ifd::tag::COMPRESSION) {
            // Zeros stand for colours in LZW and run lengths, too.
            None | Some(NONE | LZW | PACK_BITS) => {
                // A zero takes up to two bytes in them.
                mending.zeros = whole * 2;
                let zeros = u32::try_from(mending.zeros).ok()?;
                cut.iter().for_each(|&index| counts[index] = (length - offsets[index]).saturating_add(zeros));
            }
            Some(DEFLATE | OLD_DEFLATE) if whole <= memory / 4 / cut.len() => {
                for &index in &cut {
                    let anew = deflated_anew(&bytes[offsets[index] as usize..], whole)?;
                    offsets[index] = u32::try_from(bytes.len() + mending.anew.len()).ok()?;
                    counts[index] = u32::try_from(anew.len()).ok()?;
                    mending.anew.extend(anew);
                }
            }
            _ => return None,
        }
        mending.entries.retain(|(tag, _)| ![offsets_tag, counts_tag].contains(tag));
        mending.entries.extend([(offsets_tag, offsets), (counts_tag, counts)]);
        Some(mending)
    }
}

/// What can be had of a cut stream, and zeros in place of the rest, compressed as a whole one.
fn deflated_anew(cut: &[u8], whole: usize) -> Option<Vec<u8>> {
    let mut data = Vec::new();
    // Where it ends is no news.
    drop(ZlibDecoder::new(cut).take(whole as u64).read_to_end(&mut data));
    if data.is_empty() {
        return None;
    }
    data.resize(whole, 0);
    let mut anew = ZlibEncoder::new(Vec::new(), Compression::fast());
    anew.write_all(&data).ok()?;
    anew.finish().ok()
}
