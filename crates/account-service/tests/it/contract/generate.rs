//! Requests made from the document: mostly as it says, and wrong in every way that occurs to one.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::Union;
use proptest::string::string_regex;
use reqwest::Method;
use serde_json::{Map, Value, json};

/// What exists, so that some requests hit.
pub struct Known {
    pub username: String,
    pub password: String,
    pub images: Vec<String>,
    pub uploads: Vec<String>,
    pub link: String,
    pub refresh_token: String,
    pub sessions: Vec<String>,
    pub totp_codes: Vec<String>,
    pub recovery_codes: Vec<String>,
    pub tokens: Vec<String>,
    pub access_token: String,
    pub ended_token: String,
    /// The bytes of a picture that isn't there yet.
    pub picture: Vec<u8>,
}

/// A request.
#[derive(Debug, Clone)]
pub struct Sent {
    pub method: Method,
    /// With the query string.
    pub path: String,
    /// The header `Authorization`.
    pub token: Option<String>,
    pub payload: Payload,
}

/// What is sent with it.
#[derive(Debug, Clone)]
pub enum Payload {
    None,
    Json(Value),
    Raw {
        content_type: String,
        bytes: Vec<u8>,
    },
    /// An `image` without bytes stands for the picture that is known.
    Form {
        image: Option<Vec<u8>>,
        analyze: Option<String>,
        prompt: Option<String>,
    },
}

/// An operation of the document.
pub struct Operation {
    pub method: Method,
    pub path: String,
    pub responses: Value,
    parameters: Vec<Value>,
    body: Option<Value>,
}

pub fn operations(document: &Value) -> Vec<Operation> {
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            operations.push(Operation {
                method: method.to_uppercase().parse().unwrap(),
                path: path.clone(),
                responses: operation["responses"].clone(),
                parameters: operation["parameters"].as_array().cloned().unwrap_or_default(),
                body: operation.get("requestBody").cloned(),
            });
        }
    }
    operations
}

impl Operation {
    pub fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    pub fn requests(&self, document: &Value, known: &Known) -> BoxedStrategy<Sent> {
        let (method, template) = (self.method.clone(), self.path.clone());
        let mut in_path: Vec<BoxedStrategy<(String, String)>> = Vec::new();
        let mut in_query: Vec<BoxedStrategy<Option<(String, String)>>> = Vec::new();
        for parameter in &self.parameters {
            let name = parameter["name"].as_str().unwrap().to_owned();
            if parameter["in"] == "path" {
                let right = match &*name {
                    "token" => vec![known.link.clone()],
                    _ if template.contains("/uploads/") => known.uploads.clone(),
                    _ if template.contains("/sessions/") => known.sessions.clone(),
                    _ => known.images.clone(),
                };
                let wrong =
                    prop_oneof![any::<[u8; 16]>().prop_map(|id| uuid::Uuid::from_bytes(id).to_string()), odd_text()];
                let value =
                    prop_oneof![4 => select(right), 1 => wrong].prop_filter("a segment", |text| !text.is_empty());
                in_path.push(value.prop_map(move |value| (name.clone(), value)).boxed());
            } else {
                let right = value(document, &parameter["schema"], &name, known).prop_map(|value| match value {
                    Value::String(text) => text,
                    other => other.to_string(),
                });
                let value = option::weighted(0.5, prop_oneof![6 => right, 1 => odd_text()]);
                in_query.push(value.prop_map(move |value| value.map(|value| (name.clone(), value))).boxed());
            }
        }
        let token = prop_oneof![
            12 => Just(Some(format!("Bearer {}", known.access_token))),
            1 => Just(Some(format!("Bearer {}", known.ended_token))),
            1 => Just(None),
            1 => "[ -~]{0,40}".prop_map(Some),
            1 => "[A-Za-z0-9_-]{1,20}\\.[A-Za-z0-9_-]{1,20}\\.[A-Za-z0-9_-]{1,20}".prop_map(|token| Some(format!("Bearer {token}"))),
        ];
        (in_path, in_query, token, self.payload(document, known))
            .prop_map(move |(in_path, in_query, token, payload)| {
                let mut path = template.clone();
                for (name, value) in in_path {
                    path = path.replace(&format!("{{{name}}}"), &encoded(&value));
                }
                let query: Vec<String> =
                    in_query.into_iter().flatten().map(|(name, value)| format!("{name}={}", encoded(&value))).collect();
                if !query.is_empty() {
                    path = format!("{path}?{}", query.join("&"));
                }
                Sent { method: method.clone(), path, token, payload }
            })
            .boxed()
    }

