//! `POST /v1/responses`. Source: <https://platform.openai.com/docs/api-reference/responses/create>.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::answer::{Answer, Ending};
use super::object::Object;
use super::picture;
use super::question::{DETAILS, EFFORTS, Form, Question, json_schema, shared_parameters};
use super::refusal::Refusal;

/// Every top-level parameter of the documented API.
const PARAMETERS: [&str; 30] = [
    "background",
    "context_management",
    "conversation",
    "include",
    "input",
    "instructions",
    "max_output_tokens",
    "max_tool_calls",
    "metadata",
    "model",
    "moderation",
    "parallel_tool_calls",
    "previous_response_id",
    "prompt",
    "prompt_cache_key",
    "prompt_cache_options",
    "prompt_cache_retention",
    "reasoning",
    "safety_identifier",
    "service_tier",
    "store",
    "stream",
    "stream_options",
    "temperature",
    "text",
    "tool_choice",
    "tools",
    "top_logprobs",
    "top_p",
    "truncation",
];

/// Checks a request as OpenAI does.
pub(super) fn read(body: &Value, models: &[String]) -> Result<Question, Refusal> {
    let root = Object::new("", body)?;
    root.only(&[&PARAMETERS[..], &["user"]].concat())?;
    let model = root.required_string("model")?;
    if !models.iter().any(|known| known == model) {
        let message = format!("The requested model '{model}' does not exist.");
        let refusal = Refusal::invalid("model", "model_not_found", message);
        return Err(Refusal { status: StatusCode::NOT_FOUND, ..refusal });
    }
    shared_parameters(&root, model)?;
    if let Some(reasoning) = root.object("reasoning")? {
        reasoning.only(&["effort", "summary", "generate_summary", "mode", "context"])?;
        reasoning.one_of("effort", &EFFORTS)?;
        reasoning.one_of("summary", &["auto", "concise", "detailed"])?;
    }
    let form = form(&root)?;
    let mut texts: Vec<String> = root.string("instructions")?.map(str::to_owned).into_iter().collect();
    let (mut conversation, mut pictures) = (Vec::new(), Vec::new());
    match root.required("input")? {
        Value::String(text) => conversation.push(text.clone()),
        Value::Array(_) => {
            for message in root.objects("input")? {
                read_message(&message, &mut conversation, &mut pictures)?;
            }
        }
        other => return Err(Refusal::wrong_type("input", "one of a string or an array of input items", other)),
    }
    texts.extend(conversation.iter().cloned());
    let max_tokens = root.integer("max_output_tokens", 16)?;
    let question = Question { model: model.to_owned(), texts, pictures, form, max_tokens };
    question.check("input", &conversation)?;
    Ok(question)
}

fn form(root: &Object<'_>) -> Result<Form, Refusal> {
    let Some(text) = root.object("text")? else { return Ok(Form::Text) };
    text.only(&["format", "verbosity"])?;
    text.one_of("verbosity", &["low", "medium", "high"])?;
    let Some(format) = text.object("format")? else { return Ok(Form::Text) };
    match format.required_string("type")? {
        "text" => format.only(&["type"]).map(|()| Form::Text),
        "json_object" => format.only(&["type"]).map(|()| Form::JsonObject),
        "json_schema" => {
            format.only(&["type", "name", "description", "schema", "strict"])?;
            json_schema(&format, "text.format.schema")
        }
        other => Err(Refusal::wrong_value("text.format.type", other, &["json_object", "json_schema", "text"])),
    }
}

