//! Directories of TIFF files (TIFF 6.0, section 2; BigTIFF), read as far as they make sense. Cameras and editors write
//! broken ones: entries that point nowhere, counts that are too large, directories that end early.

use std::collections::HashSet;

/// Tags that are read here.
pub(crate) mod tag {
    pub(crate) const NEW_SUBFILE_TYPE: u16 = 0xFE;
    pub(crate) const IMAGE_WIDTH: u16 = 0x100;
    pub(crate) const IMAGE_HEIGHT: u16 = 0x101;
    pub(crate) const COMPRESSION: u16 = 0x103;
    pub(crate) const PHOTOMETRIC: u16 = 0x106;
    pub(crate) const FILL_ORDER: u16 = 0x10A;
    pub(crate) const MAKE: u16 = 0x10F;
    pub(crate) const MODEL: u16 = 0x110;
    pub(crate) const ORIENTATION: u16 = 0x112;
    pub(crate) const DATE_CHANGED: u16 = 0x132;
    pub(crate) const SUB_IFDS: u16 = 0x14A;
    pub(crate) const XMP: u16 = 0x2BC;
    pub(crate) const IPTC: u16 = 0x83BB;
    pub(crate) const PHOTOSHOP: u16 = 0x8649;
    pub(crate) const EXIF: u16 = 0x8769;
    pub(crate) const ICC_PROFILE: u16 = 0x8773;
    pub(crate) const GPS: u16 = 0x8825;
    pub(crate) const EXPOSURE_TIME: u16 = 0x829A;
    pub(crate) const F_NUMBER: u16 = 0x829D;
    pub(crate) const ISO: u16 = 0x8827;
    pub(crate) const STANDARD_OUTPUT_SENSITIVITY: u16 = 0x8831;
    pub(crate) const RECOMMENDED_EXPOSURE_INDEX: u16 = 0x8832;
    pub(crate) const ISO_SPEED: u16 = 0x8833;
    pub(crate) const DATE_ORIGINAL: u16 = 0x9003;
    pub(crate) const DATE_DIGITISED: u16 = 0x9004;
    pub(crate) const MAKER_NOTE: u16 = 0x927C;
    pub(crate) const OFFSET_CHANGED: u16 = 0x9010;
    pub(crate) const OFFSET_ORIGINAL: u16 = 0x9011;
    pub(crate) const OFFSET_DIGITISED: u16 = 0x9012;
    pub(crate) const SHUTTER_SPEED: u16 = 0x9201;
    pub(crate) const APERTURE: u16 = 0x9202;
    pub(crate) const FOCAL_LENGTH: u16 = 0x920A;
    pub(crate) const COLOUR_SPACE: u16 = 0xA001;
    pub(crate) const PIXEL_X: u16 = 0xA002;
    pub(crate) const PIXEL_Y: u16 = 0xA003;
    pub(crate) const INTEROPERABILITY: u16 = 0xA005;
    pub(crate) const FOCAL_LENGTH_35MM: u16 = 0xA405;
    pub(crate) const LENS_RANGE: u16 = 0xA432;
    pub(crate) const LENS_MODEL: u16 = 0xA434;
    pub(crate) const DNG_VERSION: u16 = 0xC612;
    pub(crate) const DNG_LENS_INFO: u16 = 0xC630;
    pub(crate) const PANASONIC_PREVIEW: u16 = 0x2E;
    pub(crate) const LATITUDE_REF: u16 = 1;
    pub(crate) const LATITUDE: u16 = 2;
    pub(crate) const LONGITUDE_REF: u16 = 3;
    pub(crate) const LONGITUDE: u16 = 4;
    pub(crate) const ALTITUDE_REF: u16 = 5;
    pub(crate) const ALTITUDE: u16 = 6;
}

/// Most entries read of one directory; real ones have dozens.
const MAX_ENTRIES: usize = 1024;

