//! What is answered: a description of the picture that came, in the form asked for, or what the test ordered instead.

use std::time::{SystemTime, UNIX_EPOCH};

use axum::http::StatusCode;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::picture::PictureSeen;
use super::question::{Form, Question, reasons};
use super::refusal::Refusal;
use super::schema::{fill, said_of};
use super::script::Behaviour;

/// Tokens that a reasoning model thinks for before it writes.
const THINKING_TOKENS: u64 = 64;

/// Names of fields that an instruction may ask for in JSON mode or in plain text.
const FIELDS: [&str; 4] = ["description", "alt_text", "tags", "text_in_image"];

/// An answer, in neither API's form yet.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) id: String,
    /// Seconds since 1970.
    pub(super) created: u64,
    /// The dated name that OpenAI resolves a model's name to.
    pub(super) model: String,
    pub(super) text: Option<String>,
    pub(super) refusal: Option<String>,
    pub(super) thoughts: Option<String>,
    pub(super) ending: Ending,
    pub(super) input_tokens: u64,
    pub(super) reasoning_tokens: u64,
}

/// Why the model stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    Stop,
    Length,
    Filtered,
    Failed,
}

impl Answer {
    pub(super) fn output_tokens(&self) -> u64 {
        let said = self.text.as_deref().or(self.refusal.as_deref()).unwrap_or_default();
        self.reasoning_tokens + tokens(said)
    }
}

/// A rough count, as good as any: four characters a token.
fn tokens(text: &str) -> u64 {
    text.len().div_ceil(4) as u64
}

/// Refusals that depend on the question.
pub(super) fn refuses(behaviour: Option<&Behaviour>, question: &Question, parameter: &str) -> Result<(), Refusal> {
    let kind = match (&question.form, behaviour) {
        (Form::JsonSchema(_), Some(Behaviour::NoSchemaSupport | Behaviour::TextOnly)) => "json_schema",
        (Form::JsonObject, Some(Behaviour::TextOnly)) => "json_object",
        _ => return Ok(()),
    };
    let message = format!("Invalid parameter: '{parameter}' of type '{kind}' is not supported with this model.");
    let refusal = Refusal::new(StatusCode::BAD_REQUEST, "invalid_request_error", message);
    Err(Refusal { param: Some(parameter.to_owned()), ..refusal })
}

/// Answers a question.
pub(super) fn answer(question: &Question, behaviour: Option<&Behaviour>) -> Answer {
    let pictures = question.pictures.iter().map(|picture| u64::from(picture.width) * u64::from(picture.height) / 750);
    let input_tokens = question.texts.iter().map(|text| tokens(text)).chain(pictures).sum();
    let mut answer = Answer {
        id: Uuid::new_v4().simple().to_string(),
        created: SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs()),
        model: format!("{}-2025-08-07", question.model),
        text: Some(text(question)),
        refusal: None,
        thoughts: None,
        ending: Ending::Stop,
        input_tokens,
        reasoning_tokens: if reasons(&question.model) { THINKING_TOKENS } else { 0 },
    };
    cut(&mut answer, question.max_tokens);
    let text = answer.text.take();
    match behaviour {
        Some(Behaviour::Refuse) => answer.refusal = Some("I'm sorry, I can't assist with that request.".to_owned()),
        Some(Behaviour::Empty) => answer.text = Some(String::new()),
        Some(Behaviour::Truncated) => {
            answer.text = text.map(|text| text.chars().take(text.chars().count() / 2).collect());
            answer.ending = Ending::Length;
        }
        Some(Behaviour::NotJson) => answer.text = Some("Sure! Here is what I can see in the picture.".to_owned()),
        Some(Behaviour::ReasoningOnly) => {
            answer.reasoning_tokens = answer.reasoning_tokens.max(question.max_tokens.unwrap_or(THINKING_TOKENS));
            answer.thoughts = Some("The picture has a colour. Let me think about which one it is.".to_owned());
            answer.ending = Ending::Length;
        }
        Some(Behaviour::ThinksAloud) => {
            answer.text = text.map(|text| format!("<think>\nIs {{this}} a picture?\n</think>\n\n{text}"));
        }
        Some(Behaviour::Other(habit)) => answer.text = text.map(|text| habit.dress(&text)),
        Some(Behaviour::Filtered) => answer.ending = Ending::Filtered,
        Some(Behaviour::Failed) => answer.ending = Ending::Failed,
        _ => answer.text = text,
    }
    answer
}

/// Keeps to the number of tokens that the request allows, thinking included.
fn cut(answer: &mut Answer, max_tokens: Option<u64>) {
    let Some(most) = max_tokens.filter(|most| *most < answer.output_tokens()) else { return };
    answer.ending = Ending::Length;
    let left = most.saturating_sub(answer.reasoning_tokens);
    answer.reasoning_tokens = answer.reasoning_tokens.min(most);
    let characters = usize::try_from(left * 4).unwrap_or(usize::MAX);
    let kept = answer.text.take().map(|text| text.chars().take(characters).collect::<String>());
    answer.text = kept.filter(|text| !text.is_empty());
}

fn text(question: &Question) -> String {
    let picture = question.pictures.first();
    match &question.form {
        Form::JsonSchema(schema) => fill(schema, "answer", picture).to_string(),
        Form::JsonObject => object(question, picture).to_string(),
        // A model that is asked for JSON but not held to it likes to wrap it in Markdown.
        Form::Text if asks_for_json(question) => {
            let object = serde_json::to_string_pretty(&object(question, picture)).unwrap_or_default();
            format!("```json\n{object}\n```")
        }
        Form::Text => said_of("description", picture).as_str().unwrap_or_default().to_owned(),
    }
}

fn asks_for_json(question: &Question) -> bool {
    question.texts.iter().any(|text| text.contains("JSON"))
}

/// The object that the texts ask for by the names of its fields.
fn object(question: &Question, picture: Option<&PictureSeen>) -> Value {
    let asked = |field: &&&str| question.texts.iter().any(|text| text.contains(**field));
    let fields: Vec<&str> = FIELDS.iter().filter(asked).copied().collect();
    let fields = if fields.is_empty() { vec!["answer"] } else { fields };
    fields.into_iter().map(|field| (field.to_owned(), said_of(field, picture))).collect::<Map<_, _>>().into()
}
