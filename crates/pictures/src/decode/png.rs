//! PNG, row by row where it isn't interlaced.

use std::borrow::Cow;
use std::io::{Cursor, ErrorKind};

use png::{
    BlendOp, ColorType, Decoder, DecodingError, DisposeOp, Info, Limits as PngLimits, Reader, ScaledFloat,
    Transformations,
};

use super::canvas::{Area, Blend, Canvas, Dispose, MOST_FRAMES, shows_something};
use super::decoded::{Decoded, Undecoded};
use crate::raster::{Layout, Raster};
use crate::reduce::Reducer;
use crate::{Format, Limits, Remark, colour};

/// Decodes a PNG and checks it to its end. Of an animation it is the picture that programs without animation show, unless
/// that is empty or all of one colour: then the first one that shows something.
pub(super) fn decode<'a>(bytes: &'a [u8], side: u32, limits: &Limits) -> Result<Decoded<'a>, Undecoded> {
    let decoded = match decode_chunks(bytes, side, limits) {
        // Ancillary chunks that make no sense are no reason to show nothing.
        Err(Undecoded::Because(Remark::Unreadable { .. })) => decode_chunks(&only_critical(bytes), side, limits),
        decoded => decoded,
    }?;
    if shows_something(&decoded.raster.data, decoded.raster.layout) || !chunks(bytes).any(|(kind, _)| kind == b"fdAT") {
        return Ok(decoded);
    }
    let raster = animation(bytes, (decoded.width, decoded.height), limits);
    Ok(match raster {
        Some(raster) => Decoded { raster, ..decoded },
        None => decoded,
    })
}

fn decode_chunks<'a>(bytes: &[u8], side: u32, limits: &Limits) -> Result<Decoded<'a>, Undecoded> {
    let mut reader = open(bytes, limits)?;
    let (width, height) = (reader.info().width, reader.info().height);
    let profile = profile(reader.info()).map(Cow::Owned);
    let colour = reader.output_color_type().0;
    let layout = match colour {
        ColorType::Grayscale => Layout::Grey,
        ColorType::GrayscaleAlpha | ColorType::Rgba => Layout::Rgba,
        ColorType::Rgb | ColorType::Indexed => Layout::Rgb,
    };
    let mut reducer = Reducer::new(width, height, layout, side, limits.max_alloc);
    let mut expanded = Vec::new();
    let mut add = |row: &[u8]| {
        if colour == ColorType::GrayscaleAlpha {
            expanded.clear();
            expanded.extend(row.chunks_exact(2).flat_map(|p| [p[0], p[0], p[0], p[1]]));
            reducer.row(&expanded);
        } else {
            reducer.row(row);
        }
    };
    let found = if reader.info().interlaced {
        interlaced(&mut reader, limits, add)?
    } else {
        sequential(&mut reader, &mut add)
    };
    let remark = found
        .or_else(|| damaged_chunk(bytes).then_some(Remark::Checksum))
        .or_else(|| (!has_end(bytes)).then_some(Remark::Truncated { missing: None }));
    Ok(Decoded { raster: reducer.finish(), width, height, profile, remark })
}

/// What the colours are in, in the order in which the chunks count (W3C PNG 3, 4.3).
fn profile(info: &Info) -> Option<Vec<u8>> {
    if let Some(points) = info.coding_independent_code_points {
        return colour::of_code_points(points.color_primaries.into(), points.transfer_function.into());
    }
    if let Some(profile) = &info.icc_profile {
        return Some(profile.to_vec());
    }
    if info.srgb.is_some() {
        return None;
    }
    let number = |value: ScaledFloat| f64::from(value.into_value());
    let point = |(x, y): (ScaledFloat, ScaledFloat)| [number(x), number(y)];
    let primaries = info.chrm_chunk.map(|of| [point(of.white), point(of.red), point(of.green), point(of.blue)]);
    colour::of_primaries(info.gama_chunk.map(number), primaries)
}

