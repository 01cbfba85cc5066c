//! Finding the JSON object in what a model wrote, also where it isn't quite JSON: models break lines inside strings, leave
//! commas behind, forget to escape quotes, write as Python does, and wrap the object in another one.

use serde_json::{Map, Value};

/// So many places are tried, not all: a text full of braces shall not cost quadratic time.
const PLACES: usize = 8;
/// How deep an object is looked for in others.
const DEPTH: u8 = 4;

/// The objects in a text that may have prose around them, in their order.
pub(crate) fn objects_in(text: &str) -> impl Iterator<Item = Map<String, Value>> {
    text.match_indices('{').take(PLACES).filter_map(|(start, _)| {
        let from = &text[start..];
        let strict = || serde_json::Deserializer::from_str(from).into_iter::<Value>().next()?.ok();
        let mended = || serde_json::from_str(&mended(from)?).ok();
        match strict().or_else(mended) {
            Some(Value::Object(object)) if !object.is_empty() => Some(object),
            _ => None,
        }
    })
}

/// Whether a text begins as JSON does: an object, or a list of something. "[REDACTED]" is none.
pub(crate) fn begins(text: &str) -> bool {
    let inside = text.strip_prefix('[').map(str::trim_start);
    text.starts_with('{') && !text.starts_with("{{") || inside.is_some_and(|inside| inside.starts_with(['{', '"', '[']))
}

/// The text's object when it is nothing else.
pub(crate) fn whole(text: &str) -> bool {
    let text = text.trim();
    text.starts_with('{') && text.ends_with('}') && serde_json::from_str::<Map<String, Value>>(text).is_ok()
}

/// What a text says that is a JSON string and nothing else, also of one that holds another; none for any other text.
pub(crate) fn in_string(text: &str) -> Option<String> {
    let mut inner: String = serde_json::from_str(text.trim()).ok()?;
    for _ in 1..DEPTH {
        match serde_json::from_str(&inner) {
            Ok(deeper) => inner = deeper,
            Err(_) => break,
        }
    }
    Some(inner)
}

/// The object itself or the first one inside of it that `is_it`, texts that are JSON themselves included.
pub(crate) fn find(
    object: &Map<String, Value>,
    is_it: &impl Fn(&Map<String, Value>) -> bool,
) -> Option<Map<String, Value>> {
    find_within(object, is_it, DEPTH)
}

fn find_within(
    object: &Map<String, Value>,
    is_it: &impl Fn(&Map<String, Value>) -> bool,
    depth: u8,
) -> Option<Map<String, Value>> {
    if is_it(object) {
        return Some(object.clone());
    }
    let deeper = depth.checked_sub(1)?;
    object.values().find_map(|value| match value {
        Value::Object(inner) => find_within(inner, is_it, deeper),
        Value::Array(items) => items.iter().filter_map(Value::as_object).find_map(|o| find_within(o, is_it, deeper)),
        Value::String(text) if text.trim_start().starts_with(['{', '[']) => {
            objects_in(text).find_map(|inner| find_within(&inner, is_it, deeper))
        }
        _ => None,
    })
}

/// A field by one of its names, whose case, blanks, hyphens and line breaks don't count.
pub(crate) fn field<'a>(object: &'a Map<String, Value>, names: &[&str]) -> Option<&'a Value> {
    let plain =
        |name: &str| name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>();
    names.iter().find_map(|name| {
        let wanted = plain(name);
        object.iter().find(|(key, _)| plain(key) == wanted).map(|(_, value)| value)
    })
}

