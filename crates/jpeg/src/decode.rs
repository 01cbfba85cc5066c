//! The order of markers (T.81, annex B): headers, tables and scans up to the end of the image.

use crate::coder::ScanTables;
use crate::colour::{self, Meaning};
use crate::components::{Decoded, YCbCr};
use crate::fault::Fault;
use crate::frame::{Frame, Process};
use crate::huffman;
use crate::intervals::{self, Trouble};
use crate::lossless;
use crate::pixels::{Bounds, Damage, Pixels};
use crate::planes::Planes;
use crate::scan::{Scan, Tables};
use crate::segments::{Segment, Segments, frame_header, number_of_lines};

/// Decodes a JPEG so that its longest side is at least `side` pixels, or whole when it is smaller than that. What is missing
/// stays grey, and is told.
///
/// # Errors
/// Where nothing can be shown.
pub fn decode(bytes: &[u8], side: u32, bounds: &Bounds) -> Result<(Decoded, Option<Damage>), Fault> {
    if is_lossless(bytes) {
        return lossless::decode(bytes, bounds, false).map(|(pixels, damage)| (Decoded::Pixels(pixels), damage));
    }
    let found = read(bytes, side, bounds)?;
    let damage = found.damage;
    Ok((found.into_decoded(), damage))
}

/// The same of a whole picture whose components are what somebody else says: one, three or four bytes a pixel, as they are stored.
///
/// # Errors
/// Where nothing can be shown.
pub fn decode_as_stored(bytes: &[u8], bounds: &Bounds) -> Result<(Pixels, Option<Damage>), Fault> {
    if is_lossless(bytes) {
        return lossless::decode(bytes, bounds, true);
    }
    let found = read(bytes, u32::MAX, bounds)?;
    let (damage, meaning) = (found.damage, Meaning::stored(found.frame.components.len()));
    Ok((Found { meaning, ..found }.into_decoded().into_pixels(), damage))
}

fn is_lossless(bytes: &[u8]) -> bool {
    frame_header(bytes).is_some_and(|(marker, _)| marker == 0xC3)
}

/// A JPEG whose compressed data has been read.
struct Found {
    /// What is wrong with the data.
    damage: Option<Damage>,
    frame: Frame,
    planes: Planes,
    quantisation: Vec<[u16; 64]>,
    meaning: Meaning,
}

impl Found {
    fn into_decoded(self) -> Decoded {
        let Found { frame, planes, quantisation, meaning, .. } = self;
        let n = planes.n;
        let samples = planes.into_samples(&frame, &quantisation);
        if meaning == Meaning::YCbCr {
            return Decoded::YCbCr(YCbCr::new(&frame, samples, n));
        }
        let shown = |pixels: u32| (pixels as usize * n).div_ceil(8);
        Decoded::Pixels(colour::pixels(&samples, meaning, shown(frame.width), shown(frame.height)))
    }
}

