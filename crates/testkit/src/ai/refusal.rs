//! OpenAI's errors: `{"error":{"message","type","param","code"}}`.
//!
//! Source: <https://platform.openai.com/docs/guides/error-codes> and messages quoted in public issue threads.

use axum::Json;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// A request that OpenAI would refuse.
#[derive(Debug, Clone)]
pub(super) struct Refusal {
    pub(super) status: StatusCode,
    pub(super) message: String,
    pub(super) kind: &'static str,
    pub(super) param: Option<String>,
    pub(super) code: Option<&'static str>,
    pub(super) retry_after: Option<u64>,
}

impl Refusal {
    /// 400 `invalid_request_error`.
    pub(super) fn invalid(param: impl Into<String>, code: &'static str, message: impl Into<String>) -> Self {
        let (param, code) = (Some(param.into()), Some(code));
        Self { code, param, ..Self::new(StatusCode::BAD_REQUEST, "invalid_request_error", message) }
    }

    pub(super) fn new(status: StatusCode, kind: &'static str, message: impl Into<String>) -> Self {
        Self { status, message: message.into(), kind, param: None, code: None, retry_after: None }
    }

    pub(super) fn code(self, code: &'static str) -> Self {
        Self { code: Some(code), ..self }
    }

    pub(super) fn unknown_parameter(path: &str) -> Self {
        Self::invalid(path, "unknown_parameter", format!("Unknown parameter: '{path}'."))
    }

    pub(super) fn missing(path: &str) -> Self {
        Self::invalid(path, "missing_required_parameter", format!("Missing required parameter: '{path}'."))
    }

    pub(super) fn wrong_type(path: &str, expected: &str, got: &Value) -> Self {
        let got = match got {
            Value::Null => "null",
            Value::Bool(_) => "a boolean",
            Value::Number(number) if number.is_f64() => "a decimal",
            Value::Number(_) => "an integer",
            Value::String(_) => "a string",
            Value::Array(_) => "an array",
            Value::Object(_) => "an object",
        };
        let message = format!("Invalid type for '{path}': expected {expected}, but got {got} instead.");
        Self::invalid(path, "invalid_type", message)
    }

    pub(super) fn wrong_value(path: &str, got: &str, supported: &[&str]) -> Self {
        let supported: Vec<String> = supported.iter().map(|value| format!("'{value}'")).collect();
        let message = format!("Invalid value: '{got}'. Supported values are: {}.", supported.join(", "));
        Self::invalid(path, "invalid_value", message)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let Self { status, message, kind, param, code, retry_after } = self;
        let body = json!({ "error": { "message": message, "type": kind, "param": param, "code": code } });
        let mut answer = (status, Json(body)).into_response();
        if let Some(seconds) = retry_after {
            answer.headers_mut().insert("retry-after", HeaderValue::from(seconds));
            answer.headers_mut().insert("x-ratelimit-remaining-requests", HeaderValue::from(0));
        }
        answer
    }
}
