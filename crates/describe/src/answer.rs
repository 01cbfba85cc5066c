//! From what a model wrote to a description. Models wrap their JSON in prose, code fences and thoughts, name things
//! loosely, or write no JSON at all; what can be understood is taken.

use serde_json::{Map, Value};

use crate::description::{
    Description, MAX_ALT_TEXT, MAX_DESCRIPTION, MAX_TEXT_IN_IMAGE, clean_line, clean_lines, clean_tags, first_sentence,
};
use crate::fields::{ALT_TEXT, DESCRIPTION, TAGS, TEXT_IN_IMAGE};
use crate::nothing::{is_not_given, says_nothing};
use crate::refusal::{Declined, declined};
use crate::thoughts::{begins_without_thoughts, is_train_of_thought, without_thoughts};
use crate::{json, labelled, structure};

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
    /// The model says that it sees no picture.
    Blind(String),
    /// There is nothing to be used; a sentence says what is wrong.
    Unusable(String),
}

/// Reads a description from what a model wrote.
pub(crate) fn read(reply: Reply, asked_model: &str) -> Result<Description, Useless> {
    let text = if json::whole(&reply.text) { &reply.text } else { without_thoughts(&reply.text) };
    let unwrapped = json::in_string(without_fence(text));
    let text = unwrapped.as_deref().map_or(text, without_thoughts).trim();
    if text.is_empty() {
        let why =
            if reply.text.trim().is_empty() { "it is empty." } else { "the model only thought, and gave no answer." };
        return Err(Useless::Unusable(why.into()));
    }
    let objects: Vec<Map<String, Value>> = json::objects_in(text).collect();
    if says_nothing(without_fence(text)) {
        return Err(Useless::Unusable("it holds no description.".into()));
    }
    let mut found = match objects.iter().find_map(|object| json::find(object, &describes)) {
        Some(object) => from_object(&object),
        None => match objects.first() {
            Some(object) => return Err(without_description(object)),
            // Half a JSON object is a broken answer, not a description.
            None if json::begins(without_fence(text)) => {
                return Err(Useless::Unusable("it is JSON that breaks off or doesn’t follow the form.".into()));
            }
            None => match labelled::object(without_fence(text)) {
                Some(object) => from_object(&object),
                None => Description { description: clean_lines(without_fence(text), MAX_DESCRIPTION), ..blank() },
            },
        },
    };
    if found.description.is_empty() && found.alt_text.is_empty() {
        let thought =
            objects.iter().find_map(|object| json::find(object, &describes)).is_some_and(|object| only_thinks(&object));
        return Err(if thought { only_thought(text) } else { Useless::Unusable("it holds no description.".into()) });
    }
    if found.description.is_empty() {
        found.description.clone_from(&found.alt_text);
    }
    no_description(&found.description)?;
    if found.alt_text.is_empty() || no_description(&found.alt_text).is_err() {
        found.alt_text = first_sentence(&found.description);
    }
    let model = reply.model.map(|model| clean_line(&model, 100)).filter(|model| !model.is_empty());
    found.model = model.unwrap_or_else(|| asked_model.to_owned());
    found.input_tokens = reply.input_tokens;
    found.output_tokens = reply.output_tokens;
    Ok(found)
}

/// How much of its thoughts is told, in characters.
const TOLD: usize = 120;

/// Why there is none where a model's thoughts stand in its place.
fn only_thought(text: &str) -> Useless {
    let said = clean_line(text, TOLD);
    Useless::Unusable(format!("the model only thought aloud, and gave no answer: “{}”.", said.trim_end_matches('.')))
}

/// Whether an object says something, and that is thoughts alone.
fn only_thinks(object: &Map<String, Value>) -> bool {
    let said =
        json::field(object, DESCRIPTION).or_else(|| json::field(object, ALT_TEXT)).map(as_text).unwrap_or_default();
    !says_nothing(&said)
}

/// Whether there is a description in an object, at this level.
fn describes(object: &Map<String, Value>) -> bool {
    // Some models answer with the schema that they were given.
    let kinds = ["string", "array", "object"];
    let is_schema =
        object.contains_key("$schema") || object.get("type").is_some_and(|kind| kinds.iter().any(|k| kind == k));
    let echoed = object.get("description").is_some_and(|text| text == structure::DESCRIPTION_OF_DESCRIPTION);
    let written = |names| json::field(object, names).is_some_and(|value| !as_text(value).trim().is_empty());
    let nested = |names| json::field(object, names).and_then(Value::as_object).is_some_and(describes);
    let in_text = |names| {
        let text = json::field(object, names).and_then(Value::as_str).unwrap_or_default();
        text.trim_start().starts_with('{') && json::objects_in(text).next().is_some_and(|inner| describes(&inner))
    };
    !is_schema
        && !echoed
        && (written(DESCRIPTION) || written(ALT_TEXT))
        && !nested(DESCRIPTION)
        && !in_text(DESCRIPTION)
}

