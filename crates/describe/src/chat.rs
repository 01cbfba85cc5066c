//! Chat Completions (<https://platform.openai.com/docs/api-reference/chat>), which every compatible server speaks.

use async_openai::types::chat::{
    ChatCompletionRequestMessage, ChatCompletionRequestMessageContentPartImage,
    ChatCompletionRequestMessageContentPartText, ChatCompletionRequestSystemMessage, ChatCompletionRequestUserMessage,
    ChatCompletionRequestUserMessageContent, ChatCompletionRequestUserMessageContentPart, CreateChatCompletionRequest,
    ImageUrl, ResponseFormat,
};
use serde_json::Value;

use crate::answer::{Reply, Useless};
use crate::description::clean_line;
use crate::dialect::Dialect;
use crate::error_answer::ErrorAnswer;
use crate::prompt::instructions;
use crate::structure::{Structure, schema};

/// The request for one picture. No token limit is sent: servers disagree on its name, and refuse the other one.
pub(crate) fn request(model: &str, task: String, data_url: String, dialect: Dialect) -> CreateChatCompletionRequest {
    let picture = ChatCompletionRequestMessageContentPartImage::from(ImageUrl { url: data_url, detail: None });
    let task = if dialect.system { task } else { format!("{}\n\n{task}", instructions()) };
    let parts = vec![
        ChatCompletionRequestUserMessageContentPart::Text(ChatCompletionRequestMessageContentPartText::from(task)),
        ChatCompletionRequestUserMessageContentPart::ImageUrl(picture),
    ];
    let user = ChatCompletionRequestUserMessage {
        content: ChatCompletionRequestUserMessageContent::Array(parts),
        ..Default::default()
    };
    let system = ChatCompletionRequestSystemMessage::from(instructions());
    let system = dialect.system.then_some(ChatCompletionRequestMessage::System(system));
    CreateChatCompletionRequest {
        model: model.to_owned(),
        messages: system.into_iter().chain([ChatCompletionRequestMessage::User(user)]).collect(),
        response_format: match dialect.structure {
            Structure::Schema => Some(ResponseFormat::JsonSchema { json_schema: schema() }),
            Structure::JsonObject => Some(ResponseFormat::JsonObject),
            Structure::PlainText => None,
        },
        store: dialect.store.then_some(false),
        stream: dialect.stream.then_some(false),
        ..Default::default()
    }
}

/// Reads the completion. It is read as loose JSON: servers leave out fields that OpenAI documents as required, and some
/// answer with what is another API's.
pub(crate) fn reply(completion: &Value) -> Result<Reply, Useless> {
    let choice = completion.pointer("/choices/0").unwrap_or(completion);
    let message = ["message", "delta"].iter().find_map(|name| choice.get(*name)).filter(|message| message.is_object());
    let message = message.unwrap_or(choice);
    if let Some(refusal) = message["refusal"].as_str().filter(|refusal| !refusal.trim().is_empty()) {
        return Err(Useless::Refused(clean_line(refusal, 300)));
    }
    let parts = message["content"].as_array().map(Vec::as_slice).unwrap_or_default();
    if let Some(refusal) = parts.iter().find_map(|part| part["refusal"].as_str()) {
        return Err(Useless::Refused(clean_line(refusal, 300)));
    }
    let text = text_of(message);
    let ended =
        ["finish_reason", "finishReason", "done_reason", "stop_reason"].iter().find_map(|name| choice[*name].as_str());
    let ended = ended.unwrap_or_default().to_ascii_lowercase();
    match &*ended {
        "content_filter" | "safety" | "prohibited_content" | "recitation" | "blocklist" | "refusal" => {
            return Err(Useless::Refused("its content filter stopped the answer.".into()));
        }
        "length" | "max_tokens" => {
            return Err(Useless::Unusable(
                "it breaks off, because the model wrote more than it may (a longer limit or context helps).".into(),
            ));
        }
        _ => {}
    }
    if text.trim().is_empty() {
        return Err(Useless::Unusable(why_empty(completion, choice, message)));
    }
    let count = |name: &str| completion["usage"][name].as_u64().and_then(|n| u32::try_from(n).ok());
    Ok(Reply {
        text,
        model: completion["model"].as_str().map(str::to_owned),
        input_tokens: count("prompt_tokens"),
        output_tokens: count("completion_tokens"),
    })
}