/// A TIFF file, or what looks like one.
#[derive(Clone, Copy)]
pub(crate) struct TiffFile<'a> {
    data: &'a [u8],
    little: bool,
    big: bool,
}

/// One directory.
pub(crate) struct Ifd<'a> {
    file: TiffFile<'a>,
    /// Offset in the file.
    place: usize,
    entries: Vec<Entry>,
    /// Where the next directory is; 0 for none.
    next: u64,
}

/// One entry: where its values are.
struct Entry {
    tag: u16,
    kind: u16,
    count: u64,
    /// Offset of the values.
    at: usize,
}

impl Entry {
    fn is_cut_off(&self, file: TiffFile) -> bool {
        let length = self.count.saturating_mul(size_of(self.kind));
        (self.at as u64).saturating_add(length) > file.data.len() as u64
    }
}

impl<'a> TiffFile<'a> {
    /// Looks at the header. Any magic number is taken, since RAW formats have their own.
    pub(crate) fn open(data: &'a [u8]) -> Option<TiffFile<'a>> {
        let little = match data.get(..2)? {
            b"II" => true,
            b"MM" => false,
            _ => return None,
        };
        let file = TiffFile { data, little, big: false };
        Some(TiffFile { big: file.u16(2)? == 43, ..file })
    }

    /// The first directory.
    pub(crate) fn first(self) -> Option<Ifd<'a>> {
        let at = if self.big { self.u64(8)? } else { self.u32(4)?.into() };
        self.at(at)
    }

    /// The pages: versions at a lower resolution and masks are none. A chain that runs in circles ends.
    pub(crate) fn pages(self) -> impl Iterator<Item = Ifd<'a>> {
        const MOST: usize = 100_000;
        let mut met = HashSet::new();
        let next = move |ifd: &Ifd<'a>| ifd.next().filter(|_| met.len() < MOST && met.insert(ifd.next_offset()));
        std::iter::successors(self.first(), next)
            .filter(|ifd| ifd.number(tag::NEW_SUBFILE_TYPE).unwrap_or(0) & 0b101 == 0)
    }

    /// One of the pages, counted from 0; the first directory where none is a page.
    pub(crate) fn page(self, page: u32) -> Option<Ifd<'a>> {
        let found = self.pages().nth(page as usize);
        if page == 0 { found.or_else(|| self.first()) } else { found }
    }

    /// The directory at an offset, as much of it as is there.
    pub(crate) fn at(self, at: u64) -> Option<Ifd<'a>> {
        let at = usize::try_from(at).ok().filter(|&at| at >= 8)?;
        let (count, mut entry_at, size) =
            if self.big { (self.u64(at)?, at + 8, 20) } else { (u64::from(self.u16(at)?), at + 2, 12) };
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        let mut entries = Vec::new();
        for _ in 0..count.min(MAX_ENTRIES) {
            let Some(entry) = self.entry(entry_at) else { break };
            entries.push(entry);
            entry_at += size;
        }
        let next = if entries.len() < count {
            0
        } else if self.big {
            self.u64(entry_at).unwrap_or(0)
        } else {
            self.u32(entry_at).unwrap_or(0).into()
        };
        Some(Ifd { file: self, place: at, entries, next })
    }

    /// The directory that an entry points to.
    pub(crate) fn sub(self, ifd: &Ifd<'a>, tag: u16) -> Option<Ifd<'a>> {
        self.at(ifd.numbers(tag, 1).first().copied()?.into())
    }

    fn entry(self, at: usize) -> Option<Entry> {
        let (tag, kind) = (self.u16(at)?, self.u16(at + 2)?);
        let (count, value_at, inline) =
            if self.big { (self.u64(at + 4)?, at + 12, 8) } else { (self.u32(at + 4)?.into(), at + 8, 4) };
        // The value field itself must be there, even when it holds an offset.
        self.data.get(value_at..value_at + inline)?;
        let length = count.checked_mul(size_of(kind))?;
        let at = if length <= inline as u64 {
            value_at
        } else {
            usize::try_from(if self.big { self.u64(value_at)? } else { self.u32(value_at)?.into() }).ok()?
        };
        Some(Entry { tag, kind, count, at })
    }

    fn bytes<const N: usize>(self, at: usize) -> Option<[u8; N]> {
        self.data.get(at..at.checked_add(N)?)?.try_into().ok()
    }

    fn u16(self, at: usize) -> Option<u16> {
        let bytes = self.bytes(at)?;
        Some(if self.little { u16::from_le_bytes(bytes) } else { u16::from_be_bytes(bytes) })
    }

    fn u32(self, at: usize) -> Option<u32> {
        let bytes = self.bytes(at)?;
        Some(if self.little { u32::from_le_bytes(bytes) } else { u32::from_be_bytes(bytes) })
    }

    fn u64(self, at: usize) -> Option<u64> {
        let bytes = self.bytes(at)?;
        Some(if self.little { u64::from_le_bytes(bytes) } else { u64::from_be_bytes(bytes) })
    }
}