    fn payload(&self, document: &Value, known: &Known) -> BoxedStrategy<Payload> {
        let Some(body) = &self.body else { return Just(Payload::None).boxed() };
        let bytes = vec(any::<u8>(), 0..200);
        let kinds =
            select(vec!["application/json", "text/plain", "multipart/form-data; boundary=x", "multipart/form-data"]);
        let raw = (kinds, bytes.clone())
            .prop_map(|(content_type, bytes)| Payload::Raw { content_type: content_type.to_owned(), bytes });
        if body["content"].get("multipart/form-data").is_some() {
            let image = option::weighted(0.9, prop_oneof![3 => Just(Vec::new()), 1 => vec(any::<u8>(), 1..200)]);
            let analyze =
                option::of(prop_oneof![select(vec!["true", "YES", "0", ""]).prop_map(str::to_owned), odd_text()]);
            let form = (image, analyze, option::weighted(0.3, odd_text()))
                .prop_map(|(image, analyze, prompt)| Payload::Form { image, analyze, prompt });
            return prop_oneof![8 => form, 1 => raw].boxed();
        }
        let right = value(document, &body["content"]["application/json"]["schema"], "", known);
        let wrong = right.clone().prop_perturb(|value, mut rng| damaged(value, &mut rng));
        prop_oneof![6 => right.prop_map(Payload::Json), 3 => wrong.prop_map(Payload::Json), 1 => raw, 1 => Just(Payload::None)]
            .boxed()
    }
}

