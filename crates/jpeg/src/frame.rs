//! The frame header (T.81, B.2.2): size, components and how they are sampled.

use crate::fault::Fault;

/// How the coefficients are coded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Process {
    /// Baseline or extended sequential.
    Sequential,
    /// Progressive.
    Progressive,
}

/// A frame header.
#[derive(Debug, Clone)]
pub(crate) struct Frame {
    pub(crate) process: Process,
    /// Bits a sample: 8 or 12.
    pub(crate) precision: u8,
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) components: Vec<Component>,
    /// Largest sampling factors.
    pub(crate) h_max: u32,
    pub(crate) v_max: u32,
}

/// One component of a frame.
#[derive(Debug, Clone)]
pub(crate) struct Component {
    pub(crate) id: u8,
    /// Sampling factors, 1 to 4.
    pub(crate) h: u32,
    pub(crate) v: u32,
    /// Which quantisation table.
    pub(crate) table: usize,
    /// Size in samples.
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// Size in blocks, as scans of this component alone count them.
    pub(crate) blocks_wide: u32,
    pub(crate) blocks_high: u32,
    /// Size in blocks with those that only fill up the last MCUs; what is stored.
    pub(crate) stored_wide: u32,
    pub(crate) stored_high: u32,
}

impl Frame {
    /// Reads the segment of a `SOF0`, `SOF1` or `SOF2` marker.
    pub(crate) fn read(marker: u8, segment: &[u8]) -> Result<Frame, Fault> {
        let process = match marker {
            0xC0 | 0xC1 => Process::Sequential,
            0xC2 => Process::Progressive,
            _ => return Err(Fault::Unsupported),
        };
        let [precision, y1, y2, x1, x2, count, rest @ ..] = segment else { return Err(Fault::Corrupt) };
        let height = u32::from(u16::from_be_bytes([*y1, *y2]));
        let width = u32::from(u16::from_be_bytes([*x1, *x2]));
        let count = usize::from(*count);
        if width == 0 || height == 0 || !(1..=4).contains(&count) || rest.len() < count * 3 {
            return Err(Fault::Corrupt);
        }
        if !matches!(precision, 8 | 12) {
            return Err(Fault::Unsupported);
        }
        let specs: Vec<(u8, u32, u32, usize)> = rest
            .chunks_exact(3)
            .take(count)
            .map(|c| (c[0], u32::from(c[1] >> 4), u32::from(c[1] & 15), usize::from(c[2])))
            .collect();
        if specs.iter().any(|&(_, h, v, table)| !(1..=4).contains(&h) || !(1..=4).contains(&v) || table > 3) {
            return Err(Fault::Corrupt);
        }
        let h_max = specs.iter().map(|spec| spec.1).max().unwrap_or(1);
        let v_max = specs.iter().map(|spec| spec.2).max().unwrap_or(1);
        let (mcus_wide, mcus_high) = (width.div_ceil(8 * h_max), height.div_ceil(8 * v_max));
        let components = specs
            .into_iter()
            .map(|(id, h, v, table)| {
                let (w, ht) = ((width * h).div_ceil(h_max), (height * v).div_ceil(v_max));
                Component {
                    id,
                    h,
                    v,
                    table,
                    width: w,
                    height: ht,
                    blocks_wide: w.div_ceil(8),
                    blocks_high: ht.div_ceil(8),
                    stored_wide: mcus_wide * h,
                    stored_high: mcus_high * v,
                }
            })
            .collect();
        Ok(Frame { process, precision: *precision, width, height, components, h_max, v_max })
    }

    /// Size in MCUs of scans that interleave several components.
    pub(crate) fn mcus(&self) -> (u32, u32) {
        (self.width.div_ceil(8 * self.h_max), self.height.div_ceil(8 * self.v_max))
    }

    /// Blocks of all components together.
    pub(crate) fn blocks(&self) -> u64 {
        self.components.iter().map(|c| u64::from(c.stored_wide) * u64::from(c.stored_high)).sum()
    }
}
