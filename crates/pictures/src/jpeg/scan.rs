//! The scan header (T.81, B.2.3), and the blocks of an MCU.

use super::Fault;
use super::bits::Bits;
use super::frame::{Frame, Process};
use super::huffman::Table;
use super::planes::Planes;
use super::{progressive, sequential, standard};

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
    /// Whether the scan has one component. It then counts only blocks that hold samples, and one block is its MCU (A.2.2).
    pub(super) fn is_alone(&self) -> bool {
        self.parts.len() == 1
    }

    /// How many MCUs the scan is wide and high.
    pub(super) fn mcus(&self, frame: &Frame) -> (u32, u32) {
        if self.is_alone() {
            let component = &frame.components[self.parts[0].component];
            (component.blocks_wide, component.blocks_high)
        } else {
            frame.mcus()
        }
    }

    /// How many blocks the scan has.
    pub(super) fn blocks(&self, frame: &Frame) -> u64 {
        let stored = |part: &Part| {
            let component = &frame.components[part.component];
            u64::from(component.stored_wide) * u64::from(component.stored_high)
        };
        self.parts.iter().map(stored).sum()
    }
}

/// What decoding the blocks of a restart interval carries along from one to the next.
#[derive(Default)]
pub(super) struct State {
    /// DC predictions by part.
    pub(super) predictions: [i32; 4],
    /// Blocks still to come without new coefficients.
    pub(super) end_of_band_run: u32,
}

/// Decodes the blocks of one scan.
pub(super) struct Coder<'a> {
    frame: &'a Frame,
    scan: &'a Scan,
    /// By part; absent where this kind of scan needs none.
    dc: [Option<&'a Table>; 4],
    ac: [Option<&'a Table>; 4],
    /// By part: how far a DC prediction may be from zero.
    dc_limit: [u32; 4],
}

impl<'a> Coder<'a> {
    /// Looks up the tables. A table that was never defined is the standard's own.
    pub(super) fn new(frame: &'a Frame, scan: &'a Scan, tables: &'a ScanTables) -> Result<Coder<'a>, Fault> {
        let mut coder = Coder { frame, scan, dc: [None; 4], ac: [None; 4], dc_limit: [0; 4] };
        let limit = DC_LIMIT << (frame.precision - 8);
        for (most, &step) in coder.dc_limit.iter_mut().zip(&tables.dc_steps) {
            *most = ((limit / i32::from(step.max(1))).unsigned_abs() + 1) >> scan.low;
        }
        let tables = tables.huffman;
        let standard = standard::tables();
        let needs_dc = scan.from == 0 && scan.high == 0;
        let needs_ac = scan.to > 0;
        for (index, part) in scan.parts.iter().enumerate() {
            if needs_dc {
                let default = || standard.and_then(|standard| standard.dc.get(part.dc));
                coder.dc[index] = Some(tables.dc[part.dc].as_ref().or_else(default).ok_or(Fault::Corrupt)?);
            }
            if needs_ac {
                let default = || standard.and_then(|standard| standard.ac.get(part.ac));
                coder.ac[index] = Some(tables.ac[part.ac].as_ref().or_else(default).ok_or(Fault::Corrupt)?);
            }
        }
        Ok(coder)
    }

    /// Decodes the blocks of an MCU of a scan with several components.
    #[inline]
    pub(super) fn mcu(
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

    /// Decodes a block of a part of the scan.
    #[inline]
    pub(super) fn block(
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
