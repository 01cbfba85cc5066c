//! Blocks of progressive frames (T.81, annex G): each scan brings some frequencies, or one more bit of them.

use crate::bits::Bits;
use crate::coder::{Coder, ScanTables, State, dc_limit};
use crate::fault::{BadBlock, Fault};
use crate::frame::Frame;
use crate::huffman::Table;
use crate::planes::{DROPPED, Planes};
use crate::scan::Scan;
use crate::sequential::clamped;

/// Decodes the blocks of a scan of a progressive frame.
pub(crate) struct Progressive<'a> {
    scan: &'a Scan,
    parts: Vec<Part<'a>>,
}

/// A component of the scan.
struct Part<'a> {
    component: usize,
    /// Blocks of an MCU, and of a row.
    wide: usize,
    high: usize,
    stored_wide: usize,
    /// Absent where this kind of scan needs none.
    dc: Option<&'a Table>,
    ac: Option<&'a Table>,
    dc_limit: u32,
}

impl<'a> Progressive<'a> {
    /// Looks up the tables.
    pub(crate) fn new(frame: &Frame, scan: &'a Scan, tables: &ScanTables<'a>) -> Result<Self, Fault> {
        let needs_dc = scan.from == 0 && scan.high == 0;
        let needs_ac = scan.to > 0;
        let mut parts = Vec::new();
        for (part, quantisation) in scan.parts.iter().zip(&tables.quantisation) {
            let (wide, high) = scan.blocks_of_mcu(frame, part);
            parts.push(Part {
                component: part.component,
                wide,
                high,
                stored_wide: frame.components[part.component].stored_wide as usize,
                dc: if needs_dc { Some(tables.dc(part.dc)?) } else { None },
                ac: if needs_ac { Some(tables.ac(part.ac)?) } else { None },
                dc_limit: dc_limit(frame, scan, quantisation),
            });
        }
        Ok(Self { scan, parts })
    }
}

impl Coder for Progressive<'_> {
    #[inline]
    fn mcu(
        &self,
        bits: &mut Bits,
        state: &mut State,
        planes: &mut Planes,
        row: usize,
        column: usize,
    ) -> Result<(), BadBlock> {
        for (part, prediction) in self.parts.iter().zip(&mut state.predictions) {
            let plane = &mut planes.planes[part.component];
            let size = planes.n * planes.n;
            for (y, x) in (0..part.high).flat_map(|y| (0..part.wide).map(move |x| (y, x))) {
                let block = (row * part.high + y) * part.stored_wide + column * part.wide + x;
                let kept = &mut plane.coefficients[block * size..(block + 1) * size];
                match (part.dc, part.ac) {
                    (Some(dc), _) => {
                        first_dc(bits, dc, prediction, self.scan, kept)?;
                        if prediction.unsigned_abs() > part.dc_limit {
                            return Err(BadBlock);
                        }
                    }
                    (None, None) => refine_dc(bits, self.scan, kept),
                    (None, Some(ac)) => {
                        let history = &mut plane.history[block];
                        let run = &mut state.end_of_band_run;
                        if self.scan.high == 0 {
                            first_ac(bits, ac, run, self.scan, &planes.slots, history, kept)?;
                        } else {
                            refine_ac(bits, ac, run, self.scan, &planes.slots, history, kept)?;
                        }
                    }
                }
            }
        }
        Ok(())
    }
}

/// First scan of the DC coefficient (G.1.2.1).
fn first_dc(bits: &mut Bits, dc: &Table, prediction: &mut i32, scan: &Scan, kept: &mut [i16]) -> Result<(), BadBlock> {
    let size = u32::from(dc.symbol(bits).ok_or(BadBlock)?);
    if size > 15 {
        return Err(BadBlock);
    }
    *prediction = prediction.wrapping_add(bits.signed(size));
    kept[0] = clamped(prediction.wrapping_shl(scan.low));
    Ok(())
}

/// One more bit of the DC coefficient.
fn refine_dc(bits: &mut Bits, scan: &Scan, kept: &mut [i16]) {
    if bits.bit() {
        kept[0] |= 1 << scan.low;
    }
}

/// First scan of some AC coefficients (G.1.2.2).
fn first_ac(
    bits: &mut Bits,
    ac: &Table,
    end_of_band_run: &mut u32,
    scan: &Scan,
    slots: &[u8; 64],
    history: &mut u64,
    kept: &mut [i16],
) -> Result<(), BadBlock> {
    if *end_of_band_run > 0 {
        *end_of_band_run -= 1;
        return Ok(());
    }
    let mut index = scan.from;
    while index <= scan.to {
        let symbol = ac.symbol(bits).ok_or(BadBlock)?;
        let (run, size) = (usize::from(symbol >> 4), u32::from(symbol & 15));
        if size == 0 {
            if run < 15 {
                *end_of_band_run = (1 << run) - 1 + bits.take(run as u32);
                break;
            }
            index += 16;
            continue;
        }
        index += run;
        if index > scan.to {
            return Err(BadBlock);
        }
        let value = bits.signed(size);
        set(slots, history, kept, index, value << scan.low);
        index += 1;
    }
    Ok(())
}

/// One more bit of some AC coefficients (G.1.2.3): new ones, and a correction bit for each that isn't zero.
fn refine_ac(
    bits: &mut Bits,
    ac: &Table,
    end_of_band_run: &mut u32,
    scan: &Scan,
    slots: &[u8; 64],
    history: &mut u64,
    kept: &mut [i16],
) -> Result<(), BadBlock> {
    let step = 1_i16 << scan.low;
    let mut index = scan.from;
    if *end_of_band_run == 0 {
        while index <= scan.to {
            let symbol = ac.symbol(bits).ok_or(BadBlock)?;
            let (mut run, size) = (u32::from(symbol >> 4), symbol & 15);
            let value = match size {
                0 if run < 15 => {
                    // This block counts as the first of the run.
                    *end_of_band_run = (1 << run) + bits.take(run);
                    break;
                }
                0 => 0,
                1 => i32::from(if bits.bit() { step } else { -step }),
                _ => return Err(BadBlock),
            };
            // Passes over `run` zeros, correcting what isn't zero on the way.
            while index <= scan.to {
                if *history >> index & 1 == 1 {
                    correct(bits, slots, kept, index, step);
                } else if run == 0 {
                    break;
                } else {
                    run -= 1;
                }
                index += 1;
            }
            if value != 0 {
                if index > scan.to {
                    return Err(BadBlock);
                }
                set(slots, history, kept, index, value);
            }
            index += 1;
        }
    }
    if *end_of_band_run > 0 {
        let band = (u64::MAX >> (63 - scan.to)) & (u64::MAX << index.min(63));
        let mut left = if index > scan.to { 0 } else { *history & band };
        while left != 0 {
            correct(bits, slots, kept, left.trailing_zeros() as usize, step);
            left &= left - 1;
        }
        *end_of_band_run -= 1;
    }
    Ok(())
}

#[inline]
fn set(slots: &[u8; 64], history: &mut u64, kept: &mut [i16], index: usize, value: i32) {
    *history |= 1 << index;
    if slots[index] != DROPPED {
        kept[usize::from(slots[index])] = clamped(value);
    }
}

/// Reads a correction bit and applies it away from zero.
#[inline]
fn correct(bits: &mut Bits, slots: &[u8; 64], kept: &mut [i16], index: usize, step: i16) {
    if bits.bit() && slots[index] != DROPPED {
        let value = &mut kept[usize::from(slots[index])];
        *value = if *value < 0 { value.saturating_sub(step) } else { value.saturating_add(step) };
    }
}
