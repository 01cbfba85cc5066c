//! Encapsulated PostScript (Adobe Technical Note 5002), with and without the binary header of DOS.

use memchr::memmem;

use crate::numbers::le32;

/// Longest part of the document's head that is looked through.
const HEAD: usize = 64 << 10;

/// Whether this is PostScript that says it is encapsulated.
pub(crate) fn is_eps(bytes: &[u8]) -> bool {
    let first = |bytes: &[u8]| bytes.split(|&byte| byte == b'\n' || byte == b'\r').next().map(<[u8]>::to_vec);
    is_postscript(bytes) && first(postscript(bytes)).is_some_and(|line| line.windows(5).any(|word| word == b" EPSF"))
        || dos(bytes).is_some()
}

/// Whether this is PostScript, whatever it is meant for.
pub(crate) fn is_postscript(bytes: &[u8]) -> bool {
    postscript(bytes).starts_with(b"%!PS") || dos(bytes).is_some()
}

/// Width and height in points, of which there are 72 to an inch.
pub(crate) fn size(bytes: &[u8]) -> Option<(u32, u32)> {
    let document = postscript(bytes);
    let head = String::from_utf8_lossy(&document[..document.len().min(HEAD)]);
    let numbers = |name: &str| {
        let values = head.split(['\n', '\r']).filter_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        let mut boxes = values.filter_map(|line| {
            let numbers: Vec<f64> = line.split_ascii_whitespace().map_while(|word| word.parse().ok()).collect();
            if let [left, bottom, right, top] = numbers[..] { Some((right - left, top - bottom)) } else { None }
        });
        boxes.next()
    };
    let (width, height) = numbers("%%BoundingBox").or_else(|| numbers("%%HiResBoundingBox"))?;
    let whole = |side: f64| ((0.5..1e6).contains(&side)).then(|| side.round() as u32);
    Some((whole(width)?, whole(height)?))
}

/// The TIFF that shows what the document does, where there is one.
pub(crate) fn tiff(bytes: &[u8]) -> Option<&[u8]> {
    part(bytes, 20)
}

/// The Windows metafile that shows what the document does, where there is one.
pub(crate) fn metafile(bytes: &[u8]) -> Option<&[u8]> {
    part(bytes, 12)
}

/// A part of the file that the header of DOS tells of: its offset and length.
fn part(bytes: &[u8], at: usize) -> Option<&[u8]> {
    let header = dos(bytes)?;
    let (at, length) = (le32(header, at)? as usize, le32(header, at + 4)? as usize);
    let there = bytes.get(at..at.saturating_add(length).min(bytes.len()))?;
    (!there.is_empty()).then_some(there)
}

/// The picture in comments of the document (Technical Note 5002, section 6).
pub(crate) struct Interchange<'a> {
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// Bits a pixel: 1, 2, 4 or 8.
    pub(crate) depth: u32,
    /// Hexadecimal digits between characters that don't count.
    pub(crate) digits: &'a [u8],
    /// White is 1, not 0 as it should be: ImageMagick writes it so.
    pub(crate) inverted: bool,
}

/// Finds it.
pub(crate) fn interchange(bytes: &[u8]) -> Option<Interchange<'_>> {
    let document = postscript(bytes);
    let from = memmem::find(document, b"%%BeginPreview:")?;
    let (head, rest) = (&document[..from], &document[from + b"%%BeginPreview:".len()..]);
    let line = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r'))?;
    let numbers = String::from_utf8_lossy(&rest[..line]);
    let mut numbers = numbers.split_ascii_whitespace().map_while(|word| word.parse().ok());
    let (width, height, depth) = (numbers.next()?, numbers.next()?, numbers.next()?);
    let digits = &rest[line..];
    let digits = &digits[..memmem::find(digits, b"%%EndPreview").unwrap_or(digits.len())];
    let inverted = depth == 1 && memmem::find(head, b"%%Creator: (ImageMagick").is_some();
    let makes_sense = width > 0 && height > 0 && matches!(depth, 1 | 2 | 4 | 8);
    makes_sense.then_some(Interchange { width, height, depth, digits, inverted })
}

/// Whether the header of DOS tells of parts that aren't there.
pub(crate) fn is_cut_off(bytes: &[u8]) -> bool {
    let end = |header: &[u8], at: usize| Some(u64::from(le32(header, at)?) + u64::from(le32(header, at + 4)?));
    dos(bytes).is_some_and(|header| {
        [4, 12, 20].into_iter().filter_map(|at| end(header, at)).any(|end| end > bytes.len() as u64)
    })
}

/// The header that DOS programs put in front: where the PostScript and its previews are.
fn dos(bytes: &[u8]) -> Option<&[u8]> {
    bytes.get(..30).filter(|header| header.starts_with(&[0xC5, 0xD0, 0xD3, 0xC6]))
}

fn postscript(bytes: &[u8]) -> &[u8] {
    let document = dos(bytes).and_then(|header| bytes.get(le32(header, 4)? as usize..)).unwrap_or(bytes);
    // Printers once wanted an end of transmission in front.
    document.strip_prefix(&[4]).unwrap_or(document)
}
