//! Structured Outputs: what OpenAI demands of a schema, and an answer that fits one.
//!
//! Source: <https://platform.openai.com/docs/guides/structured-outputs#supported-schemas>.

use serde_json::{Map, Value, json};

use super::picture::PictureSeen;

/// Keywords that every schema may have.
const COMMON: [&str; 10] =
    ["type", "description", "title", "enum", "const", "anyOf", "$ref", "$defs", "definitions", "$schema"];

/// Keywords that a schema of a type may have beside those.
fn keywords(kind: &str) -> &'static [&'static str] {
    match kind {
        "object" => &["properties", "required", "additionalProperties"],
        "array" => &["items", "minItems", "maxItems"],
        "string" => &["pattern", "format"],
        "number" | "integer" => &["multipleOf", "maximum", "exclusiveMaximum", "minimum", "exclusiveMinimum"],
        _ => &[],
    }
}

/// Levels of nesting that are allowed.
const MAX_DEPTH: usize = 10;

/// Why OpenAI would refuse the schema in strict mode: the part after "Invalid schema for response_format 'name': ".
pub(super) fn objection(schema: &Value) -> Option<String> {
    if schema["type"] != "object" {
        let kind = &schema["type"];
        return Some(format!("schema must be a JSON Schema of 'type: \"object\"', got 'type: {kind}'."));
    }
    if schema.get("anyOf").is_some() {
        return Some("In context=(), 'anyOf' is not permitted at the root.".to_owned());
    }
    check(schema, &mut Vec::new(), 1).err()
}

fn check(schema: &Value, context: &mut Vec<String>, depth: usize) -> Result<(), String> {
    let place = match context.as_slice() {
        [] => "()".to_owned(),
        [one] => format!("('{one}',)"),
        several => format!("('{}')", several.join("', '")),
    };
    let refuse = |what: String| Err(format!("In context={place}, {what}"));
    let Some(fields) = schema.as_object() else { return refuse(format!("{schema} is not of type 'object'.")) };
    if depth > MAX_DEPTH {
        return refuse(format!("schema exceeds the maximum nesting depth of {MAX_DEPTH}."));
    }
    if ["type", "anyOf", "$ref", "enum", "const"].iter().all(|keyword| !fields.contains_key(*keyword)) {
        return refuse("schema must have a 'type' key.".to_owned());
    }
    let kinds = kinds(schema);
    for keyword in fields.keys() {
        let known =
            COMMON.contains(&keyword.as_str()) || kinds.iter().any(|kind| keywords(kind).contains(&keyword.as_str()));
        if !known {
            return refuse(format!("'{keyword}' is not permitted."));
        }
    }
    if kinds.contains(&"object") {
        if schema["additionalProperties"] != json!(false) {
            return refuse("'additionalProperties' is required to be supplied and to be false.".to_owned());
        }
        let none = Map::new();
        let properties = schema["properties"].as_object().unwrap_or(&none);
        let required: Vec<&str> =
            schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        if let Some(missing) = properties.keys().find(|name| !required.contains(&name.as_str())) {
            return refuse(format!(
                "'required' is required to be supplied and to be an array including every key in properties. Missing \
                 '{missing}'."
            ));
        }
        if let Some(extra) = required.iter().find(|name| !properties.contains_key(**name)) {
            return refuse(format!("'required' has an extra key '{extra}' that is not in properties."));
        }
    }
    if kinds.contains(&"array") && !fields.contains_key("items") {
        return refuse("array schema missing items.".to_owned());
    }
    for keyword in ["properties", "$defs", "definitions"] {
        for (name, child) in schema[keyword].as_object().into_iter().flatten() {
            descend(child, context, &[keyword, name], depth)?;
        }
    }
    if let Some(items) = fields.get("items") {
        descend(items, context, &["items"], depth)?;
    }
    for (index, child) in schema["anyOf"].as_array().into_iter().flatten().enumerate() {
        descend(child, context, &["anyOf", &index.to_string()], depth)?;
    }
    Ok(())
}

fn descend(child: &Value, context: &mut Vec<String>, step: &[&str], depth: usize) -> Result<(), String> {
    let length = context.len();
    context.extend(step.iter().map(|part| (*part).to_owned()));
    check(child, context, depth + 1)?;
    context.truncate(length);
    Ok(())
}

/// The types that a schema allows: `"string"` or `["string", "null"]`.
fn kinds(schema: &Value) -> Vec<&str> {
    match &schema["type"] {
        Value::String(kind) => vec![kind],
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

/// An answer about the picture that fits the schema.
pub(super) fn fill(schema: &Value, name: &str, picture: Option<&PictureSeen>) -> Value {
    if let Some(first) = schema["enum"].as_array().and_then(|values| values.first()) {
        return first.clone();
    }
    if let Some(value) = schema.get("const") {
        return value.clone();
    }
    if let Some(first) = schema["anyOf"].as_array().and_then(|schemas| schemas.first()) {
        return fill(first, name, picture);
    }
    match kinds(schema).first().copied().unwrap_or("string") {
        "object" => {
            let properties = schema["properties"].as_object().into_iter().flatten();
            properties.map(|(name, child)| (name.clone(), fill(child, name, picture))).collect::<Map<_, _>>().into()
        }
        "array" => match said_of(name, picture) {
            Value::Array(items) => items.into(),
            _ => vec![fill(&schema["items"], name, picture)].into(),
        },
        "integer" | "number" => json!(picture.map_or(0, |picture| picture.width)),
        "boolean" => json!(picture.is_some()),
        "null" => Value::Null,
        _ => match said_of(name, picture) {
            Value::Array(words) => words.first().cloned().unwrap_or_else(|| json!("")),
            text => text,
        },
    }
}

/// What is said of a picture under a field's name.
pub(super) fn said_of(name: &str, picture: Option<&PictureSeen>) -> Value {
    let Some(picture) = picture else { return json!("There is no picture to describe.") };
    let PictureSeen { width, height, colour, .. } = picture;
    let shape = picture.shape();
    let article = if colour.starts_with('o') { "An" } else { "A" };
    match name {
        "tags" | "keywords" => json!([colour, shape, format!("{width}x{height}")]),
        "alt_text" | "alt" => json!(format!("{article} {colour} {shape} picture.")),
        "text_in_image" => json!(""),
        _ => json!(format!("{article} {colour} picture, {width} by {height} pixels, in {shape} format.")),
    }
}
