//! OpenAI's Responses API (<https://platform.openai.com/docs/api-reference/responses>).

use async_openai::types::responses::{
    CreateResponse, EasyInputContent, EasyInputMessage, ImageDetail, InputContent, InputImageContent, InputItem,
    InputParam, InputTextContent, ResponseTextParam, Role, TextResponseFormatConfiguration,
};
use serde_json::Value;

use crate::answer::{Reply, Useless};
use crate::description::clean_line;
use crate::dialect::Dialect;
use crate::prompt::instructions;
use crate::structure::{Structure, schema};

/// Most tokens of an answer. Models that think count their thoughts in, so it is far above what a description takes; it
/// only stops a model that doesn't stop by itself.
const MAX_OUTPUT_TOKENS: u32 = 16_000;

/// The request for one picture.
pub(crate) fn request(model: &str, task: String, data_url: String, dialect: Dialect) -> CreateResponse {
    let picture = InputImageContent { detail: ImageDetail::Auto, image_url: Some(data_url), ..Default::default() };
    let text = |text| InputContent::InputText(InputTextContent { text, ..Default::default() });
    let mut content = vec![text(task), InputContent::InputImage(picture)];
    if !dialect.system {
        content.insert(0, text(instructions().to_owned()));
    }
    if dialect.structure == Structure::JsonObject {
        // JSON mode demands that the input itself, not only the instructions, speaks of JSON.
        content.push(text("Answer with one JSON object.".to_owned()));
    }
    let message =
        EasyInputMessage { role: Role::User, content: EasyInputContent::ContentList(content), ..Default::default() };
    let format = match dialect.structure {
        Structure::Schema => Some(TextResponseFormatConfiguration::JsonSchema(schema())),
        Structure::JsonObject => Some(TextResponseFormatConfiguration::JsonObject),
        Structure::PlainText => None,
    };
    CreateResponse {
        model: Some(model.to_owned()),
        instructions: dialect.system.then(|| instructions().to_owned()),
        input: InputParam::Items(vec![InputItem::EasyMessage(message)]),
        text: format.map(|format| ResponseTextParam { format, verbosity: None }),
        max_output_tokens: dialect.limit.then_some(MAX_OUTPUT_TOKENS),
        store: dialect.store.then_some(false),
        stream: dialect.stream.then_some(false),
        ..Default::default()
    }
}

/// Reads the response object. It is read as loose JSON: servers that imitate the API leave fields out.
pub(crate) fn reply(response: &Value) -> Result<Reply, Useless> {
    let mut text = String::new();
    let items = response.get("output").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    for item in items.iter().filter(|item| item["type"] == "message") {
        for part in item["content"].as_array().map(Vec::as_slice).unwrap_or_default() {
            match (part["type"].as_str(), part["text"].as_str(), part["refusal"].as_str()) {
                (Some("refusal"), _, Some(refusal)) => return Err(Useless::Refused(clean_line(refusal, 300))),
                (_, Some(part), _) => text.push_str(part),
                _ => {}
            }
        }
    }
    match (response["status"].as_str(), response.pointer("/incomplete_details/reason").and_then(Value::as_str)) {
        (Some("incomplete"), Some("content_filter")) => {
            return Err(Useless::Refused("its content filter stopped the answer.".into()));
        }
        (Some("incomplete"), _) => {
            return Err(Useless::Unusable("it breaks off, because the model wrote more than it may.".into()));
        }
        (Some("failed"), _) => {
            let said = response.pointer("/error/message").and_then(Value::as_str).unwrap_or("no reason was given");
            return Err(Useless::Unusable(format!(
                "the model failed: {}.",
                clean_line(said, 300).trim_end_matches('.')
            )));
        }
        (Some("cancelled"), _) => return Err(Useless::Unusable("the host cancelled it.".into())),
        _ => {}
    }
    if text.trim().is_empty() {
        let call =
            items.iter().filter(|item| item["type"] == "function_call").find_map(|item| item["arguments"].as_str());
        text.push_str(call.or_else(|| response["output_text"].as_str()).unwrap_or_default());
    }
    if text.trim().is_empty() && items.iter().any(|item| item["type"] == "reasoning") {
        return Err(Useless::Unusable("the model only thought, and gave no answer.".into()));
    }
    let count = |name: &str| response["usage"][name].as_u64().and_then(|n| u32::try_from(n).ok());
    Ok(Reply {
        text,
        model: response["model"].as_str().map(str::to_owned),
        input_tokens: count("input_tokens"),
        output_tokens: count("output_tokens"),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_request_is_what_the_reference_asks_for() {
        let request =
            request("gpt-5-mini", "Describe.".into(), "data:image/jpeg;base64,AA==".into(), Dialect::default());
        let sent = serde_json::to_value(request).unwrap();
        assert_eq!((&sent["store"], &sent["stream"]), (&json!(false), &json!(false)));
        assert_eq!(sent["model"], "gpt-5-mini");
        assert_eq!(sent["input"][0]["role"], "user");
        assert_eq!(
            sent["input"][0]["content"],
            json!([
                {"type": "input_text", "text": "Describe."},
                {"type": "input_image", "detail": "auto", "image_url": "data:image/jpeg;base64,AA=="},
            ])
        );
        let format = &sent["text"]["format"];
        assert_eq!((&format["type"], &format["strict"]), (&json!("json_schema"), &json!(true)));
        assert_eq!(format["schema"]["additionalProperties"], json!(false));
        assert!(sent.get("tools").is_none());
    }

    fn message(content: Value) -> Value {
        json!({"status": "completed", "model": "m", "output": [
            {"type": "reasoning", "summary": []},
            {"type": "message", "role": "assistant", "content": content},
        ], "usage": {"input_tokens": 5, "output_tokens": 6}})
    }

    #[test]
    fn text_is_found_behind_thoughts() {
        let found = reply(&message(json!([{"type": "output_text", "text": "{}", "annotations": []}]))).unwrap();
        assert_eq!(
            found,
            Reply { text: "{}".into(), model: Some("m".into()), input_tokens: Some(5), output_tokens: Some(6) }
        );
    }

    #[test]
    fn refusals_and_broken_answers() {
        let refused = reply(&message(json!([{"type": "refusal", "refusal": "I can't."}])));
        assert_eq!(refused, Err(Useless::Refused("I can't.".into())));
        let cut = json!({"status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}, "output": []});
        assert!(matches!(reply(&cut), Err(Useless::Unusable(_))));
        let filtered =
            json!({"status": "incomplete", "incomplete_details": {"reason": "content_filter"}, "output": []});
        assert!(matches!(reply(&filtered), Err(Useless::Refused(_))));
        let failed = json!({"status": "failed", "error": {"code": "server_error", "message": "Oops."}, "output": []});
        assert_eq!(reply(&failed), Err(Useless::Unusable("the model failed: Oops.".into())));
        let thoughts = json!({"status": "completed", "output": [{"type": "reasoning", "summary": []}]});
        assert_eq!(reply(&thoughts), Err(Useless::Unusable("the model only thought, and gave no answer.".into())));
    }
}
