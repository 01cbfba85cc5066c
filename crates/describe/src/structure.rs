//! The form that answers are asked in: a strict schema, any JSON object, or plain text.

use async_openai::types::responses::ResponseFormatJsonSchema;
use serde_json::json;

/// How strictly the form of the answer is prescribed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Structure {
    /// The server enforces our schema (Structured Outputs).
    Schema,
    /// The server enforces that it is a JSON object (JSON mode).
    JsonObject,
    /// The instructions ask for JSON, nothing enforces it.
    PlainText,
}

impl Structure {
    /// The next, less demanding one.
    pub(crate) fn relaxed(self) -> Option<Structure> {
        match self {
            Structure::Schema => Some(Structure::JsonObject),
            Structure::JsonObject => Some(Structure::PlainText),
            Structure::PlainText => None,
        }
    }
}

/// What the schema says of the description itself; a model that repeats it has described nothing.
pub(crate) const DESCRIPTION_OF_DESCRIPTION: &str = "The answer to the task.";

/// The schema of an answer, within the subset that Structured Outputs takes: every field required, none added.
pub(crate) fn schema() -> ResponseFormatJsonSchema {
    ResponseFormatJsonSchema {
        description: Some("What a picture shows".to_owned()),
        name: "picture_description".to_owned(),
        schema: json!({
            "type": "object",
            "properties": {
                "description": { "type": "string", "description": DESCRIPTION_OF_DESCRIPTION },
                "alt_text": { "type": "string", "description": "One sentence of at most 125 characters for people who can't see the picture." },
                "tags": { "type": "array", "items": { "type": "string" }, "description": "5 to 15 short lower-case words or phrases." },
                "text_in_image": { "type": "string", "description": "The text that can be read in the picture; empty if there is none." }
            },
            "required": ["description", "alt_text", "tags", "text_in_image"],
            "additionalProperties": false
        }),
        strict: Some(true),
    }
}
