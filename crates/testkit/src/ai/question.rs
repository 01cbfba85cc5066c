//! What is asked, whichever of the two APIs it came by.

use serde_json::Value;

use super::object::Object;
use super::picture::PictureSeen;
use super::refusal::Refusal;
use super::schema;

/// A request that passed every check.
#[derive(Debug)]
pub(super) struct Question {
    pub(super) model: String,
    /// Every text of the conversation, instructions included.
    pub(super) texts: Vec<String>,
    pub(super) pictures: Vec<PictureSeen>,
    pub(super) form: Form,
    /// Longest answer, in tokens, reasoning included.
    pub(super) max_tokens: Option<u64>,
}

/// The form that the answer has to be in.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Form {
    Text,
    JsonObject,
    JsonSchema(Value),
}

/// Models that reason first: they refuse sampling parameters and spend tokens before they write.
pub(super) fn reasons(model: &str) -> bool {
    let numbered = |prefix: &str| {
        model.strip_prefix(prefix).is_some_and(|rest| rest.starts_with(|digit: char| digit.is_ascii_digit()))
    };
    numbered("gpt-5") || model.starts_with("gpt-5") || numbered("o")
}

/// Models that take no pictures.
pub(super) fn is_blind(model: &str) -> bool {
    model.starts_with("gpt-3.5")
}

impl Question {
    /// Checks what both APIs check once everything is read. `messages` is the field that the conversation stands in.
    pub(super) fn check(&self, messages: &str, conversation: &[String]) -> Result<(), Refusal> {
        if !self.pictures.is_empty() && is_blind(&self.model) {
            let message = "Invalid content type. image_url is only supported by certain models.";
            return Err(Refusal { code: None, ..Refusal::invalid(messages, "", message) });
        }
        let says_json = conversation.iter().any(|text| text.to_lowercase().contains("json"));
        if self.form == Form::JsonObject && !says_json {
            let message = if messages == "input" {
                "Response input messages must contain the word 'json' in some form to use 'text.format' of type \
                 'json_object'."
            } else {
                "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'."
            };
            return Err(Refusal { code: None, ..Refusal::invalid(messages, "", message) });
        }
        Ok(())
    }
}

/// Reads `{"name","schema","strict","description"}`. `whole` is the parameter that errors about the schema name.
pub(super) fn json_schema(format: &Object<'_>, whole: &str) -> Result<Form, Refusal> {
    let name = format.required_string("name")?;
    let word = |letter: char| letter.is_ascii_alphanumeric() || letter == '_' || letter == '-';
    let path = format.path("name");
    if name.is_empty() || !name.chars().all(word) {
        let message = format!(
            "Invalid '{path}': string does not match pattern. Expected a string that matches the pattern \
             '^[a-zA-Z0-9_-]+$'."
        );
        return Err(Refusal::invalid(path, "invalid_value", message));
    }
    if name.len() > 64 {
        let message = format!(
            "Invalid '{path}': string too long. Expected a string with maximum length 64, but got a string with length \
             {} instead.",
            name.len()
        );
        return Err(Refusal::invalid(path, "string_above_max_length", message));
    }
    format.string("description")?;
    let strict = format.boolean("strict")?.unwrap_or(false);
    let schema = format.required("schema")?;
    Object::new(format.path("schema"), schema)?;
    match schema::objection(schema) {
        Some(objection) if strict => {
            let message = format!("Invalid schema for response_format '{name}': {objection}");
            Err(Refusal::invalid(whole, "invalid_json_schema", message))
        }
        _ => Ok(Form::JsonSchema(schema.clone())),
    }
}

/// Checks the parameters that both APIs share.
pub(super) fn shared_parameters(root: &Object<'_>, model: &str) -> Result<(), Refusal> {
    for name in ["store", "parallel_tool_calls"] {
        root.boolean(name)?;
    }
    if root.boolean("stream")? == Some(true) {
        return Err(Refusal::invalid("stream", "unsupported_value", "The stand-in doesn't stream its answers."));
    }
    root.number("temperature", 0.0, 2.0)?;
    root.number("top_p", 0.0, 1.0)?;
    for name in ["user", "prompt_cache_key", "safety_identifier"] {
        root.string(name)?;
    }
    root.one_of("service_tier", &["auto", "default", "flex", "priority", "scale"])?;
    for (key, value) in root.get("metadata").and_then(Value::as_object).into_iter().flatten() {
        if !value.is_string() {
            return Err(Refusal::wrong_type(&format!("metadata.{key}"), "a string", value));
        }
    }
    let sampling = ["temperature", "top_p"].into_iter().find(|name| {
        let usual = root.get(name).and_then(Value::as_f64).is_none_or(|value| value == 1.0);
        reasons(model) && !usual
    });
    match sampling {
        Some(name) => {
            let message = format!("Unsupported parameter: '{name}' is not supported with this model.");
            Err(Refusal::invalid(name, "unsupported_parameter", message))
        }
        None => Ok(()),
    }
}

/// The words for how hard to think.
pub(super) const EFFORTS: [&str; 6] = ["none", "minimal", "low", "medium", "high", "xhigh"];

/// The words for how closely to look at a picture.
pub(super) const DETAILS: [&str; 4] = ["auto", "low", "high", "original"];
