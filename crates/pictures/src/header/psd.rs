//! Photoshop's PSD and PSB ("Adobe Photoshop File Formats Specification").

use crate::numbers::{be16, be32, be64};

pub(crate) struct Header {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) channels: u16,
    /// Bits of a sample: 1, 8, 16 or 32.
    pub(crate) depth: u16,
    /// 0 bitmap, 1 grey, 2 palette, 3 RGB, 4 CMYK, 7 multichannel, 8 duotone, 9 Lab.
    pub(crate) mode: u16,
    /// PSB: lengths of rows and of the layers' section are larger.
    pub(crate) large: bool,
}

impl Header {
    pub(crate) fn read(bytes: &[u8]) -> Option<Header> {
        let version = be16(bytes.strip_prefix(b"8BPS")?, 0)?;
        let (channels, height, width) = (be16(bytes, 12)?, be32(bytes, 14)?, be32(bytes, 18)?);
        let (depth, mode) = (be16(bytes, 22)?, be16(bytes, 24)?);
        let is_sound = matches!(version, 1 | 2)
            && (1..=56).contains(&channels)
            && (1..=300_000).contains(&width)
            && (1..=300_000).contains(&height)
            && matches!(depth, 1 | 8 | 16 | 32)
            && matches!(mode, 0..=4 | 7..=9);
        is_sound.then_some(Header { width, height, channels, depth, mode, large: version == 2 })
    }
}

/// The parts of a file, as far as they are there.
pub(crate) struct Parts<'a> {
    /// The palette of pictures that have one.
    pub(crate) colours: &'a [u8],
    /// Photoshop's image resources: profile, Exif, XMP, thumbnail.
    pub(crate) resources: &'a [u8],
    /// Whether the first channel behind the colours says what is transparent.
    pub(crate) has_alpha: bool,
    /// The picture as all layers together show it: the coding, then rows.
    pub(crate) merged: &'a [u8],
}

/// Finds the parts.
pub(crate) fn parts<'a>(bytes: &'a [u8], header: &Header) -> Parts<'a> {
    let mut rest = bytes.get(26..).unwrap_or_default();
    let mut part = |wide: bool| {
        let length = if wide { be64(rest, 0) } else { be32(rest, 0).map(u64::from) };
        let behind = rest.get(if wide { 8 } else { 4 }..).unwrap_or_default();
        let length = length.map_or(usize::MAX, |length| usize::try_from(length).unwrap_or(usize::MAX));
        let (part, behind) = behind.split_at(length.min(behind.len()));
        rest = behind;
        part
    };
    let (colours, resources) = (part(false), part(false));
    let layers = part(header.large);
    Parts { colours, resources, has_alpha: has_alpha(layers, header.large), merged: rest }
}

/// A negative number of layers says so; with more than 8 bits, where layers stand elsewhere, a block of that name.
fn has_alpha(layers: &[u8], large: bool) -> bool {
    let count = be16(layers, if large { 8 } else { 4 });
    const BLOCKS: [&[u8]; 3] = [b"8BIMMtrn", b"8BIMMt16", b"8BIMMt32"];
    count.is_some_and(|count| (count as i16) < 0) || layers.windows(8).any(|name| BLOCKS.contains(&name))
}

/// The resource of a number.
pub(crate) fn resource(resources: &[u8], wanted: u16) -> Option<&[u8]> {
    let even = |length: usize| length + length % 2;
    let mut rest = resources;
    loop {
        // Signature, number, a name with its length in front, and the size.
        let number = be16(rest.strip_prefix(b"8BIM")?, 0)?;
        let size_at = 6 + even(usize::from(*rest.get(6)?) + 1);
        let size = be32(rest, size_at)? as usize;
        let body = &rest[size_at + 4..];
        if number == wanted {
            return body.get(..size.min(body.len()));
        }
        rest = body.get(even(size)..)?;
    }
}
