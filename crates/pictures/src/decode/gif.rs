//! GIF: the first frame that shows something, and a look at whether all frames are there.

use std::borrow::Cow;
use std::io::Cursor;
use std::ops::Range;

use gif::{ColorOutput, DecodeOptions, DisposalMethod, MemoryLimit};

use super::canvas::{Area, Blend, Canvas, Dispose, MOST_FRAMES};
use super::decoded::{Decoded, Undecoded};
use crate::gif_blocks::sub_blocks;
use crate::{Format, Limits, Remark};

/// Decodes a GIF: of an animation the first picture that isn't empty or all of one colour.
pub(super) fn decode<'a>(bytes: &[u8], limits: &Limits) -> Result<Decoded<'a>, Undecoded> {
    let unreadable = Undecoded::from(Remark::Unreadable { format: Format::Gif });
    let blocks = Blocks::read(bytes);
    let Some(first) = blocks.first else {
        return Err(if blocks.cut || bytes.len() > 13 { Remark::NoPixels.into() } else { unreadable });
    };
    let mut options = DecodeOptions::new();
    options.set_color_output(ColorOutput::RGBA);
    options.set_memory_limit(MemoryLimit::Unlimited);
    options.check_frame_consistency(false);
    options.check_lzw_end_code(false);
    options.allow_unknown_blocks(true);
    let stored = blocks.without_padding(bytes);
    let mut decoder = options.read_info(Cursor::new(&*stored)).map_err(|_| unreadable)?;
    // A first frame that is larger than the logical screen is the picture: the screen's size is wrong.
    let width = u32::from(decoder.width()).max(first.0);
    let height = u32::from(decoder.height()).max(first.1);
    let mut canvas = Canvas::new(width, height, limits)?;
    let mut remark = None;
    let mut drawn = false;
    for index in 0..MOST_FRAMES {
        let frame = match decoder.next_frame_info() {
            Ok(Some(frame)) => Placed::of(frame),
            Ok(None) => break,
            Err(_) => {
                remark.get_or_insert(Remark::Damaged { from: None });
                break;
            }
        };
        if !canvas.takes(frame.area, limits) {
            break;
        }
        if frame.dispose == Dispose::Restore {
            canvas.remember();
        }
        let height = frame.area.height;
        let mut line = vec![0; frame.area.width * 4];
        let mut rows = 0;
        for y in frame.rows() {
            if !matches!(decoder.fill_buffer(&mut line), Ok(true)) {
                break;
            }
            canvas.draw(&line, frame.area.left, frame.area.top + y, Blend::Over);
            rows += 1;
        }
        drawn |= rows > 0;
        if rows < height {
            remark.get_or_insert(match (index, blocks.cut) {
                // What the first passes brought is spread over the whole picture.
                (0, true) if frame.interlaced && rows > 0 => Remark::Coarse { missing: None },
                (0, true) => Remark::Truncated { missing: Some(((height - rows) * 100).div_ceil(height) as u8) },
                (_, true) => Remark::Truncated { missing: None },
                (_, false) => Remark::Damaged { from: (index == 0).then(|| (rows * 100 / height) as u8) },
            });
        }
        if canvas.is_done(frame.area, frame.dispose) || rows < height {
            break;
        }
    }
    let remark = remark.or(blocks.cut.then_some(Remark::Truncated { missing: None }));
    if !drawn {
        return Err(remark.map_or(unreadable, Undecoded::from));
    }
    Ok(Decoded { raster: canvas.into_raster(), width, height, profile: None, remark })
}

/// Where a frame stands, and what becomes of it.
struct Placed {
    area: Area,
    interlaced: bool,
    dispose: Dispose,
}

impl Placed {
    fn of(frame: &gif::Frame) -> Placed {
        let [left, top, width, height] = [frame.left, frame.top, frame.width, frame.height].map(usize::from);
        let dispose = match frame.dispose {
            DisposalMethod::Background => Dispose::Clear,
            DisposalMethod::Previous => Dispose::Restore,
            DisposalMethod::Any | DisposalMethod::Keep => Dispose::Keep,
        };
        Placed { area: Area { left, top, width, height }, interlaced: frame.interlaced, dispose }
    }

    /// The rows in the order in which they are stored (GIF 89a, appendix E).
    fn rows(&self) -> Vec<usize> {
        let passes: &[(usize, usize)] = if self.interlaced { &[(0, 8), (4, 8), (2, 4), (1, 2)] } else { &[(0, 1)] };
        passes.iter().flat_map(|&(from, step)| (from..self.area.height).step_by(step)).collect()
    }
}

/// What walking over the blocks finds.
#[derive(Default)]
struct Blocks {
    /// Size of the first frame's area, from the canvas's left and upper edge.
    first: Option<(u32, u32)>,
    /// The last block is cut off. The end mark is not asked for: many files do without, and all viewers show them.
    cut: bool,
    /// Zeros between blocks, which some writers leave there, and which the decoder takes for the end.
    padding: Vec<Range<usize>>,
}

impl Blocks {
    fn read(bytes: &[u8]) -> Blocks {
        let mut blocks = Blocks::default();
        blocks.cut = blocks.walk(bytes).is_none();
        blocks
    }

    /// The file without the zeros between its blocks.
    fn without_padding<'a>(&self, bytes: &'a [u8]) -> Cow<'a, [u8]> {
        if self.padding.is_empty() {
            return Cow::Borrowed(bytes);
        }
        let mut kept = Vec::with_capacity(bytes.len());
        let mut at = 0;
        for padding in &self.padding {
            kept.extend(&bytes[at..padding.start]);
            at = padding.end;
        }
        kept.extend(&bytes[at..]);
        Cow::Owned(kept)
    }

    fn walk(&mut self, bytes: &[u8]) -> Option<()> {
        let colours = |flags: u8| if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) };
        let mut at = 13 + colours(*bytes.get(10)?);
        while let Some(&introducer) = bytes.get(at) {
            match introducer {
                // An extension: its label, then sub-blocks.
                0x21 => at = sub_blocks(bytes, at + 2)?,
                // A frame: descriptor, colours, code size, then sub-blocks.
                0x2C => {
                    let descriptor = bytes.get(at + 1..at + 10)?;
                    let number = |at: usize| u32::from(u16::from_le_bytes([descriptor[at], descriptor[at + 1]]));
                    self.first.get_or_insert((number(0) + number(4), number(2) + number(6)));
                    at = sub_blocks(bytes, at + 11 + colours(descriptor[8]))?;
                }
                0 => {
                    let length = bytes[at..].iter().take_while(|&&byte| byte == 0).count();
                    if matches!(bytes.get(at + length), Some(0x21 | 0x2C)) {
                        self.padding.push(at..at + length);
                    }
                    at += length;
                }
                // The end mark, or what isn't GIF any more.
                _ => return Some(()),
            }
        }
        // The colour table alone may already be cut off.
        (at == bytes.len()).then_some(())
    }
}
