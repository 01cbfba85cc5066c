//! The channels of the merged picture, which stand one behind the other.

use crate::Remark;
use crate::decode::decoded::Undecoded;
use crate::decode::light;
use crate::header::psd::Header;
use crate::numbers::{be16, be32};

/// Reads a row of every channel at a time.
pub(super) struct Channels<'b> {
    /// By channel: what wasn't read of it.
    rest: Vec<&'b [u8]>,
    /// By channel: the lengths of its rows, where they are run-length coded.
    lengths: Vec<&'b [u8]>,
    /// Bytes of such a length: 2, or 4 in a PSB; 0 where rows aren't coded.
    length_size: usize,
    depth: u16,
    /// A row's bytes, decoded.
    row: Vec<u8>,
}

impl<'b> Channels<'b> {
    /// # Errors
    /// [`Remark::NoPixels`] when there are none, and for codings that Photoshop doesn't write here.
    pub(super) fn open(header: &Header, merged: &'b [u8], count: usize) -> Result<Channels<'b>, Undecoded> {
        let coding = be16(merged, 0).ok_or(Remark::NoPixels)?;
        let data = &merged[2..];
        let (width, height) = (header.width as usize, header.height as usize);
        let row = (width * usize::from(header.depth)).div_ceil(8);
        let length_size = if header.large { 4 } else { 2 };
        let mut channels =
            Channels { rest: Vec::new(), lengths: Vec::new(), length_size: 0, depth: header.depth, row: vec![0; row] };
        match coding {
            0 => {
                let from = |channel: usize| data.get(channel * row * height..).unwrap_or_default();
                channels.rest = (0..count).map(from).collect();
            }
            1 => {
                channels.length_size = length_size;
                let table = height * length_size;
                let mut at = table * usize::from(header.channels);
                for channel in 0..count {
                    let lengths = data.get(channel * table..(channel + 1) * table).ok_or(Remark::NoPixels)?;
                    channels.rest.push(data.get(at..).unwrap_or_default());
                    let lengths_of = lengths.chunks_exact(length_size).map(|length| number(length) as usize);
                    at = lengths_of.fold(at, usize::saturating_add);
                    channels.lengths.push(lengths);
                }
            }
            _ => return Err(Undecoded::Unsupported),
        }
        Ok(channels)
    }

    /// Fills a row of every channel with 8 bits a sample; `None` where one of them ends.
    pub(super) fn next_row(&mut self, samples: &mut [Vec<u8>]) -> Option<()> {
        for (channel, samples) in samples.iter_mut().enumerate() {
            let rest = self.rest[channel];
            if self.length_size == 0 {
                let (row, behind) = rest.split_at_checked(self.row.len())?;
                self.row.copy_from_slice(row);
                self.rest[channel] = behind;
            } else {
                let (length, lengths) = self.lengths[channel].split_at_checked(self.length_size)?;
                let (coded, behind) = rest.split_at_checked(number(length) as usize)?;
                unpack(coded, &mut self.row);
                (self.lengths[channel], self.rest[channel]) = (lengths, behind);
            }
            convert(&self.row, self.depth, samples);
        }
        Some(())
    }
}

fn number(length: &[u8]) -> u32 {
    if length.len() == 2 { be16(length, 0).map_or(0, u32::from) } else { be32(length, 0).unwrap_or(0) }
}

/// PackBits (TIFF 6.0, section 9). What is missing of the row is zero.
fn unpack(mut coded: &[u8], row: &mut [u8]) {
    let mut at = 0;
    while let Some((&head, behind)) = coded.split_first() {
        let left = row.len() - at;
        let used = match head as i8 {
            -128 => 0,
            head @ 0.. => {
                let length = (head as usize + 1).min(left).min(behind.len());
                row[at..at + length].copy_from_slice(&behind[..length]);
                at += length;
                length.max(1)
            }
            head => {
                let length = (usize::from(head.unsigned_abs()) + 1).min(left);
                row[at..at + length].fill(behind.first().copied().unwrap_or(0));
                at += length;
                1
            }
        };
        if at == row.len() {
            return;
        }
        coded = behind.get(used..).unwrap_or_default();
    }
    row[at..].fill(0);
}

/// Samples of any depth as 8 bits.
fn convert(row: &[u8], depth: u16, samples: &mut [u8]) {
    match depth {
        1 => samples.iter_mut().enumerate().for_each(|(x, sample)| {
            // A bit that is set is black.
            *sample = if row[x / 8] >> (7 - x % 8) & 1 == 1 { 0 } else { 255 };
        }),
        8 => samples.copy_from_slice(row),
        16 => samples.iter_mut().zip(row.chunks_exact(2)).for_each(|(sample, two)| *sample = two[0]),
        _ => samples.iter_mut().zip(row.chunks_exact(4)).for_each(|(sample, four)| {
            *sample = light::encoded(f32::from_be_bytes([four[0], four[1], four[2], four[3]]));
        }),
    }
}
