//! GIF (89a): how many pictures it has, and an XMP packet in an application's extension.

use account_api::Facts;

use super::stated::Metadata;
use super::xmp;
use crate::gif_blocks::sub_blocks;

/// Reads what the blocks say, up to the first that is cut off.
pub(super) fn read(bytes: &[u8]) -> Metadata {
    let mut read = Metadata::default();
    let mut frames = 0;
    walk(bytes, &mut |block| match block {
        Block::Frame => frames += 1,
        Block::Xmp(packet) => read = xmp::read(packet),
    });
    Metadata { facts: Facts { frames: Some(frames), ..read.facts }, ..read }
}

enum Block<'a> {
    Frame,
    Xmp(&'a [u8]),
}

/// The application's name and code in front of a packet (ISO 16684-3, 6.5.1).
const XMP: &[u8] = b"\x0BXMP DataXMP";

fn walk<'a>(bytes: &'a [u8], seen: &mut impl FnMut(Block<'a>)) -> Option<()> {
    let colours = |flags: u8| if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) };
    let mut at = 13 + colours(*bytes.get(10)?);
    loop {
        match *bytes.get(at)? {
            0x21 => {
                let end = sub_blocks(bytes, at + 2)?;
                // The packet isn't in sub-blocks: it is followed by bytes that end them wherever one looks.
                if let Some(packet) = bytes[at + 2..end].strip_prefix(XMP) {
                    seen(Block::Xmp(packet));
                }
                at = end;
            }
            0x2C => {
                seen(Block::Frame);
                at = sub_blocks(bytes, at + 11 + colours(*bytes.get(at + 9)?))?;
            }
            _ => return Some(()),
        }
    }
}
