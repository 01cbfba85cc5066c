//! The film that a motion photo or a Live Photo has: inside of the same file, or as a file of its own beside it.

use account_api::Film;
use memchr::memmem;

use super::heif;
use super::ifd::{Ifd, TiffFile, tag};

/// Brands of films (ISO/IEC 14496-12, 4.3), by their beginnings.
const BRANDS: [&[u8]; 5] = [b"mp4", b"iso", b"qt  ", b"avc", b"M4V"];

/// Whether a film follows a JPEG's picture, as Android's phones put it there.
pub(super) fn behind_jpeg(bytes: &[u8]) -> Option<Film> {
    if !says_so(bytes) {
        return None;
    }
    // Nothing in compressed data looks like an end mark.
    let end = memmem::rfind(bytes, &[0xFF, 0xD9])?;
    let pictures_end = memmem::find(bytes, &[0xFF, 0xDA]).filter(|scan| *scan < end)?;
    let behind = &bytes[pictures_end..];
    memmem::find_iter(behind, b"ftyp").any(|at| is_film(behind, at)).then_some(Film::Inside)
}

/// Whether a film has a box of its own in a HEIC.
pub(super) fn in_heif(bytes: &[u8]) -> Option<Film> {
    heif::boxes_of(bytes).any(|(kind, body)| kind == b"mpvd" && body.get(4..8) == Some(b"ftyp")).then_some(Film::Inside)
}

/// Whether an iPhone says that the picture has a film beside it: its identifier is in both files.
pub(super) fn beside(photo: &Ifd) -> Option<Film> {
    const HEAD: &[u8] = b"Apple iOS\0\0\x01";
    const IDENTIFIER: u16 = 0x11;
    let note = photo.contents(tag::MAKER_NOTE)?.strip_prefix(HEAD)?;
    // A directory without a TIFF's header, whose offsets count from the note's beginning.
    let count = u16::from_be_bytes(*note.get(2..)?.first_chunk()?);
    let entries = note.get(4..)?.chunks_exact(12).take(count.into());
    let named = entries
        .filter(|_| note.starts_with(b"MM"))
        .any(|entry| entry[..2] == IDENTIFIER.to_be_bytes() && entry[2..4] == [0, 2]);
    named.then_some(Film::Beside)
}

/// Android's XMP, or Samsung's trailer, which is looked for from the front: that goes by vectors of bytes, backwards it doesn't.
fn says_so(bytes: &[u8]) -> bool {
    const WORDS: [&[u8]; 3] = [b":MotionPhoto", b":MicroVideo", b"MotionPhoto_Data"];
    let said = |packet: &[u8]| WORDS.iter().any(|word| memmem::find(packet, word).is_some());
    jpeg::xmp(bytes).is_some_and(said) || memmem::find(bytes, WORDS[2]).is_some()
}

/// Whether a box `ftyp` with its type at `at` begins a film.
fn is_film(bytes: &[u8], at: usize) -> bool {
    let size = at.checked_sub(4).and_then(|from| bytes.get(from..at)?.try_into().ok()).map_or(0, u32::from_be_bytes);
    let brand = bytes.get(at + 4..at + 8).unwrap_or_default();
    (16..=256).contains(&size) && BRANDS.iter().any(|known| brand.starts_with(known))
}

/// What an Exif block says of it.
pub(super) fn by_exif(file: TiffFile) -> Option<Film> {
    let main = file.first()?;
    beside(&file.sub(&main, tag::EXIF)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_film_is_known_by_its_box() {
        let film = b"\0\0\0\x18ftypmp42\0\0\0\0isommp42";
        assert!(is_film(film, 4));
        assert!(!is_film(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", 4));
        assert!(!is_film(b"ftypmp42", 0));
        let jpeg = [&b"\xFF\xD8\xFF\xDA\0\x02\xFF\xD9"[..], b"MotionPhoto_Data", film].concat();
        assert_eq!(behind_jpeg(&jpeg), Some(Film::Inside));
        assert_eq!(behind_jpeg(&jpeg[..24]), None);
        let unsaid = [&b"\xFF\xD8\xFF\xDA\0\x02\xFF\xD9"[..], film].concat();
        assert_eq!(behind_jpeg(&unsaid), None);
    }

    #[test]
    fn an_iphone_names_what_belongs_together() {
        let note = [&b"Apple iOS\0\0\x01MM\0\x01\0\x11\0\x02\0\0\0\x25\0\0\0\x20\0\0\0\0"[..], &[b'A'; 37]].concat();
        let mut exif = b"II\x2a\0\x08\0\0\0\x01\0".to_vec();
        exif.extend(b"\x69\x87\x04\0\x01\0\0\0\x1a\0\0\0\0\0\0\0\x01\0\x7c\x92\x07\0");
        exif.extend((note.len() as u32).to_le_bytes());
        exif.extend(b"\x2c\0\0\0\0\0\0\0");
        exif.extend(&note);
        assert_eq!(by_exif(TiffFile::open(&exif).unwrap()), Some(Film::Beside));
        let other = exif.iter().map(|&byte| if byte == 0x11 { 0x12 } else { byte }).collect::<Vec<_>>();
        assert_eq!(by_exif(TiffFile::open(&other).unwrap()), None);
    }
}
