//! The file name in a `Content-Disposition`, in all the ways in which programs write one.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use encoding_rs::Encoding;
use percent_encoding::percent_decode_str;

use crate::decoded;

/// The file name of a `Content-Disposition` (RFC 6266, RFC 7578), as bytes of the header. `filename*` (RFC 8187) counts
/// before `filename`, and one in pieces (RFC 2231, section 3) before both; in `filename`, UTF-8 and Latin-1 as they are,
/// percent-encoding, and encoded words (RFC 2047) are understood, for all of them are sent. Names are in any charset of the
/// Encoding Standard.
pub fn from_disposition(header: &[u8]) -> Option<String> {
    let is_form = header.trim_ascii_start().get(..9).is_some_and(|kind| kind.eq_ignore_ascii_case(b"form-data"));
    let (mut plain, mut extended, mut pieces) = (None, None, BTreeMap::new());
    for (name, value) in parameters(header) {
        match &*name.to_ascii_lowercase() {
            "filename" if plain.is_none() => plain = Some(loose(&value, is_form)),
            "filename*" if extended.is_none() => extended = extended_value(&value),
            name => pieces.extend(numbered(name).map(|number| (number, (name.ends_with('*'), value)))),
        }
    }
    joined(pieces).or(extended).or(plain).filter(|name| !name.is_empty())
}

/// 0 of `filename*0` and of `filename*0*`.
fn numbered(name: &str) -> Option<u16> {
    name.strip_prefix("filename*")?.trim_end_matches('*').parse().ok()
}

/// The pieces from the first to the last that follows it, the first of which says the charset.
fn joined(pieces: BTreeMap<u16, (bool, Vec<u8>)>) -> Option<String> {
    let (mut charset, mut bytes) = (None, Vec::new());
    for (wanted, (number, (is_encoded, value))) in (0..).zip(pieces) {
        if wanted != number {
            break;
        }
        if !is_encoded {
            bytes.extend(value);
            continue;
        }
        let text = String::from_utf8(value).ok()?;
        let mut encoded = &*text;
        if number == 0 {
            let (name, rest) = text.split_once('\'')?;
            charset = Some(name.to_owned());
            encoded = rest.split_once('\'')?.1;
        }
        bytes.extend(percent_decode_str(encoded));
    }
    match charset {
        _ if bytes.is_empty() => None,
        Some(charset) => in_charset(&charset, &bytes),
        None => Some(decoded(&bytes)),
    }
}

/// The parameters behind the type, quotes taken off.
fn parameters(header: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    let mut rest = skip_to(header, b';');
    while !rest.is_empty() {
        let Some(equals) = rest.iter().position(|byte| *byte == b'=') else { break };
        let name = String::from_utf8_lossy(&rest[..equals]).trim().to_owned();
        let value = rest[equals + 1..].trim_ascii_start();
        if let Some(quoted) = value.strip_prefix(b"\"") {
            let (text, behind) = unquoted(quoted);
            found.push((name, text));
            rest = skip_to(behind, b';');
        } else {
            let end = value.iter().position(|byte| *byte == b';').unwrap_or(value.len());
            found.push((name, value[..end].trim_ascii().to_vec()));
            rest = skip_to(value, b';');
        }
    }
    found
}

fn skip_to(bytes: &[u8], wanted: u8) -> &[u8] {
    bytes.iter().position(|byte| *byte == wanted).map_or(&[], |at| &bytes[at + 1..])
}

/// The text of a quoted string, and what stands behind it. Only quotes and backslashes are escaped: some programs send
/// Windows' paths as they are.
fn unquoted(quoted: &[u8]) -> (Vec<u8>, &[u8]) {
    let mut text = Vec::new();
    let mut at = 0;
    while let Some(&byte) = quoted.get(at) {
        match (byte, quoted.get(at + 1)) {
            (b'"', _) => return (text, &quoted[at + 1..]),
            (b'\\', Some(&escaped @ (b'"' | b'\\'))) => {
                text.push(escaped);
                at += 2;
            }
            _ => {
                text.push(byte);
                at += 1;
            }
        }
    }
    (text, &[])
}

/// `UTF-8'en'na%C3%AFve`, its charset in any case.
fn extended_value(value: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(value).ok()?;
    let (charset, rest) = text.split_once('\'')?;
    let (_, encoded) = rest.split_once('\'')?;
    let bytes: Vec<u8> = percent_decode_str(encoded).collect();
    in_charset(charset, &bytes)
}

fn in_charset(charset: &str, bytes: &[u8]) -> Option<String> {
    let encoding = Encoding::for_label(charset.trim().as_bytes())?;
    let (text, is_wrong) = encoding.decode_without_bom_handling(bytes);
    (!is_wrong).then(|| text.into_owned())
}