/// Reads up to the pixels, and compares the size with the limits.
fn open<'b>(bytes: &'b [u8], limits: &Limits) -> Result<Reader<Cursor<&'b [u8]>>, Undecoded> {
    let memory = usize::try_from(limits.max_alloc).unwrap_or(usize::MAX);
    let mut decoder = Decoder::new_with_limits(Cursor::new(bytes), PngLimits { bytes: memory });
    // Palettes, few bits and 16 bits all become 8 bits a channel.
    decoder.set_transformations(Transformations::normalize_to_color8());
    decoder.set_ignore_text_chunk(true);
    decoder.ignore_checksums(true);
    let (width, height) = decoder.read_header_info().map(|info| (info.width, info.height)).map_err(|_| unreadable())?;
    if !limits.allow_streamed(width, height) {
        return Err(Limits::too_large(width, height).into());
    }
    decoder.read_info().map_err(|error| match error {
        DecodingError::LimitsExceeded => Limits::too_large(width, height).into(),
        _ if !chunks(bytes).any(|(kind, _)| kind == b"IDAT") => Remark::NoPixels.into(),
        _ => unreadable(),
    })
}

/// Decodes rows from top to bottom, and says what stopped it.
fn sequential(reader: &mut Reader<Cursor<&[u8]>>, add: &mut impl FnMut(&[u8])) -> Option<Remark> {
    let height = u64::from(reader.info().height);
    for y in 0..height {
        let missing = Remark::Truncated { missing: Some(((height - y) * 100).div_ceil(height) as u8) };
        match reader.next_row() {
            Ok(Some(row)) => add(row.data()),
            Ok(None) => return Some(missing),
            Err(error) if is_end(&error) => return Some(missing),
            Err(_) => return Some(Remark::Damaged { from: Some((y * 100 / height) as u8) }),
        }
    }
    None
}

/// Decodes all passes in memory, and says what stopped it.
fn interlaced(
    reader: &mut Reader<Cursor<&[u8]>>,
    limits: &Limits,
    add: impl FnMut(&[u8]),
) -> Result<Option<Remark>, Undecoded> {
    let (width, height) = (reader.info().width, reader.info().height);
    // What is kept of it beside takes up to a quarter.
    let most = limits.max_alloc / 4 * 3;
    let size = reader.output_buffer_size().filter(|&size| size as u64 <= most);
    let line = reader.output_line_size(width).filter(|&line| line > 0);
    let (Some(size), Some(line)) = (size, line) else { return Err(Limits::too_large(width, height).into()) };
    let mut pixels = vec![0; size];
    let remark = match reader.next_frame(&mut pixels) {
        Ok(_) => None,
        // What the first passes brought is spread over the whole picture.
        Err(error) if is_end(&error) => Some(Remark::Coarse { missing: None }),
        Err(_) => Some(Remark::Damaged { from: None }),
    };
    pixels.chunks_exact(line).take(height as usize).for_each(add);
    Ok(remark)
}

/// The frames of an animation put onto each other until they show something; `None` when none of them does.
fn animation(bytes: &[u8], (width, height): (u32, u32), limits: &Limits) -> Option<Raster> {
    let mut canvas = Canvas::new(width, height, limits).ok()?;
    let mut reader = open(bytes, limits).ok()?;
    let mut pixels = vec![0; reader.output_buffer_size()?];
    let whole_line = reader.output_line_size(width)?;
    // A picture in front of the first frame's control is none of the animation's.
    if reader.info().frame_control().is_none() {
        reader.next_frame(&mut pixels).ok()?;
    }
    for _ in 0..MOST_FRAMES {
        let frame = reader.next_frame(&mut pixels).ok()?;
        let control = *reader.info().frame_control()?;
        let [left, top, width, height] =
            [control.x_offset, control.y_offset, frame.width, frame.height].map(|side| side as usize);
        let area = Area { left, top, width, height };
        let (blend, dispose) = (blend(control.blend_op), dispose(control.dispose_op));
        if dispose == Dispose::Restore {
            canvas.remember();
        }
        // Interlaced frames have rows as long as the whole picture's.
        let stride = if reader.info().interlaced { whole_line } else { frame.line_size };
        for (y, row) in pixels.chunks_exact(stride).take(height).enumerate() {
            canvas.draw(&rgba(&row[..frame.line_size], frame.color_type), left, top + y, blend);
        }
        if canvas.is_done(area, dispose) {
            return Some(canvas.into_raster());
        }
    }
    None
}