/// What an object says instead of a description.
fn without_description(object: &Map<String, Value>) -> Useless {
    let said = |names: &[&str]| {
        let text = clean_line(&json::field(object, names).map(as_text).unwrap_or_default(), 300);
        Some(text).filter(|text| !text.is_empty())
    };
    if let Some(refusal) = said(&["refusal"]) {
        return Useless::Refused(refusal);
    }
    match said(&["error", "message", "reason"]) {
        Some(said) => match declined(&said) {
            Some(Declined::Blind) => Useless::Blind(said),
            Some(Declined::Refused) => Useless::Refused(said),
            Some(Declined::Failed) | None => no_description_but(&said),
        },
        None => Useless::Unusable("it holds no description.".into()),
    }
}

fn no_description_but(said: &str) -> Useless {
    Useless::Unusable(format!("it holds no description; it says “{}”.", said.trim_end_matches('.')))
}

/// Refuses what isn't a description, whatever form it came in.
fn no_description(text: &str) -> Result<(), Useless> {
    match declined(text) {
        Some(Declined::Refused) => return Err(Useless::Refused(clean_line(text, 300))),
        Some(Declined::Blind) => return Err(Useless::Blind(clean_line(text, 300))),
        Some(Declined::Failed) => return Err(no_description_but(&clean_line(text, 300))),
        None => {}
    }
    if is_train_of_thought(text) {
        return Err(only_thought(text));
    }
    Ok(())
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
    let text = |names| json::field(object, names).map(as_text).filter(|text| !is_not_given(text)).unwrap_or_default();
    let told = |names| {
        // A number or a yes is what a model writes that has misread the form.
        if json::field(object, names).is_some_and(|value| value.is_number() || value.is_boolean()) {
            return String::new();
        }
        let text = text(names);
        let told = begins_without_thoughts(&text);
        if says_nothing(told) { String::new() } else { told.to_owned() }
    };
    let tags = match json::field(object, TAGS) {
        Some(Value::Array(tags)) => tags.iter().map(as_text).collect(),
        Some(Value::String(tags)) => tags.split([',', ';', '\n']).map(str::to_owned).collect(),
        _ => Vec::new(),
    };
    Description {
        description: clean_lines(&told(DESCRIPTION), MAX_DESCRIPTION),
        alt_text: clean_line(&told(ALT_TEXT), MAX_ALT_TEXT),
        tags: clean_tags(tags.iter().map(String::as_str).filter(|tag| !is_not_given(tag))),
        text_in_image: clean_lines(&text(TEXT_IN_IMAGE), MAX_TEXT_IN_IMAGE),
        ..blank()
    }
}

/// A value as text: strings as they are, lists line by line, of objects what they hold.
fn as_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(values) => values.iter().map(as_text).collect::<Vec<_>>().join("\n"),
        Value::Number(number) => number.to_string(),
        Value::Object(fields) => {
            let inner = ["text", "value", "content", "name", "tag", "label", "message"]
                .iter()
                .find_map(|name| fields.get(*name));
            inner.map(as_text).unwrap_or_default()
        }
        _ => String::new(),
    }
}

