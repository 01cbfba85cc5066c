//! Blocks of sequential frames (T.81, F.2.2).

use crate::bits::Bits;
use crate::fault::BadBlock;
use crate::huffman::Table;
use crate::planes::DROPPED;
use crate::skipping::Skips;

/// Which frequencies are kept, and what goes over the others.
pub(crate) struct Wanted<'a> {
    /// By zigzag index: where it is kept.
    pub(crate) slots: &'a [u8; 64],
    /// From which zigzag index on nothing is kept, and what goes over the rest.
    pub(crate) rest: Option<(usize, &'a Skips)>,
}

/// Reads one block and keeps its lowest frequencies.
#[inline(always)]
pub(crate) fn block(
    bits: &mut Bits,
    dc: &Table,
    ac: &Table,
    prediction: &mut i32,
    precision: u8,
    wanted: &Wanted,
    kept: &mut [i16],
) -> Result<(), BadBlock> {
    let size = u32::from(dc.symbol(bits).ok_or(BadBlock)?);
    // Table F.1: differences have at most 11 bits (15 with 12-bit samples).
    if size > if precision == 8 { 11 } else { 15 } {
        return Err(BadBlock);
    }
    *prediction = prediction.wrapping_add(bits.signed(size));
    kept[0] = clamped(*prediction);
    let mut index = 1;
    while index < 64 {
        if let Some((from, skips)) = wanted.rest
            && index >= from
        {
            return skips.rest(bits, ac, index);
        }
        let symbol = ac.symbol(bits).ok_or(BadBlock)?;
        let (run, size) = (usize::from(symbol >> 4), u32::from(symbol & 15));
        if size == 0 {
            if run < 15 {
                break;
            }
            index += 16;
            continue;
        }
        index += run;
        // No encoder counts beyond the block: bits have been lost or changed.
        let Some(&slot) = wanted.slots.get(index) else { return Err(BadBlock) };
        if slot == DROPPED {
            bits.skip(size);
        } else {
            kept[usize::from(slot)] = clamped(bits.signed(size));
        }
        index += 1;
    }
    Ok(())
}

/// Coefficients of valid pictures fit; damaged ones may not.
pub(crate) fn clamped(value: i32) -> i16 {
    value.clamp(i32::from(i16::MIN), i32::from(i16::MAX)) as i16
}