/// A value that says nothing of how it is encoded.
fn loose(value: &[u8], is_form: bool) -> String {
    let Ok(text) = std::str::from_utf8(value) else { return decoded(value) };
    if let Some(words) = encoded_words(text) {
        return words;
    }
    if is_form {
        // All that browsers escape in a form; any other percent sign is the name's own.
        return text.replace("%22", "\"").replace("%0D", "").replace("%0A", "");
    }
    match percent_decode_str(text).decode_utf8() {
        Ok(plain) => plain.into_owned(),
        Err(_) => text.to_owned(),
    }
}

/// `=?utf-8?B?…?=` or `=?utf-8?Q?…?=`, several of them after one another.
fn encoded_words(text: &str) -> Option<String> {
    let text = text.trim();
    if !(text.starts_with("=?") && text.ends_with("?=")) {
        return None;
    }
    let mut whole = String::new();
    for word in text.split_whitespace() {
        let mut fields = word.strip_prefix("=?")?.strip_suffix("?=")?.splitn(3, '?');
        let (charset, kind, payload) = (fields.next()?, fields.next()?, fields.next()?);
        let bytes = match kind {
            "B" | "b" => STANDARD.decode(payload).ok()?,
            "Q" | "q" => {
                percent_decode_str(&payload.replace('%', "%25").replace('=', "%").replace('_', "%20")).collect()
            }
            _ => return None,
        };
        whole.push_str(&in_charset(charset.split('*').next()?, &bytes)?);
    }
    Some(whole)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("form-data; name=\"image\"; filename=\"a b.png\"", "a b.png")]
    #[case("form-data; name=\"image\"; filename=a.png", "a.png")]
    #[case("form-data; name=\"image\"; filename*=utf-8''Stra%C3%9Fe%20in%20K%C3%B6ln.png", "Straße in Köln.png")]
    #[case("attachment; filename=\"EURO.png\"; filename*=UTF-8'de'%E2%82%AC.png", "€.png")]
    #[case("attachment; FileName*=UTF-8''a.png; filename=\"b.png\"", "a.png")]
    #[case("attachment; filename*=iso-8859-1'en'%A3.png", "£.png")]
    #[case("attachment; filename*=koi8-r''%C1.png; filename=\"a.png\"", "а.png")]
    #[case("attachment; filename*=windows-1252''%80.png", "€.png")]
    #[case("attachment; filename*=Shift_JIS''%8e%ca%90%5e.png", "写真.png")]
    #[case("attachment; filename*=klingon''%C1.png; filename=\"a.png\"", "a.png")]
    #[case(
        "attachment; filename*0*=UTF-8''Stra%C3; filename*1*=%9Fe%20in; filename*2=\" Köln.png\"",
        "Straße in Köln.png"
    )]
    #[case("attachment; filename*1=b.png; filename*0=\"a \"", "a b.png")]
    #[case("attachment; filename*1*=b.png; filename=a.png", "a.png")]
    #[case("attachment; filename*=nonsense; filename=\"a.png\"", "a.png")]
    #[case("form-data; filename=\"Straße.png\"", "Straße.png")]
    #[case("form-data; filename=\"say \\\"hi\\\".png\"", "say \"hi\".png")]
    #[case("form-data; filename=\"say %22hi%22.png\"", "say \"hi\".png")]
    #[case("form-data; filename=\"C:\\photos\\a.png\"", "C:\\photos\\a.png")]
    #[case("form-data; filename=\"a;b=c.png\"; name=\"image\"", "a;b=c.png")]
    #[case("form-data; filename=\"100% real.png\"", "100% real.png")]
    #[case("form-data; filename=\"a%20b.png\"", "a%20b.png")]
    #[case("attachment; filename=\"a%20b%C3%9F.png\"", "a bß.png")]
    #[case("attachment; filename=\"=?utf-8?B?U3RyYcOfZS5wbmc=?=\"", "Straße.png")]
    #[case("attachment; filename=\"=?UTF-8?Q?Stra=C3=9Fe_?= =?utf-8?q?1.png?=\"", "Straße 1.png")]
    fn names(#[case] header: &str, #[case] wanted: &str) {
        assert_eq!(from_disposition(header.as_bytes()).as_deref(), Some(wanted), "{header}");
    }

    #[test]
    fn bytes_that_are_no_utf_8() {
        assert_eq!(from_disposition(b"form-data; filename=\"Stra\xdfe.png\"").as_deref(), Some("Straße.png"));
    }

    #[rstest]
    #[case("form-data; name=\"image\"")]
    #[case("form-data; filename=\"\"")]
    #[case("inline")]
    #[case("")]
    #[case("form-data; filename*=utf-8''%ff")]
    #[case("form-data; filename=\"never ends")]
    fn none_or_a_rest(#[case] header: &str) {
        let name = from_disposition(header.as_bytes());
        assert!(name.is_none() || name.as_deref() == Some("never ends"), "{name:?}");
    }
}
