//! The body of an answer: unpacked, read as JSON or as a stream of it, and told apart from an error that came as a success.

use std::io::Read;

use flate2::read::MultiGzDecoder;
use serde_json::Value;

use crate::error_answer::ErrorAnswer;
use crate::failure::Failure;
use crate::stream::{self, Streamed};

/// How gzip begins (RFC 1952, 2.3.1).
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// The body as it was meant: some proxies compress what nobody asked to be compressed. At most `most` bytes; one that is
/// longer or damaged stays as it came.
pub(crate) fn unpacked(body: Vec<u8>, most: usize) -> Vec<u8> {
    if !body.starts_with(&GZIP) {
        return body;
    }
    let mut plain = Vec::new();
    let most = u64::try_from(most).unwrap_or(u64::MAX);
    match MultiGzDecoder::new(body.as_slice()).take(most + 1).read_to_end(&mut plain) {
        Ok(read) if read as u64 <= most => plain,
        _ => body,
    }
}

/// The JSON of a successful answer.
///
/// # Errors
/// [`Failure::NotAnAnswer`] when it is none, [`Failure::Half`] when it breaks off, [`Failure::Answered`] when it is an
/// error with a success's status.
pub(crate) fn read(body: &[u8]) -> Result<Value, Failure> {
    let text = String::from_utf8_lossy(body);
    let text = text.trim_start_matches('\u{feff}');
    if text.trim().is_empty() {
        return Err(Failure::NotAnAnswer("it is empty.".into()));
    }
    let parsed = serde_json::from_str::<Value>(text);
    let breaks_off = parsed.as_ref().is_err_and(serde_json::Error::is_eof);
    let value = match parsed.ok().map(Streamed::Whole).or_else(|| stream::read(text)) {
        Some(Streamed::Whole(value)) => value,
        Some(Streamed::CutOff) => return Err(Failure::half()),
        None if breaks_off => return Err(Failure::half()),
        None => return Err(not_json(text, body)),
    };
    if is_error(&value) {
        return Err(Failure::Answered(Box::new(ErrorAnswer::from_value(&value))));
    }
    Ok(value)
}

/// What is said of an answer from something else.
fn not_json(text: &str, body: &[u8]) -> Failure {
    let title = match ErrorAnswer::read(200, None, body).quoted() {
        title if text.trim_start().starts_with('<') && !title.is_empty() => format!(" but a page called {title}"),
        _ => String::new(),
    };
    Failure::NotAnAnswer(format!(
        "it isn’t JSON{title}, so this is probably not the address of an OpenAI-compatible service."
    ))
}

/// Whether a gateway answered with success and put the error inside.
fn is_error(value: &Value) -> bool {
    let value = value.get(0).unwrap_or(value);
    let holds = |name: &str| value[name].as_array().is_some_and(|items| !items.is_empty());
    let says = value.get("error").is_some_and(|error| !error.is_null());
    let is_one = says || value["object"] == "error" || value["success"] == false;
    is_one && !holds("choices") && !holds("output") && value["status"] != "failed"
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;
    use rstest::rstest;

    use super::*;

    fn packed(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn compressed_answers_are_unpacked_within_bounds() {
        assert_eq!(unpacked(packed(b"{}"), 10), b"{}");
        assert_eq!(unpacked(b"{}".to_vec(), 10), b"{}");
        let bomb = packed(&vec![b' '; 1 << 20]);
        assert_eq!(unpacked(bomb.clone(), 1 << 10), bomb);
        let cut = packed(b"{\"a\":\"long enough\"}")[..12].to_vec();
        assert_eq!(unpacked(cut.clone(), 100), cut);
    }

    #[rstest]
    #[case(r#"{"error":{"message":"no"}}"#)]
    #[case(r#"[{"error":{"message":"no"}}]"#)]
    #[case(r#"{"error":"no","choices":[]}"#)]
    #[case(r#"{"object":"error","message":"no"}"#)]
    #[case(r#"{"success":false,"errors":[{"message":"no"}]}"#)]
    fn errors_in_disguise(#[case] body: &str) {
        match read(body.as_bytes()) {
            Err(Failure::Answered(answer)) => assert_eq!(answer.message, "no"),
            other => panic!("{other:?}"),
        }
    }

    #[rstest]
    #[case("{\"choices\":[{\"message\":{\"content\":\"A red ba")]
    #[case("{\"choices\":[{\"message\":{\"content\":\"A red barn.\"}}]")]
    #[case("data: {\"choices\":[{\"delta\":{\"content\":\"A red ba\"}}]}\n\n")]
    fn half_an_answer_is_told_as_that(#[case] body: &str) {
        assert_eq!(read(body.as_bytes()), Err(Failure::half()));
    }

    #[rstest]
    #[case("")]
    #[case(" \r\n")]
    fn nothing_is_told_as_that(#[case] body: &str) {
        assert_eq!(read(body.as_bytes()), Err(Failure::NotAnAnswer("it is empty.".into())));
    }

    #[test]
    fn a_page_is_named() {
        let Err(Failure::NotAnAnswer(why)) = read(b"<html><title>Log in to this Wi-Fi</title>") else { panic!() };
        assert!(why.contains("“Log in to this Wi-Fi”"), "{why}");
    }
}
