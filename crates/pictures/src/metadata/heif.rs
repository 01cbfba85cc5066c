//! HEIF's boxes (ISO/IEC 14496-12 and 23008-12), as far as size, colours and metadata need them.

use std::borrow::Cow;

use super::colours;

/// What the boxes say.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Heif<'a> {
    /// Width and height as shown: cropped and turned.
    pub(crate) size: Option<(u32, u32)>,
    /// What its colours are called.
    pub(crate) colours: Option<String>,
    /// A TIFF file.
    pub(crate) exif: Option<Cow<'a, [u8]>>,
    /// An XMP packet.
    pub(crate) xmp: Option<Cow<'a, [u8]>>,
    /// How many pictures a sequence has.
    pub(crate) frames: Option<u32>,
}

/// One box.
#[derive(Clone, Copy)]
struct Box<'a> {
    kind: &'a [u8],
    body: &'a [u8],
}

/// The boxes of a file or of another box's contents, up to the first that is cut off.
fn boxes(mut rest: &[u8]) -> impl Iterator<Item = Box<'_>> {
    std::iter::from_fn(move || {
        let (header, size) = size(rest)?;
        let body = rest.get(header..size)?;
        let kind = &rest[4..8];
        rest = &rest[size..];
        Some(Box { kind, body })
    })
}

/// Kinds and contents of a file's boxes, up to the first that is cut off.
pub(super) fn boxes_of(bytes: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    boxes(bytes).map(|found| (found.kind, found.body))
}

/// Size of a box's header, and of the whole box.
pub(crate) fn size(rest: &[u8]) -> Option<(usize, usize)> {
    let short = u32::from_be_bytes(rest.get(..4)?.try_into().ok()?);
    rest.get(4..8)?;
    let (header, size) = match short {
        // Up to the end of the file.
        0 => (8, rest.len()),
        1 => (16, usize::try_from(u64::from_be_bytes(rest.get(8..16)?.try_into().ok()?)).ok()?),
        size => (8, size as usize),
    };
    (size >= header).then_some((header, size))
}

/// Whether the last box says that it is longer than the file.
pub(crate) fn is_cut_off(bytes: &[u8]) -> bool {
    const KINDS: [&[u8]; 8] = [b"ftyp", b"meta", b"mdat", b"moov", b"uuid", b"free", b"skip", b"mpvd"];
    let mut rest = bytes;
    while let Some((_, size)) = size(rest) {
        match rest.get(size..) {
            Some(behind) => rest = behind,
            // What isn't one of the usual boxes may as well be a trailer that some camera added.
            None => return KINDS.contains(&&rest[4..8]),
        }
    }
    false
}

/// The contents of the first box of a kind.
pub(super) fn child<'a>(body: &'a [u8], kind: &[u8; 4]) -> Option<&'a [u8]> {
    boxes(body).find(|found| found.kind == kind).map(|found| found.body)
}

/// A reader of big-endian numbers that ends quietly.
struct Numbers<'a>(&'a [u8]);

impl Numbers<'_> {
    /// A number of 0 to 8 bytes.
    fn take(&mut self, bytes: usize) -> Option<u64> {
        let value = self.0.get(..bytes)?.iter().fold(0, |value, &byte| value << 8 | u64::from(byte));
        self.0 = &self.0[bytes..];
        Some(value)
    }
}

/// Reads what is known of the primary item.
pub(crate) fn read(bytes: &[u8]) -> Heif<'_> {
    // A full box: version and flags come first.
    let Some(meta) = child(bytes, b"meta").and_then(|body| body.get(4..)) else { return Heif::default() };
    let properties = properties(meta).unwrap_or_default();
    Heif {
        size: shown_size(&properties),
        colours: named_colours(&properties),
        exif: exif(bytes, meta),
        xmp: xmp(bytes, meta),
        frames: frames(bytes),
    }
}

/// The properties of the primary item, in the order in which they apply.
fn properties(meta: &[u8]) -> Option<Vec<Box<'_>>> {
    let primary = child(meta, b"pitm").and_then(|body| {
        let mut numbers = Numbers(body);
        let version = numbers.take(4)? >> 24;
        numbers.take(if version == 0 { 2 } else { 4 })
    })?;
    let properties = child(meta, b"iprp")?;
    let all: Vec<Box> = boxes(child(properties, b"ipco")?).collect();
    let numbers = associated(child(properties, b"ipma")?, primary)?;
    Some(numbers.into_iter().filter_map(|index| all.get(index.checked_sub(1)?).copied()).collect())
}

fn shown_size(properties: &[Box]) -> Option<(u32, u32)> {
    let mut size = None;
    for property in properties {
        let mut numbers = Numbers(property.body);
        match property.kind {
            b"ispe" => {
                numbers.take(4)?;
                size = Some((numbers.take(4)? as u32, numbers.take(4)? as u32));
            }
            // Clean aperture: width and height as fractions.
            b"clap" => {
                let [wn, wd, hn, hd] = [numbers.take(4)?, numbers.take(4)?, numbers.take(4)?, numbers.take(4)?];
                if let (Some(width), Some(height)) = (wn.checked_div(wd), hn.checked_div(hd)) {
                    size = Some((width as u32, height as u32));
                }
            }
            // Quarter turns.
            b"irot" if numbers.take(1)? & 1 == 1 => size = size.map(|(width, height)| (height, width)),
            _ => {}
        }
    }
    size.filter(|&(width, height)| width > 0 && height > 0)
}

