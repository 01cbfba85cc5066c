//! Metadata in the chunks of a PNG (W3C PNG 3, 11.3): Exif in a chunk of its own, or in a text, as ImageMagick, GIMP and
//! darktable wrote it before there was one.

use std::borrow::Cow;
use std::io::Read;

use super::{Facts, from_exif, with_xmp};
use crate::decode::png_chunks;

/// Most bytes that a compressed text may become.
const MOST_TEXT: u64 = 1 << 20;

/// Reads what the chunks say.
pub(super) fn facts(bytes: &[u8]) -> Facts {
    let mut exif = None;
    let mut raw_profile = None;
    let mut packet = None;
    for (kind, body) in png_chunks(bytes) {
        if kind == b"eXIf" {
            exif = Some(from_exif(body));
        }
        let Some((key, text)) = text(kind, body) else { continue };
        match key {
            b"Raw profile type exif" | b"Raw profile type APP1" => raw_profile = raw_profile.or_else(|| unhexed(&text)),
            b"XML:com.adobe.xmp" => packet = packet.or_else(|| Some(text.into_owned())),
            _ => {}
        }
    }
    let facts = exif.or_else(|| raw_profile.map(|exif| from_exif(&exif))).unwrap_or_default();
    with_xmp(facts, packet.as_deref())
}

/// Key and text of a `tEXt`, `zTXt` or `iTXt` chunk.
fn text<'a>(kind: &[u8], body: &'a [u8]) -> Option<(&'a [u8], Cow<'a, [u8]>)> {
    let (key, rest) = split(body)?;
    let text = match kind {
        b"tEXt" => Cow::Borrowed(rest),
        // A byte names the compression: there is only one.
        b"zTXt" => Cow::Owned(inflated(rest.get(1..)?)?),
        b"iTXt" => {
            let [compressed, _, rest @ ..] = rest else { return None };
            // The language, and the key in that language.
            let (_, rest) = split(rest)?;
            let (_, rest) = split(rest)?;
            if *compressed == 0 { Cow::Borrowed(rest) } else { Cow::Owned(inflated(rest)?) }
        }
        _ => return None,
    };
    Some((key, text))
}

/// What stands before and behind the first NUL.
fn split(body: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = body.iter().position(|&byte| byte == 0)?;
    Some((&body[..end], &body[end + 1..]))
}

fn inflated(compressed: &[u8]) -> Option<Vec<u8>> {
    let mut text = Vec::new();
    flate2::read::ZlibDecoder::new(compressed).take(MOST_TEXT).read_to_end(&mut text).ok()?;
    Some(text)
}

/// The bytes of a raw profile: its name, its length, then hexadecimal digits with line breaks between.
fn unhexed(text: &[u8]) -> Option<Vec<u8>> {
    let mut words = text.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    let (_name, length) = (words.next()?, words.next()?);
    let length: usize = std::str::from_utf8(length).ok()?.parse().ok()?;
    let digits: Vec<u8> =
        words.flatten().filter_map(|&digit| char::from(digit).to_digit(16)).map(|d| d as u8).collect();
    let bytes: Vec<u8> = digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).take(length).collect();
    // As in a JPEG's segment.
    Some(bytes.strip_prefix(b"Exif\0\0").map_or(bytes.clone(), <[u8]>::to_vec))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn raw_profiles_are_hexadecimal() {
        assert_eq!(unhexed(b"\nexif\n       4\n4d4d\n002a").as_deref(), Some(&b"MM\0\x2a"[..]));
        assert_eq!(unhexed(b"\nAPP1\n 8\n457869660000\n4d4d").as_deref(), Some(&b"MM"[..]));
        assert_eq!(unhexed(b"\nexif\n"), None);
    }

    #[test]
    fn texts_of_every_kind() {
        assert_eq!(text(b"tEXt", b"key\0text").unwrap().1.as_ref(), b"text");
        assert_eq!(text(b"iTXt", b"key\0\0\0en\0Schl\0text").unwrap().1.as_ref(), b"text");
        assert!(text(b"zTXt", b"key\0\0not compressed").is_none());
        assert!(text(b"IDAT", b"key\0text").is_none());
    }
}
