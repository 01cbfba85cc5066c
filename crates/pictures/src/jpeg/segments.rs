//! The order of markers (T.81, annex B): headers, tables and scans up to the end of the image.

use std::borrow::Cow;

use super::colour::{self, Meaning};
use super::frame::{Frame, Process};
use super::huffman::Table;
use super::intervals::{self, Trouble};
use super::inverse_dct::transform;
use super::planes::Planes;
use super::scan::{Scan, ScanTables, Tables};
use super::{Fault, ReadError};
use crate::raster::Raster;
use crate::{Limits, Remark};

/// The marker segments of a JPEG: what isn't compressed data.
pub(crate) struct Segments<'a> {
    data: &'a [u8],
    at: usize,
}

/// A marker and its segment, without the length.
pub(crate) struct Segment<'a> {
    pub(crate) marker: u8,
    pub(crate) body: &'a [u8],
    /// The length says more than the file has.
    pub(crate) cut: bool,
}

impl<'a> Segments<'a> {
    /// From the beginning of a file.
    pub(crate) fn new(data: &'a [u8]) -> Segments<'a> {
        Segments { data, at: 2 }
    }
}

impl<'a> Iterator for Segments<'a> {
    type Item = Segment<'a>;

    fn next(&mut self) -> Option<Segment<'a>> {
        // Bytes that belong to no segment are skipped, as libjpeg does.
        loop {
            self.at += self.data.get(self.at..)?.iter().position(|&byte| byte == 0xFF)?;
            match self.data.get(self.at + 1)? {
                0xFF => self.at += 1,
                0 => self.at += 2,
                _ => break,
            }
        }
        let marker = self.data[self.at + 1];
        self.at += 2;
        if matches!(marker, 0x01 | 0xD0..=0xD9) {
            return Some(Segment { marker, body: &[], cut: false });
        }
        let length = match self.data.get(self.at..self.at + 2) {
            Some(length) => usize::from(u16::from_be_bytes([length[0], length[1]])),
            None => {
                self.at = self.data.len();
                return Some(Segment { marker, body: &[], cut: true });
            }
        };
        let end = self.at + length.max(2);
        let body = &self.data[self.at + 2..end.min(self.data.len()).max(self.at + 2)];
        self.at = end.min(self.data.len());
        Some(Segment { marker, body, cut: end > self.data.len() })
    }
}

/// The first Exif block of a JPEG (a TIFF file in itself), wherever in front of the pixels it stands.
pub(crate) fn exif(data: &[u8]) -> Option<&[u8]> {
    before_pixels(data).find_map(|segment| match segment.marker {
        0xE1 => segment.body.strip_prefix(b"Exif\0").and_then(|rest| rest.get(1..)).filter(|rest| !rest.is_empty()),
        _ => None,
    })
}

/// The XMP packet of a JPEG (ISO 16684-3, 6.3.1).
pub(crate) fn xmp(data: &[u8]) -> Option<&[u8]> {
    let mut packets = before_pixels(data).filter(|segment| segment.marker == 0xE1);
    packets.find_map(|segment| segment.body.strip_prefix(b"http://ns.adobe.com/xap/1.0/\0"))
}

/// Photoshop's image resources (`APP13`).
pub(crate) fn photoshop(data: &[u8]) -> Option<&[u8]> {
    let mut resources = before_pixels(data).filter(|segment| segment.marker == 0xED);
    resources.find(|segment| segment.body.starts_with(b"Photoshop 3.0\0")).map(|segment| segment.body)
}

/// The colour profile (ICC.1:2010, B.4): one or several numbered `APP2` segments.
pub(crate) fn icc(data: &[u8]) -> Option<Cow<'_, [u8]>> {
    let mut pieces: Vec<(u8, u8, &[u8])> = before_pixels(data)
        .filter(|segment| segment.marker == 0xE2)
        .filter_map(|segment| match segment.body.strip_prefix(b"ICC_PROFILE\0")? {
            [number, count, piece @ ..] => Some((*number, *count, piece)),
            _ => None,
        })
        .collect();
    pieces.sort_by_key(|piece| piece.0);
    let count = usize::from(pieces.first()?.1);
    let whole = pieces.len() == count && pieces.iter().zip(1..).all(|(piece, number)| piece.0 == number);
    match (whole, pieces.as_slice()) {
        (false, _) => None,
        (true, [(_, _, piece)]) => Some(Cow::Borrowed(piece)),
        (true, pieces) => Some(Cow::Owned(pieces.iter().flat_map(|piece| piece.2).copied().collect())),
    }
}

