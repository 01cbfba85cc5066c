//! The marker segments of a JPEG (T.81, annex B), as far as they aren't compressed data: size and metadata.

use std::borrow::Cow;

/// The marker segments of a JPEG: what isn't compressed data.
pub(crate) struct Segments<'a> {
    data: &'a [u8],
    /// Where the next segment is looked for.
    pub(crate) at: usize,
}

/// A marker and its segment, without the length.
pub(crate) struct Segment<'a> {
    pub(crate) marker: u8,
    pub(crate) body: &'a [u8],
    /// The length says more than the file has.
    pub(crate) cut: bool,
}

impl<'a> Segments<'a> {
    /// From the beginning of a file.
    pub(crate) fn new(data: &'a [u8]) -> Segments<'a> {
        Segments { data, at: 2 }
    }
}

impl<'a> Iterator for Segments<'a> {
    type Item = Segment<'a>;

    fn next(&mut self) -> Option<Segment<'a>> {
        // Bytes that belong to no segment are skipped, as libjpeg does.
        loop {
            self.at += self.data.get(self.at..)?.iter().position(|&byte| byte == 0xFF)?;
            match self.data.get(self.at + 1)? {
                0xFF => self.at += 1,
                0 => self.at += 2,
                _ => break,
            }
        }
        let marker = self.data[self.at + 1];
        self.at += 2;
        if matches!(marker, 0x01 | 0xD0..=0xD9) {
            return Some(Segment { marker, body: &[], cut: false });
        }
        let length = match self.data.get(self.at..self.at + 2) {
            Some(length) => usize::from(u16::from_be_bytes([length[0], length[1]])),
            None => {
                self.at = self.data.len();
                return Some(Segment { marker, body: &[], cut: true });
            }
        };
        let end = self.at + length.max(2);
        let body = &self.data[self.at + 2..end.min(self.data.len()).max(self.at + 2)];
        self.at = end.min(self.data.len());
        Some(Segment { marker, body, cut: end > self.data.len() })
    }
}

/// The first Exif block of a JPEG (a TIFF file in itself), wherever in front of the pixels it stands.
pub fn exif(data: &[u8]) -> Option<&[u8]> {
    before_pixels(data).find_map(|segment| match segment.marker {
        0xE1 => segment.body.strip_prefix(b"Exif\0").and_then(|rest| rest.get(1..)).filter(|rest| !rest.is_empty()),
        _ => None,
    })
}

/// The XMP packet of a JPEG (ISO 16684-3, 6.3.1).
pub fn xmp(data: &[u8]) -> Option<&[u8]> {
    let mut packets = before_pixels(data).filter(|segment| segment.marker == 0xE1);
    packets.find_map(|segment| segment.body.strip_prefix(b"http://ns.adobe.com/xap/1.0/\0"))
}

/// Photoshop's image resources (`APP13`).
pub fn photoshop(data: &[u8]) -> Option<&[u8]> {
    let mut resources = before_pixels(data).filter(|segment| segment.marker == 0xED);
    resources.find(|segment| segment.body.starts_with(b"Photoshop 3.0\0")).map(|segment| segment.body)
}

/// The colour profile (ICC.1:2010, B.4): one or several numbered `APP2` segments.
pub fn icc(data: &[u8]) -> Option<Cow<'_, [u8]>> {
    let mut pieces: Vec<(u8, u8, &[u8])> = before_pixels(data)
        .filter(|segment| segment.marker == 0xE2)
        .filter_map(|segment| match segment.body.strip_prefix(b"ICC_PROFILE\0")? {
            [number, count, piece @ ..] => Some((*number, *count, piece)),
            _ => None,
        })
        .collect();
    pieces.sort_by_key(|piece| piece.0);
    let count = usize::from(pieces.first()?.1);
    let whole = pieces.len() == count && pieces.iter().zip(1..).all(|(piece, number)| piece.0 == number);
    match (whole, pieces.as_slice()) {
        (false, _) => None,
        (true, [(_, _, piece)]) => Some(Cow::Borrowed(piece)),
        (true, pieces) => Some(Cow::Owned(pieces.iter().flat_map(|piece| piece.2).copied().collect())),
    }
}

fn before_pixels(data: &[u8]) -> impl Iterator<Item = Segment<'_>> {
    Segments::new(data).take_while(|segment| !matches!(segment.marker, 0xDA | 0xD9))
}

/// The frame header: its marker's second byte, `0xC0` for baseline, and its segment.
pub fn frame_header(data: &[u8]) -> Option<(u8, &[u8])> {
    let is_frame = |marker: u8| matches!(marker, 0xC0..=0xCF) && !matches!(marker, 0xC4 | 0xC8 | 0xCC);
    before_pixels(data).find(|segment| is_frame(segment.marker)).map(|segment| (segment.marker, segment.body))
}

/// The first scan's header, without the compressed data that follows.
pub fn scan_header(data: &[u8]) -> Option<&[u8]> {
    Segments::new(data).find(|segment| segment.marker == 0xDA && !segment.cut).map(|segment| segment.body)
}

/// The segments with quantisation tables, Huffman tables and the restart interval, as another JPEG can have them.
pub fn tables(data: &[u8]) -> Vec<u8> {
    let tables = before_pixels(data).filter(|segment| matches!(segment.marker, 0xC4 | 0xDB | 0xDD));
    tables.flat_map(|segment| self::segment(segment.marker, segment.body)).collect()
}

/// A marker and its segment, as they stand in a file.
pub fn segment(marker: u8, body: &[u8]) -> Vec<u8> {
    let length = (body.len().min(65_533) as u16 + 2).to_be_bytes();
    [&[0xFF, marker][..], &length, &body[..body.len().min(65_533)]].concat()
}

/// Width and height as the frame header says, without reading further.
pub fn dimensions(data: &[u8]) -> Option<(u32, u32)> {
    let [_, y1, y2, x1, x2, ..] = frame_header(data)?.1 else { return None };
    let (width, height) = (u16::from_be_bytes([*x1, *x2]), u16::from_be_bytes([*y1, *y2]));
    let height = if height == 0 { number_of_lines(data).map_or(0, u16::from_be_bytes) } else { height };
    (width > 0 && height > 0).then_some((width.into(), height.into()))
}

/// Whether this is a JPEG of the kinds that are for showing: 8 bits, grey or in colours, sequential or progressive.
pub fn is_for_showing(data: &[u8]) -> bool {
    before_pixels(data)
        .any(|segment| matches!(segment.marker, 0xC0..=0xC2) && matches!(segment.body, [8, _, _, _, _, 1 | 3, ..]))
}

/// The height where the frame header leaves it open (T.81, B.2.5): it follows the first scan. Nothing in compressed data
/// looks like that segment.
pub(crate) fn number_of_lines(data: &[u8]) -> Option<[u8; 2]> {
    let scan = data.windows(2).position(|pair| pair == [0xFF, 0xDA])?;
    let at = scan + data[scan..].windows(4).position(|four| four == [0xFF, 0xDC, 0, 4])?;
    data.get(at + 4..)?.first_chunk().copied()
}
