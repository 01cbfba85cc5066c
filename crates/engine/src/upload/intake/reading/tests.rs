use std::io::Write as _;

use sha2::{Digest as _, Sha256};

use super::*;
use crate::ErrorKind;

/// A PNG of some size, uncompressible enough to be as large as it looks.
fn png(side: u32) -> Vec<u8> {
    let mut state = 1u32;
    let pixels = image::RgbImage::from_fn(side, side, |_, _| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        image::Rgb([(state >> 24) as u8, (state >> 16) as u8, (state >> 8) as u8])
    });
    let mut bytes = io::Cursor::new(Vec::new());
    pixels.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

fn file(bytes: &[u8]) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    file
}

fn refusal(bytes: &[u8]) -> Refusal {
    match read(file(bytes).path(), "it") {
        Err(ReadFault::Refused(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

#[test]
fn one_read_gives_checksums_facts_and_thumbnail() {
    let bytes = png(600);
    let file = file(&bytes);
    let reading = read(file.path(), "it.png").unwrap();
    assert_eq!(reading.digests.sha256, hex::encode(Sha256::digest(&bytes)));
    assert_eq!(reading.bytes.as_deref(), Some(bytes.as_slice()));
    assert!(reading.identity.still_holds(file.path()));
    let announced = reading.announcement("7".into(), "it.png");
    assert_eq!((announced.width, announced.height), (Some(600), Some(600)));
    assert_eq!((&*announced.format, announced.size), ("png", bytes.len() as u64));
    assert_eq!(announced.thumbnail.unwrap().content_md5, content_md5(&reading.thumbnail.unwrap().bytes));
}

#[test]
fn a_picture_without_a_date_goes_by_its_files() {
    let file = file(&png(20));
    let at = |seconds: u64| {
        let modified = std::time::UNIX_EPOCH + std::time::Duration::from_millis(seconds * 1000 + 250);
        file.as_file().set_modified(modified).unwrap();
        read(file.path(), "it.png").unwrap()
    };
    let announced = |reading: &Reading| reading.announcement("1".into(), "it.png");
    let mut reading = at(1_083_913_629);
    assert_eq!(announced(&reading).file_modified_at.as_deref(), Some("2004-05-07T07:07:09Z"));
    assert_eq!(announced(&reading).taken_at, None);
    reading.taken_at = Some("2001-01-01T00:00:00".into());
    assert_eq!(announced(&reading).file_modified_at, None, "it says itself");
    (reading.taken_at, reading.spooled) = (None, true);
    assert_eq!(announced(&reading).file_modified_at, None, "the app's own file");
    for nonsense in [0, 315_532_800, 32_503_680_000] {
        assert_eq!(announced(&at(nonsense)).file_modified_at, None, "{nonsense}");
    }
}

#[test]
fn parts_of_a_large_file_are_hashed_in_the_same_read() {
    let mut bytes = png(64);
    // What follows the end of a PNG is no part of the picture, and is kept all the same.
    bytes.resize((17 << 20) + 5, 7);
    let reading = read(file(&bytes).path(), "large.png").unwrap();
    let parts = reading.digests.parts.unwrap();
    let expected: Vec<String> = bytes.chunks(8 << 20).map(content_md5).collect();
    assert_eq!((parts.part_size, parts.md5), (8 << 20, expected));
    assert_eq!(reading.bytes, None, "too large to be kept");
}

/// A file of which somebody else cuts off the end once so much of it was read.
struct Cut {
    file: File,
    read: u64,
    after: u64,
    to: u64,
}

impl Read for Cut {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let now = usize::try_from(self.after.saturating_sub(self.read)).unwrap_or(usize::MAX);
        if now == 0 {
            self.file.set_len(self.to)?;
        }
        let most = if now == 0 { buffer.len() } else { now.min(buffer.len()) };
        let read = self.file.read(&mut buffer[..most])?;
        self.read += read as u64;
        Ok(read)
    }
}

#[rstest::rstest]
#[case::before_anything_was_read(0, 0)]
#[case::to_less_than_was_read(CHUNK as u64, 100)]
#[case::at_the_end_of_what_was_read(CHUNK as u64, CHUNK as u64)]
#[case::within_what_comes_next(CHUNK as u64, CHUNK as u64 + 100)]
#[case::by_one_byte(CHUNK as u64, 3 * CHUNK as u64 - 1)]
fn a_file_that_is_cut_while_it_is_hashed_is_said_to_have_changed(#[case] after: u64, #[case] to: u64) {
    let mut bytes = png(64);
    bytes.resize(3 * CHUNK, 7);
    let size = bytes.len() as u64;
    // Longer is as much another file as shorter.
    for to in [to, size + 1] {
        let file = file(&bytes);
        let file = File::options().read(true).write(true).open(file.path()).unwrap();
        let mut cut = Cut { file, read: 0, after, to };
        assert_eq!(hash(&mut cut, size, "cut.png").unwrap_err(), ReadFault::Changed, "{to}");
    }
}

#[test]
fn what_is_no_picture_is_refused() {
    assert_eq!(read(file(b"hello, world").path(), "it").unwrap_err(), ReadFault::NotAPicture);
    assert_eq!(refusal(b"").error.code, ErrorKind::EmptyFile);
    let folder = tempfile::tempdir().unwrap();
    let Err(ReadFault::Refused(refused)) = read(folder.path(), "it") else { panic!("a folder is no picture") };
    assert_eq!(refused.error.code, ErrorKind::Unreadable);
}

#[test]
fn a_damaged_picture_is_kept_and_remarked_on() {
    let whole = png(200);
    let reading = read(file(&whole[..whole.len() / 2]).path(), "it").unwrap();
    assert!(reading.is_damaged());
    let remark = reading.announcement("1".into(), "it.png").remark.unwrap();
    assert_eq!(remark.code, "truncated");
    assert!(remark.is_valid(), "{remark:?}");
    assert!(!read(file(&whole).path(), "it").unwrap().is_damaged());
}

#[test]
fn names_are_made_sendable() {
    assert_eq!(sendable_name(" a/b\u{7}.png ", Format::Png), "a_b_.png");
    assert_eq!(sendable_name("x\\y.png", Format::Png), "x_y.png", "a letter like any other on most systems");
    for odd in [".", "..", "\\", "/", "\u{200b}", "\u{1b}[31m", "a\u{1b}[0mb.png", "", " . "] {
        let name = sendable_name(odd, Format::Png);
        assert_eq!(names::picture_name(&name), Ok(&*name), "{odd:?}");
    }
    assert_eq!(sendable_name("a\u{202e}gpj.exe", Format::Png), "agpj.exe");
    assert_eq!(sendable_name("e\u{301}.png", Format::Png), "e\u{301}.png", "as it was given");
    assert_eq!(sendable_name(" ", Format::Jpeg), "picture.jpg");
    let long = sendable_name(&format!("{}.jpeg", "ä".repeat(400)), Format::Jpeg);
    assert_eq!((long.chars().count(), long.ends_with("ä.jpeg")), (255, true));
}
