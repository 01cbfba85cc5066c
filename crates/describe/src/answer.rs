//! From what a model wrote to a description. Models wrap their JSON in prose, code fences and thoughts, name things
//! loosely, or write no JSON at all; what can be understood is taken.

use serde_json::{Map, Value};

use crate::description::{
    Description, MAX_ALT_TEXT, MAX_DESCRIPTION, MAX_TEXT_IN_IMAGE, clean_line, clean_lines, clean_tags, first_sentence,
};

/// What a host answered, its own wrapping taken off.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Reply {
    pub(crate) text: String,
    pub(crate) model: Option<String>,
    pub(crate) input_tokens: Option<u32>,
    pub(crate) output_tokens: Option<u32>,
}

/// Why there is no description in an answer.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Useless {
    /// The model declined.
    Refused(String),
    /// There is nothing to be used; a sentence says what is wrong.
    Unusable(String),
}

/// Reads a description from what a model wrote.
pub(crate) fn read(reply: Reply, asked_model: &str) -> Result<Description, Useless> {
    let text = without_thoughts(&reply.text);
    let text = without_fence(text.trim());
    if text.trim().is_empty() {
        return Err(Useless::Unusable("it is empty.".into()));
    }
    let mut found = match object_in(text) {
        Some(object) => from_object(&object),
        // Half a JSON object is a broken answer, not a description.
        None if text.trim_start().starts_with(['{', '[']) => {
            return Err(Useless::Unusable("it is JSON that breaks off or doesn't follow the form.".into()));
        }
        None if is_refusal(text) => return Err(Useless::Refused(clean_line(text, 300))),
        None => Description { description: clean_lines(text, MAX_DESCRIPTION), ..blank() },
    };
    if found.description.is_empty() && found.alt_text.is_empty() {
        return Err(Useless::Unusable("it holds no description.".into()));
    }
    if found.tags.is_empty() && found.text_in_image.is_empty() && is_refusal(&found.description) {
        return Err(Useless::Refused(clean_line(&found.description, 300)));
    }
    if found.description.is_empty() {
        found.description.clone_from(&found.alt_text);
    }
    if found.alt_text.is_empty() {
        found.alt_text = first_sentence(&found.description);
    }
    let model = reply.model.map(|model| clean_line(&model, 100)).filter(|model| !model.is_empty());
    found.model = model.unwrap_or_else(|| asked_model.to_owned());
    found.input_tokens = reply.input_tokens;
    found.output_tokens = reply.output_tokens;
    Ok(found)
}

fn blank() -> Description {
    Description {
        description: String::new(),
        alt_text: String::new(),
        tags: Vec::new(),
        text_in_image: String::new(),
        model: String::new(),
        input_tokens: None,
        output_tokens: None,
    }
}

fn from_object(object: &Map<String, Value>) -> Description {
    let text = |names: &[&str]| names.iter().find_map(|name| object.get(*name)).map(as_text).unwrap_or_default();
    let tags = match ["tags", "keywords", "labels"].iter().find_map(|name| object.get(*name)) {
        Some(Value::Array(tags)) => tags.iter().map(as_text).collect(),
        Some(Value::String(tags)) => tags.split([',', ';', '\n']).map(str::to_owned).collect(),
        _ => Vec::new(),
    };
    Description {
        description: clean_lines(&text(&["description", "caption", "answer"]), MAX_DESCRIPTION),
        alt_text: clean_line(&text(&["alt_text", "altText", "alt"]), MAX_ALT_TEXT),
        tags: clean_tags(tags.iter().map(String::as_str)),
        text_in_image: clean_lines(&text(&["text_in_image", "textInImage", "text", "ocr"]), MAX_TEXT_IN_IMAGE),
        ..blank()
    }
}

/// A value as text: strings as they are, lists line by line.
fn as_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(values) => values.iter().map(as_text).collect::<Vec<_>>().join("\n"),
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    }
}

/// The first JSON object in a text that may have prose around it.
fn object_in(text: &str) -> Option<Map<String, Value>> {
    // A few places are tried, not all: a text full of braces shall not cost quadratic time.
    text.match_indices('{').take(8).find_map(|(start, _)| {
        let mut values = serde_json::Deserializer::from_str(&text[start..]).into_iter::<Value>();
        match values.next() {
            Some(Ok(Value::Object(object))) if !object.is_empty() => Some(object),
            _ => None,
        }
    })
}

