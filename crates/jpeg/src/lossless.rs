//! The lossless process with Huffman codes (T.81, annex H; `SOF3`), as medical devices, scanners and cameras write it: every
//! sample by what is different from its neighbours.

use crate::bits::Bits;
use crate::colour::Meaning;
use crate::fault::Fault;
use crate::huffman::Table;
use crate::pixels::{Bounds, Colours, Damage, Pixels};
use crate::segments::Segments;

/// Decodes the picture whole: there are no frequencies of which the higher ones could be left out.
pub(crate) fn decode(data: &[u8], bounds: &Bounds, as_stored: bool) -> Result<(Pixels, Option<Damage>), Fault> {
    let mut reader = Reader::default();
    let mut segments = Segments::new(data);
    while let Some(segment) = segments.next() {
        match segment.marker {
            0xD9 => break,
            _ if segment.cut => break,
            0xC3 if reader.frame.is_none() => reader.frame = Some(Frame::read(segment.body, bounds)?),
            0xC4 => crate::huffman::read(segment.body, |of_ac, index, table| {
                if !of_ac && let Some(place) = reader.tables.get_mut(index) {
                    *place = Some(table);
                }
            })?,
            0xDD => reader.interval = segment.body.first_chunk().map_or(0, |two| u16::from_be_bytes(*two).into()),
            0xE0 => reader.jfif |= segment.body.starts_with(b"JFIF\0"),
            0xEE if segment.body.starts_with(b"Adobe") => reader.adobe = segment.body.get(11).copied(),
            0xDA => segments.at = reader.scan(data, segment.body, segments.at)?,
            _ => {}
        }
    }
    reader.finish(as_stored)
}

struct Frame {
    /// Bits a sample.
    precision: u32,
    width: usize,
    height: usize,
    identifiers: Vec<u8>,
}

impl Frame {
    fn read(body: &[u8], bounds: &Bounds) -> Result<Frame, Fault> {
        let [precision @ 2..=16, y1, y2, x1, x2, count @ 1..=4, parts @ ..] = body else { return Err(Fault::Corrupt) };
        let [height, width] = [[*y1, *y2], [*x1, *x2]].map(|number| u32::from(u16::from_be_bytes(number)));
        let parts: Vec<&[u8]> = parts.chunks_exact(3).take(usize::from(*count)).collect();
        if width == 0 || height == 0 || parts.len() < usize::from(*count) {
            return Err(Fault::Corrupt);
        }
        // Samples of other sizes side by side: nobody writes that.
        if parts.iter().any(|part| part[1] != parts[0][1]) {
            return Err(Fault::Unsupported);
        }
        let bytes = u64::from(width) * u64::from(height) * parts.len() as u64 * 3;
        if !bounds.allow(width, height) || bytes > bounds.max_alloc {
            return Err(Fault::TooLarge { width, height });
        }
        let identifiers = parts.iter().map(|part| part[0]).collect();
        Ok(Frame { precision: (*precision).into(), width: width as usize, height: height as usize, identifiers })
    }
}

#[derive(Default)]
struct Reader {
    frame: Option<Frame>,
    tables: [Option<Table>; 4],
    /// Samples of a component between restart markers; 0 for none.
    interval: usize,
    jfif: bool,
    adobe: Option<u8>,
    /// By component: its samples, where a scan had it.
    planes: [Option<Vec<u16>>; 4],
    damage: Option<Damage>,
}

/// A component of a scan.
struct Part<'t> {
    index: usize,
    table: &'t Table,
    samples: Vec<u16>,
}

impl Reader {
    /// Reads a scan and returns where the next marker is.
    fn scan(&mut self, data: &[u8], header: &[u8], at: usize) -> Result<usize, Fault> {
        let frame = self.frame.as_ref().ok_or(Fault::Corrupt)?;
        let (&count, rest) = header.split_first().ok_or(Fault::Corrupt)?;
        let (parts, rest) = rest.split_at_checked(usize::from(count) * 2).ok_or(Fault::Corrupt)?;
        let [predictor @ 1..=7, _, shift, ..] = rest else { return Err(Fault::Corrupt) };
        let shift = u32::from(shift & 15).min(frame.precision - 1);
        let size = frame.width * frame.height;
        let mut scanned = Vec::new();
        for part in parts.chunks_exact(2) {
            let index = frame.identifiers.iter().position(|id| *id == part[0]).ok_or(Fault::Corrupt)?;
            let table = self.tables.get(usize::from(part[1] >> 4)).and_then(Option::as_ref).ok_or(Fault::Corrupt)?;
            if self.planes[index].is_some() {
                return Err(Fault::Corrupt);
            }
            scanned.push(Part { index, table, samples: vec![0; size] });
        }
        if scanned.is_empty() || !self.interval.is_multiple_of(frame.width) {
            return Err(Fault::Unsupported);
        }
        let rows_between = if self.interval == 0 { frame.height } else { self.interval / frame.width };
        let first = 1_u16 << (frame.precision - shift - 1);
        let (mut bits, mut end) = (Bits::new(data, at), at);
        for y in 0..frame.height {
            if y > 0 && y % rows_between == 0 {
                (end, _) = bits.finish();
                // One that is missing is told by what follows, which makes no sense then.
                let is_restart = matches!(data.get(end..end + 2), Some([0xFF, 0xD0..=0xD7]));
                bits = Bits::new(data, if is_restart { end + 2 } else { end });
            }
            let (from, is_first) = (y * frame.width, y % rows_between == 0);
            let whole = row(&mut bits, &mut scanned, from, frame.width, is_first, *predictor, first);
            if whole.is_none() || bits.ran_out() {
                let percent = (y * 100 / frame.height) as u8;
                self.damage.get_or_insert(match bits.ran_out() {
                    true => Damage::Missing(Some((100 - percent).clamp(1, 100))),
                    false => Damage::Wrong(Some(percent)),
                });
                break;
            }
        }
        (end, _) = if self.damage.is_none() { bits.finish() } else { (end.max(at), 0) };
        for part in scanned {
            let shifted = part.samples.into_iter().map(|sample| sample << shift).collect();
            self.planes[part.index] = Some(shifted);
        }
        Ok(end)
    }