fn before_pixels(data: &[u8]) -> impl Iterator<Item = Segment<'_>> {
    Segments::new(data).take_while(|segment| !matches!(segment.marker, 0xDA | 0xD9))
}

/// A JPEG whose compressed data has been read.
pub(crate) struct Found {
    /// What is wrong with the data.
    pub(crate) remark: Option<Remark>,
    frame: Frame,
    planes: Planes,
    quantisation: Vec<[u16; 64]>,
    meaning: Meaning,
}

impl Found {
    /// Makes pixels of it.
    pub(crate) fn into_raster(self) -> Raster {
        let Found { frame, mut planes, quantisation, meaning, .. } = self;
        let n = planes.n;
        let samples: Vec<_> = frame
            .components
            .iter()
            .zip(&mut planes.planes)
            .zip(&quantisation)
            .map(|((component, plane), table)| {
                let coefficients = std::mem::take(&mut plane.coefficients);
                plane.history = Vec::new();
                transform(component, &coefficients, n, table, frame.precision)
            })
            .collect();
        let shown = |pixels: u32| (pixels as usize * n).div_ceil(8);
        colour::pixels(&samples, meaning, shown(frame.width), shown(frame.height))
    }
}

/// Width and height as the frame header says, without reading further.
pub(crate) fn dimensions(data: &[u8]) -> Option<(u32, u32)> {
    let segment =
        before_pixels(data).find(|s| matches!(s.marker, 0xC0..=0xCF) && !matches!(s.marker, 0xC4 | 0xC8 | 0xCC))?;
    let [_, y1, y2, x1, x2, ..] = segment.body else { return None };
    let (width, height) = (u16::from_be_bytes([*x1, *x2]), u16::from_be_bytes([*y1, *y2]));
    let height = if height == 0 { number_of_lines(data).map_or(0, u16::from_be_bytes) } else { height };
    (width > 0 && height > 0).then_some((width.into(), height.into()))
}

/// Whether this is a JPEG of the kinds that are for showing: 8 bits, grey or in colours, sequential or progressive.
pub(crate) fn is_for_showing(data: &[u8]) -> bool {
    before_pixels(data)
        .any(|segment| matches!(segment.marker, 0xC0..=0xC2) && matches!(segment.body, [8, _, _, _, _, 1 | 3, ..]))
}

/// The height where the frame header leaves it open (T.81, B.2.5): it follows the first scan. Nothing in compressed data
/// looks like that segment.
fn number_of_lines(data: &[u8]) -> Option<[u8; 2]> {
    let scan = data.windows(2).position(|pair| pair == [0xFF, 0xDA])?;
    let at = scan + data[scan..].windows(4).position(|four| four == [0xFF, 0xDC, 0, 4])?;
    data.get(at + 4..)?.first_chunk().copied()
}

