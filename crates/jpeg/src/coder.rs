//! The blocks of a scan, one MCU after the other.

use crate::bits::Bits;
use crate::fault::{BadBlock, Fault};
use crate::frame::{Frame, Process};
use crate::huffman::Table;
use crate::planes::Planes;
use crate::scan::{Scan, Tables};
use crate::skipping::Skips;
use crate::{progressive, sequential, standard};

/// The tables of one scan.
pub(crate) struct ScanTables<'a> {
    pub(crate) huffman: &'a Tables,
    /// By part: the quantisation step of the DC coefficient.
    pub(crate) dc_steps: Vec<u16>,
}

/// No block can be brighter or darker than black and white are: with 8 bits a DC coefficient is within ±1,024 after
/// dequantisation, rounding left aside. A prediction this far off comes from bits that were lost or changed.
const DC_LIMIT: i32 = 3_000;

/// What decoding the blocks of a restart interval carries along from one to the next.
#[derive(Default)]
pub(crate) struct State {
    /// DC predictions by part.
    pub(crate) predictions: [i32; 4],
    /// Blocks still to come without new coefficients.
    pub(crate) end_of_band_run: u32,
}

/// Decodes the blocks of one scan.
pub(crate) struct Coder<'a> {
    frame: &'a Frame,
    scan: &'a Scan,
    /// By part; absent where this kind of scan needs none.
    dc: [Option<&'a Table>; 4],
    ac: [Option<&'a Table>; 4],
    /// By part: what goes over the coefficients that aren't kept; absent where all are, or where they come in several scans.
    skips: [Option<Skips>; 4],
    /// By part: how far a DC prediction may be from zero.
    dc_limit: [u32; 4],
}

impl<'a> Coder<'a> {
    /// Looks up the tables. A table that was never defined is the standard's own. `drops` says whether there are coefficients
    /// that aren't kept.
    pub(crate) fn new(
        frame: &'a Frame,
        scan: &'a Scan,
        tables: &'a ScanTables,
        drops: bool,
    ) -> Result<Coder<'a>, Fault> {
        let skips = [const { None }; 4];
        let mut coder = Coder { frame, scan, dc: [None; 4], ac: [None; 4], skips, dc_limit: [0; 4] };
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
                let table = tables.ac[part.ac].as_ref().or_else(default).ok_or(Fault::Corrupt)?;
                coder.ac[index] = Some(table);
                let is_sequential = frame.process == Process::Sequential;
                coder.skips[index] = (drops && is_sequential).then(|| Skips::of(table));
            }
        }
        Ok(coder)
    }

    /// Decodes the blocks of an MCU of a scan with several components.
    #[inline]
    pub(crate) fn mcu(
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
    pub(crate) fn block(
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
                let rest = self.skips[part].as_ref().map(|skips| (planes.kept, skips));
                let wanted = sequential::Wanted { slots: &planes.slots, rest };
                sequential::block(bits, dc, ac, prediction, self.frame.precision, &wanted, kept)?;
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
