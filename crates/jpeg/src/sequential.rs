//! Blocks of sequential frames (T.81, F.2.2): each comes once, and becomes samples at once.

use std::rc::Rc;

use crate::bits::Bits;
use crate::coder::{Coder, ScanTables, State, dc_limit};
use crate::fault::{BadBlock, Fault};
use crate::frame::Frame;
use crate::huffman::Table;
use crate::inverse_dct::{Block, Transform};
use crate::planes::Planes;
use crate::scan::Scan;
use crate::skipping::Skips;
use crate::values::{ENDS, UNKNOWN, Values};
use crate::zigzag::ZIGZAG;

/// Decodes the blocks of a scan of a sequential frame at `N`/8 of its size.
pub(crate) struct Sequential<'a, const N: usize> {
    parts: Vec<Part<'a, N>>,
}

/// A component of the scan.
struct Part<'a, const N: usize> {
    component: usize,
    /// Blocks of an MCU.
    wide: usize,
    high: usize,
    coded: Coded<'a>,
    /// The largest size of a DC difference.
    largest: u32,
    dc_limit: u32,
    transform: Transform<N>,
}

/// How the blocks of a component are coded.
struct Coded<'a> {
    dc: &'a Table,
    ac: &'a Table,
    differences: Rc<Values>,
    values: Rc<Values>,
    /// What goes over the coefficients that aren't kept; absent where all are.
    skips: Option<Rc<Skips>>,
}

impl<'a, const N: usize> Sequential<'a, N> {
    /// Up to which zigzag index there are coefficients that are kept.
    const KEPT: usize = match N {
        1 => 1,
        2 => 5,
        4 => 25,
        _ => 64,
    };

    /// Looks up the tables.
    pub(crate) fn new(frame: &Frame, scan: &Scan, tables: &ScanTables<'a>) -> Result<Self, Fault> {
        let (mut differences, mut values, mut skips) = ([const { None }; 4], [const { None }; 4], [const { None }; 4]);
        let mut parts = Vec::new();
        for (part, quantisation) in scan.parts.iter().zip(&tables.quantisation) {
            let (dc, ac) = (tables.dc(part.dc)?, tables.ac(part.ac)?);
            let skips = skips[part.ac].get_or_insert_with(|| (N < 8).then(|| Rc::new(Skips::of(ac))));
            let (wide, high) = scan.blocks_of_mcu(frame, part);
            parts.push(Part {
                component: part.component,
                wide,
                high,
                coded: Coded {
                    dc,
                    ac,
                    differences: Rc::clone(differences[part.dc].get_or_insert_with(|| Rc::new(Values::of_dc(dc)))),
                    values: Rc::clone(values[part.ac].get_or_insert_with(|| Rc::new(Values::of_ac(ac)))),
                    skips: skips.clone(),
                },
                // Table F.1: differences have at most 11 bits (15 with 12-bit samples).
                largest: if frame.precision == 8 { 11 } else { 15 },
                dc_limit: dc_limit(frame, scan, quantisation),
                transform: Transform::new(quantisation, frame.precision),
            });
        }
        Ok(Self { parts })
    }
}

impl<const N: usize> Coder for Sequential<'_, N> {
    #[inline(always)]
    fn mcu(
        &self,
        bits: &mut Bits,
        state: &mut State,
        planes: &mut Planes,
        row: usize,
        column: usize,
    ) -> Result<(), BadBlock> {
        for (part, prediction) in self.parts.iter().zip(&mut state.predictions) {
            let samples = &mut planes.planes[part.component].samples;
            for y in row * part.high..(row + 1) * part.high {
                for x in column * part.wide..(column + 1) * part.wide {
                    let mut kept = [0; 64];
                    let read = part.coded.block(bits, prediction, part.largest, Self::KEPT, &mut kept);
                    // What came before damage is shown.
                    samples.put(&part.transform, y, x, &kept, matches!(read, Ok(true)));
                    read?;
                    if prediction.unsigned_abs() > part.dc_limit {
                        return Err(BadBlock);
                    }
                }
            }
        }
        Ok(())
    }
}

/// By zigzag index: the place in a [`Block`].
const PLACES: [u8; 64] = {
    let mut places = [0; 64];
    let mut index = 0;
    while index < 64 {
        places[index] = ZIGZAG[index] % 8 * 8 + ZIGZAG[index] / 8;
        index += 1;
    }
    places
};

/// Look-ups of a value that the bits of one filling suffice for.
const AT_ONCE: usize = 4;

impl Coded<'_> {
    /// Reads one block into one of zeros: its coefficients before a zigzag index, some of the others, too. Gives whether all but
    /// the first are zero.
    #[inline(always)]
    fn block(
        &self,
        bits: &mut Bits,
        prediction: &mut i32,
        largest: u32,
        wanted: usize,
        kept: &mut Block,
    ) -> Result<bool, BadBlock> {
        bits.fill();
        let found = self.differences.next(bits);
        bits.skip(found.takes.into());
        let mut difference = i32::from(found.value);
        if found.advance == UNKNOWN {
            let size = u32::from(self.dc.symbol(bits).ok_or(BadBlock)?);
            if size > largest {
                return Err(BadBlock);
            }
            difference = bits.signed(size);
            bits.fill();
        }
        *prediction = prediction.wrapping_add(difference);
        kept[0] = clamped(*prediction);
        let mut set = |index: usize, value: i16| kept[usize::from(PLACES[index & 63] & 63)] = value;
        let (mut index, mut flat) = (1, true);
        'filled: while index < wanted {
            for _ in 0..AT_ONCE {
                let found = self.values.next(bits);
                let after = index + usize::from(found.advance);
                if after < wanted {
                    bits.skip(found.takes.into());
                    set(after - 1, found.value);
                    (index, flat) = (after, false);
                    continue;
                }
                if after <= 64 {
                    bits.skip(found.takes.into());
                    set(after - 1, found.value);
                    (index, flat) = (after, false);
                } else if found.advance == ENDS {
                    bits.skip(found.takes.into());
                    return Ok(flat);
                } else {
                    let symbol = self.ac.symbol(bits).ok_or(BadBlock)?;
                    let (run, size) = (usize::from(symbol >> 4), u32::from(symbol & 15));
                    match (run, size) {
                        (15, 0) => index += 16,
                        (_, 0) => return Ok(flat),
                        // No encoder counts beyond the block: bits have been lost or changed.
                        _ if index + run > 63 => return Err(BadBlock),
                        _ => {
                            set(index + run, clamped(bits.signed(size)));
                            (index, flat) = (index + run + 1, false);
                        }
                    }
                }
                bits.fill();
                continue 'filled;
            }
            bits.fill();
        }
        if let Some(skips) = &self.skips {
            skips.rest(bits, self.ac, index)?;
        }
        Ok(flat)
    }
}

/// Coefficients of valid pictures fit; damaged ones may not.
pub(crate) fn clamped(value: i32) -> i16 {
    value.clamp(i32::from(i16::MIN), i32::from(i16::MAX)) as i16
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::planes::{DROPPED, slots};

    #[test]
    fn what_is_kept_is_read() {
        let last = |n| slots(n).iter().rposition(|&slot| slot != DROPPED).map(|last| last + 1);
        let kept = [Sequential::<1>::KEPT, Sequential::<2>::KEPT, Sequential::<4>::KEPT, Sequential::<8>::KEPT];
        assert_eq!([1, 2, 4, 8].map(last), kept.map(Some));
    }
}
