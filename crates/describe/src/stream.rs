//! Answers that come as a stream of pieces although none was asked for: put together to what one answer would have been.

use serde_json::{Value, json};

use crate::json::whole as is_whole;

/// What a stream came to.
#[derive(Debug, PartialEq)]
pub(crate) enum Streamed {
    /// An answer, as one that came in one piece.
    Whole(Value),
    /// Pieces without an end: neither the last of them nor anything behind them says that it was the last.
    CutOff,
}

/// What a stream of server-sent events, or of one JSON object a line, came to; `None` for anything else.
pub(crate) fn read(body: &str) -> Option<Streamed> {
    let events: Vec<Value> = if body.lines().any(|line| line.starts_with("data:")) {
        body.split("\n\n").flat_map(|event| event.split("\r\n\r\n")).filter_map(data).collect()
    } else {
        let mut lines: Vec<&str> = body.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        // The last one may be half a line, where a connection broke off.
        let last = lines.pop().map(serde_json::from_str);
        let mut events =
            lines.into_iter().map(|line| serde_json::from_str(line).ok()).collect::<Option<Vec<Value>>>()?;
        events.extend(last.and_then(Result::ok));
        events
    };
    if events.is_empty() {
        return None;
    }
    let mut answer = Answer { done: body.lines().any(is_done), ..Answer::default() };
    for event in events {
        if let Some(end) = answer.take(event) {
            return Some(Streamed::Whole(end));
        }
    }
    Some(if answer.has_ended() { Streamed::Whole(answer.into_completion()) } else { Streamed::CutOff })
}

/// Whether a line is the event that ends a stream of completions.
fn is_done(line: &str) -> bool {
    line.strip_prefix("data:").is_some_and(|data| data.trim() == "[DONE]")
}

/// What an event carries.
fn data(event: &str) -> Option<Value> {
    let lines = event.lines().filter_map(|line| line.strip_prefix("data:"));
    let text = lines.map(str::trim).collect::<Vec<_>>().join("\n");
    let value: Value = serde_json::from_str(&text).ok()?;
    // The kind of event may stand beside what it carries.
    let is_error = event.lines().any(|line| line.strip_prefix("event:").is_some_and(|kind| kind.trim() == "error"));
    Some(if is_error && value.get("error").is_none() { json!({ "error": value }) } else { value })
}

/// The pieces so far.
#[derive(Default)]
struct Answer {
    model: Value,
    usage: Value,
    text: String,
    thoughts: String,
    refusal: String,
    arguments: String,
    ended: Value,
    done: bool,
    from_responses: bool,
}

impl Answer {
    /// Takes a piece. Gives the whole answer when it is all in this one.
    fn take(&mut self, event: Value) -> Option<Value> {
        if event.get("error").is_some_and(|error| !error.is_null()) {
            return Some(json!({ "error": event["error"] }));
        }
        match event["type"].as_str() {
            Some("response.completed" | "response.incomplete" | "response.failed") => {
                return Some(event["response"].clone());
            }
            Some("error") => return Some(json!({ "error": event })),
            Some("response.output_text.delta") => {
                self.from_responses = true;
                self.text.push_str(event["delta"].as_str().unwrap_or_default());
                return None;
            }
            Some("response.output_text.done") => {
                self.from_responses = true;
                self.done = true;
                event["text"].as_str().unwrap_or_default().clone_into(&mut self.text);
                return None;
            }
            Some(other) if other.starts_with("response.") => return None,
            _ => {}
        }
        let choice = event.pointer("/choices/0").unwrap_or(&event);
        let piece = ["delta", "message"].iter().find_map(|name| choice.get(*name)).unwrap_or(choice);
        let text = |name: &str| piece[name].as_str().unwrap_or_default();
        self.text.push_str(text("content"));
        self.text.push_str(text("text"));
        self.thoughts.push_str(text("reasoning_content"));
        self.thoughts.push_str(text("reasoning"));
        self.refusal.push_str(text("refusal"));
        let arguments = piece.pointer("/tool_calls/0/function/arguments").and_then(Value::as_str);
        self.arguments.push_str(arguments.unwrap_or_default());
        let keep = |place: &mut Value, value: &Value| {
            if !value.is_null() {
                place.clone_from(value);
            }
        };
        keep(&mut self.model, &event["model"]);
        keep(&mut self.usage, &event["usage"]);
        keep(&mut self.ended, &choice["finish_reason"]);
        keep(&mut self.ended, &choice["done_reason"]);
        let told_after_all = event["choices"].as_array().is_some_and(Vec::is_empty) && !event["usage"].is_null();
        self.done |= event["done"] == true || told_after_all;
        None
    }

