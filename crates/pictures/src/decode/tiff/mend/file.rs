//! The file as the tiff crate is to see it.

use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;

use super::Mending;
use crate::metadata::ifd::Ifd;

/// A file with a page's directory written anew behind it, as the first one.
pub(in crate::decode::tiff) struct Mended<'a> {
    /// Stands in place of the file's first bytes.
    head: Vec<u8>,
    file: &'a [u8],
    /// How many of them follow the file.
    zeros: usize,
    tail: Vec<u8>,
    reversed: Vec<Range<u64>>,
    at: u64,
}

impl<'a> Mended<'a> {
    /// The file as it is, where nothing needs mending.
    pub(in crate::decode::tiff) fn new(bytes: &'a [u8], ifd: &Ifd, mending: &Mending) -> Mended<'a> {
        let mended = Mended { head: vec![], file: bytes, zeros: mending.zeros, tail: vec![], reversed: vec![], at: 0 };
        if mending.is_needless() && ifd.is_first() {
            return mended;
        }
        let behind = bytes.len() + mending.zeros + mending.anew.len();
        let (head, directory) = ifd.rewritten(behind, &mending.entries);
        let tail = [&mending.anew[..], &directory].concat();
        Mended { head, tail, reversed: mending.reversed.clone(), ..mended }
    }

    /// Puts the bits of what was read from here into their usual order, where they have another.
    fn reverse(&self, read: &mut [u8]) {
        let end = self.at + read.len() as u64;
        for range in self.reversed.iter().take_while(|range| range.start < end).filter(|range| range.end > self.at) {
            let from = range.start.saturating_sub(self.at) as usize;
            let to = (range.end.min(end) - self.at) as usize;
            read[from..to].iter_mut().for_each(|byte| *byte = byte.reverse_bits());
        }
    }

    fn length(&self) -> u64 {
        (self.file.len() + self.zeros + self.tail.len()) as u64
    }
}

impl Read for Mended<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let at = usize::try_from(self.at).unwrap_or(usize::MAX);
        let behind = self.file.len() + self.zeros;
        if (self.file.len()..behind).contains(&at) {
            let length = buffer.len().min(behind - at);
            buffer[..length].fill(0);
            self.at += length as u64;
            return Ok(length);
        }
        let source = if at < self.head.len() {
            &self.head[at..]
        } else if at < self.file.len() {
            &self.file[at..]
        } else {
            self.tail.get(at - behind..).unwrap_or_default()
        };
        let length = source.len().min(buffer.len());
        buffer[..length].copy_from_slice(&source[..length]);
        self.reverse(&mut buffer[..length]);
        self.at += length as u64;
        Ok(length)
    }
}

impl Seek for Mended<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let to = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.length().checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = to.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.at)
    }
}
