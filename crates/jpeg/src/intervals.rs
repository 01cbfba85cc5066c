//! The entropy-coded data of a scan: restart intervals one after the other, and how to go on behind damage.
//!
//! What can be decoded is decoded. Behind a damaged interval decoding goes on at the next restart marker, in the place
//! that its number names (libjpeg's `jpeg_resync_to_restart` does alike); without restart markers it goes on in spite of
//! the damage, as libjpeg does, where that shows more of the picture.

use crate::bits::Bits;
use crate::coder::{Coder, ScanTables, State};
use crate::fault::Fault;
use crate::frame::{Frame, Process};
use crate::planes::Planes;
use crate::progressive::Progressive;
use crate::scan::Scan;
use crate::sequential::Sequential;

/// Bytes left over between a scan's last block and the next marker that some encoders are known for. More of them mean
/// that fewer blocks were read than written, because damage made the decoder lose its place.
const STRAY_BYTES: usize = 16;

/// A restart marker with a number this much ahead of the expected one tells that the intervals between are lost; one
/// further ahead is an old one that has got here by damage.
const MOST_LOST: u8 = 3;

/// How a scan ended.
pub(crate) struct Ended {
    /// Where the next marker is.
    pub(crate) at: usize,
    /// What was wrong first.
    pub(crate) trouble: Option<Trouble>,
}

/// What was wrong in a scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// The data ends: this much of the scan is missing, 1 to 100 percent.
    Missing { percent: u8 },
    /// The data is wrong, from this part of the scan on, 0 to 99 percent, where that is known.
    Wrong { percent: Option<u8> },
}

/// The entropy-coded data of a scan.
pub(crate) struct Coded<'a> {
    /// The file.
    pub(crate) data: &'a [u8],
    /// Where the scan's data begins.
    pub(crate) at: usize,
    /// MCUs between restart markers; 0 for none.
    pub(crate) restart_interval: u32,
}

/// Decodes a scan.
pub(crate) fn decode(
    coded: &Coded,
    frame: &Frame,
    scan: &Scan,
    tables: &ScanTables,
    planes: &mut Planes,
) -> Result<Ended, Fault> {
    Ok(match (frame.process, planes.n) {
        (Process::Progressive, _) => by(&Progressive::new(frame, scan, tables)?, coded, frame, scan, planes),
        (Process::Sequential, 1) => by(&Sequential::<1>::new(frame, scan, tables)?, coded, frame, scan, planes),
        (Process::Sequential, 2) => by(&Sequential::<2>::new(frame, scan, tables)?, coded, frame, scan, planes),
        (Process::Sequential, 4) => by(&Sequential::<4>::new(frame, scan, tables)?, coded, frame, scan, planes),
        (Process::Sequential, _) => by(&Sequential::<8>::new(frame, scan, tables)?, coded, frame, scan, planes),
    })
}

fn by(coder: &impl Coder, coded: &Coded, frame: &Frame, scan: &Scan, planes: &mut Planes) -> Ended {
    let &Coded { data, at, restart_interval } = coded;
    let (wide, high) = scan.mcus(frame);
    let total = u64::from(wide) * u64::from(high);
    let interval = if restart_interval > 0 { restart_interval.into() } else { total };
    let reader = Reader {
        data,
        coder,
        wide,
        // Wrong brightness shifts what follows, but shows it; wrong detail only adds noise.
        goes_on: restart_interval == 0 && scan.from == 0,
    };
    let mut log = Log { total, first: None, intervals: 0, stray: 0, first_stray: 0 };
    let mut bits = Bits::new(data, at);
    let (mut start, mut next) = (0, 0);
    loop {
        let end = (start + interval).min(total);
        let mut state = State::default();
        reader.interval(&mut bits, &mut state, planes, start..end, &mut log);
        let (marker, left) = bits.finish();
        if end == total {
            let lost_its_place = left > STRAY_BYTES && reader.is_followed_by_jpeg(marker, left);
            if state.end_of_band_run > 0 || lost_its_place {
                log.wrong(None);
            }
            return Ended { at: marker, trouble: log.verdict() };
        }
        log.interval(start, left > 1 || state.end_of_band_run > 0);
        let Some((marker, lost)) = reader.resume(marker, next) else {
            log.ended(end, reader.is_at_end(marker));
            return Ended { at: marker, trouble: log.verdict() };
        };
        if lost > 0 {
            log.wrong(Some(end));
        }
        start = end + u64::from(lost) * interval;
        if start >= total {
            return Ended { at: marker, trouble: log.verdict() };
        }
        next = (next + lost + 1) % 8;
        bits = Bits::new(data, marker + 2);
    }
}

