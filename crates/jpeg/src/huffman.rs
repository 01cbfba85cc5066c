//! Huffman tables (T.81, annex C and F.2.2.3).

use crate::bits::Bits;
use crate::fault::Fault;

/// Codes up to this length are found by one look-up.
const LOOK_BITS: u32 = 9;

/// A table as a `DHT` segment defines it.
#[derive(Clone)]
pub(crate) struct Table {
    /// By the next nine bits: length in the upper byte, symbol in the lower; 0 for longer codes.
    look: Box<[u16; 1 << LOOK_BITS]>,
    /// By length: one more than the largest code of that length, aligned to 16 bits; 0 when there is none.
    limit: [u32; 17],
    /// By length: what to add to a code to get the index of its symbol.
    offset: [i32; 17],
    symbols: Vec<u8>,
}

impl Table {
    /// Builds a table from the number of codes of each length (1 to 16) and the symbols in code order.
    pub(crate) fn new(counts: &[u8; 16], symbols: &[u8]) -> Result<Table, Fault> {
        let mut table =
            Table { look: Box::new([0; 1 << LOOK_BITS]), limit: [0; 17], offset: [0; 17], symbols: symbols.to_vec() };
        let (mut code, mut index) = (0_u32, 0_usize);
        for length in 1..=16_u32 {
            let count = u32::from(counts[length as usize - 1]);
            if code + count > 1 << length || index + count as usize > symbols.len() {
                return Err(Fault::Corrupt);
            }
            table.offset[length as usize] = index as i32 - code as i32;
            for _ in 0..count {
                if length <= LOOK_BITS {
                    let spread = LOOK_BITS - length;
                    let entry = (length as u16) << 8 | u16::from(symbols[index]);
                    table.look[(code << spread) as usize..((code + 1) << spread) as usize].fill(entry);
                }
                code += 1;
                index += 1;
            }
            if count > 0 {
                table.limit[length as usize] = code << (16 - length);
            }
            code <<= 1;
        }
        Ok(table)
    }

    /// The code at the beginning of so many bits (9 to 16), when it is whole: its length, and its symbol.
    pub(crate) fn first(&self, bits: u32, count: u32) -> Option<(u32, u8)> {
        let entry = self.look[(bits >> (count - LOOK_BITS)) as usize];
        let found = if entry == 0 { self.long(bits << (16 - count))? } else { (u32::from(entry >> 8), entry as u8) };
        Some(found).filter(|(length, _)| *length <= count)
    }

    /// Takes one symbol; `None` when no code matches. Afterwards at least 40 bits are available.
    #[inline(always)]
    pub(crate) fn symbol(&self, bits: &mut Bits) -> Option<u8> {
        bits.fill();
        let entry = self.look[bits.peek(LOOK_BITS) as usize];
        if entry != 0 {
            bits.skip(u32::from(entry >> 8));
            return Some(entry as u8);
        }
        let (length, symbol) = self.long(bits.peek(16))?;
        bits.skip(length);
        Some(symbol)
    }

    /// The code at the beginning of 16 bits that is longer than the look-up's: its length, and its symbol.
    #[cold]
    #[inline(never)]
    fn long(&self, next: u32) -> Option<(u32, u8)> {
        let length = (LOOK_BITS + 1..=16).find(|&length| next < self.limit[length as usize])?;
        let index = (next >> (16 - length)) as i32 + self.offset[length as usize];
        Some((length, *self.symbols.get(index as usize)?))
    }
}

/// The tables of a `DHT` segment: whether each is one of AC coefficients, its number, and the table.
pub(crate) fn read(mut body: &[u8], mut found: impl FnMut(bool, usize, Table)) -> Result<(), Fault> {
    while let [which, rest @ ..] = body {
        let counts: &[u8; 16] = rest.first_chunk().ok_or(Fault::Corrupt)?;
        let total: usize = counts.iter().map(|&count| usize::from(count)).sum();
        let symbols = rest.get(16..16 + total).ok_or(Fault::Corrupt)?;
        found(which >> 4 != 0, usize::from(which & 15), Table::new(counts, symbols)?);
        body = &rest[16 + total..];
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_every_length() {
        // One code of each length: 0, 10, 110, … (the all-ones code of 16 bits stays free).
        let table = Table::new(&[1; 16], &(0..16).collect::<Vec<u8>>()).unwrap();
        let mut data = Vec::new();
        for length in [1_u32, 9, 10, 16] {
            // `length - 1` ones and a zero, then ones as padding, in four bytes; 0xFF is stuffed.
            let word = !(1_u32 << (32 - length));
            for byte in word.to_be_bytes() {
                data.push(byte);
                if byte == 0xFF {
                    data.push(0);
                }
            }
        }
        let mut bits = Bits::new(&data, 0);
        for length in [1_u32, 9, 10, 16] {
            assert_eq!(table.symbol(&mut bits), Some(length as u8 - 1));
            bits.skip(16);
            bits.fill();
            bits.skip(16 - length);
        }
    }

    #[test]
    fn impossible_tables_are_refused() {
        let mut counts = [0; 16];
        counts[0] = 3;
        assert!(Table::new(&counts, &[1, 2, 3]).is_err());
        counts[0] = 2;
        assert!(Table::new(&counts, &[1]).is_err());
    }

    #[test]
    fn bits_that_are_no_code() {
        let mut counts = [0; 16];
        counts[1] = 1;
        let table = Table::new(&counts, &[7]).unwrap();
        assert_eq!(table.symbol(&mut Bits::new(&[0b1100_0000, 0, 0], 0)), None);
        assert_eq!(table.symbol(&mut Bits::new(&[0b0011_1111, 0, 0], 0)), Some(7));
    }
}
