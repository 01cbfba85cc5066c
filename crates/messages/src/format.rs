//! The format of the message files, which is that of the window's (`ui/messages`): inlang's. A text is a string with
//! `{name}` for its values, or a list of variants that are chosen by a value's plural category. The build script reads the
//! base language with it, the app all languages.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

/// A text's pieces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// As they stand.
    Words(String),
    /// The value with this name.
    Value(String),
}

/// One wording.
pub type Pattern = Vec<Piece>;

/// A text, in one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Text {
    /// Always the same wording.
    Plain(Pattern),
    /// A wording for each kind of amount.
    ByAmount {
        /// The value that counts.
        count: String,
        /// All values that may stand in it.
        inputs: BTreeSet<String>,
        /// By plural category; the one for all others is under `None`, and there always is one.
        wordings: BTreeMap<Option<String>, Pattern>,
    },
}

impl Text {
    /// The names of all values that it wants.
    pub fn inputs(&self) -> BTreeSet<String> {
        match self {
            Text::Plain(pattern) => values(pattern),
            Text::ByAmount { inputs, .. } => inputs.clone(),
        }
    }
}

/// The names of the values in a wording.
pub fn values(pattern: &Pattern) -> BTreeSet<String> {
    pattern.iter().filter_map(|piece| if let Piece::Value(name) = piece { Some(name.clone()) } else { None }).collect()
}

/// Reads a file.
///
/// # Errors
/// What is wrong with it, and with which text.
pub fn parse(json: &str) -> Result<BTreeMap<String, Text>, String> {
    let texts: Map<String, Value> = serde_json::from_str(json).map_err(|error| error.to_string())?;
    let texts = texts.into_iter().filter(|(key, _)| key != "$schema");
    texts
        .map(|(key, value)| text(&value).map(|text| (key.clone(), text)).map_err(|why| format!("{key}: {why}")))
        .collect()
}

fn text(value: &Value) -> Result<Text, String> {
    match value {
        Value::String(words) => pattern(words).map(Text::Plain),
        Value::Array(list) => match list.as_slice() {
            [Value::Object(variants)] => by_amount(variants),
            _ => Err("a list has one object with the variants".to_owned()),
        },
        _ => Err("a text is a string or a list of variants".to_owned()),
    }
}

/// `declarations`: `input` for each value and one `local … = …: plural`; `selectors`: that local; `match`: `local=category`.
fn by_amount(variants: &Map<String, Value>) -> Result<Text, String> {
    let list = |field: &str| {
        let list = variants.get(field).and_then(Value::as_array).ok_or_else(|| format!("{field} is missing"))?;
        Ok::<_, String>(list.iter().filter_map(Value::as_str).collect::<Vec<_>>())
    };
    let (mut inputs, mut local) = (BTreeSet::new(), None);
    for declaration in list("declarations")? {
        match declaration.split_whitespace().collect::<Vec<_>>().as_slice() {
            ["input", name] => drop(inputs.insert((*name).to_owned())),
            ["local", name, "=", of, "plural"] if local.is_none() && of.ends_with(':') => {
                local = Some(((*name).to_owned(), of.trim_end_matches(':').to_owned()));
            }
            _ => return Err(format!("“{declaration}” is none of the declarations that are read")),
        }
    }
    let (local, count) = local.ok_or("no plural is declared")?;
    if list("selectors")? != [local.as_str()] || !inputs.contains(&count) {
        return Err("its plural is what selects, and counts an input".to_owned());
    }
    let matches = variants.get("match").and_then(Value::as_object).ok_or("match is missing")?;
    let mut wordings = BTreeMap::new();
    for (when, words) in matches {
        let category = when.strip_prefix(&local).and_then(|rest| rest.strip_prefix('='));
        let category = category.ok_or_else(|| format!("“{when}” selects by nothing that is declared"))?;
        // In every language "other" is for all that no other category is for.
        let category = (category != "*" && category != "other").then(|| category.to_owned());
        let wording = pattern(words.as_str().ok_or("a wording is a string")?)?;
        if let Some(unknown) = values(&wording).difference(&inputs).next() {
            return Err(format!("{{{unknown}}} is not declared"));
        }
        wordings.insert(category, wording);
    }
    if !wordings.contains_key(&None) {
        return Err("no wording for all other amounts".to_owned());
    }
    Ok(Text::ByAmount { count, inputs, wordings })
}

/// Reads one wording; a brace that is no value is written with a backslash before it.
fn pattern(words: &str) -> Result<Pattern, String> {
    let (mut pieces, mut plain) = (Vec::new(), String::new());
    let mut letters = words.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => plain.extend(letters.next()),
            '{' => {
                let name: String = letters.by_ref().take_while(|letter| *letter != '}').collect();
                if name.is_empty() || !name.chars().all(|letter| letter.is_ascii_lowercase() || letter == '_') {
                    return Err(format!("{{{name}}} is not the name of a value"));
                }
                if !plain.is_empty() {
                    pieces.push(Piece::Words(std::mem::take(&mut plain)));
                }
                pieces.push(Piece::Value(name));
            }
            '}' => return Err("a brace is closed that was not opened".to_owned()),
            _ => plain.push(letter),
        }
    }
    if !plain.is_empty() {
        pieces.push(Piece::Words(plain));
    }
    Ok(pieces)
}