struct Reader<'a, C> {
    data: &'a [u8],
    coder: &'a C,
    /// MCUs a row.
    wide: u32,
    /// Decoding goes on behind blocks that make no sense.
    goes_on: bool,
}

impl<C: Coder> Reader<'_, C> {
    /// Decodes the MCUs of one interval, as far as there is data.
    fn interval(
        &self,
        given: &mut Bits,
        state: &mut State,
        planes: &mut Planes,
        mcus: std::ops::Range<u64>,
        log: &mut Log,
    ) {
        // One of its own is kept in registers.
        let mut bits = *given;
        let mut row = (mcus.start / u64::from(self.wide)) as usize;
        let mut column = (mcus.start % u64::from(self.wide)) as usize;
        for mcu in mcus {
            let decoded = self.coder.mcu(&mut bits, state, planes, row, column);
            if decoded.is_err() || bits.ran_out() {
                // Zeros made up for missing data soon make no sense, too: that they were made up counts.
                let ran_out = bits.ran_out();
                if ran_out {
                    let (marker, _) = bits.finish();
                    log.ended(mcu, self.is_at_end(marker));
                } else {
                    log.wrong(Some(mcu));
                }
                if ran_out || !self.goes_on {
                    state.end_of_band_run = 0;
                    break;
                }
            }
            column += 1;
            if column == self.wide as usize {
                (row, column) = (row + 1, 0);
            }
        }
        *given = bits;
    }

    /// Where decoding goes on behind an interval: the offset of the restart marker, and how many intervals are lost before
    /// it. `None` when the scan has no more data.
    fn resume(&self, mut marker: usize, next: u8) -> Option<(usize, u8)> {
        loop {
            match *self.data.get(marker + 1)? {
                code @ 0xD0..=0xD7 => {
                    let lost = (code - 0xD0).wrapping_sub(next) & 7;
                    if lost <= MOST_LOST {
                        return Some((marker, lost));
                    }
                }
                // No marker that an encoder writes, so it comes from damage.
                0x01..=0xBF => {}
                _ => return None,
            }
            marker = Bits::new(self.data, marker + 2).finish().0;
        }
    }

    /// Whether nothing comes behind (also where an end marker was put behind a cut file).
    fn is_at_end(&self, marker: usize) -> bool {
        self.data.len().saturating_sub(marker) <= 2
    }

    /// Whether the bytes left over stand before one of a JPEG's own markers. Otherwise they are some maker's trailer behind
    /// a picture without an end marker, or the filling up that some encoders do with zeros.
    fn is_followed_by_jpeg(&self, marker: usize, left: usize) -> bool {
        let own = matches!(self.data.get(marker + 1), Some(0xC4 | 0xD9 | 0xDA | 0xDB | 0xDD));
        own && self.data[marker.saturating_sub(left)..marker].iter().any(|&byte| byte != 0)
    }
}

/// What was seen on the way.
struct Log {
    /// MCUs of the scan.
    total: u64,
    first: Option<Trouble>,
    /// Intervals that ended with a restart, and how many of them had bytes left over.
    intervals: u64,
    stray: u64,
    first_stray: u64,
}

impl Log {
    fn wrong(&mut self, mcu: Option<u64>) {
        let percent = mcu.map(|mcu| self.percent(mcu));
        self.first.get_or_insert(Trouble::Wrong { percent });
    }

    /// The data ends before this MCU: at the end of the file it is missing, elsewhere it is wrong.
    fn ended(&mut self, mcu: u64, at_end: bool) {
        if at_end {
            let missing = (self.total - mcu) * 100;
            self.first.get_or_insert(Trouble::Missing { percent: missing.div_ceil(self.total) as u8 });
        } else {
            self.wrong(Some(mcu));
        }
    }

    fn interval(&mut self, start: u64, stray: bool) {
        self.intervals += 1;
        if stray {
            if self.stray == 0 {
                self.first_stray = start;
            }
            self.stray += 1;
        }
    }

    /// Bytes left over in most intervals are the habit of an encoder; in a few they tell that the decoder lost its place.
    fn verdict(mut self) -> Option<Trouble> {
        if self.stray > 0 && self.stray * 2 < self.intervals {
            self.wrong(Some(self.first_stray));
        }
        self.first
    }

    fn percent(&self, mcu: u64) -> u8 {
        (mcu * 100 / self.total) as u8
    }
}