/// What the model wrote: as a text, in parts (without those that are thoughts), or as what it would call a tool with.
fn text_of(message: &Value) -> String {
    let thinks = |part: &&Value| {
        matches!(part["type"].as_str(), Some("thinking" | "reasoning" | "thought" | "redacted_thinking"))
            || part["thought"] == true
    };
    let said = |part: &Value| part.as_str().or_else(|| part["text"].as_str()).map(str::to_owned);
    let text = match &message["content"] {
        Value::String(text) => text.clone(),
        Value::Array(parts) => parts.iter().filter(|part| !thinks(part)).filter_map(said).collect(),
        // An object is what the model wrote, parsed by a server that meant well.
        object @ Value::Object(_) => said(object).unwrap_or_else(|| object.to_string()),
        _ => String::new(),
    };
    if !text.trim().is_empty() {
        return text;
    }
    let call =
        message.pointer("/tool_calls/0/function/arguments").or_else(|| message.pointer("/function_call/arguments"));
    let elsewhere = || ["text", "response", "output_text", "parsed"].iter().find_map(|name| message.get(*name));
    match call.or_else(elsewhere) {
        Some(Value::String(text)) => text.clone(),
        Some(object @ Value::Object(_)) => object.to_string(),
        _ => String::new(),
    }
}