/// Reads all compressed data of a JPEG and keeps what a picture of at least `side` pixels needs.
pub(crate) fn read(data: &[u8], side: u32, limits: &Limits) -> Result<Found, ReadError> {
    let mut reader = Reader::default();
    let mut segments = Segments::new(data);
    let mut ended = false;
    while let Some(segment) = segments.next() {
        if segment.marker == 0xD9 {
            ended = true;
            break;
        }
        if segment.cut {
            // Behind the pixels it is a cut-off trailer; before them nothing can be shown.
            break;
        }
        let read = match segment.marker {
            0xDA => reader.scan(data, segment.body, segments.at).map(|at| segments.at = at).map_err(ReadError::from),
            // Another picture begins inside a trailer.
            0xD8 if reader.is_whole() => break,
            0xC0..=0xC2 if segment.body.get(1..3) == Some(&[0, 0]) => {
                let mut body = segment.body.to_vec();
                body[1..3].copy_from_slice(&number_of_lines(data).unwrap_or_default());
                reader.segment(&Segment { body: &body, ..segment }, side, limits)
            }
            _ => reader.segment(&segment, side, limits),
        };
        match read {
            // What makes no sense behind a picture is a trailer; behind a part of one it is damage.
            Err(ReadError::Fault(_)) if reader.seen.contains(&true) => {
                if !reader.is_whole() {
                    reader.remark.get_or_insert(Remark::Damaged { from: None });
                }
                break;
            }
            read => read?,
        }
    }
    reader.finish(ended)
}

/// Most blocks that all scans together may have. The largest picture within the usual limits has 66 million in a
/// progressive encoder's usual ten scans; a few kilobytes of made-up scans could keep a processor busy for hours.
const MAX_VISITS: u64 = 500_000_000;

#[derive(Default)]
struct Reader {
    remark: Option<Remark>,
    frame: Option<Frame>,
    planes: Option<Planes>,
    tables: Tables,
    quantisation: [Option<[u16; 64]>; 4],
    /// By component: the quantisation table that was in force at its first scan.
    in_force: Vec<Option<[u16; 64]>>,
    restart_interval: u32,
    jfif: bool,
    adobe: Option<u8>,
    /// By component: whether a scan had it.
    seen: [bool; 4],
    /// By component and zigzag index: whether every bit of that coefficient has come, in progressive frames.
    refined: [u64; 4],
    /// Blocks of all scans so far.
    visited: u64,
}

impl Reader {
    fn segment(&mut self, segment: &Segment, side: u32, limits: &Limits) -> Result<(), ReadError> {
        match segment.marker {
            0xC4 => self.huffman_tables(segment.body)?,
            0xDB => self.quantisation_tables(segment.body)?,
            0xDD => {
                let [a, b, ..] = segment.body else { return Err(Fault::Corrupt.into()) };
                self.restart_interval = u16::from_be_bytes([*a, *b]).into();
            }
            0xE0 => self.jfif |= segment.body.starts_with(b"JFIF\0"),
            0xEE if segment.body.starts_with(b"Adobe") => self.adobe = segment.body.get(11).copied(),
            0xC0..=0xCF if !matches!(segment.marker, 0xC8 | 0xCC) => {
                if self.frame.is_some() {
                    return Err(Fault::Unsupported.into());
                }
                let frame = Frame::read(segment.marker, segment.body)?;
                let (width, height) = (frame.width, frame.height);
                if !limits.allow_streamed(width, height) {
                    return Err(ReadError::TooLarge { width, height });
                }
                let n = Planes::scale(&frame, side, limits.max_alloc).ok_or(ReadError::TooLarge { width, height })?;
                self.planes = Some(Planes::new(&frame, n));
                self.in_force = vec![None; frame.components.len()];
                self.frame = Some(frame);
            }
            _ => {}
        }
        Ok(())
    }

    fn huffman_tables(&mut self, mut body: &[u8]) -> Result<(), Fault> {
        while let [which, rest @ ..] = body {
            let counts: &[u8; 16] = rest.first_chunk().ok_or(Fault::Corrupt)?;
            let total: usize = counts.iter().map(|&count| usize::from(count)).sum();
            let symbols = rest.get(16..16 + total).ok_or(Fault::Corrupt)?;
            let tables = if which >> 4 == 0 { &mut self.tables.dc } else { &mut self.tables.ac };
            *tables.get_mut(usize::from(which & 15)).ok_or(Fault::Corrupt)? = Some(Table::new(counts, symbols)?);
            body = &rest[16 + total..];
        }
        Ok(())
    }

