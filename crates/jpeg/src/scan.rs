//! The scan header (T.81, B.2.3), and the tables that scans use.

use crate::fault::Fault;
use crate::frame::{Frame, Process};
use crate::huffman::Table;

/// The Huffman tables in force, by destination.
#[derive(Default)]
pub(crate) struct Tables {
    pub(crate) dc: [Option<Table>; 4],
    pub(crate) ac: [Option<Table>; 4],
}

/// A scan header.
#[derive(Debug, Clone)]
pub(crate) struct Scan {
    pub(crate) parts: Vec<Part>,
    /// First and last zigzag index.
    pub(crate) from: usize,
    pub(crate) to: usize,
    /// Successive approximation: bit position before (0 in a first scan) and now.
    pub(crate) high: u32,
    pub(crate) low: u32,
}

/// One component of a scan.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Part {
    /// Index into the frame's components.
    pub(crate) component: usize,
    pub(crate) dc: usize,
    pub(crate) ac: usize,
}

impl Scan {
    /// Reads the segment of a `SOS` marker.
    pub(crate) fn read(segment: &[u8], frame: &Frame) -> Result<Scan, Fault> {
        let count = usize::from(*segment.first().ok_or(Fault::Corrupt)?);
        if !(1..=4).contains(&count) || segment.len() < 4 + count * 2 {
            return Err(Fault::Corrupt);
        }
        let mut parts: Vec<Part> = Vec::with_capacity(count);
        for spec in segment[1..=count * 2].chunks_exact(2) {
            // Several with one name are meant in their order.
            let is_free = |index: usize| !parts.iter().any(|part| part.component == index);
            let mut named = frame.components.iter().enumerate().filter(|(index, c)| c.id == spec[0] && is_free(*index));
            let component = named.next().ok_or(Fault::Corrupt)?.0;
            let (dc, ac) = (usize::from(spec[1] >> 4), usize::from(spec[1] & 15));
            if dc > 3 || ac > 3 {
                return Err(Fault::Corrupt);
            }
            parts.push(Part { component, dc, ac });
        }
        let [from, to, approximation] = [segment[count * 2 + 1], segment[count * 2 + 2], segment[count * 2 + 3]];
        // Sequential frames have one possible value for these, and some encoders write another: it is ignored.
        if frame.process == Process::Sequential {
            return Ok(Scan { parts, from: 0, to: 63, high: 0, low: 0 });
        }
        let scan = Scan {
            parts,
            from: usize::from(from),
            to: usize::from(to),
            high: u32::from(approximation >> 4),
            low: u32::from(approximation & 15),
        };
        let dc_and_ac = scan.from == 0 && scan.to > 0;
        let ac_interleaved = scan.from > 0 && count > 1;
        if scan.to > 63 || scan.from > scan.to || dc_and_ac || ac_interleaved || scan.low > 13 {
            return Err(Fault::Corrupt);
        }
        Ok(scan)
    }
}

impl Scan {
    /// Whether the scan has one component. It then counts only blocks that hold samples, and one block is its MCU (A.2.2).
    pub(crate) fn is_alone(&self) -> bool {
        self.parts.len() == 1
    }

    /// How many blocks of a part an MCU is wide and high.
    pub(crate) fn blocks_of_mcu(&self, frame: &Frame, part: &Part) -> (usize, usize) {
        let component = &frame.components[part.component];
        if self.is_alone() { (1, 1) } else { (component.h as usize, component.v as usize) }
    }

    /// How many MCUs the scan is wide and high.
    pub(crate) fn mcus(&self, frame: &Frame) -> (u32, u32) {
        if self.is_alone() {
            let component = &frame.components[self.parts[0].component];
            (component.blocks_wide, component.blocks_high)
        } else {
            frame.mcus()
        }
    }

    /// How many blocks the scan has.
    pub(crate) fn blocks(&self, frame: &Frame) -> u64 {
        let stored = |part: &Part| {
            let component = &frame.components[part.component];
            u64::from(component.stored_wide) * u64::from(component.stored_high)
        };
        self.parts.iter().map(stored).sum()
    }
}
