//! A TIFF page's directory as the tiff crate can take it, where it can't take what the file has. The file itself is not
//! copied: a new directory stands behind it, and the header points there.

use std::io::{self, Read, Seek, SeekFrom, Write};
use std::ops::Range;

use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;

use super::fax::{self, Coding};
use crate::metadata::ifd::{Ifd, tag};

const BITS_PER_SAMPLE: u16 = 0x102;
const STRIP_OFFSETS: u16 = 0x111;
const SAMPLES_PER_PIXEL: u16 = 0x115;
const ROWS_PER_STRIP: u16 = 0x116;
const STRIP_BYTE_COUNTS: u16 = 0x117;
const PLANAR: u16 = 0x11C;
const PREDICTOR: u16 = 0x13D;
const TILE_WIDTH: u16 = 0x142;
const TILE_LENGTH: u16 = 0x143;
const TILE_OFFSETS: u16 = 0x144;
const TILE_BYTE_COUNTS: u16 = 0x145;
const EXTRA_SAMPLES: u16 = 0x152;
const SAMPLE_FORMAT: u16 = 0x153;

/// Compressions.
const LZW: u32 = 5;
const DEFLATE: u32 = 8;
const PACK_BITS: u32 = 32_773;
const OLD_DEFLATE: u32 = 32_946;

/// Most strips or tiles of a picture.
const MOST_CHUNKS: usize = 1 << 20;

/// "Black is zero": samples are handed over as they are.
const BLACK_IS_ZERO: u32 = 1;

/// What the tiff crate is told in place of what the file says.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Mending {
    /// Tag and values, which become 32-bit numbers; without values an entry is left out.
    entries: Vec<(u16, Vec<u32>)>,
    /// The file's own photometric interpretation, where another one is told.
    pub(super) photometric: Option<u32>,
    /// Parts of the file whose bytes begin with their lowest bit, as many fax machines write them.
    reversed: Vec<Range<u64>>,
    /// Places of strips or tiles were behind the end of the file.
    pub(super) cut: bool,
    /// Zeros that are read behind the end of the file.
    zeros: usize,
    /// Strips or tiles made anew, which stand behind the zeros.
    anew: Vec<u8>,
}

impl Mending {
    /// What a page's directory needs.
    pub(super) fn of(ifd: &Ifd, length: usize) -> Mending {
        let mut mending = Mending::default();
        if ifd.has(TILE_WIDTH) && !ifd.has(TILE_OFFSETS) {
            // The first writers of tiles said by the tags of strips where they are.
            for (strips, tiles) in [(STRIP_OFFSETS, TILE_OFFSETS), (STRIP_BYTE_COUNTS, TILE_BYTE_COUNTS)] {
                mending.entries.extend([(tiles, ifd.numbers(strips, MOST_CHUNKS)), (strips, Vec::new())]);
            }
            mending.entries.push((ROWS_PER_STRIP, Vec::new()));
        }
        mending.samples(ifd);
        mending.chunks(ifd, length);
        if ifd.number(tag::FILL_ORDER) == Some(2) && ifd.number(tag::COMPRESSION).is_none_or(|kind| kind <= 4) {
            mending.reversed = ranges(ifd);
            mending.reversed.sort_unstable_by_key(|range| range.start);
        }
        mending
    }

    /// Palettes and L*a*b* are refused by the crate (and so is one whose a* and b* alone have a sign), and samples that are no colour are taken out before a horizontal predictor is
    /// undone, which makes noise of the picture.
    fn samples(&mut self, ifd: &Ifd) {
        const PALETTE: u32 = 3;
        const LAB: [u32; 2] = [8, 9];
        const ALPHA: [u32; 2] = [1, 2];
        const UNSIGNED: u32 = 1;
        const SIGNED: u32 = 2;
        let Some(photometric) = ifd.number(tag::PHOTOMETRIC) else { return };
        let extra = ifd.numbers(EXTRA_SAMPLES, 64);
        let predicted = ifd.number(PREDICTOR) == Some(2) && ifd.number(PLANAR) != Some(2);
        let only_alpha = matches!(extra.as_slice(), [one] if ALPHA.contains(one));
        let mixed = predicted && photometric >= 2 && !extra.is_empty() && !only_alpha;
        // The crate takes a fourth sample for alpha, whether the file says so or not.
        let unnamed = photometric == 2 && extra.is_empty() && ifd.number(SAMPLES_PER_PIXEL) > Some(3);
        let mixed = mixed || unnamed;
        if photometric == PALETTE || LAB.contains(&photometric) || mixed {
            self.entries.push((tag::PHOTOMETRIC, vec![BLACK_IS_ZERO]));
            self.photometric = Some(photometric);
        }
        let whole_numbers = ifd.numbers(SAMPLE_FORMAT, 64).iter().all(|format| [UNSIGNED, SIGNED].contains(format));
        if LAB.contains(&photometric) && whole_numbers && ifd.has(SAMPLE_FORMAT) {
            // What has a sign follows from the photometric interpretation, and L* is said to have one only by the way.
            self.entries.push((SAMPLE_FORMAT, vec![UNSIGNED]));
        }
    }