/// Takes off what thinking models of local servers leave in the answer.
fn without_thoughts(text: &str) -> &str {
    let trimmed = text.trim_start();
    ["think", "thinking", "thought", "reasoning"]
        .iter()
        .find_map(|tag| {
            if !trimmed.starts_with(&format!("<{tag}>")) {
                return None;
            }
            let close = format!("</{tag}>");
            // Without an end there are only thoughts.
            Some(trimmed.find(&close).map_or("", |at| &trimmed[at + close.len()..]))
        })
        .unwrap_or(text)
}

fn without_fence(text: &str) -> &str {
    let Some(start) = text.find("```") else { return text };
    let inner = &text[start + 3..];
    let inner = inner.strip_prefix("json").or_else(|| inner.strip_prefix("JSON")).unwrap_or(inner);
    let fenced = inner.split("```").next().unwrap_or(inner);
    if fenced.trim_start().starts_with('{') { fenced } else { text }
}

/// Whether a text that should have been a description is a model declining to write one.
fn is_refusal(text: &str) -> bool {
    let start: String = text.trim().chars().take(400).collect::<String>().to_lowercase().replace('’', "'");
    let declines =
        ["i'm sorry", "i am sorry", "sorry,", "i can't ", "i cannot ", "i'm unable", "i am unable", "i won't "];
    text.chars().count() <= 400 && declines.iter().any(|words| start.starts_with(words))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn read_text(text: &str) -> Result<Description, Useless> {
        read(Reply { text: text.into(), ..Reply::default() }, "asked")
    }

    const JSON: &str =
        r#"{"description":"A red house.","alt_text":"House","tags":["house","red"],"text_in_image":"No 7"}"#;

    #[rstest]
    #[case(JSON.to_owned())]
    #[case(format!("```json\n{JSON}\n```"))]
    #[case(format!("```\n{JSON}\n```\nHope that helps!"))]
    #[case(format!("Here is the JSON you asked for: {JSON}"))]
    #[case(format!("<think>A house {{maybe}} …</think>\n\n{JSON}"))]
    #[case(r#"{"description":"A red house.","alt":"House","tags":"house, red","text":["No 7"]}"#.to_owned())]
    fn the_same_answer_in_many_dresses(#[case] text: String) {
        let found = read_text(&text).unwrap();
        assert_eq!(found.description, "A red house.");
        assert_eq!(found.alt_text, "House");
        assert_eq!(found.tags, ["house", "red"]);
        assert_eq!(found.text_in_image, "No 7");
        assert_eq!(found.model, "asked");
    }

    #[test]
    fn prose_is_a_description_too() {
        let found = read_text("A dog on a beach. It runs towards the sea.").unwrap();
        assert_eq!(found.description, "A dog on a beach. It runs towards the sea.");
        assert_eq!(found.alt_text, "A dog on a beach.");
        assert!(found.tags.is_empty());
    }

    #[rstest]
    #[case("")]
    #[case(" \n ")]
    #[case("<think>I wonder what this is")]
    #[case(r#"{"description":"A red hou"#)]
    #[case(r#"{"description":"","alt_text":" ","tags":["a"]}"#)]
    #[case(r#"{"colour":"red"}"#)]
    #[case("```json\n{\"description\":\n```")]
    fn nothing_to_be_used(#[case] text: &str) {
        assert!(matches!(read_text(text), Err(Useless::Unusable(_))), "{text}");
    }

    #[rstest]
    #[case("I’m sorry, but I can’t help with that.")]
    #[case(r#"{"description":"I'm sorry, I can't assist with that.","alt_text":"","tags":[],"text_in_image":""}"#)]
    fn declined(#[case] text: &str) {
        assert!(matches!(read_text(text), Err(Useless::Refused(_))), "{text}");
    }

    #[test]
    fn a_picture_of_an_apology_is_no_refusal() {
        let text = r#"{"description":"Sorry, we are closed: a sign on a door.","alt_text":"A sign","tags":["sign"],"text_in_image":"Sorry, we are closed"}"#;
        assert!(read_text(text).is_ok());
    }

    #[test]
    fn what_the_host_counted_is_kept() {
        let reply = Reply {
            text: JSON.into(),
            model: Some("gpt-5-mini-2026".into()),
            input_tokens: Some(900),
            output_tokens: Some(80),
        };
        let found = read(reply, "gpt-5-mini").unwrap();
        assert_eq!(
            (found.model.as_str(), found.input_tokens, found.output_tokens),
            ("gpt-5-mini-2026", Some(900), Some(80))
        );
    }
}
