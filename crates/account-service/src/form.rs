//! What is wrong with the form of a request, in the words of the API: fields and JSON's kinds of values, never types of this
//! program.

use std::borrow::Cow;

use account_api::MAX_PAGE;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Reads a body.
///
/// # Errors
/// A sentence about what is wrong with it.
pub fn read_body<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, String> {
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let read = serde_path_to_error::deserialize(&mut json);
    // Serde would take an array of a type's fields in their order, too.
    let is_object = bytes.trim_ascii_start().starts_with(b"{");
    match read {
        Ok(value) if is_object => return json.end().map(|()| value).map_err(|error| no_json(&error)),
        // What comes first is told first: a body that is no JSON is no wrong kind of JSON.
        Err(error) if is_object && error.inner().is_data() && is_json(bytes).is_ok() => {
            return Err(fault(&error.path().to_string(), &error.inner().to_string(), "The body"));
        }
        _ => {}
    }
    Err(match is_json(bytes) {
        Err(error) => no_json(&error),
        Ok(_) => "The body must be a JSON object.".to_owned(),
    })
}

fn is_json(bytes: &[u8]) -> serde_json::Result<serde::de::IgnoredAny> {
    serde_json::from_slice(bytes)
}

/// Reads a value that stands by itself in a body; `what` it is begins the sentence.
///
/// # Errors
/// A sentence about what is wrong with it.
pub fn read_value<T: DeserializeOwned>(value: Value, what: &str) -> Result<T, String> {
    if !value.is_object() {
        return Err(format!("{what} must be a JSON object."));
    }
    serde_path_to_error::deserialize(value)
        .map_err(|error| fault(&error.path().to_string(), &error.inner().to_string(), what))
}

/// What is wrong with a query string, by axum's words for it.
pub fn of_query(refused: &str) -> String {
    let said = refused.rsplit_once("query string: ").map_or(refused, |(_, said)| said);
    match said.split_once(": ") {
        Some((field, _)) if is_field(field) => format!("{field}: {}.", parameter(field)),
        _ => fault("", said, "The query string"),
    }
}

/// What a parameter of a query string has to be.
pub fn parameter(name: &str) -> Cow<'static, str> {
    match name {
        "limit" => format!("a whole number from 1 to {MAX_PAGE}").into(),
        "after" => "a whole number".into(),
        "trash" | "permanent" => "true or false".into(),
        _ => "this is not as documented".into(),
    }
}

fn is_field(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
}

fn no_json(error: &serde_json::Error) -> String {
    format!("The body is not JSON, from line {}, character {} on.", error.line(), error.column())
}

/// What serde says about a field, in the words of the API. `path` leads to it, `what` is the whole.
fn fault(path: &str, said: &str, what: &str) -> String {
    let path = path.trim_matches('.').replace(".?", "").replace('?', "");
    let said = said.split(" at line ").next().unwrap_or(said);
    let quoted = |before: &str| said.strip_prefix(before)?.strip_prefix('`')?.split('`').next();
    let in_it = |field: &str| if path.is_empty() { field.to_owned() } else { format!("{path}.{field}") };
    let of_it = |needed: &str| match &*path {
        "" => format!("{what} must be {needed}."),
        path => format!("{path}: {needed}."),
    };
    if let Some(field) = quoted("missing field ") {
        return format!("{}: this is missing.", in_it(field));
    }
    if let Some(field) = quoted("duplicate field ") {
        return format!("{}: this is there twice.", in_it(field));
    }
    if let Some(field) = quoted("unknown field ") {
        return format!("{}: there is no such field.", in_it(field));
    }
    let expected = said.rsplit_once(", expected ").map(|(_, expected)| expected);
    match expected {
        Some(values) if said.starts_with("unknown variant") => {
            let values = values.strip_prefix("one of ").unwrap_or(values).replace('`', "");
            // Within an object the field that names its kind is not in the path.
            match &*path {
                "" => format!("{what}: this is none of the documented kinds, which are {values}."),
                path => format!("{path}: one of {values}."),
            }
        }
        Some(expected) if said.starts_with("invalid ") => of_it(kind(expected)),
        _ if said.starts_with("invalid ") || said.starts_with("data did not match") => of_it("as documented"),
        // In words of our own.
        _ => match &*path {
            "" => format!("{what}: {}.", said.trim_end_matches('.')),
            path => format!("{path}: {}.", said.trim_end_matches('.')),
        },
    }
}

/// JSON's kind of what serde expects.
fn kind(expected: &str) -> &'static str {
    match expected.split_whitespace().next().unwrap_or_default() {
        "u8" | "u16" | "u32" | "u64" | "u128" | "usize" => "a whole number of 0 or more that is not too large",
        "i8" | "i16" | "i32" | "i64" | "i128" | "isize" => "a whole number that is not too large",
        "f32" | "f64" => "a number",
        "struct" | "map" | "internally" | "adjacently" => "a JSON object",
        "tuple" => "a list",
        _ => match expected {
            "a string" | "string" | "a borrowed string" | "str" => "a text",
            "a boolean" => "true or false",
            "a sequence" | "an array" => "a list",
            "a map" => "a JSON object",
            _ => "as documented",
        },
    }
}

#[cfg(test)]
mod tests {
    use account_api::{EmailRequest, GrantRequest, ImagePatch};
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("[]", "The body must be a JSON object.")]
    #[case("1", "The body must be a JSON object.")]
    #[case("null", "The body must be a JSON object.")]
    #[case("[\"a@b\",\"secret\"]", "The body must be a JSON object.")]
    #[case("", "The body is not JSON, from line 1, character 0 on.")]
    #[case("{\"email\":", "The body is not JSON, from line 1, character 9 on.")]
    #[case("{} x", "The body is not JSON, from line 1, character 4 on.")]
    #[case("{}", "email: this is missing.")]
    #[case("{\"email\":7,\"password\":\"x\"}", "email: a text.")]
    #[case("{\"email\":\"a\",\"email\":\"b\"}", "email: this is there twice.")]
    fn bodies(#[case] body: &str, #[case] wanted: &str) {
        assert_eq!(read_body::<EmailRequest>(body.as_bytes()).unwrap_err(), wanted);
    }

    #[rstest]
    #[case("{\"files\":{}}", "files: a list.")]
    #[case("{\"files\":[7]}", "files[0]: a JSON object.")]
    #[case("{\"files\":[{}]}", "files[0].reference: this is missing.")]
    #[case("{\"files\":[{\"size\":-1}]}", "files[0].size: a whole number of 0 or more that is not too large.")]
    #[case("{\"files\":[{\"name\":null}]}", "files[0].name: a text.")]
    fn lists(#[case] body: &str, #[case] wanted: &str) {
        assert_eq!(read_body::<GrantRequest>(body.as_bytes()).unwrap_err(), wanted);
    }

    #[test]
    fn a_good_body_is_read() {
        let patch = read_body::<ImagePatch>(b" {\"favourite\": true} ").unwrap();
        assert_eq!(patch.favourite, Some(true));
    }

    #[test]
    fn parameters() {
        for (said, wanted) in [
            ("limit: number too large to fit in target type", "limit: a whole number from 1 to 1000."),
            ("after: invalid digit found in string", "after: a whole number."),
            ("trash: provided string was not `true` or `false`", "trash: true or false."),
            ("duplicate field `limit`", "limit: this is there twice."),
        ] {
            assert_eq!(of_query(&format!("Failed to deserialize query string: {said}")), wanted);
        }
    }
}