    /// Byte counts that are left out, or don't fit the offsets, follow from the offsets (libtiff does alike); so do rows a
    /// strip that are zero.
    fn chunks(&mut self, ifd: &Ifd, length: usize) {
        let tiled = ifd.has(TILE_WIDTH);
        if tiled && !ifd.has(TILE_OFFSETS) {
            return;
        }
        let (offsets_tag, counts_tag) = chunk_tags(ifd);
        let mut offsets = ifd.numbers(offsets_tag, MOST_CHUNKS);
        let mut counts = ifd.numbers(counts_tag, MOST_CHUNKS);
        if offsets.is_empty() {
            return;
        }
        self.cut = ifd.lacks(offsets_tag) || ifd.lacks(counts_tag);
        if ifd.lacks(offsets_tag) && counts.len() > offsets.len() {
            // One follows the other in nearly every file.
            for index in offsets.len()..counts.len() {
                offsets.push(offsets[index - 1].saturating_add(counts[index - 1]));
            }
            self.entries.push((offsets_tag, offsets.clone()));
        }
        if !tiled {
            let height = ifd.number(tag::IMAGE_HEIGHT).unwrap_or(0);
            let mut rows = ifd.number(ROWS_PER_STRIP).unwrap_or(height);
            if rows == 0 {
                rows = height;
                self.entries.push((ROWS_PER_STRIP, vec![rows]));
            }
            let planes = if ifd.number(PLANAR) == Some(2) { ifd.number(SAMPLES_PER_PIXEL).unwrap_or(1) } else { 1 };
            let needed = height.checked_div(rows).map_or(0, |_| height.div_ceil(rows)) as usize * planes as usize;
            if offsets.len() > needed && needed > 0 {
                offsets.truncate(needed);
                counts.truncate(needed);
                self.entries.retain(|(tag, _)| *tag != offsets_tag);
                self.entries.push((STRIP_OFFSETS, offsets.clone()));
                self.entries.push((STRIP_BYTE_COUNTS, counts.clone()));
            }
        }
        if counts.len() == offsets.len() && counts.iter().any(|&count| count > 0) {
            if ifd.lacks(counts_tag) {
                self.entries.push((counts_tag, counts));
            }
            return;
        }
        self.entries.retain(|(tag, _)| *tag != counts_tag);
        self.entries.push((counts_tag, counts_from(&offsets, ifd, length)));
    }