    /// Whether it was said that there is no more, or is nothing that could break off. An answer in JSON says it by its last
    /// bracket.
    fn has_ended(&self) -> bool {
        let pieces = [&self.text, &self.thoughts, &self.refusal, &self.arguments];
        let is_nothing = pieces.iter().all(|piece| piece.is_empty());
        let reason = self.ended.as_str().is_some_and(|reason| !reason.is_empty());
        self.done || reason || is_nothing || is_whole(&self.text) || is_whole(&self.arguments)
    }

    fn into_completion(self) -> Value {
        if self.from_responses {
            let content = json!([{ "type": "output_text", "text": self.text }]);
            return json!({ "status": "completed", "output": [{ "type": "message", "content": content }] });
        }
        let text = if self.text.trim().is_empty() { self.arguments } else { self.text };
        let mut message = json!({ "role": "assistant", "content": text });
        for (name, value) in [("reasoning_content", self.thoughts), ("refusal", self.refusal)] {
            if !value.is_empty() {
                message[name] = value.into();
            }
        }
        json!({ "model": self.model, "usage": self.usage, "choices": [{ "message": message, "finish_reason": self.ended }] })
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn whole(body: &str) -> Option<Value> {
        match read(body)? {
            Streamed::Whole(answer) => Some(answer),
            Streamed::CutOff => panic!("{body}"),
        }
    }

    #[test]
    fn pieces_become_one_answer() {
        let body = ": hello\n\ndata: {\"model\":\"m\",\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":\"A \"}}]}\n\n\
                    data: {\"choices\":[{\"delta\":{\"content\":\"house.\"},\"finish_reason\":\"stop\"}]}\r\n\r\n\
                    data: {\"choices\":[],\"usage\":{\"prompt_tokens\":3}}\n\ndata: [DONE]\n\n";
        let answer = whole(body).unwrap();
        assert_eq!(answer["choices"][0]["message"]["content"], "A house.");
        assert_eq!(answer["choices"][0]["finish_reason"], "stop");
        assert_eq!((&answer["model"], &answer["usage"]["prompt_tokens"]), (&json!("m"), &json!(3)));
    }

    #[test]
    fn a_line_each() {
        let body = "{\"message\":{\"content\":\"A \"},\"done\":false}\n{\"message\":{\"content\":\"house.\"},\"done\":true,\"done_reason\":\"stop\"}\n";
        assert_eq!(whole(body).unwrap()["choices"][0]["message"]["content"], "A house.");
    }

    #[test]
    fn the_last_event_of_the_other_api_has_it_all() {
        let body = "event: response.created\ndata: {\"type\":\"response.created\",\"response\":{\"id\":\"r\"}}\n\n\
                    event: response.completed\ndata: {\"type\":\"response.completed\",\"response\":{\"status\":\"completed\"}}\n\n";
        assert_eq!(whole(body), Some(json!({"status": "completed"})));
    }

    #[test]
    fn an_error_in_the_stream() {
        assert_eq!(whole("data: {\"error\":{\"message\":\"no\"}}\n\n"), Some(json!({"error": {"message": "no"}})));
        let named =
            "data: {\"choices\":[{\"delta\":{\"content\":\"A \"}}]}\n\nevent: error\ndata: {\"message\":\"no\"}\n\n";
        assert_eq!(whole(named), Some(json!({"error": {"message": "no"}})));
        assert_eq!(whole("<html>"), None);
        assert_eq!(whole(""), None);
    }

    const PIECE: &str =
        "data: {\"choices\":[{\"delta\":{\"content\":\"A red barn besi\"},\"finish_reason\":null}]}\n\n";

    #[rstest]
    #[case(PIECE.to_owned())]
    #[case(format!("{PIECE}data: {{\"choices\":[{{\"delta\":{{\"cont"))]
    #[case("{\"message\":{\"content\":\"A red barn besi\"},\"done\":false}\n".repeat(2))]
    #[case("{\"message\":{\"content\":\"A \"},\"done\":false}\n{\"message\":{\"content\":\"re".to_owned())]
    #[case("data: {\"type\":\"response.output_text.delta\",\"delta\":\"A red barn besi\"}\n\n".to_owned())]
    fn pieces_without_an_end(#[case] body: String) {
        assert_eq!(read(&body), Some(Streamed::CutOff));
    }

    #[rstest]
    #[case("data: [DONE]\n\n")]
    #[case("data: {\"choices\":[],\"usage\":{\"prompt_tokens\":3}}\n\n")]
    #[case("data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n")]
    fn an_end_is_told_in_many_ways(#[case] end: &str) {
        assert_eq!(whole(&format!("{PIECE}{end}")).unwrap()["choices"][0]["message"]["content"], "A red barn besi");
    }

    #[test]
    fn what_ends_with_its_last_bracket_needs_no_other_end() {
        let body = "data: {\"choices\":[{\"delta\":{\"content\":\"{\\\"description\\\":\\\"A house.\\\"}\"}}]}\n\n";
        assert_eq!(whole(body).unwrap()["choices"][0]["message"]["content"], "{\"description\":\"A house.\"}");
    }
}
