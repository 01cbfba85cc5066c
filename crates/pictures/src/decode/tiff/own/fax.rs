//! Group 3, its kin of one dimension, and Group 4 (ITU-T T.4 and T.6; TIFF 6.0, sections 10 and 11), as fax machines send them.

use fax::BitReader;
use fax::maps::{Mode, black, mode, white};

use crate::decode::tiff::numbers::compression;

/// How rows are coded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Coding {
    /// Each row by itself, from a whole byte on.
    Rows,
    /// Each row by itself, from an even byte on.
    Words,
    /// Each row by itself, with marks between them.
    OneDimension,
    /// Rows by what is different from the one above, too.
    TwoDimensions,
    /// All rows by what is different from the one above.
    Group4,
}

impl Coding {
    pub(super) fn of(kind: u32, options: u32) -> Coding {
        match kind {
            compression::FAX_ROWS => Coding::Rows,
            compression::FAX_WORDS => Coding::Words,
            compression::FAX_4 => Coding::Group4,
            _ if options & 1 == 1 => Coding::TwoDimensions,
            _ => Coding::OneDimension,
        }
    }
}

/// Rows of one bit a pixel, each from a whole byte on; 1 is black. What is missing is white. The second number is that of the
/// rows in front of the first that is damaged or missing; a page that says that it ends is whole.
pub(super) fn decode(codes: &[u8], coding: Coding, width: u32, rows: u32) -> (Vec<u8>, usize) {
    let line = width.div_ceil(8) as usize;
    let mut data = vec![0; line * rows as usize];
    let mut bits = Cursor { bytes: codes, at: 0 };
    let (mut above, mut sound) = (Vec::new(), None);
    for (index, row) in data.chunks_exact_mut(line.max(1)).enumerate() {
        let mark = bits.in_front(coding);
        if mark == Mark::End {
            break;
        }
        if bits.is_at_end() {
            sound.get_or_insert(index);
            break;
        }
        let mut changes = Changes { width, at: Vec::new() };
        let fits = match mark {
            Mark::DifferencesFollow => bits.differences(&above, &mut changes),
            _ => bits.runs(&mut changes),
        };
        changes.draw(row);
        above = changes.at;
        if fits != Some(true) {
            sound.get_or_insert(index);
        }
        // Marks lead back to where a row begins.
        let has_marks = matches!(coding, Coding::OneDimension | Coding::TwoDimensions);
        if fits.is_none() && !(has_marks && bits.find_mark()) {
            break;
        }
    }
    (data, sound.unwrap_or(rows as usize))
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

    /// Goes to where a row begins.
    fn in_front(&mut self, coding: Coding) -> Mark {
        match coding {
            Coding::Rows => {
                self.at = self.at.next_multiple_of(8);
                Mark::None
            }
            Coding::Words => {
                self.at = self.at.next_multiple_of(16);
                Mark::None
            }
            Coding::OneDimension | Coding::TwoDimensions => self.mark(coding == Coding::TwoDimensions),
            Coding::Group4 => {
                let zeros = (0..11).all(|ahead| self.bit(self.at + ahead) == Some(false));
                if zeros { Mark::End } else { Mark::DifferencesFollow }
            }
        }
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

    /// Whether they fill the row; `None` for what is no code.
    fn runs(&mut self, changes: &mut Changes) -> Option<bool> {
        let (mut x, mut is_black) = (0_u32, false);
        while x < changes.width {
            x = x.checked_add(self.run(is_black)?)?;
            changes.push(x);
            is_black = !is_black;
        }
        Some(x == changes.width)
    }

    /// As [`Cursor::runs`].
    fn differences(&mut self, above: &[u32], changes: &mut Changes) -> Option<bool> {
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
        Some(x == Some(width))
    }
}

impl BitReader for Cursor<'_> {
    type Error = ();

    /// Zeros stand behind the last byte.
    fn peek(&self, bits: u8) -> Option<u16> {
        if self.is_at_end() {
            return None;
        }
        let first = self.at / 8;
        let byte = |index: usize| u32::from(self.bytes.get(first + index).copied().unwrap_or_default());
        let three = byte(0) << 16 | byte(1) << 8 | byte(2);
        Some((three << (self.at % 8) >> (24 - u32::from(bits)) & ((1 << u32::from(bits)) - 1)) as u16)
    }

    fn consume(&mut self, bits: u8) -> Result<(), ()> {
        self.at += usize::from(bits);
        Ok(())
    }

    fn bits_to_byte_boundary(&self) -> u8 {
        (self.at.next_multiple_of(8) - self.at) as u8
    }
}