impl<'a> Ifd<'a> {
    fn entry(&self, tag: u16) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.tag == tag)
    }

    /// The file from an offset on.
    pub(crate) fn file_from(&self, at: u32) -> Option<&'a [u8]> {
        self.file.data.get(at as usize..)
    }

    /// Whether of a number's bytes the lowest comes first.
    pub(crate) fn is_little(&self) -> bool {
        self.file.little
    }

    /// Whether there is such an entry.
    pub(crate) fn has(&self, tag: u16) -> bool {
        self.entry(tag).is_some()
    }

    /// Whether values stand behind the end of the file.
    pub(crate) fn is_cut_off(&self) -> bool {
        self.entries.iter().any(|entry| entry.is_cut_off(self.file))
    }

    /// Whether it is the one that the file's header points to.
    pub(crate) fn is_first(&self) -> bool {
        self.file.first().is_some_and(|first| first.place == self.place)
    }

    /// The directory that follows, if any.
    pub(crate) fn next(&self) -> Option<Ifd<'a>> {
        if self.next == 0 { None } else { self.file.at(self.next) }
    }

    /// Where the directory that follows is; 0 when there is none.
    pub(crate) fn next_offset(&self) -> u64 {
        self.next
    }

    /// This directory written anew, with some entries replaced or added (tag and 32-bit numbers): the file's header that
    /// points there, and what is to stand at `behind`, an offset that isn't in the file.
    pub(crate) fn rewritten(&self, behind: usize, replaced: &[(u16, Vec<u32>)]) -> (Vec<u8>, Vec<u8>) {
        let (file, data) = (self.file, self.file.data);
        let mut tail = vec![0; behind % 2];
        let word = |value: u64, size: usize| {
            let bytes = if file.little { value.to_le_bytes() } else { value.to_be_bytes() };
            if file.little { bytes[..size].to_vec() } else { bytes[8 - size..].to_vec() }
        };
        let (wide, inline) = if file.big { (8, 8) } else { (4, 4) };
        // The new values first, then the directory that points to them.
        let mut fields: Vec<(u16, u16, u64, Vec<u8>)> = Vec::new();
        for (tag, values) in replaced.iter().filter(|(_, values)| !values.is_empty()) {
            let values: Vec<u8> = values.iter().flat_map(|&value| word(value.into(), 4)).collect();
            let count = (values.len() / 4) as u64;
            let field = if values.len() <= inline {
                values
            } else {
                let at = (behind + tail.len()) as u64;
                tail.extend(values);
                word(at, wide)
            };
            fields.push((*tag, 4, count, field));
        }
        for entry in self.entries.iter().filter(|entry| !replaced.iter().any(|(tag, _)| *tag == entry.tag)) {
            let length = entry.count.saturating_mul(size_of(entry.kind)) as usize;
            let field = if length <= inline {
                data.get(entry.at..entry.at + length).unwrap_or_default().to_vec()
            } else {
                word(entry.at as u64, wide)
            };
            fields.push((entry.tag, entry.kind, entry.count, field));
        }
        fields.sort_by_key(|field| field.0);
        let at = (behind + tail.len()) as u64;
        tail.extend(word(fields.len() as u64, if file.big { 8 } else { 2 }));
        for (tag, kind, count, mut field) in fields {
            field.resize(inline, 0);
            tail.extend(word(tag.into(), 2));
            tail.extend(word(kind.into(), 2));
            tail.extend(word(count, wide));
            tail.extend(field);
        }
        tail.extend(word(self.next, wide));
        let mut head = data.get(..if file.big { 8 } else { 4 }).unwrap_or_default().to_vec();
        head.extend(word(at, wide));
        (head, tail)
    }

    /// Whether an entry's values stand behind the end of the file, or some of them do.
    pub(crate) fn lacks(&self, tag: u16) -> bool {
        self.entry(tag).is_some_and(|entry| entry.is_cut_off(self.file))
    }

    /// Up to `most` whole numbers.
    pub(crate) fn numbers(&self, tag: u16, most: usize) -> Vec<u32> {
        let Some(entry) = self.entry(tag) else { return Vec::new() };
        let size = size_of(entry.kind) as usize;
        let count = usize::try_from(entry.count).unwrap_or(usize::MAX).min(most);
        let number = |index: usize| {
            let at = entry.at.checked_add(index.checked_mul(size)?)?;
            match entry.kind {
                // Bytes, shorts, longs and (from BigTIFF) 64-bit numbers; 13 is a directory's offset.
                1 | 7 => self.file.data.get(at).map(|&byte| byte.into()),
                3 => self.file.u16(at).map(u32::from),
                4 | 9 | 13 => self.file.u32(at),
                16 | 18 => u32::try_from(self.file.u64(at)?).ok(),
                _ => None,
            }
        };
        (0..count).map_while(number).collect()
    }

    /// One whole number.
    pub(crate) fn number(&self, tag: u16) -> Option<u32> {
        self.numbers(tag, 1).first().copied()
    }

    /// Up to `most` values of any type of number; a fraction with a denominator of zero ends the list.
    pub(crate) fn values(&self, tag: u16, most: usize) -> Vec<f64> {
        let Some(entry) = self.entry(tag) else { return Vec::new() };
        if !matches!(entry.kind, 5 | 8..=12) {
            return self.numbers(tag, most).into_iter().map(f64::from).collect();
        }
        let size = size_of(entry.kind) as usize;
        let count = usize::try_from(entry.count).unwrap_or(usize::MAX).min(most);
        let value = |index: usize| {
            let at = entry.at.checked_add(index.checked_mul(size)?)?;
            let fraction = |number: fn(u32) -> f64| {
                let (above, below) = (self.file.u32(at)?, self.file.u32(at + 4)?);
                (below != 0).then(|| number(above) / number(below))
            };
            match entry.kind {
                5 => fraction(f64::from),
                8 => self.file.u16(at).map(|value| f64::from(value as i16)),
                9 => self.file.u32(at).map(|value| f64::from(value as i32)),
                10 => fraction(|value| f64::from(value as i32)),
                11 => self.file.u32(at).map(|value| f64::from(f32::from_bits(value))),
                _ => self.file.u64(at).map(f64::from_bits),
            }
        };
        (0..count).map_while(value).collect()
    }

    /// The bytes of an entry's values, of whatever type, as far as they are there.
    pub(crate) fn contents(&self, tag: u16) -> Option<&'a [u8]> {
        let entry = self.entry(tag)?;
        let length = usize::try_from(entry.count.saturating_mul(size_of(entry.kind))).unwrap_or(usize::MAX);
        self.file.data.get(entry.at..entry.at.saturating_add(length).min(self.file.data.len()))
    }

    /// The bytes of an entry, as far as they are there.
    pub(crate) fn bytes(&self, tag: u16) -> Option<&'a [u8]> {
        let entry = self.entry(tag).filter(|entry| matches!(entry.kind, 1 | 2 | 7))?;
        let end = entry.at.saturating_add(usize::try_from(entry.count).unwrap_or(usize::MAX));
        self.file.data.get(entry.at..end.min(self.file.data.len()))
    }

    /// Text: up to its first NUL, trimmed, at most 256 bytes of it; `None` when nothing is left.
    pub(crate) fn text(&self, tag: u16) -> Option<String> {
        let entry = self.entry(tag).filter(|entry| matches!(entry.kind, 1 | 2 | 7 | 129))?;
        let length = usize::try_from(entry.count).unwrap_or(usize::MAX).min(256);
        let end = entry.at.checked_add(length)?.min(self.file.data.len());
        let bytes = self.file.data.get(entry.at..end)?;
        let bytes = bytes.split(|&byte| byte == 0).next().unwrap_or_default();
        let text: String = String::from_utf8_lossy(bytes).chars().filter(|c| !c.is_control()).collect();
        let text = text.trim();
        (!text.is_empty()).then(|| text.to_owned())
    }
}

