//! A TIFF's first directory as the tiff crate can take it, where it can't take what the file has. The file itself is not
//! copied: a new directory stands behind it, and the header points there.

use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;

use crate::metadata::ifd::{Ifd, TiffFile, tag};

const BITS_PER_SAMPLE: u16 = 0x102;
const STRIP_OFFSETS: u16 = 0x111;
const SAMPLES_PER_PIXEL: u16 = 0x115;
const ROWS_PER_STRIP: u16 = 0x116;
const STRIP_BYTE_COUNTS: u16 = 0x117;
const PLANAR: u16 = 0x11C;
const PREDICTOR: u16 = 0x13D;
const TILE_OFFSETS: u16 = 0x144;
const TILE_BYTE_COUNTS: u16 = 0x145;
const EXTRA_SAMPLES: u16 = 0x152;

/// Most strips or tiles of a picture.
const MOST_CHUNKS: usize = 1 << 20;

/// "Black is zero": samples are handed over as they are.
const BLACK_IS_ZERO: u32 = 1;

/// What the tiff crate is told in place of what the file says.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Mending {
    /// Tag and values, which become 32-bit numbers.
    entries: Vec<(u16, Vec<u32>)>,
    /// The file's own photometric interpretation, where another one is told.
    pub(super) photometric: Option<u32>,
    /// Parts of the file whose bytes begin with their lowest bit, as many fax machines write them.
    reversed: Vec<Range<u64>>,
}

impl Mending {
    /// What the first directory needs.
    pub(super) fn of(ifd: &Ifd, length: usize) -> Mending {
        let mut mending = Mending::default();
        mending.samples(ifd);
        mending.chunks(ifd, length);
        if ifd.number(tag::FILL_ORDER) == Some(2) && ifd.number(tag::COMPRESSION).is_none_or(|kind| kind <= 4) {
            mending.reversed = ranges(ifd);
            mending.reversed.sort_unstable_by_key(|range| range.start);
        }
        mending
    }

    /// Palettes and L*a*b* are refused by the crate, and samples that are no colour are taken out before a horizontal predictor is
    /// undone, which makes noise of the picture.
    fn samples(&mut self, ifd: &Ifd) {
        const PALETTE: u32 = 3;
        const LAB: [u32; 2] = [8, 9];
        const ALPHA: [u32; 2] = [1, 2];
        let Some(photometric) = ifd.number(tag::PHOTOMETRIC) else { return };
        let extra = ifd.numbers(EXTRA_SAMPLES, 64);
        let predicted = ifd.number(PREDICTOR) == Some(2) && ifd.number(PLANAR) != Some(2);
        let only_alpha = matches!(extra.as_slice(), [one] if ALPHA.contains(one));
        let mixed = predicted && photometric >= 2 && !extra.is_empty() && !only_alpha;
        if photometric == PALETTE || LAB.contains(&photometric) || mixed {
            self.entries.push((tag::PHOTOMETRIC, vec![BLACK_IS_ZERO]));
            self.photometric = Some(photometric);
        }
    }

    /// Byte counts that are left out, or don't fit the offsets, follow from the offsets (libtiff does alike); so do rows a
    /// strip that are zero.
    fn chunks(&mut self, ifd: &Ifd, length: usize) {
        let tiled = ifd.has(TILE_OFFSETS);
        let (offsets_tag, counts_tag) =
            if tiled { (TILE_OFFSETS, TILE_BYTE_COUNTS) } else { (STRIP_OFFSETS, STRIP_BYTE_COUNTS) };
        let mut offsets = ifd.numbers(offsets_tag, MOST_CHUNKS);
        let mut counts = ifd.numbers(counts_tag, MOST_CHUNKS);
        if offsets.is_empty() {
            return;
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
                self.entries.push((STRIP_OFFSETS, offsets.clone()));
                self.entries.push((STRIP_BYTE_COUNTS, counts.clone()));
            }
        }
        if counts.len() == offsets.len() && counts.iter().any(|&count| count > 0) {
            return;
        }
        self.entries.retain(|(tag, _)| *tag != counts_tag);
        self.entries.push((counts_tag, counts_from(&offsets, ifd, length)));
    }

    /// Whether the crate can have the file as it is.
    fn is_needless(&self) -> bool {
        self.entries.is_empty() && self.reversed.is_empty()
    }
}

/// By strip or tile: where it ends in the file.
pub(super) fn ends(ifd: &Ifd) -> Vec<u64> {
    ranges(ifd).into_iter().map(|range| range.end).collect()
}

/// The strips or tiles in the file.
fn ranges(ifd: &Ifd) -> Vec<Range<u64>> {
    let tiled = ifd.has(TILE_OFFSETS);
    let tags = if tiled { (TILE_OFFSETS, TILE_BYTE_COUNTS) } else { (STRIP_OFFSETS, STRIP_BYTE_COUNTS) };
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

/// A file with its first directory written anew behind it.
pub(super) struct Mended<'a> {
    /// Stands in place of the file's first bytes.
    head: Vec<u8>,
    file: &'a [u8],
    tail: Vec<u8>,
    reversed: Vec<Range<u64>>,
    at: u64,
}

impl<'a> Mended<'a> {
    /// The file as it is, where nothing needs mending.
    pub(super) fn new(bytes: &'a [u8], file: TiffFile, ifd: &Ifd, mending: &Mending) -> Mended<'a> {
        if mending.is_needless() {
            return Mended { head: Vec::new(), file: bytes, tail: Vec::new(), reversed: Vec::new(), at: 0 };
        }
        let (head, tail) = ifd.rewritten(file, bytes, &mending.entries);
        Mended { head, file: bytes, tail, reversed: mending.reversed.clone(), at: 0 }
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
        (self.file.len() + self.tail.len()) as u64
    }
}

impl Read for Mended<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let at = usize::try_from(self.at).unwrap_or(usize::MAX);
        let source = if at < self.head.len() {
            &self.head[at..]
        } else if at < self.file.len() {
            &self.file[at..]
        } else {
            self.tail.get(at - self.file.len()..).unwrap_or_default()
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