fn blend(op: BlendOp) -> Blend {
    match op {
        BlendOp::Source => Blend::Source,
        BlendOp::Over => Blend::Over,
    }
}

fn dispose(op: DisposeOp) -> Dispose {
    match op {
        DisposeOp::None => Dispose::Keep,
        DisposeOp::Background => Dispose::Clear,
        DisposeOp::Previous => Dispose::Restore,
    }
}

/// A row of 8 bits a channel, as RGBA.
fn rgba(row: &[u8], colour: ColorType) -> Vec<u8> {
    match colour {
        ColorType::Grayscale => row.iter().flat_map(|&grey| [grey, grey, grey, 255]).collect(),
        ColorType::GrayscaleAlpha => row.chunks_exact(2).flat_map(|p| [p[0], p[0], p[0], p[1]]).collect(),
        ColorType::Rgb | ColorType::Indexed => row.chunks_exact(3).flat_map(|p| [p[0], p[1], p[2], 255]).collect(),
        ColorType::Rgba => row.to_vec(),
    }
}

fn unreadable() -> Undecoded {
    Remark::Unreadable { format: Format::Png }.into()
}

fn is_end(error: &DecodingError) -> bool {
    matches!(error, DecodingError::IoError(error) if error.kind() == ErrorKind::UnexpectedEof)
}

/// Whether the checksum of a chunk with pixels or what they need (its name begins in upper case), or with an
/// animation's pixels, doesn't match. The png crate never looks at the last one's: by then it has all pixels.
fn damaged_chunk(bytes: &[u8]) -> bool {
    let mut at = 8;
    while let Some(length) = bytes.get(at..at + 4).and_then(|length| length.try_into().ok()) {
        let end = at + 8 + u32::from_be_bytes(length) as usize;
        let Some(checksum) = bytes.get(end..end + 4) else { return false };
        let checked = &bytes[at + 4..end];
        let matters = checked[0].is_ascii_uppercase() || checked.starts_with(b"fdAT");
        if matters && crc32fast::hash(checked).to_be_bytes() != checksum {
            return true;
        }
        if checked.starts_with(b"IEND") {
            return false;
        }
        at = end + 4;
    }
    false
}

/// Whether chunk follows chunk up to `IEND`; what comes behind it doesn't matter.
fn has_end(bytes: &[u8]) -> bool {
    chunks(bytes).any(|(kind, _)| kind == b"IEND")
}

/// The same PNG with nothing but size, palette, transparency and pixels.
fn only_critical(bytes: &[u8]) -> Vec<u8> {
    let mut file = bytes.get(..8).unwrap_or_default().to_vec();
    let mut chunk = |kind: &[u8], body: &[u8]| {
        let mut checked = kind.to_vec();
        checked.extend(body);
        file.extend((body.len() as u32).to_be_bytes());
        file.extend(&checked);
        file.extend(crc32fast::hash(&checked).to_be_bytes());
    };
    for (index, Chunk { kind, body, .. }) in split(bytes).enumerate() {
        match kind {
            // A second header belongs to another picture.
            b"IHDR" if index > 0 => break,
            b"IHDR" | b"PLTE" | b"tRNS" | b"IDAT" | b"IEND" => chunk(kind, body),
            _ => {}
        }
    }
    file
}

/// The chunks of a PNG that are there whole: type and contents.
pub(crate) fn chunks(bytes: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    split(bytes).filter(|chunk| chunk.whole).map(|chunk| (chunk.kind, chunk.body))
}

/// A chunk, the last one as far as it is there.
struct Chunk<'a> {
    kind: &'a [u8],
    body: &'a [u8],
    /// With its checksum.
    whole: bool,
}

fn split(bytes: &[u8]) -> impl Iterator<Item = Chunk<'_>> {
    let mut rest = bytes.get(8..).unwrap_or_default();
    std::iter::from_fn(move || {
        let length = u32::from_be_bytes(rest.get(..4)?.try_into().ok()?) as usize;
        let kind = rest.get(4..8)?;
        let body = &rest[8..rest.len().min(length.saturating_add(8))];
        let behind = rest.get(length.saturating_add(12)..);
        rest = behind.unwrap_or_default();
        Some(Chunk { kind, body, whole: behind.is_some() })
    })
}