    /// What fax machines write is decoded here, where the crate doesn't know it.
    pub(super) fn fax(&mut self, ifd: &Ifd, bytes: &[u8], memory: usize) {
        const T4_OPTIONS: u16 = 0x124;
        let coding = match ifd.number(tag::COMPRESSION) {
            Some(2) => Coding::Rows,
            Some(3) if ifd.number(T4_OPTIONS).is_some_and(|options| options & 1 == 1) => Coding::TwoDimensions,
            Some(3) => Coding::OneDimension,
            _ => return,
        };
        let one = |tag: u16| ifd.number(tag).is_none_or(|number| number == 1);
        let (width, height) = (ifd.number(tag::IMAGE_WIDTH).unwrap_or(0), ifd.number(tag::IMAGE_HEIGHT).unwrap_or(0));
        let size = u64::from(width).div_ceil(8) * u64::from(height);
        if ifd.has(TILE_WIDTH) || !one(BITS_PER_SAMPLE) || !one(SAMPLES_PER_PIXEL) || size > memory as u64 / 4 {
            return;
        }
        let rows = ifd.number(ROWS_PER_STRIP).filter(|&rows| rows > 0).unwrap_or(height);
        let numbers = |tag| match self.entries.iter().find(|(other, _)| *other == tag) {
            Some((_, numbers)) => numbers.clone(),
            None => ifd.numbers(tag, MOST_CHUNKS),
        };
        let (mut offsets, mut counts) = (numbers(STRIP_OFFSETS), numbers(STRIP_BYTE_COUNTS));
        let mut left = height;
        for (offset, count) in offsets.iter_mut().zip(&mut counts) {
            let end = u64::from(*offset) + u64::from(*count);
            self.cut |= end > bytes.len() as u64;
            let codes = bytes.get(*offset as usize..(end as usize).min(bytes.len())).unwrap_or_default();
            let reversed = || codes.iter().map(|byte| byte.reverse_bits()).collect::<Vec<_>>();
            let decoded = match ifd.number(tag::FILL_ORDER) {
                Some(2) => fax::decode(&reversed(), coding, width, rows.min(left)),
                _ => fax::decode(codes, coding, width, rows.min(left)),
            };
            left -= rows.min(left);
            let Ok(at) = u32::try_from(bytes.len() + self.anew.len()) else { return };
            (*offset, *count) = (at, decoded.len() as u32);
            self.anew.extend(decoded);
        }
        self.reversed.clear();
        self.entries.retain(|(tag, _)| ![STRIP_OFFSETS, STRIP_BYTE_COUNTS].contains(tag));
        self.entries.extend([(STRIP_OFFSETS, offsets), (STRIP_BYTE_COUNTS, counts), (tag::COMPRESSION, vec![1])]);
    }

    /// Whether the crate can have the file as it is.
    fn is_needless(&self) -> bool {
        self.entries.is_empty() && self.reversed.is_empty() && self.zeros == 0 && self.anew.is_empty()
    }