/// The object at the beginning of a text, as JSON; `None` when it doesn't end.
fn mended(text: &str) -> Option<String> {
    let chars: Vec<char> = text.chars().collect();
    let mut json = String::with_capacity(text.len() + 16);
    let (mut at, mut depth) = (0, 0_u32);
    while let Some(&c) = chars.get(at) {
        match c {
            '{' | '[' => depth += 1,
            '}' | ']' => depth = depth.checked_sub(1)?,
            '"' | '\'' => {
                at = string(&chars, at, &mut json)?;
                continue;
            }
            ',' if matches!(next_visible(&chars, at + 1), Some('}' | ']')) => {
                at += 1;
                continue;
            }
            c if c.is_ascii_alphabetic() => {
                let word: String = chars[at..].iter().take_while(|c| c.is_ascii_alphanumeric()).collect();
                json.push_str(match &*word {
                    "True" => "true",
                    "False" => "false",
                    "None" | "undefined" => "null",
                    other => other,
                });
                at += word.len();
                continue;
            }
            _ => {}
        }
        json.push(c);
        at += 1;
        if depth == 0 {
            return Some(json);
        }
    }
    None
}

/// Writes the string that begins at `start` as JSON and gives the place behind it.
fn string(chars: &[char], start: usize, json: &mut String) -> Option<usize> {
    let quote = chars[start];
    json.push('"');
    let mut at = start + 1;
    loop {
        match *chars.get(at)? {
            // A quote ends the string only where JSON goes on; else it was meant to be part of it.
            c if c == quote && matches!(next_visible(chars, at + 1), None | Some(',' | ':' | '}' | ']')) => {
                json.push('"');
                return Some(at + 1);
            }
            '"' => json.push_str("\\\""),
            '\\' => at += escape(chars, at + 1, json),
            '\n' => json.push_str("\\n"),
            '\t' => json.push_str("\\t"),
            c if c.is_control() => {}
            c => json.push(c),
        }
        at += 1;
    }
}

/// Writes what stands behind a backslash, and gives how many characters that were.
fn escape(chars: &[char], at: usize, json: &mut String) -> usize {
    let hexadecimal = || chars.get(at + 1..at + 5).is_some_and(|digits| digits.iter().all(char::is_ascii_hexdigit));
    match chars.get(at) {
        Some(&c) if "\"\\/bfnrt".contains(c) || (c == 'u' && hexadecimal()) => {
            json.push('\\');
            json.push(c);
            1
        }
        Some('\n') => {
            json.push_str("\\n");
            1
        }
        // Markdown's escapes.
        Some(&c) if c.is_ascii_punctuation() => {
            json.push(c);
            1
        }
        _ => {
            json.push_str("\\\\");
            0
        }
    }
}

fn next_visible(chars: &[char], from: usize) -> Option<char> {
    chars.get(from..)?.iter().copied().find(|c| !c.is_whitespace())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::*;

    #[rstest]
    #[case("{\"a\": \"one\ntwo\r\n\tthree\"}", json!({"a": "one\ntwo\n\tthree"}))]
    #[case("{\"a\": [1, 2,], \"b\": true,\n}", json!({"a": [1, 2], "b": true}))]
    #[case("{\"a\": \"a sign says \"Open\" today\"}", json!({"a": "a sign says \"Open\" today"}))]
    #[case("{'a': 'it's \"so\"', 'b': None, 'c': True}", json!({"a": "it's \"so\"", "b": null, "c": true}))]
    #[case("{\"a\": \"C:\\dir \\_x\\_ \\u00e9 \\uzz\"}", json!({"a": "C:\\dir _x_ é \\uzz"}))]
    #[case("before {\"a\": \"}\"} behind }", json!({"a": "}"}))]
    fn almost_json(#[case] text: &str, #[case] wanted: Value) {
        assert_eq!(objects_in(text).next().map(Value::Object), Some(wanted), "{text}");
    }

    #[rstest]
    #[case("{\"a\": \"never ends")]
    #[case("{\"a\": [1, 2")]
    #[case("{maybe}")]
    #[case("}{")]
    fn none(#[case] text: &str) {
        assert_eq!(objects_in(text).next(), None, "{text}");
    }

    #[test]
    fn names_are_taken_loosely() {
        let object = json!({"Alt-\nText\n": 1});
        assert_eq!(field(object.as_object().unwrap(), &["alt_text"]), Some(&json!(1)));
    }
}
