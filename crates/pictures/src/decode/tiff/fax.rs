//! Group 3 and its kin of one dimension (ITU-T T.4; TIFF 6.0, sections 10 and 11), as fax machines send them: the tiff crate
//! knows Group 4 only.

use fax::BitReader;
use fax::maps::{Mode, black, mode, white};

/// How rows are coded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Coding {
    /// Each row by itself, from a whole byte on.
    Rows,
    /// Each row by itself, with marks between them.
    OneDimension,
    /// Rows by what is different from the one above, too.
    TwoDimensions,
}

/// Rows of one bit a pixel, each from a whole byte on; 1 is black. What is missing is white.
pub(super) fn decode(codes: &[u8], coding: Coding, width: u32, rows: u32) -> Vec<u8> {
    let line = width.div_ceil(8) as usize;
    let mut data = vec![0; line * rows as usize];
    let mut bits = Cursor { bytes: codes, at: 0 };
    let mut above = Vec::new();
    for row in data.chunks_exact_mut(line.max(1)) {
        let mark = match coding {
            Coding::Rows => {
                bits.at = bits.at.next_multiple_of(8);
                Mark::None
            }
            Coding::OneDimension | Coding::TwoDimensions => bits.mark(coding == Coding::TwoDimensions),
        };
        if mark == Mark::End || bits.is_at_end() {
            break;
        }
        let mut changes = Changes { width, at: Vec::new() };
        let whole = match mark {
            Mark::DifferencesFollow => bits.differences(&above, &mut changes),
            _ => bits.runs(&mut changes),
        };
        changes.draw(row);
        above = changes.at;
        if whole.is_none() && !(coding != Coding::Rows && bits.find_mark()) {
            break;
        }
    }
    data
}

/// What stands in front of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    None,
    RunsFollow,
    DifferencesFollow,
    /// Marks without rows between them.
    End,
}

/// Where the colour of a row changes; it begins with white.
struct Changes {
    width: u32,
    at: Vec<u32>,
}

impl Changes {
    fn push(&mut self, at: u32) {
        // A row ends there without a change, and nothing goes back behind what has been drawn.
        let at = at.max(self.at.last().copied().unwrap_or(0)).min(self.width);
        self.at.push(at);
    }

    fn draw(&self, row: &mut [u8]) {
        for run in self.at.chunks(2) {
            let end = run.get(1).copied().unwrap_or(self.width);
            (run[0]..end).for_each(|x| row[x as usize / 8] |= 0x80 >> (x % 8));
        }
    }
}

struct Cursor<'b> {
    bytes: &'b [u8],
    /// In bits.
    at: usize,
}

impl Cursor<'_> {
    fn is_at_end(&self) -> bool {
        self.at >= self.bytes.len() * 8
    }

    fn bit(&self, at: usize) -> Option<bool> {
        self.bytes.get(at / 8).map(|byte| byte >> (7 - at % 8) & 1 == 1)
    }

    /// Passes over the marks in front of a row: eleven zeros or more, and a one.
    fn mark(&mut self, two_dimensions: bool) -> Mark {
        let mut found = Mark::None;
        loop {
            let zeros = (self.at..).take_while(|&at| self.bit(at) == Some(false)).count();
            if zeros < 11 || self.bit(self.at + zeros).is_none() {
                return found;
            }
            if found != Mark::None {
                return Mark::End;
            }
            self.at += zeros + 1;
            found = Mark::RunsFollow;
            if two_dimensions {
                if self.bit(self.at) == Some(false) {
                    found = Mark::DifferencesFollow;
                }
                self.at += 1;
            }
        }
    }

    /// Goes to the next mark.
    fn find_mark(&mut self) -> bool {
        let mut zeros = 0;
        while let Some(bit) = self.bit(self.at) {
            if bit && zeros >= 11 {
                self.at -= zeros;
                return true;
            }
            zeros = if bit { 0 } else { zeros + 1 };
            self.at += 1;
        }
        false
    }

    fn run(&mut self, is_black: bool) -> Option<u32> {
        let mut length = 0_u32;
        loop {
            let part = if is_black { black::decode(self) } else { white::decode(self) }?;
            length = length.checked_add(part.into())?;
            if part < 64 {
                return Some(length);
            }
        }
    }

    fn runs(&mut self, changes: &mut Changes) -> Option<()> {
        let (mut x, mut is_black) = (0_u32, false);
        while x < changes.width {
            x = x.checked_add(self.run(is_black)?)?;
            changes.push(x);
            is_black = !is_black;
        }
        Some(())
    }

    fn differences(&mut self, above: &[u32], changes: &mut Changes) -> Option<()> {
        let (width, mut x, mut is_black, mut next) = (changes.width, None, false, 0);
        let change = |index: usize| above.get(index).copied().unwrap_or(width);
        while x.is_none_or(|x| x < width) {
            // The next change above to the other colour.
            while next < above.len() && x.is_some_and(|x| above[next] <= x) {
                next += 1;
            }
            let next = next + usize::from(next.is_multiple_of(2) == is_black);
            match mode::decode(self)? {
                Mode::Pass => x = Some(change(next + 1)),
                Mode::Vertical(by) => {
                    let to = change(next).checked_add_signed(by.into())?.max(x.unwrap_or(0));
                    changes.push(to);
                    (x, is_black) = (Some(to), !is_black);
                }
                Mode::Horizontal => {
                    let first = x.unwrap_or(0).checked_add(self.run(is_black)?)?;
                    let second = first.checked_add(self.run(!is_black)?)?;
                    changes.push(first);
                    changes.push(second);
                    x = Some(second);
                }
                Mode::Extension | Mode::EOF => return None,
            }
        }
        Some(())
    }
}

impl BitReader for Cursor<'_> {
    type Error = ();

    /// Zeros stand behind the last byte.
    fn peek(&self, bits: u8) -> Option<u16> {
        if self.is_at_end() {
            return None;
        }
        let bit = |index: usize| u16::from(self.bit(self.at + index).unwrap_or(false));
        Some((0..usize::from(bits)).fold(0, |value, index| value << 1 | bit(index)))
    }

    fn consume(&mut self, bits: u8) -> Result<(), ()> {
        self.at += usize::from(bits);
        Ok(())
    }

    fn bits_to_byte_boundary(&self) -> u8 {
        (self.at.next_multiple_of(8) - self.at) as u8
    }
}
