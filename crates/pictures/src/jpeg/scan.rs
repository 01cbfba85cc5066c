//! The scan header (T.81, B.2.3) and what all scans have in common: MCUs, restarts and where damage begins.

use super::Fault;
use super::bits::Bits;
use super::frame::{Frame, Process};
use super::huffman::Table;
use super::planes::Planes;
use super::{progressive, sequential};

/// The Huffman tables in force, by destination.
#[derive(Default)]
pub(super) struct Tables {
    pub(super) dc: [Option<Table>; 4],
    pub(super) ac: [Option<Table>; 4],
}

/// The tables of one scan.
pub(super) struct ScanTables<'a> {
    pub(super) huffman: &'a Tables,
    /// By part: the quantisation step of the DC coefficient.
    pub(super) dc_steps: Vec<u16>,
}

/// No block can be brighter or darker than black and white are: with 8 bits a DC coefficient is within ±1,024 after
/// dequantisation, rounding left aside. A prediction this far off comes from bits that were lost or changed.
const DC_LIMIT: i32 = 3_000;

/// Bytes left over between a scan's last block and the next marker that some encoders are known for. More of them mean
/// that fewer blocks were read than written, because damage made the decoder lose its place.
const STRAY_BYTES: usize = 16;

/// A scan header.
#[derive(Debug, Clone)]
pub(super) struct Scan {
    pub(super) parts: Vec<Part>,
    /// First and last zigzag index.
    pub(super) from: usize,
    pub(super) to: usize,
    /// Successive approximation: bit position before (0 in a first scan) and now.
    pub(super) high: u32,
    pub(super) low: u32,
}

/// One component of a scan.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part {
    /// Index into the frame's components.
    pub(super) component: usize,
    pub(super) dc: usize,
    pub(super) ac: usize,
}

/// How a scan ended.
pub(super) struct Ended {
    /// Where the next marker is.
    pub(super) at: usize,
    /// What was wrong, and at which MCU of how many.
    pub(super) fault: Option<Trouble>,
}

/// What was wrong in a scan.
pub(super) struct Trouble {
    /// Bits were missing, rather than wrong.
    pub(super) missing: bool,
    /// 0 to 99, counted in the scan's rows; absent when only the end of the scan tells of it.
    pub(super) percent: Option<u8>,
}

/// A block that makes no sense.
pub(super) struct BadBlock;

impl Scan {
    /// Reads the segment of a `SOS` marker.
    pub(super) fn read(segment: &[u8], frame: &Frame) -> Result<Scan, Fault> {
        let count = usize::from(*segment.first().ok_or(Fault::Corrupt)?);
        if !(1..=4).contains(&count) || segment.len() < 4 + count * 2 {
            return Err(Fault::Corrupt);
        }
        let mut parts: Vec<Part> = Vec::with_capacity(count);
        for spec in segment[1..=count * 2].chunks_exact(2) {
            let component = frame.components.iter().position(|c| c.id == spec[0]).ok_or(Fault::Corrupt)?;
            let (dc, ac) = (usize::from(spec[1] >> 4), usize::from(spec[1] & 15));
            if dc > 3 || ac > 3 || parts.iter().any(|part| part.component == component) {
                return Err(Fault::Corrupt);
            }
            parts.push(Part { component, dc, ac });
        }
        let [from, to, approximation] = [segment[count * 2 + 1], segment[count * 2 + 2], segment[count * 2 + 3]];
        // Sequential frames have one possible value for these, and some encoders write another: it is ignored.
        if frame.process == Process::Sequential {
            return Ok(Scan { parts, from: 0, to: 63, high: 0, low: 0 });
        }
        let scan = Scan {
            parts,
            from: usize::from(from),
            to: usize::from(to),
            high: u32::from(approximation >> 4),
            low: u32::from(approximation & 15),
        };
        let dc_and_ac = scan.from == 0 && scan.to > 0;
        let ac_interleaved = scan.from > 0 && count > 1;
        if scan.to > 63 || scan.from > scan.to || dc_and_ac || ac_interleaved || scan.low > 13 {
            return Err(Fault::Corrupt);
        }
        Ok(scan)
    }
}

impl Scan {
    /// How many blocks the scan has.
    pub(super) fn blocks(&self, frame: &Frame) -> u64 {
        let stored = |part: &Part| {
            let component = &frame.components[part.component];
            u64::from(component.stored_wide) * u64::from(component.stored_high)
        };
        self.parts.iter().map(stored).sum()
    }
}

/// What decoding the blocks of a scan carries along from one to the next.
pub(super) struct State {
    /// DC predictions by part.
    pub(super) predictions: [i32; 4],
    /// Blocks still to come without new coefficients.
    pub(super) end_of_band_run: u32,
}

