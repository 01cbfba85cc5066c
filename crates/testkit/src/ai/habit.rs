//! What servers do that imitate OpenAI: fields that they refuse, answers in other dresses, errors in words of their own.
//! Sources: their documentation and the messages quoted in public issue threads.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// Something that one of these servers does and OpenAI doesn't. Everything else of the request is checked as OpenAI does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Habit {
    /// 400 with a list of errors when this field is sent, as Google answers.
    RefusesField(&'static str),
    /// Streams unless it is told `"stream": false`.
    Streams,
    /// 400 when there is a system message or there are instructions, as the templates of some models do.
    NoSystemRole,
    /// Always this status and body: for errors.
    Answers(u16, String),
    /// The text begins with thoughts that only have an end.
    ThoughtsWithoutBeginning,
    /// The text is JSON with line breaks inside its strings, as they came.
    RawLineBreaks,
    /// The object stands under a key of another one.
    NestedUnder(&'static str),
    /// The text stands in the arguments of a call of a tool.
    CallsTool,
    /// Always this text, whatever form was asked for.
    Says(String),
}

impl Habit {
    /// 400 of a gateway that hides the real reason, as OpenRouter answers.
    pub fn behind_provider(status: u16, reason: &str) -> Habit {
        let raw = json!({ "error": { "message": reason, "type": "invalid_request_error" } }).to_string();
        let metadata = json!({ "raw": raw, "provider_name": "Somebody" });
        let error = json!({ "message": "Provider returned error", "code": status, "metadata": metadata });
        Habit::Answers(status, json!({ "error": error, "user_id": "user_1" }).to_string())
    }

    /// What is refused of a request before it is read.
    pub(super) fn refuses(&self, request: &Value) -> Option<Response> {
        let answer = |status: u16, body: &Value| Some(respond(status, "application/json", body.to_string()));
        match self {
            Habit::RefusesField(field) if request.get(field).is_some() => {
                let message = format!("Invalid JSON payload received. Unknown name \"{field}\": Cannot find field.");
                answer(400, &json!([{ "error": { "code": 400, "message": message, "status": "INVALID_ARGUMENT" } }]))
            }
            Habit::NoSystemRole => {
                let system = request["messages"][0]["role"] == "system" || request["instructions"].is_string();
                let error = json!({ "message": "System role not supported", "type": "BadRequestError", "code": 400 });
                if system { answer(400, &json!({ "error": error })) } else { None }
            }
            Habit::Answers(status, body) => Some(respond(*status, "application/json", body.clone())),
            _ => None,
        }
    }

    /// The text in another dress.
    pub(super) fn dress(&self, text: &str) -> String {
        match self {
            Habit::ThoughtsWithoutBeginning => format!("Is {{this}} a picture? It is.\n</think>\n\n{text}"),
            Habit::RawLineBreaks => text.replace(". ", ".\n").replacen(", ", ",\n", 1),
            Habit::NestedUnder(key) => format!("{{\"{key}\": {text}}}"),
            Habit::Says(text) => text.clone(),
            _ => text.to_owned(),
        }
    }

    /// A completion as it leaves the server.
    pub(super) fn wrap(&self, mut completion: Value, request: &Value) -> Response {
        match self {
            Habit::Streams if request["stream"] != false => {
                return respond(200, "text/event-stream", streamed(&completion));
            }
            Habit::CallsTool if completion.get("choices").is_some() => {
                let message = &mut completion["choices"][0]["message"];
                let arguments = message["content"].take();
                let function = json!({ "name": "picture_description", "arguments": arguments });
                message["tool_calls"] = json!([{ "id": "call_1", "type": "function", "function": function }]);
            }
            _ => {}
        }
        respond(200, "application/json", completion.to_string())
    }
}

fn respond(status: u16, content_type: &'static str, body: String) -> Response {
    let status = StatusCode::from_u16(status).expect("a status");
    (status, [("content-type", content_type)], body).into_response()
}

/// An answer in pieces of a few letters.
fn streamed(whole: &Value) -> String {
    let mut events = String::new();
    let mut send = |event: &Value| events.push_str(&format!("data: {event}\n\n"));
    match whole["choices"][0]["message"]["content"].as_str() {
        Some(text) => {
            let letters: Vec<char> = text.chars().collect();
            for piece in letters.chunks(7) {
                let delta = json!({ "content": piece.iter().collect::<String>() });
                send(&json!({ "model": whole["model"], "choices": [{ "index": 0, "delta": delta }] }));
            }
            send(&json!({ "choices": [{ "index": 0, "delta": {}, "finish_reason": "stop" }] }));
            send(&json!({ "choices": [], "usage": whole["usage"] }));
        }
        None => send(&json!({ "type": "response.completed", "response": whole })),
    }
    events.push_str("data: [DONE]\n\n");
    events
}
