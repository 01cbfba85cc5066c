//! The form that answers are asked in: a strict schema, any JSON object, or plain text.

use std::sync::atomic::{AtomicU8, Ordering};

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

/// What an endpoint has been found to take, so that a batch of pictures finds out only once.
#[derive(Debug, Default)]
pub(crate) struct Learnt {
    structure: AtomicU8,
    without_store: AtomicU8,
}

impl Learnt {
    pub(crate) fn structure(&self) -> Structure {
        match self.structure.load(Ordering::Relaxed) {
            0 => Structure::Schema,
            1 => Structure::JsonObject,
            _ => Structure::PlainText,
        }
    }

    pub(crate) fn works_with(&self, structure: Structure, store: bool) {
        self.structure.store(structure as u8, Ordering::Relaxed);
        self.without_store.store(u8::from(!store), Ordering::Relaxed);
    }

    /// Whether `store: false` may be sent: some servers refuse every field that they don't know.
    pub(crate) fn sends_store(&self) -> bool {
        self.without_store.load(Ordering::Relaxed) == 0
    }
}

/// The schema of an answer, within the subset that Structured Outputs takes: every field required, none added.
pub(crate) fn schema() -> ResponseFormatJsonSchema {
    ResponseFormatJsonSchema {
        description: Some("What a picture shows".to_owned()),
        name: "picture_description".to_owned(),
        schema: json!({
            "type": "object",
            "properties": {
                "description": { "type": "string", "description": "The answer to the task." },
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
