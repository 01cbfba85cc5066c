//! Samples that are stored as what is different from the pixel to the left (TIFF 6.0, section 14).

/// How many bytes a sample has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Horizontal {
    pub(super) bytes: usize,
    /// Of whole bytes the lowest comes first.
    pub(super) little: bool,
}

impl Horizontal {
    /// Undoes it in rows of `row` bytes and pixels of some samples.
    pub(super) fn undo(self, data: &mut [u8], row: usize, samples: usize) {
        let pixel = self.bytes * samples;
        for line in data.chunks_mut(row.max(1)) {
            for at in (pixel..line.len().saturating_sub(self.bytes - 1)).step_by(self.bytes) {
                let sum = self.number(&line[at - pixel..]).wrapping_add(self.number(&line[at..]));
                self.put(sum, &mut line[at..at + self.bytes]);
            }
        }
    }

    fn number(self, bytes: &[u8]) -> u64 {
        let join = |value: u64, byte: &u8| value << 8 | u64::from(*byte);
        let bytes = &bytes[..self.bytes];
        if self.little { bytes.iter().rev().fold(0, join) } else { bytes.iter().fold(0, join) }
    }

    fn put(self, value: u64, to: &mut [u8]) {
        let (little, big) = (value.to_le_bytes(), value.to_be_bytes());
        to.copy_from_slice(if self.little { &little[..self.bytes] } else { &big[8 - self.bytes..] });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_are_added_up_within_rows() {
        let mut bytes = [1, 2, 1, 0xFF, 5, 6, 1, 1];
        Horizontal { bytes: 1, little: true }.undo(&mut bytes, 4, 2);
        assert_eq!(bytes, [1, 2, 2, 1, 5, 6, 6, 7]);
        let mut words = [0xFF, 0, 1, 0, 1, 0];
        Horizontal { bytes: 2, little: true }.undo(&mut words, 6, 1);
        assert_eq!(words, [0xFF, 0, 0, 1, 1, 1]);
        let mut big = [0, 0xFF, 0, 1];
        Horizontal { bytes: 2, little: false }.undo(&mut big, 4, 1);
        assert_eq!(big, [0, 0xFF, 1, 0]);
    }
}
