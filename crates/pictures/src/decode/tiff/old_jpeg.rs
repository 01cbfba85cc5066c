//! TIFF's first way with JPEG (TIFF 6.0, section 22), as far as its writers agreed on it: a JPEG of the whole page beside the
//! directory, or strips and tiles without headers, whose tables stand in the file one by one.

use super::chunks::{self, Grid, MOST, ranges};
use super::numbers::tag;
use crate::Limits;
use crate::decode::decoded::Decoded;
use crate::decode::jpeg as whole;
use crate::metadata::ifd::{self, Ifd};

/// The page by the JPEG beside it, where that shows the whole page.
pub(super) fn decode<'a>(page: &Ifd, file: &'a [u8], side: u32, limits: &Limits) -> Option<Decoded<'a>> {
    let (width, height) = page.number(ifd::tag::IMAGE_WIDTH).zip(page.number(ifd::tag::IMAGE_HEIGHT))?;
    if let Some(decoded) = one_stream(page, file, (width, height)).and_then(|stream| whole_of(&stream, side, limits)) {
        return Some(decoded);
    }
    let places = [page.number(tag::JPEG_STREAM), page.number(tag::STRIP_OFFSETS).filter(|_| is_one_strip(page))];
    places.into_iter().flatten().find_map(|at| {
        let stream = file.get(at as usize..).filter(|stream| stream.starts_with(&[0xFF, 0xD8]))?;
        // How long it is, is often said wrong. It ends by itself.
        let (wide, high) = jpeg::dimensions(stream)?;
        let fits = wide >= width && high >= height && jpeg::scan_header(stream).is_some();
        let is_sound = |decoded: &Decoded| decoded.remark.is_none() || is_one_strip(page);
        whole::decode(stream, side, limits).ok().filter(|decoded| fits && is_sound(decoded))
    })
}

/// A picture without any damage.
fn whole_of<'a>(stream: &[u8], side: u32, limits: &Limits) -> Option<Decoded<'a>> {
    let decoded = whole::decode(stream, side, limits).ok().filter(|decoded| decoded.remark.is_none())?;
    Some(Decoded { profile: None, ..decoded })
}

/// Strips that are one stream, cut into pieces: only the first begins where a block does.
fn one_stream(page: &Ifd, file: &[u8], (width, height): (u32, u32)) -> Option<Vec<u8>> {
    let (offsets, counts) = (page.numbers(tag::STRIP_OFFSETS, MOST), page.numbers(tag::STRIP_BYTE_COUNTS, MOST));
    if offsets.len() < 2 || page.has(tag::TILE_WIDTH) || chunks::samples(page) != 3 {
        return None;
    }
    let pieces = ranges(&offsets, &counts);
    let data: Vec<u8> =
        pieces.iter().flat_map(|piece| file.get(piece.start as usize..piece.end as usize)).flatten().copied().collect();
    Headers::of(page)?.assembled(&data, width, height)
}

fn is_one_strip(page: &Ifd) -> bool {
    page.numbers(tag::STRIP_OFFSETS, 2).len() == 1
}

/// Headers for strips and tiles without.
pub(super) struct Headers {
    /// Segments with tables.
    pub(super) tables: Vec<u8>,
    /// The segments of frame and scan; width and height are to be set.
    pub(super) frame: Vec<u8>,
    pub(super) scan: Vec<u8>,
}

impl Headers {
    /// A JPEG of a part of the page, or of all of it.
    pub(super) fn assembled(&self, codes: &[u8], width: u32, height: u32) -> Option<Vec<u8>> {
        const BEGIN: &[u8] = &[0xFF, 0xD8];
        let mut frame = self.frame.clone();
        let [high, wide] = [u16::try_from(height).ok()?, u16::try_from(width).ok()?].map(u16::to_be_bytes);
        // Behind marker, length and precision.
        frame.get_mut(5..9)?.copy_from_slice(&[high, wide].concat());
        let codes = codes.strip_prefix(BEGIN).unwrap_or(codes);
        // Some pieces begin with the scan's header.
        let scan = if codes.starts_with(&[0xFF, 0xDA]) { &[][..] } else { &self.scan };
        Some([BEGIN, &self.tables, &frame, scan, codes].concat())
    }

    pub(super) fn of(page: &Ifd) -> Option<Headers> {
        Grid::of(page)?;
        Headers::of_stream(page).or_else(|| Headers::of_tags(page))
    }

    /// From the JPEG that has nothing but headers, or whose compressed data is in strips.
    fn of_stream(page: &Ifd) -> Option<Headers> {
        let stream = page.file_from(page.number(tag::JPEG_STREAM)?)?;
        let tables = Some(jpeg::tables(stream)).filter(|tables| !tables.is_empty())?;
        let (marker, frame) =
            jpeg::frame_header(stream).map_or_else(|| (0xC0, frame(page)), |(marker, frame)| (marker, frame.to_vec()));
        let scan = jpeg::scan_header(stream).map_or_else(|| scan(page, [0, 0x11, 0x11]), <[u8]>::to_vec);
        Some(Headers { tables, frame: jpeg::segment(marker, &frame), scan: jpeg::segment(0xDA, &scan) })
    }

    /// From tables of which each sample has its own.
    fn of_tags(page: &Ifd) -> Option<Headers> {
        let count = chunks::samples(page).min(4) as usize;
        let mut tables = Vec::new();
        for (tag, marker, class) in
            [(tag::JPEG_Q_TABLES, 0xDB, 0), (tag::JPEG_DC_TABLES, 0xC4, 0), (tag::JPEG_AC_TABLES, 0xC4, 0x10)]
        {
            for (number, at) in page.numbers(tag, count).into_iter().enumerate() {
                let table = page.file_from(at)?;
                let length = if marker == 0xDB {
                    64
                } else {
                    16 + table.get(..16)?.iter().map(|&count| usize::from(count)).sum::<usize>()
                };
                tables.extend(jpeg::segment(marker, &[&[class | number as u8][..], table.get(..length)?].concat()));
            }
        }
        let frame = jpeg::segment(0xC0, &frame(page));
        (!tables.is_empty()).then(|| Headers { tables, frame, scan: jpeg::segment(0xDA, &scan(page, [0, 0x11, 0x22])) })
    }
}

/// A frame header by what the directory says.
fn frame(page: &Ifd) -> Vec<u8> {
    let samples = chunks::samples(page).min(4) as u8;
    let sampling = match page.numbers(tag::YCBCR_SUBSAMPLING, 2)[..] {
        _ if samples != 3 => 0x11,
        [across @ 1..=4, down @ 1..=4] => (across << 4 | down) as u8,
        _ => 0x22,
    };
    let own_tables = page.numbers(tag::JPEG_Q_TABLES, 4).len() > 2;
    let parts = (0..samples).flat_map(|index| {
        let table = if own_tables { index } else { index.min(1) };
        [index + 1, if index == 0 { sampling } else { 0x11 }, table]
    });
    [8, 0, 0, 0, 0, samples].into_iter().chain(parts).collect()
}

/// A scan header with all samples, and which Huffman tables the first three have.
fn scan(page: &Ifd, tables: [u8; 3]) -> Vec<u8> {
    let samples = chunks::samples(page).min(4) as u8;
    let table = |index: u8| tables.get(usize::from(index)).copied().unwrap_or(0x33);
    let parts = (0..samples).flat_map(|index| [index + 1, table(index)]);
    [samples].into_iter().chain(parts).chain([0, 63, 0]).collect()
}
