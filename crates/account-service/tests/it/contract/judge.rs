//! Whether an answer is one of those that the document has.

use std::collections::BTreeMap;

use jsonschema::Validator;
use serde_json::{Value, json};

use super::generate::Operation;
use crate::app::Answer;

/// The schema of each body: by operation, status and media type.
pub struct Judge {
    bodies: BTreeMap<(String, String, String), Validator>,
    /// The statuses of each operation, and whether a body comes with them.
    statuses: BTreeMap<(String, String), bool>,
}

impl Judge {
    pub fn of(document: &Value) -> Self {
        let (mut bodies, mut statuses) = (BTreeMap::new(), BTreeMap::new());
        for operation in super::generate::operations(document) {
            for (status, response) in operation.responses.as_object().unwrap() {
                let content = response.get("content").and_then(Value::as_object);
                statuses.insert((operation.name(), status.clone()), content.is_some());
                for (media_type, content) in content.into_iter().flatten() {
                    // Nothing may be in an answer that the document doesn't speak of.
                    let schema = json!({
                        "$schema": "https://json-schema.org/draft/2020-12/schema",
                        "allOf": [content["schema"]],
                        "unevaluatedProperties": false,
                        "components": document["components"],
                    });
                    let open = content["schema"] == json!({"type": "object"});
                    let schema = if open { json!({"type": "object"}) } else { schema };
                    let validator = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
                    bodies.insert((operation.name(), status.clone(), media_type.clone()), validator);
                }
            }
        }
        Self { bodies, statuses }
    }

    pub fn judge(&self, operation: &Operation, answer: &Answer) -> Result<(), String> {
        if answer.status.is_server_error() {
            return Err("a fault of the service".to_owned());
        }
        let status = answer.status.as_str().to_owned();
        let has_body = self
            .statuses
            .get(&(operation.name(), status.clone()))
            .ok_or_else(|| format!("the document has no status {status} for it"))?;
        if answer.status == 429 && !answer.headers.contains_key("retry-after") {
            return Err("no Retry-After".to_owned());
        }
        if !answer.headers.contains_key("x-request-id") {
            return Err("no x-request-id".to_owned());
        }
        if !has_body {
            return if answer.body.is_empty() { Ok(()) } else { Err("a body that isn’t in the document".to_owned()) };
        }
        let media_type = answer.headers.get("content-type").and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let media_type = media_type.split(';').next().unwrap_or_default().to_owned();
        let validator = self
            .bodies
            .get(&(operation.name(), status.clone(), media_type.clone()))
            .ok_or_else(|| format!("the document has no {media_type:?} with status {status}"))?;
        let body = if media_type == "application/json" {
            serde_json::from_slice(&answer.body).map_err(|error| format!("the body is no JSON: {error}"))?
        } else {
            Value::String(String::from_utf8_lossy(&answer.body).into_owned())
        };
        let problems: Vec<String> = validator.iter_errors(&body).map(|error| error.to_string()).collect();
        if problems.is_empty() { Ok(()) } else { Err(format!("not as documented: {}", problems.join("; "))) }
    }
}
