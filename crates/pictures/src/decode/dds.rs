//! DirectDraw surfaces, by the dds crate, which knows every block compression; uncompressed ones with any masks are read here.

use std::borrow::Cow;
use std::io::Cursor;

use dds::{ColorFormat, Decoder, ImageViewMut};

use super::decoded::{Decoded, Undecoded};
use super::masks::Masks;
use super::rows::{self, Shape};
use crate::header::dds::{self as header, Pixels};
use crate::raster::{Layout, Raster};
use crate::{Format, Limits, Remark};

/// Decodes the largest level of the first texture.
pub(super) fn decode<'a>(bytes: &[u8], side: u32, limits: &Limits) -> Result<Decoded<'a>, Undecoded> {
    let unreadable = Remark::Unreadable { format: Format::Dds };
    let (width, height) = header::size(bytes).ok_or(unreadable)?;
    let shape = Shape { width, height, layout: Layout::Rgba, side, limits };
    match header::pixels(bytes) {
        Some(Pixels::Masked { masks, bytes: pixel }) => return masked(bytes, masks, pixel, &shape),
        Some(Pixels::Numbers) => return numbers(bytes, &shape),
        None => {}
    }
    if !limits.allow(width, height) || u64::from(width) * u64::from(height) * 8 > limits.max_alloc {
        return Err(Limits::too_large(width, height).into());
    }
    let bytes = with_a_texture(bytes);
    let mut decoder = Decoder::new(Cursor::new(bytes)).map_err(|_| Undecoded::Unsupported)?;
    let size = decoder.main_size();
    if (size.width, size.height) != (width, height) {
        return Err(unreadable.into());
    }
    let mut data = vec![0; width as usize * height as usize * 4];
    let view = ImageViewMut::new(&mut data, size, ColorFormat::RGBA_U8).ok_or(unreadable)?;
    // What is missing stays transparent.
    let remark = decoder.read_surface(view).is_err().then_some(Remark::Truncated { missing: None });
    if remark.is_some() && data.iter().all(|&byte| byte == 0) {
        return Err(Remark::NoPixels.into());
    }
    let raster = Raster { width, height, layout: Layout::Rgba, data };
    Ok(Decoded { raster, width, height, profile: None, remark })
}

/// Some writers say that there are no textures, and mean one.
fn with_a_texture(bytes: &[u8]) -> Cow<'_, [u8]> {
    const COUNT: std::ops::Range<usize> = header::LENGTH + 12..header::LENGTH + 16;
    let says_none = bytes.get(84..88) == Some(b"DX10") && bytes.get(COUNT) == Some(&[0; 4]);
    if !says_none {
        return Cow::Borrowed(bytes);
    }
    let mut bytes = bytes.to_vec();
    bytes[COUNT].copy_from_slice(&[1, 0, 0, 0]);
    Cow::Owned(bytes)
}

/// Pixels of one to four bytes, whose bits are told by masks.
fn masked<'a>(bytes: &[u8], masks: Masks, pixel: usize, shape: &Shape) -> Result<Decoded<'a>, Undecoded> {
    let mut rest = bytes.get(header::LENGTH..).unwrap_or_default();
    rows::decode(shape, |row| {
        let (line, behind) = rest.split_at_checked(shape.width as usize * pixel)?;
        rest = behind;
        for (to, from) in row.chunks_exact_mut(4).zip(line.chunks_exact(pixel)) {
            to.copy_from_slice(&masks.pixel(from));
        }
        Some(())
    })
}

/// Numbers of 256 colours, which stand in front.
fn numbers<'a>(bytes: &[u8], shape: &Shape) -> Result<Decoded<'a>, Undecoded> {
    let (palette, mut rest) =
        bytes.get(header::LENGTH..).and_then(|body| body.split_at_checked(1024)).ok_or(Remark::NoPixels)?;
    rows::decode(shape, |row| {
        let (line, behind) = rest.split_at_checked(shape.width as usize)?;
        rest = behind;
        for (to, &number) in row.chunks_exact_mut(4).zip(line) {
            to.copy_from_slice(&palette[usize::from(number) * 4..][..4]);
        }
        Some(())
    })
}