/// What is between the fences of Markdown, when there are any.
fn without_fence(text: &str) -> &str {
    let Some(start) = ["```", "~~~"].iter().find_map(|fence| text.find(fence)) else { return text.trim() };
    let fence = &text[start..start + 3];
    let inner = text[start + 3..].trim_start_matches(|c: char| c.is_ascii_alphanumeric());
    let inner = inner.split(fence).next().unwrap_or(inner).trim();
    // Only a fence around everything, or before JSON, is wrapping.
    if start == 0 || inner.starts_with(['{', '[']) { inner } else { text.trim() }
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
    #[case(format!("A house {{maybe}} …\n</think>\n{JSON}"))]
    #[case(format!("<think>{{\"description\":\"A draft.\"}}</think>{JSON}"))]
    #[case(r#"{"description":"A red house.","alt":"House","tags":"house, red","text":["No 7"]}"#.to_owned())]
    #[case(format!(r#"{{"result":{JSON}}}"#))]
    #[case(format!(r#"{{"response":{{"picture":[{JSON}]}}}}"#))]
    #[case(format!(r#"{{"description":{JSON}}}"#))]
    #[case(serde_json::json!({"answer": JSON}).to_string())]
    #[case(serde_json::Value::from(JSON).to_string().trim_matches('"').replace("\\\"", "\""))]
    #[case(format!("[{JSON}]"))]
    #[case(serde_json::Value::from(JSON).to_string())]
    #[case(format!("```json\n{}\n```", serde_json::Value::from(JSON)))]
    #[case(serde_json::Value::from(serde_json::Value::from(JSON).to_string()).to_string())]
    #[case(serde_json::json!({"description": "<thinking>hm</thinking>A red house.", "alt_text": "◁think▷hm◁/think▷House", "tags": ["house", "red", "N/A"], "text_in_image": "No 7"}).to_string())]
    #[case(format!(r#"{{"type":"object","properties":{JSON}}}"#))]
    #[case("{\"Description\": \"A red house.\", \"alt\n text\": \"House\", \"Tags\": [{\"name\": \"house\"}, \"red\",], \"text_in_image\n\": \"No 7\"}".to_owned())]
    #[case("{'description': 'A red house.', 'alt_text': 'House', 'tags': ['house', 'red'], 'text_in_image': 'No 7'}".to_owned())]
    #[case(format!("~~~json\n{JSON}\n~~~"))]
    #[case(format!("```json\n{JSON}"))]
    fn the_same_answer_in_many_dresses(#[case] text: String) {
        let found = read_text(&text).unwrap();
        assert_eq!(found.description, "A red house.");
        assert_eq!(found.alt_text, "House");
        assert_eq!(found.tags, ["house", "red"]);
        assert_eq!(found.text_in_image, "No 7");
        assert_eq!(found.model, "asked");
    }

    #[test]
    fn raw_line_breaks_stay() {
        let found =
            read_text("{\"description\":\"A house.\nBehind it a hill.\",\"text_in_image\":\"Cafe \"Rex\"\nOpen\"}")
                .unwrap();
        assert_eq!(found.description, "A house.\nBehind it a hill.");
        assert_eq!(found.text_in_image, "Cafe \"Rex\"\nOpen");
    }

    #[test]
    fn a_schema_is_no_description() {
        let schema = serde_json::to_string(&crate::structure::schema().schema).unwrap();
        assert!(matches!(read_text(&schema), Err(Useless::Unusable(_))));
    }

    #[rstest]
    #[case("Okay, let me look at this. The user wants a description of the picture.")]
    #[case(r#"{"description":"Okay, the user wants two sentences. Let me see.","alt_text":"","tags":["x"]}"#)]
    #[case("I wonder what this is\n</think>")]
    #[case("**Thinking**\nThe user asks for JSON.")]
    #[case(r#"{"description":"<thinking>A house?</thinking>","alt_text":"","tags":["x"]}"#)]
    #[case(r#"{"description":"◁think▷A house, I suppose","alt_text":"","tags":["x"]}"#)]
    #[case(r#"{"description":"<|channel|>analysis<|message|>The user wants JSON","alt_text":"","tags":[]}"#)]
    fn trains_of_thought_are_not_kept(#[case] text: &str) {
        let Err(Useless::Unusable(why)) = read_text(text) else { panic!("{text}") };
        assert!(why.contains("only thought"), "{why}");
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
    #[case("N/A")]
    #[case("null")]
    #[case("\"null\"")]
    #[case("```\nNone.\n```")]
    #[case("...")]
    #[case("Keine Beschreibung verfügbar.")]
    #[case(r#"{"description":"N/A","alt_text":"null","tags":[],"text_in_image":"None"}"#)]
    fn nothing_to_be_used(#[case] text: &str) {
        assert!(matches!(read_text(text), Err(Useless::Unusable(_))), "{text}");
    }

    #[rstest]
    #[case("I’m sorry, but I can’t help with that.")]
    #[case("```\nEs tut mir leid, dabei kann ich nicht helfen.\n```")]
    #[case(r#"{"refusal":"I can't help."}"#)]
    #[case(r#"{"error":"Es tut mir leid, aber ich kann dieses Bild nicht beschreiben."}"#)]
    #[case(r#"{"description":"Es tut mir leid, aber ich kann dieses Bild nicht beschreiben.","alt_text":"Nicht verfügbar","tags":["nichts"],"text_in_image":""}"#)]
    #[case(r#"{"description":"I'm sorry, I can't assist with that.","alt_text":"","tags":[],"text_in_image":""}"#)]
    fn declined(#[case] text: &str) {
        assert!(matches!(read_text(text), Err(Useless::Refused(_))), "{text}");
    }

    #[test]
    fn a_text_in_quotes_is_read() {
        assert_eq!(
            read_text("\"A red house.\\nBehind it a hill.\"").unwrap().description,
            "A red house.\nBehind it a hill."
        );
        assert_eq!(
            read_text("\"Open\" says a sign on a door.").unwrap().description,
            "\"Open\" says a sign on a door."
        );
    }

    #[test]
    fn a_model_without_eyes() {
        for text in [
            "I’m sorry, but I can’t see images.",
            r#"{"description":"I am unable to view the image.","tags":[]}"#,
            "As a text-based AI model I cannot view images.",
            "Sure! Please provide the image.",
        ] {
            assert!(matches!(read_text(text), Err(Useless::Blind(_))), "{text}");
        }
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
