//! What hosts answer when they refuse: many forms of error objects, and what they mean.

use std::borrow::Cow;
use std::time::Duration;

use serde_json::{Map, Value};

use crate::description::clean_line;

/// Longest reason that is passed on, in characters.
const MAX_REASON: usize = 300;

/// An error as a host answered it.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct ErrorAnswer {
    pub(crate) status: u16,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) code: String,
    pub(crate) kind: String,
    pub(crate) param: String,
    /// The host's own reason, or that of whoever stands behind it; empty when there is none.
    pub(crate) message: String,
}

impl ErrorAnswer {
    /// Reads the error objects of OpenAI and of the servers that imitate it, each in their own way:
    /// `{"error":{"message","type","param","code"}}`, `{"error":"…"}`, `{"message":"…"}`, `{"detail":"…"}`,
    /// `{"detail":[{"msg":"…"}]}`, `{"errors":[…]}`, any of these in a list, with the real reason in `metadata.raw`, a
    /// page of HTML, or plain text.
    pub(crate) fn read(status: u16, retry_after: Option<Duration>, body: &[u8]) -> ErrorAnswer {
        let answer = ErrorAnswer { status, retry_after, ..ErrorAnswer::default() };
        let text = text_of(body);
        match serde_json::from_str::<Value>(text.trim_start_matches('\u{feff}')) {
            Ok(value) => ErrorAnswer { status, retry_after, ..Self::from_value(&value) },
            Err(_) if text.trim_start().starts_with('<') => ErrorAnswer { message: title(&text), ..answer },
            Err(_) => ErrorAnswer { message: clean_line(&text, MAX_REASON), ..answer },
        }
    }

    /// Reads an error that came as JSON; its status is that of its own code, or 0.
    pub(crate) fn from_value(value: &Value) -> ErrorAnswer {
        let mut answer = ErrorAnswer::default();
        let value = first(value);
        let error = value.get("error").filter(|error| !error.is_null()).map_or(value, first);
        if let Value::Object(fields) = error {
            answer.code = word(fields, &["code"]);
            answer.kind = word(fields, &["type", "status"]);
            answer.param = word(fields, &["param"]);
        }
        answer.status = meant_status(error).unwrap_or(0);
        let mut places = Vec::new();
        answer.message = clean_line(&reason(error, &mut places, 0), MAX_REASON);
        if answer.message.is_empty() && !std::ptr::eq(error, value) {
            answer.message = clean_line(&reason(value, &mut places, 0), MAX_REASON);
        }
        if !places.is_empty() {
            answer.param = clean_line(&format!("{} {}", answer.param, places.join(" ")), MAX_REASON);
        }
        answer
    }

    fn words(&self) -> String {
        format!("{} {} {} {}", self.code, self.kind, self.param, self.message).to_lowercase()
    }

    pub(crate) fn says(&self, words: &[&str]) -> bool {
        let all = self.words();
        words.iter().any(|word| all.contains(word))
    }