/// Reads all compressed data of a JPEG and keeps what a picture of at least `side` pixels needs.
fn read(data: &[u8], side: u32, bounds: &Bounds) -> Result<Found, Fault> {
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
            0xDA => reader.scan(data, segment.body, segments.at).map(|at| segments.at = at),
            // Another picture begins inside a trailer.
            0xD8 if reader.is_whole() => break,
            0xC0..=0xC2 if segment.body.get(1..3) == Some(&[0, 0]) => {
                let mut body = segment.body.to_vec();
                body[1..3].copy_from_slice(&number_of_lines(data).unwrap_or_default());
                reader.segment(&Segment { body: &body, ..segment }, side, bounds)
            }
            _ => reader.segment(&segment, side, bounds),
        };
        match read {
            // What makes no sense behind a picture is a trailer; behind a part of one it is damage.
            Err(Fault::NoPixels | Fault::Corrupt | Fault::Unsupported) if reader.seen.contains(&true) => {
                if !reader.is_whole() {
                    reader.damage.get_or_insert(Damage::Wrong(None));
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
    damage: Option<Damage>,
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
    fn segment(&mut self, segment: &Segment, side: u32, bounds: &Bounds) -> Result<(), Fault> {
        match segment.marker {
            0xC4 => self.huffman_tables(segment.body)?,
            0xDB => self.quantisation_tables(segment.body)?,
            0xDD => {
                let [a, b, ..] = segment.body else { return Err(Fault::Corrupt) };
                self.restart_interval = u16::from_be_bytes([*a, *b]).into();
            }
            0xE0 => self.jfif |= segment.body.starts_with(b"JFIF\0"),
            0xEE if segment.body.starts_with(b"Adobe") => self.adobe = segment.body.get(11).copied(),
            0xC0..=0xCF if !matches!(segment.marker, 0xC8 | 0xCC) => {
                if self.frame.is_some() {
                    return Err(Fault::Unsupported);
                }
                let frame = Frame::read(segment.marker, segment.body)?;
                let (width, height) = (frame.width, frame.height);
                if !bounds.allow(width, height) {
                    return Err(Fault::TooLarge { width, height });
                }
                let n = Planes::scale(&frame, side, bounds.max_alloc).ok_or(Fault::TooLarge { width, height })?;
                self.planes = Some(Planes::new(&frame, n));
                self.in_force = vec![None; frame.components.len()];
                self.frame = Some(frame);
            }
            _ => {}
        }
        Ok(())
    }

    fn huffman_tables(&mut self, body: &[u8]) -> Result<(), Fault> {
        let mut fits = true;
        huffman::read(body, |of_ac, index, table| {
            let tables = if of_ac { &mut self.tables.ac } else { &mut self.tables.dc };
            match tables.get_mut(index) {
                Some(place) => *place = Some(table),
                None => fits = false,
            }
        })?;
        if fits { Ok(()) } else { Err(Fault::Corrupt) }
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
        let quantisation = scan.parts.iter().map(|part| self.in_force[part.component].unwrap_or([1; 64])).collect();
        let tables = ScanTables { huffman: &self.tables, quantisation };
        let coded = intervals::Coded { data, at, restart_interval: self.restart_interval };
        let ended = intervals::decode(&coded, frame, &scan, &tables, planes)?;
        match ended.trouble {
            None if frame.process == Process::Progressive && scan.low == 0 => {
                let band = (u64::MAX >> (63 - scan.to)) & (u64::MAX << scan.from);
                scan.parts.iter().for_each(|part| self.refined[part.component] |= band);
            }
            None => {}
            Some(trouble) => {
                // A progressive picture is whole, if coarse, as soon as its first scans are.
                let coarse = frame.process == Process::Progressive && (scan.from > 0 || scan.high > 0);
                self.damage.get_or_insert(match trouble {
                    Trouble::Missing { percent } if coarse => Damage::Coarse(Some(percent)),
                    Trouble::Missing { percent } => Damage::Missing(Some(percent)),
                    Trouble::Wrong { percent } => Damage::Wrong(percent),
                });
            }
        }
        Ok(ended.at)
    }

    /// Whether there is something of every component.
    fn is_whole(&self) -> bool {
        self.frame.as_ref().is_some_and(|frame| !self.seen[..frame.components.len()].contains(&false))
    }

    fn finish(self, ended: bool) -> Result<Found, Fault> {
        let whole = self.is_whole();
        let (Some(frame), Some(planes)) = (self.frame, self.planes) else { return Err(Fault::NoPixels) };
        let count = frame.components.len();
        if !self.seen.contains(&true) {
            return Err(Fault::NoPixels);
        }
        let mut damage = self.damage;
        if !whole {
            damage.get_or_insert(Damage::Missing(None));
        }
        // Without an end marker nobody knows whether more scans were to come, unless there is nothing left to refine.
        let refined = self.refined[..count].iter().all(|&refined| refined == u64::MAX);
        if !ended && frame.process == Process::Progressive && !refined {
            damage.get_or_insert(Damage::Coarse(None));
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
            .ok_or(Fault::Corrupt)?;
        Ok(Found { damage, frame, planes, quantisation, meaning })
    }
}
