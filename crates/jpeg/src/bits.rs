//! Entropy-coded bits (T.81, F.2.2.5): byte stuffing taken out, markers left in place.

/// Reads bits up to the next marker, then zeros. Small, and handed over by value where that isn't inlined: so it stays in registers.
#[derive(Clone, Copy)]
pub(crate) struct Bits<'a> {
    data: &'a [u8],
    /// The next byte to be taken in.
    at: usize,
    /// Bits that were taken in, the next one on top.
    bits: u64,
    /// How many of them count, at most 63.
    count: u32,
    /// How many of them are zeros that stand for data that isn't there.
    made_up: u32,
}

impl<'a> Bits<'a> {
    /// Starts at an offset.
    pub(crate) fn new(data: &'a [u8], at: usize) -> Bits<'a> {
        Bits { data, at, bits: 0, count: 0, made_up: 0 }
    }

    /// Makes at least 56 bits available: enough for the longest code and value, and the next code.
    #[inline(always)]
    pub(crate) fn fill(&mut self) {
        if let Some(eight) = self.data.get(self.at..).and_then(|rest| rest.first_chunk()) {
            let word = u64::from_be_bytes(*eight);
            // No byte is 0xFF: no byte of the complement is zero.
            if (!word).wrapping_sub(0x0101_0101_0101_0101) & word & 0x8080_8080_8080_8080 == 0 {
                // Bits beyond those that count are the next ones already, and come again as the same.
                self.bits |= word >> self.count;
                self.at += ((63 - self.count) / 8) as usize;
                self.count |= 56;
                return;
            }
        }
        *self = self.filled_bytewise();
    }

    #[cold]
    #[inline(never)]
    fn filled_bytewise(mut self) -> Self {
        while self.count < 56 {
            let byte = match self.data.get(self.at) {
                Some(0xFF) if self.data.get(self.at + 1) == Some(&0) => {
                    self.at += 2;
                    0xFF
                }
                // Fill bytes before a marker (B.1.1.2) end the data as the marker does.
                Some(0xFF) | None => {
                    self.made_up += 8;
                    0
                }
                Some(&byte) => {
                    self.at += 1;
                    byte
                }
            };
            self.bits |= u64::from(byte) << (56 - self.count);
            self.count += 8;
        }
        self
    }

    /// The next `n` bits (1 to 16), left where they are. Call [`fill`](Bits::fill) first.
    #[inline(always)]
    pub(crate) fn peek(&self, n: u32) -> u32 {
        (self.bits >> (64 - n)) as u32
    }

    /// Drops `n` bits (0 to 32).
    #[inline(always)]
    pub(crate) fn skip(&mut self, n: u32) {
        self.bits <<= n;
        self.count -= n;
    }

    /// Takes `n` bits (0 to 16) as a number. Call [`fill`](Bits::fill) first.
    #[inline(always)]
    pub(crate) fn take(&mut self, n: u32) -> u32 {
        // A shift by 64 is no shift in Rust; shifting twice gives the zero wanted for `n` = 0.
        let value = (self.bits >> 32 >> (32 - n)) as u32;
        self.skip(n);
        value
    }

    /// Takes one bit.
    #[inline(always)]
    pub(crate) fn bit(&mut self) -> bool {
        self.fill();
        self.take(1) == 1
    }

    /// Takes the `n` bits (0 to 16) of a signed value (F.2.2.1, EXTEND).
    #[inline(always)]
    pub(crate) fn signed(&mut self, n: u32) -> i32 {
        extended(self.take(n), n)
    }

    /// Whether bits have been taken that aren't in the data.
    #[inline(always)]
    pub(crate) fn ran_out(&self) -> bool {
        self.count < self.made_up
    }

    /// Where the data ends: the offset of the next marker's 0xFF (or the end of the file), and how many whole bytes of
    /// data are left over before it.
    pub(crate) fn finish(&self) -> (usize, usize) {
        let left = (self.count.saturating_sub(self.made_up) / 8) as usize;
        let mut at = self.at;
        let mut skipped = 0;
        loop {
            match self.data.get(at..).and_then(|rest| rest.iter().position(|&byte| byte == 0xFF)) {
                None => return (self.data.len(), left + skipped + self.data.len().saturating_sub(at)),
                Some(offset) => {
                    skipped += offset;
                    at += offset;
                }
            }
            match self.data.get(at + 1) {
                Some(0) => {
                    skipped += 1;
                    at += 2;
                }
                Some(0xFF) => at += 1,
                Some(_) => return (at, left + skipped),
                None => return (self.data.len(), left + skipped),
            }
        }
    }
}

/// `n` bits (0 to 16) as a signed value (F.2.2.1, EXTEND).
#[inline(always)]
pub(crate) fn extended(bits: u32, n: u32) -> i32 {
    let value = bits as i32;
    if n > 0 && value < 1 << (n - 1) { value - (1 << n) + 1 } else { value }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stuffing_is_taken_out_and_markers_end_the_data() {
        let data = [0b1010_0000, 0xFF, 0x00, 0x12, 0xFF, 0xD9];
        let mut bits = Bits::new(&data, 0);
        bits.fill();
        assert_eq!((bits.take(3), bits.take(5), bits.take(8), bits.take(8)), (0b101, 0, 0xFF, 0x12));
        assert!(!bits.ran_out());
        assert_eq!(bits.finish(), (4, 0));
        bits.fill();
        assert_eq!(bits.take(1), 0);
        assert!(bits.ran_out());
    }

    #[test]
    fn what_is_left_over_is_counted() {
        let data = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 0xFF, 0xFF, 0xD0];
        let mut bits = Bits::new(&data, 0);
        bits.fill();
        bits.skip(8);
        assert_eq!(bits.finish(), (11, 9));
    }

    #[test]
    fn signed_values() {
        let mut bits = Bits::new(&[0b0110_0011, 0b1000_0000], 0);
        bits.fill();
        let values = [bits.signed(1), bits.signed(1), bits.signed(2), bits.signed(2), bits.signed(0), bits.signed(3)];
        assert_eq!(values, [-1, 1, 2, -3, 0, 7]);
    }
}