fn read_message(
    message: &Object<'_>,
    texts: &mut Vec<String>,
    pictures: &mut Vec<picture::PictureSeen>,
) -> Result<(), Refusal> {
    message.one_of("type", &["message"])?;
    message.only(&["type", "role", "content", "status", "id", "phase"])?;
    message.required("role")?;
    let role = message.one_of("role", &["assistant", "system", "developer", "user"])?;
    if let Value::String(text) = message.required("content")? {
        texts.push(text.clone());
        return Ok(());
    }
    for part in message.objects("content")? {
        let kind = part.required_string("type")?;
        match (kind, role) {
            ("input_text", Some("user" | "system" | "developer")) | ("output_text", Some("assistant")) => {
                part.only(&["type", "text", "annotations", "logprobs", "prompt_cache_breakpoint"])?;
                texts.push(part.required_string("text")?.to_owned());
            }
            ("input_image", Some("user" | "system" | "developer")) => {
                part.only(&["type", "image_url", "file_id", "detail", "prompt_cache_breakpoint"])?;
                let detail = part.one_of("detail", &DETAILS)?.unwrap_or("auto");
                if let Some(id) = part.string("file_id")? {
                    let message = format!("File '{id}' was not found.");
                    return Err(Refusal::invalid(part.path("file_id"), "image_file_not_found", message));
                }
                let url = part.required_string("image_url")?;
                pictures.push(picture::look(&part.path("image_url"), url, detail)?);
            }
            (other, Some("assistant")) => {
                return Err(Refusal::wrong_value(&part.path("type"), other, &["output_text", "refusal"]));
            }
            (other, _) => {
                let supported = ["input_text", "input_image", "input_file"];
                return Err(Refusal::wrong_value(&part.path("type"), other, &supported));
            }
        }
    }
    Ok(())
}

/// The answer in this API's form.
pub(super) fn render(answer: &Answer, request: &Value) -> Value {
    let mut output = Vec::new();
    if answer.reasoning_tokens > 0 {
        output.push(json!({ "id": format!("rs_{}", answer.id), "type": "reasoning", "summary": [] }));
    }
    let complete = if matches!(answer.ending, Ending::Length | Ending::Filtered) { "incomplete" } else { "completed" };
    let part = match (&answer.text, &answer.refusal) {
        (_, Some(refusal)) => Some(json!({ "type": "refusal", "refusal": refusal })),
        (Some(text), None) => Some(json!({ "type": "output_text", "text": text, "annotations": [], "logprobs": [] })),
        (None, None) => None,
    };
    if let Some(part) = part {
        output.push(json!({ "id": format!("msg_{}", answer.id), "type": "message", "status": complete,
                            "role": "assistant", "content": [part] }));
    }
    let status = if answer.ending == Ending::Failed { "failed" } else { complete };
    let reason = match answer.ending {
        Ending::Length => json!({ "reason": "max_output_tokens" }),
        Ending::Filtered => json!({ "reason": "content_filter" }),
        Ending::Stop | Ending::Failed => Value::Null,
    };
    let error = match answer.ending {
        Ending::Failed => {
            json!({ "code": "server_error", "message": "An error occurred while processing your request." })
        }
        _ => Value::Null,
    };
    let given = |name: &str, otherwise: Value| request.get(name).cloned().unwrap_or(otherwise);
    json!({
        "id": format!("resp_{}", answer.id),
        "object": "response",
        "created_at": answer.created,
        "status": status,
        "background": false,
        "error": error,
        "incomplete_details": reason,
        "instructions": given("instructions", Value::Null),
        "max_output_tokens": given("max_output_tokens", Value::Null),
        "max_tool_calls": null,
        "model": answer.model,
        "output": output,
        "parallel_tool_calls": true,
        "previous_response_id": null,
        "reasoning": { "effort": request["reasoning"].get("effort").cloned().unwrap_or(Value::Null), "summary": null },
        "service_tier": "default",
        "store": given("store", json!(true)),
        "temperature": 1.0,
        "text": { "format": request["text"].get("format").cloned().unwrap_or_else(|| json!({ "type": "text" })),
                  "verbosity": "medium" },
        "tool_choice": "auto",
        "tools": [],
        "top_logprobs": 0,
        "top_p": 1.0,
        "truncation": "disabled",
        "usage": {
            "input_tokens": answer.input_tokens,
            "input_tokens_details": { "cached_tokens": 0 },
            "output_tokens": answer.output_tokens(),
            "output_tokens_details": { "reasoning_tokens": answer.reasoning_tokens },
            "total_tokens": answer.input_tokens + answer.output_tokens(),
        },
        "metadata": given("metadata", json!({})),
    })
}
