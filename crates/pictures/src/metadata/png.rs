//! Metadata in the chunks of a PNG (W3C PNG 3, 11.3): Exif in a chunk of its own, or in a text, as ImageMagick, GIMP and
//! darktable wrote it before there was one.

use std::borrow::Cow;
use std::io::Read;

use account_api::{DateSource, Facts};

use super::stated::{Date, Metadata};
use super::{colours, date, exif, iptc, xmp};
use crate::decode::png_chunks;

/// Most bytes that a compressed text may become.
const MOST_TEXT: u64 = 1 << 20;

/// Reads what the chunks say.
pub(super) fn read(bytes: &[u8]) -> Metadata {
    let (mut chunk, mut profile, mut packet, mut record) = (None, None, None, None);
    let mut own = Metadata::default();
    for (kind, body) in png_chunks(bytes) {
        match kind {
            b"eXIf" => chunk = Some(exif::read(body)),
            b"cICP" if body.len() == 4 => {
                own.facts.colour_space = colours::code_points(body[0].into(), body[1].into());
            }
            b"sRGB" => own.facts.colour_space = own.facts.colour_space.take().or_else(|| Some("sRGB".to_owned())),
            b"acTL" => own.facts.frames = body.first_chunk().map(|count| u32::from_be_bytes(*count)),
            b"tIME" => own.date = own.date.take().or_else(|| changed(body)),
            _ => {}
        }
        let Some((key, text)) = text(kind, body) else { continue };
        match key {
            b"Raw profile type exif" | b"Raw profile type APP1" => profile = profile.or_else(|| unhexed(&text)),
            b"Raw profile type iptc" => record = record.or_else(|| unhexed(&text)),
            b"XML:com.adobe.xmp" => packet = packet.or_else(|| Some(text.into_owned())),
            b"Creation Time" | b"Creation time" => {
                let at = date::any(&String::from_utf8_lossy(&text));
                let read = at.map(|at| Date { at, source: DateSource::Png, is_taken: true });
                own.date = Date::better(own.date.take(), read);
            }
            b"Make" | b"Model" | b"Camera" | b"Source" => {
                let text = String::from_utf8_lossy(&text).trim().to_owned();
                let said = match key {
                    b"Make" => Facts { make: Some(text), ..Facts::default() },
                    _ => Facts { model: Some(text), ..Facts::default() },
                };
                own.facts = std::mem::take(&mut own.facts).or(said);
            }
            _ => {}
        }
    }
    let stated = chunk.or_else(|| profile.map(|profile| exif::read(&profile))).unwrap_or_default();
    let others = [packet.map(|packet| xmp::read(&packet)), record.map(|record| iptc::read(&record)), Some(own)];
    others.into_iter().flatten().fold(stated, Metadata::or)
}

/// `tIME`: when the picture was last changed, by UTC.
fn changed(body: &[u8]) -> Option<Date> {
    let &[high, low, month, day, hour, minute, second] = body else { return None };
    let year = u16::from_be_bytes([high, low]);
    let at = date::any(&format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z"))?;
    Some(Date { at, source: DateSource::Png, is_taken: false })
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

/// The bytes of a raw profile: a line with its name, which may have blanks (`generic profile`), its length, then hexadecimal
/// digits with line breaks between.
fn unhexed(text: &[u8]) -> Option<Vec<u8>> {
    let text = text.trim_ascii_start();
    let name = text.iter().position(|&byte| byte == b'\n')?;
    let mut words = text[name..].split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    let length = words.next()?;
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
        assert_eq!(unhexed(b"\ngeneric profile\n       4\n4d4d\n002a").as_deref(), Some(&b"MM\0\x2a"[..]));
        assert_eq!(unhexed(b"\nexif\n"), None);
        assert_eq!(unhexed(b"exif"), None);
    }

    #[test]
    fn texts_of_every_kind() {
        assert_eq!(text(b"tEXt", b"key\0text").unwrap().1.as_ref(), b"text");
        assert_eq!(text(b"iTXt", b"key\0\0\0en\0Schl\0text").unwrap().1.as_ref(), b"text");
        assert!(text(b"zTXt", b"key\0\0not compressed").is_none());
        assert!(text(b"IDAT", b"key\0text").is_none());
    }
}