    /// Whether a field of the request is named, as a word of its own.
    pub(crate) fn names(&self, field: &str) -> bool {
        self.words().split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == field)
    }

    /// Whether money or quota is used up: waiting doesn't help.
    pub(crate) fn is_quota(&self) -> bool {
        self.status == 402
            || self.says(&["insufficient_quota", "billing_hard_limit", "billing_not_active", "insufficient credit"])
    }

    /// Whether the model takes no pictures.
    pub(crate) fn is_blind(&self) -> bool {
        if matches!(self.status, 401 | 402 | 403 | 413 | 429 | 502..=504) {
            return false;
        }
        let all = self.words();
        let says = |words: &[&str]| words.iter().any(|word| all.contains(word));
        let whole = [
            "support image input",
            "support images",
            "support image_url",
            "support vision",
            "support multimodal",
            "vision input",
            "only supported by certain models",
            "not a multimodal model",
            "not a vision model",
            "at most 0 image",
            "unknown variant `image_url`",
            "required for image input",
            "mmproj",
            "content must be a string",
        ];
        if says(&whole) {
            return true;
        }
        // “Image input is not supported”, but not “this format of image is not supported”.
        let about_input = ["image input", "image content", "images are", "image_url is", "vision is", "multimodal"];
        let no =
            ["not supported", "unsupported", "not enabled", "not available", "n't support", "not support", "disabled"];
        says(&about_input) && says(&no) && !says(&["format", "mime", "media type", "base64", "corrupt"])
    }

    /// Whether the model's template knows no system message.
    pub(crate) fn is_about_system(&self) -> bool {
        !matches!(self.status, 401 | 402 | 403 | 429)
            && self.says(&[
                "system role",
                "role system",
                "role 'system'",
                "role \"system\"",
                "system message",
                "system prompt",
                "system instruction",
                "developer instruction",
                "roles must alternate",
                "only user and assistant roles",
                "unsupported parameter: 'instructions'",
            ])
    }

    /// Whether the host objects to the form in which the answer was asked.
    pub(crate) fn is_about_structure(&self) -> bool {
        matches!(self.status, 400 | 404 | 415 | 422 | 500 | 501)
            && self.says(&[
                "response_format",
                "response format",
                "responseformat",
                "response_schema",
                "response_mime_type",
                "text.format",
                "json_schema",
                "json_object",
                "json schema",
                "json mode",
                "structured output",
                "guided",
                "grammar",
                "handle the requested parameters",
            ])
    }

    /// Whether a server's error has a reason that is the same next time: it is about what was asked, not about the server.
    pub(crate) fn will_not_pass(&self) -> bool {
        let passes = ["overload", "try again", "temporar", "busy", "unavailable", "timeout", "timed out", "capacity"];
        self.is_blind()
            || self.is_about_system()
            || self.is_about_structure()
            || (matches!(self.status, 500 | 501)
                && !self.says(&passes)
                && self.says(&[
                    "not supported",
                    "unsupported",
                    "not support",
                    "n't support",
                    "invalid",
                    "not found",
                    "no such",
                    "not implemented",
                    "context size",
                    "context length",
                    "context window",
                    "exceed",
                    "too large",
                    "too long",
                    "failed to decode",
                    "failed to load",
                    "failed to parse",
                    "must be",
                ]))
    }

    /// The host's own words, quoted, for the end of a sentence; empty when it gave none.
    pub(crate) fn quoted(&self) -> String {
        if self.message.is_empty() { String::new() } else { format!("“{}”", self.message.trim_end_matches('.')) }
    }
}

/// Google and some gateways put the error into a list.
fn first(value: &Value) -> &Value {
    match value {
        Value::Array(items) => items.first().unwrap_or(&Value::Null),
        other => other,
    }
}

/// The first of these fields that is a text or a number.
fn word(fields: &Map<String, Value>, names: &[&str]) -> String {
    let as_word = |value: &Value| match value {
        Value::String(text) => Some(clean_line(text, MAX_REASON)),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    names.iter().find_map(|name| fields.get(*name).and_then(as_word)).unwrap_or_default()
}

/// The reason that stands deepest: what is between only says that somebody else said no. `places` gets the fields that a
/// validator names.
fn reason(value: &Value, places: &mut Vec<String>, depth: u8) -> String {
    if depth > 6 {
        return String::new();
    }
    match value {
        Value::String(text) => match serde_json::from_str::<Value>(text.trim()) {
            Ok(inner @ (Value::Object(_) | Value::Array(_))) => {
                Some(reason(&inner, places, depth + 1)).filter(|reason| !reason.is_empty())
            }
            _ => None,
        }
        .unwrap_or_else(|| if text.trim_start().starts_with('<') { title(text) } else { text.clone() }),
        Value::Array(items) => {
            let all: Vec<String> = items.iter().map(|item| reason(item, places, depth + 1)).collect();
            all.into_iter().filter(|reason| !reason.trim().is_empty()).collect::<Vec<_>>().join("; ")
        }
        Value::Object(fields) => {
            places.extend(fields.get("loc").map(Value::to_string));
            let behind = fields.get("metadata").and_then(|metadata| metadata.get("raw"));
            let flagged = fields.get("metadata").and_then(|metadata| metadata.get("reasons"));
            let behind = behind.map(|raw| reason(raw, places, depth + 1)).filter(|reason| !reason.trim().is_empty());
            if let Some(behind) = behind {
                return behind;
            }
            let names = [
                "error",
                "message",
                "detail",
                "errors",
                "msg",
                "error_description",
                "error_message",
                "error_msg",
                "Message",
                "reason",
                "title",
                "base_resp",
                "status_msg",
                "promptFeedback",
                "blockReason",
            ];
            let found = names
                .iter()
                .filter_map(|name| fields.get(*name))
                .find_map(|inner| Some(reason(inner, places, depth + 1)).filter(|reason| !reason.trim().is_empty()));
            match (found, flagged.map(|reasons| reason(reasons, places, depth + 1))) {
                (Some(found), Some(flagged)) if !flagged.is_empty() => format!("{found}: {flagged}"),
                (found, _) => found.unwrap_or_default(),
            }
        }
        _ => String::new(),
    }
}

/// Bytes as text: what is no UTF-8 is mostly Latin-1, in which each byte is the character of its number.
fn text_of(body: &[u8]) -> Cow<'_, str> {
    std::str::from_utf8(body).map_or_else(|_| body.iter().map(|byte| char::from(*byte)).collect(), Cow::Borrowed)
}

