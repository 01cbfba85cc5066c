//! WebP: the first frame that shows something.
//!
//! Only the chunks with pixels are handed to the decoder, in a file made anew, so that nothing else in a file (flags for
//! chunks that aren't there, wrong sizes, trailers) is a reason to show nothing. References are to RFC 9649.

use std::borrow::Cow;

use image::ImageFormat;

use super::canvas::{Area, Blend, Canvas, Dispose, MOST_FRAMES};
use super::decoded::{Decoded, Undecoded};
use super::whole;
use crate::{Format, Limits, Remark};

/// Decodes a WebP: of an animation the first picture that isn't empty or all of one colour.
pub(super) fn decode<'a>(bytes: &'a [u8], limits: &Limits) -> Result<Decoded<'a>, Undecoded> {
    let chunks: Vec<Chunk> = chunks(bytes.get(12..).unwrap_or_default()).collect();
    let profile =
        chunks.iter().find(|chunk| &chunk.kind == b"ICCP" && !chunk.cut).map(|chunk| Cow::Borrowed(chunk.body));
    let cut = chunks.iter().any(Chunk::is_cut) || is_shorter_than_said(bytes);
    let cut = cut.then_some(Remark::Truncated { missing: None });
    let decoded = match Still::of(&chunks) {
        Some(still) => still.decode(limits),
        None => animation(&chunks, limits),
    };
    let decoded = decoded.map_err(|undecoded| match (undecoded, cut) {
        (Undecoded::Unsupported, Some(cut)) => Undecoded::Because(cut),
        _ => undecoded,
    })?;
    let remark = decoded.remark.or(cut);
    Ok(Decoded { profile, remark, ..decoded })
}

/// Whether the file ends before its header says; the padding of the last chunk alone is no loss.
fn is_shorter_than_said(bytes: &[u8]) -> bool {
    let said = bytes.get(4..8).and_then(|size| size.try_into().ok()).map_or(0, u32::from_le_bytes);
    u64::from(said) + 8 > bytes.len() as u64 + 1
}

/// A chunk (2.3), the last one as far as it is there.
struct Chunk<'a> {
    kind: [u8; 4],
    body: &'a [u8],
    /// As the file says.
    size: usize,
    /// The file ends before the chunk does.
    cut: bool,
}

impl Chunk<'_> {
    /// Whether a chunk of the format is cut off, and not what only looks like one in a trailer.
    fn is_cut(&self) -> bool {
        const KINDS: [&[u8; 4]; 9] = [b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP", b"EXIF", b"XMP "];
        self.cut && KINDS.contains(&&self.kind)
    }
}

fn chunks(mut rest: &[u8]) -> impl Iterator<Item = Chunk<'_>> {
    std::iter::from_fn(move || {
        let kind = *rest.first_chunk::<4>()?;
        let size = u32::from_le_bytes(rest.get(4..8)?.try_into().ok()?) as usize;
        let end = size.saturating_add(8);
        let body = &rest[8..rest.len().min(end)];
        let cut = end > rest.len();
        // Chunks are padded to an even size.
        rest = rest.get(end.saturating_add(size % 2)..).unwrap_or_default();
        Some(Chunk { kind, body, size, cut })
    })
}

/// The pixels of one picture or frame.
struct Still<'a> {
    alpha: Option<&'a [u8]>,
    pixels: &'a Chunk<'a>,
}

impl<'a> Still<'a> {
    /// The first picture among chunks; `None` for animations, whose frames hold such chunks themselves.
    fn of(chunks: &'a [Chunk<'a>]) -> Option<Still<'a>> {
        let pixels = chunks.iter().find(|chunk| matches!(&chunk.kind, b"VP8 " | b"VP8L"))?;
        let alpha = chunks.iter().find(|chunk| &chunk.kind == b"ALPH" && !chunk.cut).map(|chunk| chunk.body);
        Some(Still { alpha, pixels })
    }

    fn decode<'b>(&self, limits: &Limits) -> Result<Decoded<'b>, Undecoded> {
        let (body, remark) = self.completed(limits);
        let lossy_size = (&self.pixels.kind == b"VP8 ").then(|| lossy_size(&body)).flatten();
        let mut file = b"RIFF\0\0\0\0WEBP".to_vec();
        if let (Some(alpha), Some((width, height))) = (self.alpha, lossy_size) {
            let [w, h] = [width, height].map(|side| (side.max(1) - 1).to_le_bytes());
            let extended = [0x10, 0, 0, 0, w[0], w[1], w[2], h[0], h[1], h[2]];
            write_chunk(&mut file, b"VP8X", &extended);
            write_chunk(&mut file, b"ALPH", alpha);
        }
        write_chunk(&mut file, &self.pixels.kind, &body);
        let size = (file.len() as u32 - 8).to_le_bytes();
        file[4..8].copy_from_slice(&size);
        match whole::decode(&file, Format::WebP, ImageFormat::WebP, limits) {
            // The colours can be had without the transparency.
            Err(Undecoded::Because(Remark::Unreadable { .. })) if self.alpha.is_some() => {
                let decoded = Still { alpha: None, ..*self }.decode(limits)?;
                Ok(Decoded { remark: remark.or(Some(Remark::Damaged { from: None })), ..decoded })
            }
            Err(Undecoded::Because(_)) if self.pixels.body.is_empty() => Err(Remark::NoPixels.into()),
            Err(Undecoded::Because(Remark::Unreadable { .. })) if self.pixels.cut => {
                Err(Remark::Truncated { missing: None }.into())
            }
            decoded => decoded.map(|decoded| Decoded { remark, ..decoded }),
        }
    }

    /// The pixels, with zeros for what a lossy picture lacks: its decoder reads them as a picture without detail.
    fn completed(&self, limits: &Limits) -> (Cow<'a, [u8]>, Option<Remark>) {
        let Chunk { kind, body, size, cut } = *self.pixels;
        if !cut || size == 0 {
            return (Cow::Borrowed(body), None);
        }
        let missing = ((size - body.len()) as u64 * 100).div_ceil(size as u64) as u8;
        let remark = Some(Remark::Truncated { missing: Some(missing) });
        if &kind != b"VP8 " || size as u64 > limits.max_alloc / 4 {
            return (Cow::Borrowed(body), remark);
        }
        let mut whole = body.to_vec();
        whole.resize(size, 0);
        (Cow::Owned(whole), remark)
    }
}