fn encoded(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

/// Texts that programs stumble over.
fn odd_text() -> BoxedStrategy<String> {
    let odd = [
        "",
        " ",
        "\0",
        "a\0b",
        "null",
        "-1",
        "0",
        "1e999",
        "18446744073709551616",
        "\u{feff}",
        "\u{202e}x",
        "👩‍👩‍👧‍👦",
        "ﷺ",
        "'; DROP TABLE users; --",
        "<script>alert(1)</script>",
        "../../etc/passwd",
        "%00",
        "%s%n",
        "\r\nx: y",
        "true",
        "[]",
        "{}",
    ];
    prop_oneof![3 => select(odd.to_vec()).prop_map(str::to_owned), 2 => any::<String>(), 1 => "[a-z]{300}"].boxed()
}

/// A value that the schema allows, as far as the schema says.
fn value(document: &Value, schema: &Value, name: &str, known: &Known) -> BoxedStrategy<Value> {
    if let Some(reference) = schema["$ref"].as_str() {
        let referred = document.pointer(reference.trim_start_matches('#')).unwrap();
        return value(document, referred, name, known);
    }
    for kind in ["oneOf", "anyOf"] {
        if let Some(choices) = schema[kind].as_array() {
            return Union::new(choices.iter().map(|choice| value(document, choice, name, known))).boxed();
        }
    }
    if let Some(all) = schema["allOf"].as_array() {
        let parts: Vec<_> = all.iter().map(|part| value(document, part, name, known)).collect();
        return parts.prop_map(merged).boxed();
    }
    if let Some(values) = schema["enum"].as_array() {
        return select(values.clone()).boxed();
    }
    if let Some(kinds) = schema["type"].as_array() {
        let of_kind = |kind: &Value| {
            let mut one = schema.clone();
            one["type"] = kind.clone();
            value(document, &one, name, known)
        };
        return Union::new(kinds.iter().map(of_kind)).boxed();
    }
    match schema["type"].as_str().unwrap_or_default() {
        "null" => Just(Value::Null).boxed(),
        "boolean" => any::<bool>().prop_map(Value::from).boxed(),
        "integer" => integer(schema, name),
        "number" => prop_oneof![3 => 0.0..=1.0, 1 => any::<f64>().prop_filter("JSON", |number| number.is_finite())]
            .prop_map(Value::from)
            .boxed(),
        "string" => text(schema, name, known),
        "array" => {
            let bound = |key: &str, default: usize| schema[key].as_u64().map_or(default, |bound| bound as usize);
            let (least, most) = (bound("minItems", 0), bound("maxItems", 4).min(4));
            vec(value(document, &schema["items"], name, known), least..=most).prop_map(Value::from).boxed()
        }
        "object" => {
            let required = schema["required"].as_array().cloned().unwrap_or_default();
            let properties = schema["properties"].as_object().cloned().unwrap_or_default();
            let fields: Vec<BoxedStrategy<Option<(String, Value)>>> = properties
                .iter()
                .map(|(field, schema)| {
                    let field_name = field.clone();
                    let value = value(document, schema, field, known);
                    let value = if required.contains(&json!(field)) {
                        value.prop_map(Some).boxed()
                    } else {
                        option::of(value).boxed()
                    };
                    value.prop_map(move |value| value.map(|value| (field_name.clone(), value))).boxed()
                })
                .collect();
            fields.prop_map(|fields| Value::Object(fields.into_iter().flatten().collect())).boxed()
        }
        other => panic!("{name}: the generator knows no type {other:?}: {schema}"),
    }
}

fn merged(parts: Vec<Value>) -> Value {
    let mut all = Map::new();
    for part in parts {
        if let Value::Object(fields) = part {
            all.extend(fields);
        }
    }
    Value::Object(all)
}

fn integer(schema: &Value, name: &str) -> BoxedStrategy<Value> {
    if name == "number" {
        // Parts that the known upload has, mostly.
        return prop_oneof![8 => (1..=5).prop_map(Value::from), 1 => Just(json!(0)), 1 => Just(json!(10_000))].boxed();
    }
    let least = schema["minimum"].as_i64().unwrap_or(i64::MIN);
    let most =
        schema["maximum"].as_i64().unwrap_or(if schema["format"] == "int32" { i64::from(i32::MAX) } else { i64::MAX });
    let near = least.max(0)..=most.min(least.max(0).saturating_add(100));
    prop_oneof![3 => near.prop_map(Value::from), 1 => Just(json!(least)), 1 => Just(json!(most)), 1 => (least..=most).prop_map(Value::from)]
        .boxed()
}

fn text(schema: &Value, name: &str, known: &Known) -> BoxedStrategy<Value> {
    let hits: Vec<String> = match name {
        "image_ids" => known.images.clone(),
        "upload_id" => known.uploads.clone(),
        // Of an edit: what it is about, and who makes it.
        "image_id" => known.images.clone(),
        "album_id" | "device" => vec!["7b0e4d2c-55aa-4c8e-8f0e-1f1c2e0f9a11".to_owned()],
        "id" => (0..20).map(|n| uuid::Uuid::from_u128(n).to_string()).collect(),
        // One that is there, and one that nobody has.
        "username" => vec![known.username.clone(), format!("{}-too", known.username)],
        "password" | "current_password" => vec![known.password.clone()],
        "account" => vec![known.username.clone()],
        "code" | "totp_code" => known.totp_codes.clone(),
        "recovery_code" => known.recovery_codes.clone(),
        "token" => known.tokens.clone(),
        "refresh_token" => vec![known.refresh_token.clone()],
        "format" => vec!["png".to_owned(), "jpeg".to_owned()],
        _ => Vec::new(),
    };
    let any = match schema["pattern"].as_str() {
        Some(pattern) => {
            let unanchored = pattern.trim_start_matches('^').trim_end_matches('$');
            let (least, most) =
                (schema["minLength"].as_u64().unwrap_or(0), schema["maxLength"].as_u64().unwrap_or(u64::MAX));
            string_regex(unanchored)
                .unwrap()
                .prop_filter("a length that is allowed", move |text| {
                    (least..=most).contains(&(text.chars().count() as u64))
                })
                .boxed()
        }
        None if schema.get("minLength").is_some() || schema.get("maxLength").is_some() => {
            let least = schema["minLength"].as_u64().unwrap_or(0) as usize;
            let most = (schema["maxLength"].as_u64().unwrap_or(60) as usize).min(least + 60);
            string_regex(&format!("\\PC{{{least},{most}}}")).unwrap().boxed()
        }
        None => odd_text(),
    };
    if hits.is_empty() {
        return any.prop_map(Value::from).boxed();
    }
    prop_oneof![3 => select(hits), 1 => any].prop_map(Value::from).boxed()
}

/// The same with one thing wrong.
fn damaged(mut value: Value, rng: &mut proptest::test_runner::TestRng) -> Value {
    let junk = [
        json!(null),
        json!(true),
        json!(-1),
        json!(1.5),
        json!(u64::MAX),
        json!(1e300),
        json!(""),
        json!("\u{0}"),
        json!("x".repeat(30_000)),
        json!([]),
        json!({}),
        json!([[[[]]]]),
        json!({"": {}}),
    ];
    let piece = junk[rng.random_range(0..junk.len())].clone();
    let mut spot = &mut value;
    loop {
        let children = match spot {
            Value::Object(fields) => fields.len(),
            Value::Array(items) => items.len(),
            _ => 0,
        };
        if children == 0 || rng.random_bool(0.3) {
            break;
        }
        let index = rng.random_range(0..children);
        match spot {
            Value::Object(fields) if rng.random_bool(0.2) => {
                let key = fields.keys().nth(index).cloned().unwrap_or_default();
                fields.remove(&key);
                return value;
            }
            Value::Object(fields) => spot = fields.values_mut().nth(index).unwrap(),
            Value::Array(items) => spot = &mut items[index],
            _ => unreachable!(),
        }
    }
    *spot = piece;
    value
}