    fn finish(self, as_stored: bool) -> Result<(Pixels, Option<Damage>), Fault> {
        let Reader { frame, planes, jfif, adobe, damage, .. } = self;
        let frame = frame.ok_or(Fault::NoPixels)?;
        let planes: Vec<Vec<u16>> = planes.into_iter().flatten().collect();
        if planes.is_empty() {
            return Err(Fault::NoPixels);
        }
        let damage = if planes.len() < frame.identifiers.len() { Some(Damage::Missing(None)) } else { damage };
        let byte = |sample: u16| match frame.precision {
            8.. => (sample >> (frame.precision - 8)) as u8,
            bits => (u32::from(sample) * 255 / ((1 << bits) - 1)) as u8,
        };
        // Without a word these are red, green and blue: nothing is to be lost.
        let meaning = match (planes.len(), jfif, adobe) {
            (count, ..) if as_stored => Meaning::stored(count),
            (3, false, None) => Meaning::Rgb,
            _ => Meaning::of(&frame.identifiers[..planes.len()], jfif, adobe),
        };
        let (width, height) = (frame.width as u32, frame.height as u32);
        let pixel = |at: usize| {
            let sample = |plane: usize| byte(planes[plane][at]);
            match meaning {
                Meaning::Grey => [sample(0), 0, 0, 0],
                Meaning::YCbCr => {
                    let [r, g, b] = crate::colour::rgb(sample(0), sample(1), sample(2));
                    [r, g, b, 0]
                }
                Meaning::Rgb => [sample(0), sample(1), sample(2), 0],
                Meaning::Cmyk => [sample(0), sample(1), sample(2), sample(3)],
                Meaning::InvertedCmyk => [!sample(0), !sample(1), !sample(2), !sample(3)],
                Meaning::Ycck => {
                    let [c, m, y] = crate::colour::rgb(sample(0), sample(1), sample(2));
                    [c, m, y, !sample(3)]
                }
            }
        };
        let (colours, channels) = match meaning {
            Meaning::Grey => (Colours::Grey, 1),
            Meaning::YCbCr | Meaning::Rgb => (Colours::Rgb, 3),
            _ => (Colours::Cmyk, 4),
        };
        let data = (0..planes[0].len()).flat_map(|at| pixel(at).into_iter().take(channels)).collect();
        Ok((Pixels { width, height, colours, data }, damage))
    }
}

/// Decodes a row of all components; `None` where bits are no code.
fn row(
    bits: &mut Bits,
    parts: &mut [Part],
    from: usize,
    width: usize,
    is_first: bool,
    predictor: u8,
    first: u16,
) -> Option<()> {
    for x in 0..width {
        for part in parts.iter_mut() {
            let at = from + x;
            let sample = |back: usize| i32::from(part.samples[at - back]);
            let predicted = match (is_first, x) {
                (true, 0) => first.into(),
                (true, _) => sample(1),
                (false, 0) => sample(width),
                (false, _) => predict(predictor, sample(1), sample(width), sample(width + 1)),
            };
            let difference = match part.table.symbol(bits)? {
                16 => 32_768,
                size @ 0..=15 => bits.signed(size.into()),
                _ => return None,
            };
            part.samples[at] = (predicted + difference) as u16;
        }
    }
    Some(())
}

/// From the neighbours to the left, above, and above to the left (table H.1).
fn predict(predictor: u8, a: i32, b: i32, c: i32) -> i32 {
    match predictor {
        1 => a,
        2 => b,
        3 => c,
        4 => a + b - c,
        5 => a + ((b - c) >> 1),
        6 => b + ((a - c) >> 1),
        _ => (a + b) >> 1,
    }
}