/// Why there is no text, in the host's own words where it gave any.
fn why_empty(completion: &Value, choice: &Value, message: &Value) -> String {
    let failed = ErrorAnswer::from_value(if choice["error"].is_null() { &completion["error"] } else { choice });
    let said = if failed.message.is_empty() && !completion["choices"].is_array() {
        // No completion at all; perhaps it says something else.
        ErrorAnswer::from_value(completion)
    } else {
        failed
    };
    if !said.message.is_empty() {
        return format!("{}.", said.quoted());
    }
    let written = |value: &Value| match value {
        Value::String(text) => !text.trim().is_empty(),
        Value::Array(parts) => !parts.is_empty(),
        _ => false,
    };
    let thoughts = ["reasoning", "reasoning_content", "reasoning_details", "thinking", "content"];
    if thoughts.iter().any(|name| written(&message[*name])) {
        return "the model only thought, and gave no answer.".into();
    }
    if written(&message["tool_calls"]) || message["function_call"].is_object() {
        return "the model wanted to call a tool, and there is none.".into();
    }
    "it is empty.".into()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_request_is_what_the_reference_asks_for() {
        let data_url = "data:image/jpeg;base64,AA==";
        let sent = |structure, all| {
            let dialect = Dialect { structure, store: all, stream: all, limit: all, system: all };
            serde_json::to_value(request("llava", "Describe.".into(), data_url.into(), dialect)).unwrap()
        };
        let strict = sent(Structure::Schema, true);
        assert_eq!((&strict["store"], &strict["stream"]), (&json!(false), &json!(false)));
        assert_eq!(strict["messages"][0]["role"], "system");
        assert_eq!(
            strict["messages"][1],
            json!({"role": "user", "content": [
                {"type": "text", "text": "Describe."},
                {"type": "image_url", "image_url": {"url": data_url}},
            ]})
        );
        assert_eq!(strict["response_format"]["type"], "json_schema");
        assert_eq!(strict["response_format"]["json_schema"]["strict"], json!(true));
        assert_eq!(sent(Structure::JsonObject, true)["response_format"], json!({"type": "json_object"}));
        let plain = sent(Structure::PlainText, false);
        for left_out in ["response_format", "store", "stream"] {
            assert!(plain.get(left_out).is_none(), "{left_out}");
        }
        assert_eq!(plain["messages"].as_array().map(Vec::len), Some(1));
        let folded = plain["messages"][0]["content"][0]["text"].as_str().unwrap();
        assert!(folded.contains("JSON") && folded.ends_with("\n\nDescribe."), "{folded}");
        assert!(strict["messages"][0]["content"].as_str().unwrap().contains("JSON"), "JSON mode demands the word");
    }

    #[test]
    fn answers_of_many_servers() {
        let of =
            |choice: Value| reply(&json!({"choices": [choice], "usage": {"prompt_tokens": 1, "completion_tokens": 2}}));
        let plain = of(json!({"message": {"content": "hi"}, "finish_reason": "stop"})).unwrap();
        assert_eq!(plain, Reply { text: "hi".into(), model: None, input_tokens: Some(1), output_tokens: Some(2) });
        let parts = of(json!({"message": {"content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]}}));
        assert_eq!(parts.unwrap().text, "ab");
        let thoughts = of(json!({"message": {"content": "", "reasoning_content": "hm"}, "finish_reason": "stop"}));
        assert_eq!(thoughts, Err(Useless::Unusable("the model only thought, and gave no answer.".into())));
        let cut = of(json!({"message": {"content": "{\"desc"}, "finish_reason": "length"}));
        assert!(matches!(cut, Err(Useless::Unusable(_))));
        let refused = of(json!({"message": {"content": null, "refusal": "No."}, "finish_reason": "stop"}));
        assert_eq!(refused, Err(Useless::Refused("No.".into())));
        let in_parts = of(json!({"message": {"content": [{"type": "refusal", "refusal": "Not this face."}]}}));
        assert_eq!(in_parts, Err(Useless::Refused("Not this face.".into())));
        assert_eq!(reply(&json!({})), Err(Useless::Unusable("it is empty.".into())));
    }

    #[test]
    fn text_in_other_places() {
        let text = |completion: Value| reply(&completion).map(|reply| reply.text);
        let of = |message: Value| text(json!({"choices": [{"message": message}]}));
        let thinking =
            json!([{"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]}, {"type": "text", "text": "a"}]);
        assert_eq!(of(json!({"content": thinking})), Ok("a".into()));
        let call =
            json!([{"type": "function", "function": {"name": "describe", "arguments": "{\"description\":\"a\"}"}}]);
        assert_eq!(of(json!({"content": null, "tool_calls": call})), Ok("{\"description\":\"a\"}".into()));
        assert_eq!(of(json!({"content": {"description": "a"}})), Ok("{\"description\":\"a\"}".into()));
        assert_eq!(text(json!({"choices": [{"text": "a"}]})), Ok("a".into()));
        assert_eq!(text(json!({"message": {"role": "assistant", "content": "a"}, "done": true})), Ok("a".into()));
        assert_eq!(text(json!({"response": "a"})), Ok("a".into()));
    }

    #[test]
    fn emptiness_has_its_reason() {
        let why = |completion: Value| match reply(&completion) {
            Err(Useless::Unusable(why)) => why,
            other => panic!("{other:?}"),
        };
        let call = json!([{"type": "function", "function": {"name": "look"}}]);
        assert!(why(json!({"choices": [{"message": {"content": null, "tool_calls": call}}]})).contains("tool"));
        let thoughts = json!([{"type": "thinking", "thinking": "hm"}]);
        assert!(why(json!({"choices": [{"message": {"content": thoughts}}]})).contains("only thought"));
        let failed =
            json!({"choices": [{"error": {"message": "Upstream died", "code": 502}, "message": {"content": ""}}]});
        assert_eq!(why(failed), "“Upstream died”.");
        assert_eq!(why(json!({"detail": "The model is loading."})), "“The model is loading”.");
        assert_eq!(why(json!({"choices": []})), "it is empty.");
        let said = json!({"base_resp": {"status_code": 1004, "status_msg": "login fail"}, "choices": null});
        assert_eq!(why(said), "“login fail”.");
        let blocked = json!({"choices": null, "promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}});
        assert_eq!(why(blocked), "“PROHIBITED_CONTENT”.");
        let filtered = reply(&json!({"choices": [{"message": {"content": ""}, "finish_reason": "SAFETY"}]}));
        assert!(matches!(filtered, Err(Useless::Refused(_))));
    }
}