/// Decodes the scan whose data begins at `at`.
pub(super) fn decode(
    data: &[u8],
    at: usize,
    frame: &Frame,
    scan: &Scan,
    tables: &ScanTables,
    restart_interval: u32,
    planes: &mut Planes,
) -> Result<Ended, Fault> {
    // A scan of one component counts only blocks that hold samples, and one block is its MCU (A.2.2).
    let alone = scan.parts.len() == 1;
    let (wide, high) = if alone {
        let component = &frame.components[scan.parts[0].component];
        (component.blocks_wide, component.blocks_high)
    } else {
        frame.mcus()
    };
    let coder = Coder::new(frame, scan, tables)?;
    let mut bits = Bits::new(data, at);
    let mut state = State { predictions: [0; 4], end_of_band_run: 0 };
    let (mut until_restart, mut next_restart) = (restart_interval, 0_u8);
    for row in 0..high {
        let trouble = |missing| Trouble { missing, percent: Some((u64::from(row) * 100 / u64::from(high)) as u8) };
        for column in 0..wide {
            if restart_interval > 0 {
                if until_restart == 0 {
                    let (marker, left) = bits.finish();
                    let missing = marker >= data.len();
                    let in_order = data.get(marker + 1) == Some(&(0xD0 + next_restart));
                    // More than a byte left over: what was decoded since the last restart isn't what was encoded.
                    if !in_order || left > 1 || state.end_of_band_run > 0 {
                        return Ok(Ended { at: marker, fault: Some(trouble(missing)) });
                    }
                    next_restart = (next_restart + 1) % 8;
                    until_restart = restart_interval;
                    bits = Bits::new(data, marker + 2);
                    state = State { predictions: [0; 4], end_of_band_run: 0 };
                }
                until_restart -= 1;
            }
            let decoded = if alone {
                coder.block(&mut bits, &mut state, planes, 0, row, column)
            } else {
                coder.mcu(&mut bits, &mut state, planes, row, column)
            };
            if decoded.is_err() || bits.ran_out() {
                // Zeros made up for missing data soon make no sense, too: what came first counts.
                let (marker, _) = bits.finish();
                return Ok(Ended { at: marker, fault: Some(trouble(bits.ran_out())) });
            }
        }
    }
    let (marker, left) = bits.finish();
    // Some encoders fill up with zeros.
    let stray = left > STRAY_BYTES && data[marker - left..marker].iter().any(|&byte| byte != 0);
    let unfinished = state.end_of_band_run > 0 || stray;
    Ok(Ended { at: marker, fault: unfinished.then_some(Trouble { missing: false, percent: None }) })
}

/// Decodes the blocks of one scan.
struct Coder<'a> {
    frame: &'a Frame,
    scan: &'a Scan,
    /// By part; absent where this kind of scan needs none.
    dc: [Option<&'a Table>; 4],
    ac: [Option<&'a Table>; 4],
    /// By part: how far a DC prediction may be from zero.
    dc_limit: [u32; 4],
}

impl<'a> Coder<'a> {
    fn new(frame: &'a Frame, scan: &'a Scan, tables: &'a ScanTables) -> Result<Coder<'a>, Fault> {
        let mut coder = Coder { frame, scan, dc: [None; 4], ac: [None; 4], dc_limit: [0; 4] };
        let limit = DC_LIMIT << (frame.precision - 8);
        for (most, &step) in coder.dc_limit.iter_mut().zip(&tables.dc_steps) {
            *most = ((limit / i32::from(step.max(1))).unsigned_abs() + 1) >> scan.low;
        }
        let tables = tables.huffman;
        let needs_dc = scan.from == 0 && scan.high == 0;
        let needs_ac = scan.to > 0;
        for (index, part) in scan.parts.iter().enumerate() {
            if needs_dc {
                coder.dc[index] = Some(tables.dc[part.dc].as_ref().ok_or(Fault::Corrupt)?);
            }
            if needs_ac {
                coder.ac[index] = Some(tables.ac[part.ac].as_ref().ok_or(Fault::Corrupt)?);
            }
        }
        Ok(coder)
    }

    #[inline]
    fn mcu(
        &self,
        bits: &mut Bits,
        state: &mut State,
        planes: &mut Planes,
        row: u32,
        column: u32,
    ) -> Result<(), BadBlock> {
        for (index, part) in self.scan.parts.iter().enumerate() {
            let component = &self.frame.components[part.component];
            for y in 0..component.v {
                for x in 0..component.h {
                    self.block(bits, state, planes, index, row * component.v + y, column * component.h + x)?;
                }
            }
        }
        Ok(())
    }

    #[inline]
    fn block(
        &self,
        bits: &mut Bits,
        state: &mut State,
        planes: &mut Planes,
        part: usize,
        row: u32,
        column: u32,
    ) -> Result<(), BadBlock> {
        let index = self.scan.parts[part].component;
        let component = &self.frame.components[index];
        let block = row as usize * component.stored_wide as usize + column as usize;
        let size = planes.n * planes.n;
        let plane = &mut planes.planes[index];
        let kept = &mut plane.coefficients[block * size..(block + 1) * size];
        let prediction = &mut state.predictions[part];
        match (self.frame.process, self.dc[part], self.ac[part]) {
            (Process::Sequential, Some(dc), Some(ac)) => {
                sequential::block(bits, dc, ac, prediction, self.frame.precision, &planes.slots, kept)?;
                self.check(part, *prediction)
            }
            (_, Some(dc), _) => {
                progressive::first_dc(bits, dc, prediction, self.scan, kept)?;
                self.check(part, *prediction)
            }
            (_, None, None) => {
                progressive::refine_dc(bits, self.scan, kept);
                Ok(())
            }
            (_, None, Some(ac)) => {
                let history = &mut plane.history[block];
                let run = &mut state.end_of_band_run;
                if self.scan.high == 0 {
                    progressive::first_ac(bits, ac, run, self.scan, &planes.slots, history, kept)
                } else {
                    progressive::refine_ac(bits, ac, run, self.scan, &planes.slots, history, kept)
                }
            }
        }
    }

    #[inline]
    fn check(&self, part: usize, prediction: i32) -> Result<(), BadBlock> {
        if prediction.unsigned_abs() > self.dc_limit[part] { Err(BadBlock) } else { Ok(()) }
    }
}