/// The HTTP status that an error object stands for, when it says so.
fn meant_status(error: &Value) -> Option<u16> {
    let numbers = ["code", "status", "status_code", "http_code"];
    let number = numbers.iter().find_map(|name| match error.get(*name)? {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    });
    if let Some(status) = number.and_then(|n| u16::try_from(n).ok()).filter(|status| (400..600).contains(status)) {
        return Some(status);
    }
    let words = ["code", "type", "status"].iter().filter_map(|name| error.get(*name)?.as_str());
    let words = words.collect::<Vec<_>>().join(" ").to_lowercase();
    let says = |parts: &[&str]| parts.iter().any(|part| words.contains(part));
    Some(match () {
        () if says(&["quota", "credit", "billing"]) => 402,
        () if says(&["rate_limit", "rate limit", "resource_exhausted", "too_many"]) => 429,
        () if says(&["api_key", "authentication", "unauthenticated"]) => 401,
        () if says(&["permission"]) => 403,
        () if says(&["model_not_found", "not_found"]) => 404,
        () if says(&["overloaded", "unavailable"]) => 503,
        () if says(&["server_error", "internal"]) => 500,
        () if says(&["invalid", "bad_request", "unsupported", "content_policy", "content_filter"]) => 400,
        () => return None,
    })
}