fn write_chunk(file: &mut Vec<u8>, kind: &[u8; 4], body: &[u8]) {
    file.extend(kind);
    file.extend((body.len() as u32).to_le_bytes());
    file.extend(body);
    if body.len() % 2 == 1 {
        file.push(0);
    }
}

/// Width and height in a lossy picture's frame header (RFC 6386, 9.1).
fn lossy_size(body: &[u8]) -> Option<(u32, u32)> {
    let side = |at: usize| Some(u32::from(u16::from_le_bytes(body.get(at..at + 2)?.try_into().ok()?) & 0x3FFF));
    Some((side(6)?, side(8)?))
}

/// A frame of an animation (2.7.1.1).
struct Frame<'a> {
    area: Area,
    blend: Blend,
    dispose: Dispose,
    chunks: Vec<Chunk<'a>>,
}

impl<'a> Frame<'a> {
    fn read(body: &'a [u8]) -> Option<Frame<'a>> {
        let flags = *body.get(15)?;
        let (left, top) = (number(body, 0)? * 2, number(body, 3)? * 2);
        let (width, height) = (number(body, 6)? + 1, number(body, 9)? + 1);
        Some(Frame {
            area: Area { left, top, width, height },
            blend: if flags & 2 != 0 { Blend::Source } else { Blend::Over },
            dispose: if flags & 1 != 0 { Dispose::Clear } else { Dispose::Keep },
            chunks: chunks(&body[16..]).collect(),
        })
    }
}

/// A number of 24 bits.
fn number(body: &[u8], at: usize) -> Option<usize> {
    let bytes = body.get(at..at + 3)?;
    Some(u32::from_le_bytes([bytes[0], bytes[1], bytes[2], 0]) as usize)
}

/// Puts frames onto each other until they show something.
fn animation<'b>(chunks: &[Chunk], limits: &Limits) -> Result<Decoded<'b>, Undecoded> {
    let frames: Vec<Frame> =
        chunks.iter().filter(|chunk| &chunk.kind == b"ANMF").filter_map(|chunk| Frame::read(chunk.body)).collect();
    let first = frames.first().ok_or(Undecoded::from(Remark::NoPixels))?.area;
    let header = chunks.iter().find(|chunk| &chunk.kind == b"VP8X");
    let said = header.and_then(|chunk| Some((number(chunk.body, 4)? + 1, number(chunk.body, 7)? + 1)));
    let (width, height) = said.unwrap_or((first.left + first.width, first.top + first.height));
    let (width, height) = (width as u32, height as u32);
    let mut canvas = Canvas::new(width, height, limits)?;
    let mut remark = None;
    let mut drawn = false;
    for frame in frames.iter().take(MOST_FRAMES) {
        let Some(still) = Still::of(&frame.chunks).filter(|_| canvas.takes(frame.area, limits)) else { break };
        let decoded = match still.decode(limits) {
            Ok(decoded) => decoded,
            Err(Undecoded::Because(because)) => {
                remark.get_or_insert(because);
                break;
            }
            Err(Undecoded::Unsupported) => break,
        };
        remark = remark.or(decoded.remark);
        drawn = true;
        let pixels = decoded.raster.to_rgba();
        for (y, row) in pixels.chunks_exact(decoded.raster.width.max(1) as usize * 4).enumerate() {
            canvas.draw(row, frame.area.left, frame.area.top + y, frame.blend);
        }
        if canvas.is_done(frame.area, frame.dispose) {
            break;
        }
    }
    if !drawn {
        return Err(remark.map_or(Undecoded::Unsupported, Undecoded::Because));
    }
    Ok(Decoded { raster: canvas.into_raster(), width, height, profile: None, remark })
}
