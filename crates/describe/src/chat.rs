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
use crate::prompt::instructions;
use crate::structure::{Structure, schema};

/// The request for one picture. No token limit is sent: servers disagree on its name, and refuse the other one.
pub(crate) fn request(
    model: &str,
    task: String,
    data_url: String,
    structure: Structure,
    store: bool,
) -> CreateChatCompletionRequest {
    let picture = ChatCompletionRequestMessageContentPartImage::from(ImageUrl { url: data_url, detail: None });
    let parts = vec![
        ChatCompletionRequestUserMessageContentPart::Text(ChatCompletionRequestMessageContentPartText::from(task)),
        ChatCompletionRequestUserMessageContentPart::ImageUrl(picture),
    ];
    let user = ChatCompletionRequestUserMessage {
        content: ChatCompletionRequestUserMessageContent::Array(parts),
        ..Default::default()
    };
    CreateChatCompletionRequest {
        model: model.to_owned(),
        messages: vec![
            ChatCompletionRequestMessage::System(ChatCompletionRequestSystemMessage::from(instructions())),
            ChatCompletionRequestMessage::User(user),
        ],
        response_format: match structure {
            Structure::Schema => Some(ResponseFormat::JsonSchema { json_schema: schema() }),
            Structure::JsonObject => Some(ResponseFormat::JsonObject),
            Structure::PlainText => None,
        },
        store: store.then_some(false),
        ..Default::default()
    }
}

/// Reads the completion. It is read as loose JSON: servers leave out fields that OpenAI documents as required.
pub(crate) fn reply(completion: &Value) -> Result<Reply, Useless> {
    let choice = &completion["choices"][0];
    let message = &choice["message"];
    if let Some(refusal) = message["refusal"].as_str().filter(|refusal| !refusal.trim().is_empty()) {
        return Err(Useless::Refused(clean_line(refusal, 300)));
    }
    let text = match &message["content"] {
        Value::String(text) => text.clone(),
        Value::Array(parts) => parts.iter().filter_map(|part| part["text"].as_str()).collect(),
        _ => String::new(),
    };
    match choice["finish_reason"].as_str() {
        Some("content_filter") => return Err(Useless::Refused("its content filter stopped the answer.".into())),
        Some("length") => {
            return Err(Useless::Unusable(
                "it breaks off, because the model wrote more than it may (a longer limit or context helps).".into(),
            ));
        }
        _ => {}
    }
    let thought = ["reasoning", "reasoning_content", "thinking"].iter().any(|name| message[*name].is_string());
    if text.trim().is_empty() && thought {
        return Err(Useless::Unusable("the model only thought, and gave no answer.".into()));
    }
    let count = |name: &str| completion["usage"][name].as_u64().and_then(|n| u32::try_from(n).ok());
    Ok(Reply {
        text,
        model: completion["model"].as_str().map(str::to_owned),
        input_tokens: count("prompt_tokens"),
        output_tokens: count("completion_tokens"),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_request_is_what_the_reference_asks_for() {
        let data_url = "data:image/jpeg;base64,AA==";
        let sent = |structure, store| {
            serde_json::to_value(request("llava", "Describe.".into(), data_url.into(), structure, store)).unwrap()
        };
        let strict = sent(Structure::Schema, true);
        assert_eq!(strict["store"], json!(false));
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
        assert!(plain.get("response_format").is_none() && plain.get("store").is_none());
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
        assert_eq!(reply(&json!({})).unwrap().text, "");
    }
}
