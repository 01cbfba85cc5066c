//! A text with its values.

use std::fmt::{self, Display, Formatter};

use crate::language::current;
use crate::value::{Value, Values};

/// A text of the message files with its values; or what somebody else says, such as a service, which is shown as it is. Shown,
/// it is a sentence in the person's language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    key: Option<&'static str>,
    /// Of somebody else's words, these alone.
    values: Values,
}

/// The name of somebody else's words among the values.
const WORDS: &str = "words";

impl Message {
    /// Of one of the generated enums; nothing else makes one, so the key is in the file and has all of its values.
    pub(crate) fn new<const N: usize>(key: &'static str, values: [(&str, Value); N]) -> Self {
        Self { key: Some(key), values: values.map(|(name, value)| (name.to_owned(), value)).into() }
    }

    /// What somebody else says.
    pub fn words(words: impl Into<String>) -> Self {
        Self { key: None, values: [(WORDS.to_owned(), Value::Text(words.into()))].into() }
    }

    /// What was stored; none when this version of the app has no such text, or one that wants other values.
    pub fn stored(key: &str, values: Values) -> Option<Self> {
        let (key, inputs) = crate::language::base(key)?;
        inputs.iter().all(|input| values.contains_key(input)).then_some(Self { key: Some(key), values })
    }

    /// The stable name of what happened; none for somebody else's words.
    pub fn key(&self) -> Option<&'static str> {
        self.key
    }

    /// What stands for the names in it.
    pub fn values(&self) -> &Values {
        &self.values
    }

    /// The same text with something else for one of its names. A name that it doesn't have changes nothing.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        if let Some(old) = self.values.get_mut(name) {
            *old = value.into();
        }
        self
    }
}

impl Display for Message {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.key {
            Some(key) => current().write(key, &self.values, f),
            None => self.values.get(WORDS).map_or(Ok(()), |words| words.fmt(f)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Upload;

    #[test]
    fn a_text_is_named_by_its_variant_and_says_its_values() {
        let message = Message::from(Upload::LeftAlone { name: "notes.txt".to_owned() });
        assert_eq!(message.key(), Some("upload_left_alone"));
        assert_eq!(message.to_string(), "notes.txt is not a picture, so it was left alone.");
        let other = message.with("name", "a.txt".to_owned()).with("no_such_name", 3_u64);
        assert_eq!(other.to_string(), "a.txt is not a picture, so it was left alone.");
    }

    #[test]
    fn what_was_stored_is_read_again_unless_this_version_does_not_know_it() {
        let message = Message::from(Upload::LeftAlone { name: "notes.txt".to_owned() });
        let values = serde_json::to_string(message.values()).unwrap();
        let values: Values = serde_json::from_str(&values).unwrap();
        assert_eq!(Message::stored("upload_left_alone", values.clone()), Some(message));
        assert_eq!(Message::stored("upload_by_pigeon", values), None);
        assert_eq!(Message::stored("upload_left_alone", Values::new()), None, "a value is missing");
    }
}