/// Bytes of one value of a type; unknown types count as bytes.
fn size_of(kind: u16) -> u64 {
    match kind {
        3 | 8 => 2,
        4 | 9 | 11 | 13 => 4,
        5 | 10 | 12 | 16 | 17 | 18 => 8,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A little-endian file with one directory of (tag, type, count, value field).
    fn file(entries: &[(u16, u16, u32, [u8; 4])], tail: &[u8]) -> Vec<u8> {
        let mut data = b"II\x2a\0\x08\0\0\0".to_vec();
        data.extend((entries.len() as u16).to_le_bytes());
        for (tag, kind, count, value) in entries {
            data.extend(tag.to_le_bytes());
            data.extend(kind.to_le_bytes());
            data.extend(count.to_le_bytes());
            data.extend(value);
        }
        data.extend([0; 4]);
        data.extend(tail);
        data
    }

    #[test]
    fn values_inline_and_elsewhere() {
        let data = file(&[(tag::ORIENTATION, 3, 1, [6, 0, 0, 0]), (tag::MAKE, 2, 6, 38_u32.to_le_bytes())], b"Canon\0");
        let ifd = TiffFile::open(&data).unwrap().first().unwrap();
        assert_eq!(ifd.number(tag::ORIENTATION), Some(6));
        assert_eq!(ifd.text(tag::MAKE).as_deref(), Some("Canon"));
        assert_eq!(ifd.text(tag::MODEL), None);
    }

    #[test]
    fn what_points_nowhere_is_left_out() {
        let data = file(
            &[
                (tag::MAKE, 2, u32::MAX, [0xFF; 4]),
                (tag::LATITUDE, 5, 3, [0xF0, 0xFF, 0xFF, 0xFF]),
                (tag::ORIENTATION, 2, 0, [0; 4]),
            ],
            b"",
        );
        let ifd = TiffFile::open(&data).unwrap().first().unwrap();
        assert_eq!(ifd.text(tag::MAKE), None);
        assert!(ifd.values(tag::LATITUDE, 3).is_empty());
        assert_eq!(ifd.number(tag::ORIENTATION), None);
    }

    #[test]
    fn a_directory_that_ends_early_keeps_its_beginning() {
        let data = file(&[(tag::ORIENTATION, 3, 1, [8, 0, 0, 0]), (tag::MAKE, 2, 2, *b"A\0\0\0")], b"");
        let ifd = TiffFile::open(&data[..24]).unwrap().first().unwrap();
        assert_eq!(ifd.number(tag::ORIENTATION), Some(8));
        assert!(!ifd.has(tag::MAKE));
    }
}
