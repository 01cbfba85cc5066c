//! What the blocks of a scan are decoded with.

use crate::bits::Bits;
use crate::fault::{BadBlock, Fault};
use crate::frame::Frame;
use crate::huffman::Table;
use crate::planes::Planes;
use crate::scan::{Scan, Tables};
use crate::standard;

/// The tables of one scan.
pub(crate) struct ScanTables<'a> {
    pub(crate) huffman: &'a Tables,
    /// By part: the steps of quantisation, in zigzag order.
    pub(crate) quantisation: Vec<[u16; 64]>,
}

impl<'a> ScanTables<'a> {
    /// A table of DC coefficients. One that was never defined is the standard's own.
    pub(crate) fn dc(&self, number: usize) -> Result<&'a Table, Fault> {
        let default = || standard::tables().and_then(|standard| standard.dc.get(number));
        self.huffman.dc[number].as_ref().or_else(default).ok_or(Fault::Corrupt)
    }

    /// The same of AC coefficients.
    pub(crate) fn ac(&self, number: usize) -> Result<&'a Table, Fault> {
        let default = || standard::tables().and_then(|standard| standard.ac.get(number));
        self.huffman.ac[number].as_ref().or_else(default).ok_or(Fault::Corrupt)
    }
}

/// No block can be brighter or darker than black and white are: with 8 bits a DC coefficient is within ±1,024 after
/// dequantisation, rounding left aside. A prediction this far off comes from bits that were lost or changed.
const DC_LIMIT: i32 = 3_000;

/// How far the DC predictions of a scan may be from zero.
pub(crate) fn dc_limit(frame: &Frame, scan: &Scan, quantisation: &[u16; 64]) -> u32 {
    let limit = DC_LIMIT << (frame.precision - 8);
    ((limit / i32::from(quantisation[0].max(1))).unsigned_abs() + 1) >> scan.low
}

/// What decoding the blocks of a restart interval carries along from one to the next.
#[derive(Default)]
pub(crate) struct State {
    /// DC predictions by part.
    pub(crate) predictions: [i32; 4],
    /// Blocks still to come without new coefficients.
    pub(crate) end_of_band_run: u32,
}

/// Decodes the blocks of one scan.
pub(crate) trait Coder {
    /// Decodes the blocks of an MCU: of several components, or one block of the only one.
    fn mcu(
        &self,
        bits: &mut Bits,
        state: &mut State,
        planes: &mut Planes,
        row: usize,
        column: usize,
    ) -> Result<(), BadBlock>;
}
