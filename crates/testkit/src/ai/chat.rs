//! `POST /v1/chat/completions`. Source: <https://platform.openai.com/docs/api-reference/chat/create>.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::answer::{Answer, Ending};
use super::object::Object;
use super::picture;
use super::question::{DETAILS, EFFORTS, Form, Question, json_schema, reasons, shared_parameters};
use super::refusal::Refusal;

/// Every top-level parameter of the documented API.
const PARAMETERS: [&str; 38] = [
    "audio",
    "frequency_penalty",
    "function_call",
    "functions",
    "logit_bias",
    "logprobs",
    "max_completion_tokens",
    "max_tokens",
    "messages",
    "metadata",
    "modalities",
    "model",
    "moderation",
    "n",
    "parallel_tool_calls",
    "prediction",
    "presence_penalty",
    "prompt_cache_key",
    "prompt_cache_options",
    "prompt_cache_retention",
    "reasoning_effort",
    "response_format",
    "safety_identifier",
    "seed",
    "service_tier",
    "stop",
    "store",
    "stream",
    "stream_options",
    "temperature",
    "tool_choice",
    "tools",
    "top_logprobs",
    "top_p",
    "user",
    "verbosity",
    "web_search_options",
    "context_management",
];

/// Checks a request as OpenAI does.
pub(super) fn read(body: &Value, models: &[String]) -> Result<Question, Refusal> {
    let root = Object::new("", body)?;
    root.only(&PARAMETERS)?;
    let Some(model) = root.string("model")? else {
        let message = "you must provide a model parameter";
        return Err(Refusal::new(StatusCode::BAD_REQUEST, "invalid_request_error", message));
    };
    if !models.iter().any(|known| known == model) {
        let message = format!("The model `{model}` does not exist or you do not have access to it.");
        let refusal = Refusal::new(StatusCode::NOT_FOUND, "invalid_request_error", message);
        return Err(refusal.code("model_not_found"));
    }
    shared_parameters(&root, model)?;
    root.one_of("reasoning_effort", &EFFORTS)?;
    root.one_of("verbosity", &["low", "medium", "high"])?;
    let old_limit = root.integer("max_tokens", 1)?;
    if old_limit.is_some() && reasons(model) {
        let message = "Unsupported parameter: 'max_tokens' is not supported with this model. Use \
                       'max_completion_tokens' instead.";
        return Err(Refusal::invalid("max_tokens", "unsupported_parameter", message));
    }
    let max_tokens = root.integer("max_completion_tokens", 1)?.or(old_limit);
    let form = form(&root)?;
    let messages = root.objects("messages")?;
    if messages.is_empty() {
        let message = "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty \
                       array instead.";
        return Err(Refusal::invalid("messages", "empty_array", message));
    }
    let (mut texts, mut pictures) = (Vec::new(), Vec::new());
    for message in messages {
        read_message(&message, &mut texts, &mut pictures)?;
    }
    let question = Question { model: model.to_owned(), texts, pictures, form, max_tokens };
    question.check("messages", &question.texts)?;
    Ok(question)
}

fn form(root: &Object<'_>) -> Result<Form, Refusal> {
    let Some(format) = root.object("response_format")? else { return Ok(Form::Text) };
    match format.required_string("type")? {
        "text" => format.only(&["type"]).map(|()| Form::Text),
        "json_object" => format.only(&["type"]).map(|()| Form::JsonObject),
        "json_schema" => {
            format.only(&["type", "json_schema"])?;
            let schema = format.object("json_schema")?;
            let schema = schema.ok_or_else(|| Refusal::missing("response_format.json_schema"))?;
            schema.only(&["name", "description", "schema", "strict"])?;
            json_schema(&schema, "response_format")
        }
        other => Err(Refusal::wrong_value("response_format.type", other, &["json_object", "json_schema", "text"])),
    }
}

fn read_message(
    message: &Object<'_>,
    texts: &mut Vec<String>,
    pictures: &mut Vec<picture::PictureSeen>,
) -> Result<(), Refusal> {
    message.only(&["role", "content", "name", "refusal", "tool_calls", "tool_call_id", "audio", "function_call"])?;
    message.required("role")?;
    let role = message.one_of("role", &["system", "assistant", "user", "function", "tool", "developer"])?;
    if let Value::String(text) = message.required("content")? {
        texts.push(text.clone());
        return Ok(());
    }
    for part in message.objects("content")? {
        match (part.required_string("type")?, role) {
            ("text", _) => {
                part.only(&["type", "text", "prompt_cache_breakpoint"])?;
                texts.push(part.required_string("text")?.to_owned());
            }
            ("image_url", Some("user")) => {
                part.only(&["type", "image_url", "prompt_cache_breakpoint"])?;
                let image = part.object("image_url")?.ok_or_else(|| Refusal::missing(&part.path("image_url")))?;
                image.only(&["url", "detail"])?;
                let detail = image.one_of("detail", &DETAILS)?.unwrap_or("auto");
                pictures.push(picture::look(&image.path("url"), image.required_string("url")?, detail)?);
            }
            ("image_url", _) => {
                let message = "Image URLs are only allowed for messages with role 'user', but this message with role \
                               'system' contains an image URL.";
                return Err(Refusal::invalid(part.path("type"), "invalid_value", message));
            }
            (other, _) => {
                let supported = ["text", "image_url", "input_audio", "refusal", "audio", "file"];
                return Err(Refusal::wrong_value(&part.path("type"), other, &supported));
            }
        }
    }
    Ok(())
}

/// The answer in this API's form.
pub(super) fn render(answer: &Answer) -> Value {
    let mut message = json!({
        "role": "assistant",
        "content": answer.text,
        "refusal": answer.refusal,
        "annotations": [],
    });
    if let Some(thoughts) = &answer.thoughts {
        // Not OpenAI's: vLLM, llama.cpp, DeepSeek and others add it.
        message["content"] = json!(answer.text.clone().unwrap_or_default());
        message["reasoning_content"] = json!(thoughts);
    }
    let finish = match answer.ending {
        Ending::Stop | Ending::Failed => "stop",
        Ending::Length => "length",
        Ending::Filtered => "content_filter",
    };
    json!({
        "id": format!("chatcmpl-{}", answer.id),
        "object": "chat.completion",
        "created": answer.created,
        "model": answer.model,
        "choices": [{ "index": 0, "message": message, "logprobs": null, "finish_reason": finish }],
        "usage": {
            "prompt_tokens": answer.input_tokens,
            "completion_tokens": answer.output_tokens(),
            "total_tokens": answer.input_tokens + answer.output_tokens(),
            "prompt_tokens_details": { "cached_tokens": 0, "audio_tokens": 0 },
            "completion_tokens_details": {
                "reasoning_tokens": answer.reasoning_tokens, "audio_tokens": 0,
                "accepted_prediction_tokens": 0, "rejected_prediction_tokens": 0,
            },
        },
        "service_tier": "default",
        "system_fingerprint": null,
    })
}
