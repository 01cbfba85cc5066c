//! TIFF: one page, strip by strip or tile by tile. A strip or tile that can't be decoded stays empty.

mod chunks;
mod convert;
mod failed;
pub(super) mod lab;
mod mend;
mod numbers;
mod old_jpeg;
mod own;
mod page;
mod palette;
mod reading;
mod samples;

use std::borrow::Cow;

use self::failed::unreadable;
use self::numbers::compression;
use self::page::Page;
use super::decoded::{Decoded, Undecoded};
use crate::metadata::ifd::{TiffFile, tag};
use crate::reduce::Reducer;
use crate::{Limits, Remark};

/// Decodes a page of a TIFF, counted from 0.
pub(super) fn decode<'a>(bytes: &'a [u8], page: u32, side: u32, limits: &Limits) -> Result<Decoded<'a>, Undecoded> {
    match decode_page(bytes, page, side, limits) {
        // What the directory says of the page is missing, and the page seems to be of another kind.
        Err(Undecoded::Unsupported) if is_cut_off(bytes, page) => Err(Remark::Truncated { missing: None }.into()),
        decoded => decoded,
    }
}

fn is_cut_off(bytes: &[u8], page: u32) -> bool {
    TiffFile::open(bytes).and_then(|file| file.page(page)).is_some_and(|page| page.is_cut_off())
}

fn decode_page<'a>(bytes: &'a [u8], page: u32, side: u32, limits: &Limits) -> Result<Decoded<'a>, Undecoded> {
    let file = TiffFile::open(bytes).ok_or_else(unreadable)?;
    let directory = file.page(page).ok_or(Undecoded::from(Remark::Truncated { missing: None }))?;
    if directory.number(tag::COMPRESSION) == Some(compression::OLD_JPEG)
        && let Some(decoded) = old_jpeg::decode(&directory, bytes, side, limits)
    {
        return Ok(decoded);
    }
    let mut page = Page::open(bytes, &directory, limits)?;
    let (width, height) = page.size;
    if width == 0 || height == 0 {
        return Err(unreadable());
    }
    if !limits.allow_streamed(width, height) {
        return Err(Limits::too_large(width, height).into());
    }
    let layout = page.layout().ok_or(Undecoded::Unsupported)?;
    let mut reducer = Reducer::new(width, height, layout, side, limits.max_alloc);
    let remark = page.read_into(&mut reducer, layout)?;
    let remark =
        remark.or_else(|| (page.places_cut || lacks_pages(bytes)).then_some(Remark::Truncated { missing: None }));
    let profile = directory.contents(tag::ICC_PROFILE).map(Cow::Borrowed);
    Ok(Decoded { raster: reducer.finish(), width, height, profile, remark })
}

/// Whether pages behind the first point behind the end of the file.
fn lacks_pages(bytes: &[u8]) -> bool {
    const MAX_PAGES: usize = 1_000;
    const OFFSETS: [u16; 2] = [0x111, 0x144];
    let Some(mut page) = TiffFile::open(bytes).and_then(TiffFile::first) else { return false };
    for _ in 0..MAX_PAGES {
        if page.next_offset() == 0 {
            return false;
        }
        let Some(next) = page.next() else { return true };
        page = next;
        let offsets = OFFSETS.into_iter().flat_map(|tag| page.numbers(tag, 1 << 16));
        if offsets.into_iter().any(|at| at as usize >= bytes.len()) {
            return true;
        }
    }
    false
}