    fn quantisation_tables(&mut self, mut body: &[u8]) -> Result<(), Fault> {
        while let [which, rest @ ..] = body {
            let wide = which >> 4 != 0;
            let values = rest.get(..if wide { 128 } else { 64 }).ok_or(Fault::Corrupt)?;
            let mut table = [0; 64];
            for (index, value) in table.iter_mut().enumerate() {
                *value = if wide {
                    u16::from_be_bytes([values[index * 2], values[index * 2 + 1]])
                } else {
                    values[index].into()
                };
            }
            *self.quantisation.get_mut(usize::from(which & 15)).ok_or(Fault::Corrupt)? = Some(table);
            body = &rest[values.len()..];
        }
        Ok(())
    }

    /// Reads a scan and returns where the next marker is.
    fn scan(&mut self, data: &[u8], header: &[u8], at: usize) -> Result<usize, Fault> {
        let (Some(frame), Some(planes)) = (&self.frame, &mut self.planes) else { return Err(Fault::Corrupt) };
        let scan = Scan::read(header, frame)?;
        self.visited += scan.blocks(frame);
        if self.visited > MAX_VISITS {
            return Err(Fault::Corrupt);
        }
        for part in &scan.parts {
            self.seen[part.component] = true;
            let in_force = &mut self.in_force[part.component];
            if in_force.is_none() {
                *in_force = self.quantisation[frame.components[part.component].table];
            }
        }
        let steps = scan.parts.iter().map(|part| self.in_force[part.component].map_or(1, |table| table[0])).collect();
        let tables = ScanTables { huffman: &self.tables, dc_steps: steps };
        let ended = intervals::decode(data, at, frame, &scan, &tables, self.restart_interval, planes)?;
        match ended.trouble {
            None if frame.process == Process::Progressive && scan.low == 0 => {
                let band = (u64::MAX >> (63 - scan.to)) & (u64::MAX << scan.from);
                scan.parts.iter().for_each(|part| self.refined[part.component] |= band);
            }
            None => {}
            Some(trouble) => {
                // A progressive picture is whole, if coarse, as soon as its first scans are.
                let coarse = frame.process == Process::Progressive && (scan.from > 0 || scan.high > 0);
                self.remark.get_or_insert(match trouble {
                    Trouble::Missing { percent } if coarse => Remark::Coarse { missing: Some(percent) },
                    Trouble::Missing { percent } => Remark::Truncated { missing: Some(percent) },
                    Trouble::Wrong { percent } => Remark::Damaged { from: percent },
                });
            }
        }
        Ok(ended.at)
    }

    /// Whether there is something of every component.
    fn is_whole(&self) -> bool {
        self.frame.as_ref().is_some_and(|frame| !self.seen[..frame.components.len()].contains(&false))
    }

    fn finish(self, ended: bool) -> Result<Found, ReadError> {
        let whole = self.is_whole();
        let (Some(frame), Some(planes)) = (self.frame, self.planes) else { return Err(Fault::NoPixels.into()) };
        let count = frame.components.len();
        if !self.seen.contains(&true) {
            return Err(Fault::NoPixels.into());
        }
        let mut remark = self.remark;
        if !whole {
            remark.get_or_insert(Remark::Truncated { missing: None });
        }
        // Without an end marker nobody knows whether more scans were to come, unless there is nothing left to refine.
        let refined = self.refined[..count].iter().all(|&refined| refined == u64::MAX);
        if !ended && frame.process == Process::Progressive && !refined {
            remark.get_or_insert(Remark::Coarse { missing: None });
        }
        let identifiers: Vec<u8> = frame.components.iter().map(|component| component.id).collect();
        let meaning = Meaning::of(&identifiers, self.jfif, self.adobe);
        // A component of which no scan has come is grey, whatever its table.
        let table = |index: usize, in_force: Option<[u16; 64]>| {
            in_force.or(if self.seen[index] { None } else { Some([1; 64]) })
        };
        let quantisation = self
            .in_force
            .into_iter()
            .enumerate()
            .map(|(index, in_force)| table(index, in_force))
            .collect::<Option<Vec<_>>>()
            .ok_or(ReadError::Fault(Fault::Corrupt))?;
        Ok(Found { remark, frame, planes, quantisation, meaning })
    }
}