/// A profile's description, else by code points.
fn named_colours(properties: &[Box]) -> Option<String> {
    let bodies = || properties.iter().filter(|property| property.kind == b"colr").map(|property| property.body);
    let described = bodies().find_map(|body| {
        let profile = body.strip_prefix(b"prof").or_else(|| body.strip_prefix(b"rICC"))?;
        colours::profile(profile)
    });
    described.or_else(|| {
        bodies().find_map(|body| {
            let mut numbers = Numbers(body.strip_prefix(b"nclx")?);
            colours::code_points(numbers.take(2)? as u16, numbers.take(2)? as u16)
        })
    })
}

/// The number of samples of the first track.
fn frames(bytes: &[u8]) -> Option<u32> {
    let path = [b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stsz"];
    let sizes = path.into_iter().try_fold(bytes, |body, kind| child(body, kind))?;
    let mut numbers = Numbers(sizes);
    numbers.take(8)?;
    numbers.take(4).map(|count| count as u32)
}

/// Numbers (from 1) of the properties of an item, in the order in which they apply.
fn associated(ipma: &[u8], item: u64) -> Option<Vec<usize>> {
    let mut numbers = Numbers(ipma);
    let head = numbers.take(4)?;
    let (version, wide) = (head >> 24, head & 1 == 1);
    for _ in 0..numbers.take(4)? {
        let id = numbers.take(if version == 0 { 2 } else { 4 })?;
        let count = numbers.take(1)?;
        let mut properties = Vec::new();
        for _ in 0..count {
            // The top bit says whether the property is essential.
            let number = if wide { numbers.take(2)? & 0x7FFF } else { numbers.take(1)? & 0x7F };
            properties.push(number as usize);
        }
        if id == item {
            return Some(properties);
        }
    }
    None
}

fn exif<'a>(bytes: &'a [u8], meta: &'a [u8]) -> Option<Cow<'a, [u8]>> {
    let item = item_of_type(child(meta, b"iinf")?, b"Exif", b"")?;
    let block = item_data(bytes, meta, item)?;
    // The Exif block begins with the offset of the TIFF header behind these four bytes (23008-12, A.2.1).
    let skip = u32::from_be_bytes(block.get(..4)?.try_into().ok()?) as usize + 4;
    match block {
        Cow::Borrowed(block) => block.get(skip..).map(Cow::Borrowed),
        Cow::Owned(block) => block.get(skip..).map(|exif| Cow::Owned(exif.to_vec())),
    }
}

fn xmp<'a>(bytes: &'a [u8], meta: &'a [u8]) -> Option<Cow<'a, [u8]>> {
    item_data(bytes, meta, item_of_type(child(meta, b"iinf")?, b"mime", b"application/rdf+xml")?)
}

/// The first item of a type, and of a media type if it has one; its name comes in front of that.
fn item_of_type(iinf: &[u8], kind: &[u8; 4], media_type: &[u8]) -> Option<u64> {
    let version = iinf.first()?;
    let entries = iinf.get(if *version == 0 { 6 } else { 8 }..)?;
    boxes(entries).filter(|entry| entry.kind == b"infe").find_map(|entry| {
        let mut numbers = Numbers(entry.body);
        let version = numbers.take(4)? >> 24;
        let id = numbers.take(if version < 3 { 2 } else { 4 })?;
        numbers.take(2)?;
        let is_of_type = version >= 2 && numbers.0.get(..4)? == kind;
        let mut words = numbers.0.get(4..)?.split(|&byte| byte == 0).skip(1);
        (is_of_type && (media_type.is_empty() || words.next() == Some(media_type))).then_some(id)
    })
}

/// The bytes of an item, as `iloc` says.
fn item_data<'a>(bytes: &'a [u8], meta: &'a [u8], item: u64) -> Option<Cow<'a, [u8]>> {
    let mut numbers = Numbers(child(meta, b"iloc")?);
    let version = numbers.take(4)? >> 24;
    let sizes = numbers.take(2)?;
    let [offset_size, length_size, base_size] = [12, 8, 4].map(|shift| (sizes >> shift & 15) as usize);
    let index_size = if version > 0 { (sizes & 15) as usize } else { 0 };
    if [offset_size, length_size, base_size, index_size].iter().any(|&size| size > 8) {
        return None;
    }
    let count = numbers.take(if version < 2 { 2 } else { 4 })?;
    for _ in 0..count {
        let id = numbers.take(if version < 2 { 2 } else { 4 })?;
        // 0: offsets in the file; 1: in the `idat` box.
        let method = if version > 0 { numbers.take(2)? & 15 } else { 0 };
        numbers.take(2)?;
        let base = numbers.take(base_size)?;
        let extents = numbers.take(2)?;
        let mut pieces = Vec::new();
        for _ in 0..extents {
            numbers.take(index_size)?;
            pieces.push((numbers.take(offset_size)?, numbers.take(length_size)?));
        }
        if id != item {
            continue;
        }
        let source = match method {
            0 => bytes,
            1 => child(meta, b"idat")?,
            _ => return None,
        };
        let piece = |(offset, length): (u64, u64)| {
            let from = usize::try_from(base.checked_add(offset)?).ok()?;
            source.get(from..from.checked_add(usize::try_from(length).ok()?)?)
        };
        return match pieces.as_slice() {
            [one] => piece(*one).map(Cow::Borrowed),
            pieces => {
                let pieces: Vec<&[u8]> = pieces.iter().map(|&extent| piece(extent)).collect::<Option<_>>()?;
                Some(Cow::Owned(pieces.concat()))
            }
        };
    }
    None
}
