//! Coefficients of sequential frames by one look-up each: a symbol together with the bits of its value.

use crate::bits::{Bits, extended};
use crate::huffman::Table;

/// By how many of the next bits is looked up: most symbols with their values take 3 to 9 bits.
const BITS: u32 = 11;

/// What lies in the next bits, by all values that these can have.
pub(crate) struct Values(Box<[Value; 1 << BITS]>);

/// A coefficient, or the end of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Value {
    /// The coefficient.
    pub(crate) value: i16,
    /// By how many coefficients it goes on, itself among them; [`ENDS`], or [`UNKNOWN`].
    pub(crate) advance: u8,
    /// How many bits the symbol and its value take; none of [`UNKNOWN`] ones.
    pub(crate) takes: u8,
}

/// The block has no more coefficients.
pub(crate) const ENDS: u8 = 64;

/// The next bits have to be looked at one symbol after the other.
pub(crate) const UNKNOWN: u8 = 128;

impl Values {
    /// What lies in bits that are coded by this table of AC coefficients.
    pub(crate) fn of_ac(table: &Table) -> Self {
        Self::of(table, |symbol| match (symbol >> 4, symbol & 15) {
            (15, 0) => None,
            (_, 0) => Some((ENDS, 0)),
            (run, size) => Some((run + 1, size.into())),
        })
    }

    /// What lies in bits that are coded by this table of DC coefficients, as differences.
    pub(crate) fn of_dc(table: &Table) -> Self {
        Self::of(table, |symbol| Some((1, symbol.into())))
    }

    /// `meaning` says how far a symbol goes on, and how many bits its value has.
    fn of(table: &Table, meaning: impl Fn(u8) -> Option<(u8, u32)>) -> Self {
        let mut entries = Box::new([Value { value: 0, advance: UNKNOWN, takes: 0 }; 1 << BITS]);
        for (next, entry) in (0..).zip(entries.iter_mut()) {
            let Some((length, symbol)) = table.first(next, BITS) else { continue };
            if let Some((advance, size)) = meaning(symbol).filter(|(_, size)| length + size <= BITS) {
                let bits = next >> (BITS - length - size) & ((1 << size) - 1);
                *entry = Value { value: extended(bits, size) as i16, advance, takes: (length + size) as u8 };
            }
        }
        Self(entries)
    }

    /// The next one, left where it is. 11 bits have to be there.
    #[inline(always)]
    pub(crate) fn next(&self, bits: &Bits) -> Value {
        self.0[bits.peek(BITS) as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::standard;

    #[test]
    fn values_are_those_of_symbol_and_bits() {
        let mut known = 0;
        for table in &standard::tables().unwrap().ac {
            let values = Values::of_ac(table);
            for next in 0..1_u32 << 16 {
                let data = [(next >> 8) as u8, next as u8, 0, 0, 0, 0, 0, 0];
                let (mut one, mut other) = (Bits::new(&data, 0), Bits::new(&data, 0));
                one.fill();
                let value = values.next(&one);
                one.skip(value.takes.into());
                if value.advance == UNKNOWN || data.contains(&0xFF) {
                    continue;
                }
                let symbol = table.symbol(&mut other).unwrap();
                let expected = other.signed(u32::from(symbol & 15)) as i16;
                assert_eq!(value.value, expected);
                assert_eq!(value.advance, if symbol == 0 { ENDS } else { (symbol >> 4) + 1 });
                other.fill();
                one.fill();
                assert_eq!((one.peek(16), one.finish()), (other.peek(16), other.finish()));
                known += 1;
            }
        }
        assert!(known > 100_000, "{known}");
    }
}
