//! Going over the coefficients that nobody keeps. A picture that is decoded to an eighth keeps one coefficient of 64; of the
//! others only the end of the block matters. Several symbols are gone over by one look-up, with the bits of their values.

use crate::bits::Bits;
use crate::fault::BadBlock;
use crate::huffman::Table;

/// By how many of the next bits is looked up: most symbols with their values take 3 to 7 bits.
const BITS: u32 = 13;

/// Bits that one look-up takes, at most. Those of the last value needn't be looked at.
const LONGEST: u32 = 15;

/// Look-ups that the bits of one filling suffice for.
const AT_ONCE: u32 = 3;

/// What lies in the next bits, by all values that these can have: how many bits symbols and their values take (6 bits), and
/// from bit 8 on, by how many coefficients they go on; [`ENDS`] more where the last symbol ends the block. [`UNKNOWN`] where not
/// even the first one takes so few.
pub(crate) struct Skips(Box<[u16; 1 << BITS]>);

const TAKES: u16 = 0x3F;
const ENDS: u16 = 128;
const UNKNOWN: u16 = 64 << 8;

impl Skips {
    /// What lies in bits that are coded by this table of AC coefficients.
    pub(crate) fn of(table: &Table) -> Self {
        let mut entries = Box::new([0; 1 << BITS]);
        for (next, entry) in (0..).zip(entries.iter_mut()) {
            *entry = ahead(table, next);
        }
        Self(entries)
    }

    /// Goes over the rest of a block, from a coefficient on. At least 45 bits are available then.
    ///
    /// # Errors
    /// Where bits are no symbol, or go on beyond the block.
    #[inline(always)]
    pub(crate) fn rest(&self, bits: &mut Bits, ac: &Table, mut index: usize) -> Result<(), BadBlock> {
        const { assert!(LONGEST * AT_ONCE <= 45) };
        'filled: while index < 64 {
            for _ in 0..AT_ONCE {
                let entry = self.0[bits.peek(BITS) as usize];
                let after = index + usize::from(entry >> 8);
                if after < 64 {
                    bits.skip(u32::from(entry & TAKES));
                    index = after;
                    continue;
                }
                if entry >> 8 >= ENDS && after < 64 + usize::from(ENDS) {
                    bits.skip(u32::from(entry & TAKES));
                    return Ok(());
                }
                // Behind the last coefficient the next block begins, whatever lies in the bits.
                let symbol = ac.symbol(bits).ok_or(BadBlock)?;
                let (run, size) = (usize::from(symbol >> 4), u32::from(symbol & 15));
                match (run, size) {
                    (15, 0) => index += 16,
                    (_, 0) => return Ok(()),
                    _ if index + run > 63 => return Err(BadBlock),
                    _ => {
                        bits.skip(size);
                        index += run + 1;
                    }
                }
                bits.fill();
                continue 'filled;
            }
            bits.fill();
        }
        Ok(())
    }
}

/// The symbols that begin in so many bits.
fn ahead(table: &Table, next: u32) -> u16 {
    let (mut taken, mut coefficients) = (0, 0);
    loop {
        // Behind the bits that are known there are zeros here, which a code must not need.
        let left = next << taken & ((1 << BITS) - 1);
        let known = |length: &u32| taken + length <= BITS;
        let found = (taken < BITS).then(|| table.first(left, BITS)).flatten().filter(|(length, _)| known(length));
        let found = found.map(|(length, symbol)| (length + u32::from(symbol & 15), symbol));
        let Some((takes, symbol)) = found.filter(|(takes, _)| taken + takes <= LONGEST) else {
            return if taken == 0 { UNKNOWN } else { taken as u16 | coefficients << 8 };
        };
        taken += takes;
        match (symbol >> 4, symbol & 15) {
            (15, 0) => coefficients += 16,
            (_, 0) => return taken as u16 | (coefficients + ENDS) << 8,
            (run, _) => coefficients += u16::from(run) + 1,
        }
        if coefficients >= 64 {
            // It would be beyond every block.
            return UNKNOWN;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::standard;

    /// The same, a symbol after the other.
    fn one_by_one(bits: &mut Bits, ac: &Table, mut index: usize) -> Result<(), BadBlock> {
        while index < 64 {
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
            if index > 63 {
                return Err(BadBlock);
            }
            bits.skip(size);
            index += 1;
        }
        Ok(())
    }

    /// Bits that come next, and how many were made up.
    fn state(bits: &mut Bits) -> (u32, bool, (usize, usize)) {
        bits.fill();
        (bits.peek(16), bits.ran_out(), bits.finish())
    }

    #[test]
    fn the_same_bits_are_gone_over_as_one_by_one() {
        let tables = standard::tables().unwrap();
        let mut number = 1_u32;
        let mut ended = [0; 2];
        for round in 0..20_000 {
            // Bytes at random, some of them stuffed; up to the end of the data and beyond.
            let data: Vec<u8> = (0..40)
                .flat_map(|_| {
                    number = number.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    let byte = (number >> 24) as u8;
                    if byte == 0xFF { vec![byte, 0] } else { vec![byte] }
                })
                .take(round % 37 + 3)
                .collect();
            let ac = &tables.ac[round % 2];
            let skips = Skips::of_once(round % 2);
            let from = 1 + round % 63;
            let (mut one, mut other) = (Bits::new(&data, 0), Bits::new(&data, 0));
            other.fill();
            let (slow, quick) = (one_by_one(&mut one, ac, from), skips.rest(&mut other, ac, from));
            assert_eq!(slow.is_ok(), quick.is_ok(), "{data:?} from {from}");
            assert_eq!(state(&mut one), state(&mut other), "{data:?} from {from}");
            ended[usize::from(slow.is_ok())] += 1;
        }
        assert!(ended.iter().all(|&count| count > 1_000), "{ended:?}");
    }

    impl Skips {
        /// Of the standard's tables, made once.
        fn of_once(which: usize) -> &'static Self {
            use std::sync::OnceLock;
            static MADE: OnceLock<[Skips; 2]> = OnceLock::new();
            let make = || [0, 1].map(|which| Skips::of(&standard::tables().unwrap().ac[which]));
            &MADE.get_or_init(make)[which]
        }
    }
}