/// What a page says it is: its title, or else its first heading.
fn title(page: &str) -> String {
    let lower = page.to_ascii_lowercase();
    ["title", "h1", "h2"]
        .iter()
        .find_map(|tag| {
            let open = lower.find(&format!("<{tag}"))?;
            let start = open + lower[open..].find('>')? + 1;
            let end = start + lower[start..].find("</")?;
            Some(clean_line(&page[start..end], 120)).filter(|title| !title.is_empty())
        })
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn read(status: u16, body: &str) -> ErrorAnswer {
        ErrorAnswer::read(status, None, body.as_bytes())
    }

    #[rstest]
    #[case(r#"{"error":{"message":"Bad","type":"x"}}"#, "Bad")]
    #[case(r#"{"error":"Bad"}"#, "Bad")]
    #[case(r#"{"message":"Bad"}"#, "Bad")]
    #[case(r#"{"detail":"Bad"}"#, "Bad")]
    #[case(r#"{"detail":[{"msg":"Bad","loc":["body"]},{"msg":"Worse"}]}"#, "Bad; Worse")]
    #[case(r#"{"object":"error","message":{"detail":[{"msg":"Bad","loc":["body"]}]}}"#, "Bad")]
    #[case(r#"{"errors":[{"message":"Bad","code":7000}],"success":false}"#, "Bad")]
    #[case(r#"{"type":"about:blank","title":"Bad","status":400}"#, "Bad")]
    #[case(r#"[{"error":{"code":400,"message":"Bad","status":"INVALID_ARGUMENT"}}]"#, "Bad")]
    #[case(r#"{"error":{"message":"{\"error\":{\"message\":\"Bad\"}}"}}"#, "Bad")]
    #[case(
        r#"{"error":{"message":"Provider returned error","code":400,"metadata":{"raw":"{\"error\":{\"message\":\"Bad\"}}","provider_name":"X"}}}"#,
        "Bad"
    )]
    #[case(r#"{"error":{"message":"Provider returned error","metadata":{"raw":"Bad"}}}"#, "Bad")]
    #[case(r#"{"error":{"message":"Provider returned error","metadata":{"raw":{"message":"Bad"}}}}"#, "Bad")]
    #[case(r#"{"error":{"message":"Flagged","metadata":{"reasons":["violence"]}}}"#, "Flagged: violence")]
    #[case("<!doctype html><html><head><title>Bad\n gateway</title></head>", "Bad gateway")]
    #[case("<html><body><h1 class=x>Bad</h1>", "Bad")]
    #[case("Bad \u{1b}[31mterminal", "Bad terminal")]
    #[case("", "")]
    #[case("{}", "")]
    fn the_reason_is_found(#[case] body: &str, #[case] wanted: &str) {
        assert_eq!(read(400, body).message, wanted);
    }

    #[rstest]
    #[case(404, r#"{"error":{"message":"No endpoints found that support image input","code":404}}"#)]
    #[case(500, r#"{"error":{"code":500,"message":"image input is not supported - hint: if this is unexpected, you may need to provide the mmproj","type":"server_error"}}"#)]
    #[case(400, r#"{"error":{"message":"Invalid content type. image_url is only supported by certain models."}}"#)]
    #[case(400, r#"{"error":{"message":"Failed to deserialize the JSON body into the target type: messages[1]: unknown variant `image_url`, expected `text`"}}"#)]
    #[case(400, r#"{"error":{"message":"'messages.1' : for 'role:user' the following must be satisfied[('messages.1.content' : value must be a string) OR content must be a string]"}}"#)]
    #[case(400, r#"{"object":"error","message":"At most 0 image(s) may be provided in one request."}"#)]
    #[case(400, r#"{"error":"Model does not support images. Please use a model that does."}"#)]
    #[case(400, r#"{"error":{"message":"this model is missing data required for image input"}}"#)]
    #[case(400, r#"{"message":"Image input is not enabled for this model","type":"invalid_request_error"}"#)]
    #[case(400, r#"{"error":{"message":"Image inputs are not supported by this model."}}"#)]
    fn blind_models(#[case] status: u16, #[case] body: &str) {
        assert!(read(status, body).is_blind(), "{body}");
        assert!(read(status, body).will_not_pass());
    }

    #[rstest]
    #[case(400, r#"{"error":{"message":"You uploaded an unsupported image. Please make sure your image has of one the following formats: ['png', 'jpeg', 'gif', 'webp']."}}"#)]
    #[case(413, r#"{"error":{"message":"Images are not supported above 20 MB"}}"#)]
    #[case(400, r#"{"error":{"message":"Invalid image"}}"#)]
    #[case(503, r#"{"error":{"message":"Image input is not available"}}"#)]
    #[case(404, r#"{"error":{"message":"The model `gpt-4-vision-preview` is not available or not supported"}}"#)]
    fn others_see(#[case] status: u16, #[case] body: &str) {
        assert!(!read(status, body).is_blind(), "{body}");
    }

    #[test]
    fn fields_are_named_as_words() {
        let google = r#"[{"error":{"code":400,"message":"Invalid JSON payload received. Unknown name \"store\": Cannot find field.","status":"INVALID_ARGUMENT"}}]"#;
        assert!(read(400, google).names("store"));
        assert!(
            read(422, r#"{"detail":[{"type":"extra_forbidden","loc":["body","store"],"msg":"No"}]}"#).names("store")
        );
        assert!(!read(400, r#"{"error":{"message":"Ask the vector_store, or restore it"}}"#).names("store"));
    }

    #[test]
    fn errors_inside_a_success_say_what_they_mean() {
        let status = |json: &str| ErrorAnswer::from_value(&serde_json::from_str(json).unwrap()).status;
        assert_eq!(status(r#"{"error":{"message":"x","code":502}}"#), 502);
        assert_eq!(status(r#"{"error":{"message":"x","code":"429"}}"#), 429);
        assert_eq!(status(r#"{"error":{"message":"x","type":"insufficient_quota"}}"#), 402);
        assert_eq!(status(r#"{"error":{"message":"x","type":"overloaded_error"}}"#), 503);
        assert_eq!(status(r#"{"error":"x"}"#), 0);
    }
}