    /// What a page's directory needs for strips or tiles that the end of the file cuts through to be decoded as far as
    /// they are there. `None` when there are none, or they are compressed in a way that lets nothing be had of a part.
    pub(super) fn completing(ifd: &Ifd, bytes: &[u8], memory: usize) -> Option<Mending> {
        /// Most of them made anew: one for every sample, where each has its own.
        const MOST: usize = 8;
        let mut mending = Mending::of(ifd, bytes.len());
        let (offsets_tag, counts_tag) = chunk_tags(ifd);
        let numbers = |tag| match mending.entries.iter().find(|(other, _)| *other == tag) {
            Some((_, numbers)) => numbers.clone(),
            None => ifd.numbers(tag, MOST_CHUNKS),
        };
        let (mut offsets, mut counts) = (numbers(offsets_tag), numbers(counts_tag));
        let length = u32::try_from(bytes.len()).ok()?;
        let whole = usize::try_from(chunk_bytes(ifd)?).ok().filter(|&whole| whole <= memory / 4)?;
        let cut: Vec<usize> = (0..offsets.len().min(counts.len()))
            .filter(|&index| offsets[index] < length && offsets[index].saturating_add(counts[index]) > length)
            .take(MOST)
            .collect();
        if cut.is_empty() {
            return None;
        }
        match ifd.number(tag::COMPRESSION) {
            // Zeros stand for colours in LZW and run lengths, too.
            None | Some(1 | LZW | PACK_BITS) => {
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

/// The entries that say where strips or tiles are, and how long.
fn chunk_tags(ifd: &Ifd) -> (u16, u16) {
    if ifd.has(TILE_OFFSETS) { (TILE_OFFSETS, TILE_BYTE_COUNTS) } else { (STRIP_OFFSETS, STRIP_BYTE_COUNTS) }
}

/// How many bytes a strip or tile holds at most, uncompressed.
fn chunk_bytes(ifd: &Ifd) -> Option<u64> {
    let width = ifd.number(TILE_WIDTH).or_else(|| ifd.number(tag::IMAGE_WIDTH))?;
    let height = ifd.number(tag::IMAGE_HEIGHT)?;
    let rows = ifd.number(TILE_LENGTH).or_else(|| Some(ifd.number(ROWS_PER_STRIP)?.min(height))).unwrap_or(height);
    let rows = if rows == 0 { height } else { rows };
    let samples = if ifd.number(PLANAR) == Some(2) { 1 } else { ifd.number(SAMPLES_PER_PIXEL).unwrap_or(1) };
    let bits = ifd.number(BITS_PER_SAMPLE).unwrap_or(1);
    let row = u64::from(width).checked_mul(u64::from(samples) * u64::from(bits))?.div_ceil(8);
    row.checked_mul(rows.into())
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

/// The strips or tiles in the file.
pub(super) fn ranges(ifd: &Ifd) -> Vec<Range<u64>> {
    let tags = chunk_tags(ifd);
    let (offsets, counts) = (ifd.numbers(tags.0, MOST_CHUNKS), ifd.numbers(tags.1, MOST_CHUNKS));
    offsets.into_iter().zip(counts).map(|(at, count)| at.into()..u64::from(at) + u64::from(count)).collect()
}

/// Up to the next chunk, or to the end of the file, and no more than an uncompressed strip holds.
fn counts_from(offsets: &[u32], ifd: &Ifd, length: usize) -> Vec<u32> {
    const UNCOMPRESSED: u32 = 1;
    let mut sorted = offsets.to_vec();
    sorted.sort_unstable();
    let samples = u64::from(ifd.number(SAMPLES_PER_PIXEL).unwrap_or(1));
    let bits = u64::from(ifd.number(BITS_PER_SAMPLE).unwrap_or(1));
    let width = u64::from(ifd.number(tag::IMAGE_WIDTH).unwrap_or(0));
    let height = u64::from(ifd.number(tag::IMAGE_HEIGHT).unwrap_or(0));
    let whole = (width * samples * bits).div_ceil(8) * height;
    let bounded = ifd.number(tag::COMPRESSION).is_none_or(|compression| compression == UNCOMPRESSED);
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

/// A file with a page's directory written anew behind it, as the first one.
pub(super) struct Mended<'a> {
    /// Stands in place of the file's first bytes.
    head: Vec<u8>,
    file: &'a [u8],
    /// How many of them follow the file.
    zeros: usize,
    tail: Vec<u8>,
    reversed: Vec<Range<u64>>,
    at: u64,
}

impl<'a> Mended<'a> {
    /// The file as it is, where nothing needs mending.
    pub(super) fn new(bytes: &'a [u8], ifd: &Ifd, mending: &Mending) -> Mended<'a> {
        let mended = Mended { head: vec![], file: bytes, zeros: mending.zeros, tail: vec![], reversed: vec![], at: 0 };
        if mending.is_needless() && ifd.is_first() {
            return mended;
        }
        let behind = bytes.len() + mending.zeros + mending.anew.len();
        let (head, directory) = ifd.rewritten(behind, &mending.entries);
        let tail = [&mending.anew[..], &directory].concat();
        Mended { head, tail, reversed: mending.reversed.clone(), ..mended }
    }

    /// Puts the bits of what was read from here into their usual order, where they have another.
    fn reverse(&self, read: &mut [u8]) {
        let end = self.at + read.len() as u64;
        for range in self.reversed.iter().take_while(|range| range.start < end).filter(|range| range.end > self.at) {
            let from = range.start.saturating_sub(self.at) as usize;
            let to = (range.end.min(end) - self.at) as usize;
            read[from..to].iter_mut().for_each(|byte| *byte = byte.reverse_bits());
        }
    }

    fn length(&self) -> u64 {
        (self.file.len() + self.zeros + self.tail.len()) as u64
    }
}

impl Read for Mended<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let at = usize::try_from(self.at).unwrap_or(usize::MAX);
        let behind = self.file.len() + self.zeros;
        if (self.file.len()..behind).contains(&at) {
            let length = buffer.len().min(behind - at);
            buffer[..length].fill(0);
            self.at += length as u64;
            return Ok(length);
        }
        let source = if at < self.head.len() {
            &self.head[at..]
        } else if at < self.file.len() {
            &self.file[at..]
        } else {
            self.tail.get(at - behind..).unwrap_or_default()
        };
        let length = source.len().min(buffer.len());
        buffer[..length].copy_from_slice(&source[..length]);
        self.reverse(&mut buffer[..length]);
        self.at += length as u64;
        Ok(length)
    }
}

impl Seek for Mended<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let to = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.length().checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = to.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.at)
    }
}
