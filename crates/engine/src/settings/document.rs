//! `settings.json` as it stands on disk.
//!
//! It is kept as the JSON object that it is: what this version doesn't know, because a newer one wrote it, stays as it
//! was, and a value that can't be used counts as absent without taking the others with it.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// The whole file.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Document(Map<String, Value>);

impl Document {
    /// Reads the file's bytes; `None` when they are no JSON object.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok().map(Self)
    }

    /// The file's bytes, for people, too.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = serde_json::to_vec_pretty(&self.0).unwrap_or_default();
        bytes.push(b'\n');
        bytes
    }

    /// A value by its path, such as `["ai", "model"]`; `None` when it is absent or not what it should be.
    pub(super) fn get<T: DeserializeOwned>(&self, path: &[&str]) -> Option<T> {
        let (first, rest) = path.split_first()?;
        let value = rest.iter().try_fold(self.0.get(*first)?, |value, name| value.get(name))?;
        serde_json::from_value(value.clone()).ok()
    }

    /// Sets a value by its path; `None` removes it. Everything beside it stays.
    pub(super) fn set<T: Serialize>(&mut self, path: &[&str], value: Option<&T>) {
        let Some((last, parents)) = path.split_last() else { return };
        let mut object = &mut self.0;
        for parent in parents {
            let value = object.entry(*parent).or_insert_with(|| Value::Object(Map::new()));
            if !value.is_object() {
                *value = Value::Object(Map::new());
            }
            let Value::Object(next) = value else { return };
            object = next;
        }
        match value.map(serde_json::to_value) {
            Some(Ok(value)) => _ = object.insert((*last).to_owned(), value),
            Some(Err(error)) => tracing::error!(%error, "a setting can't be written"),
            None => _ = object.remove(*last),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::Theme;

    #[test]
    fn what_is_unknown_stays() {
        let mut document =
            Document::parse(br#"{"theme":"dark","from_tomorrow":[1,2],"ai":{"model":"m","mood":"good"}}"#).unwrap();
        assert_eq!(document.get(&["theme"]), Some(Theme::Dark));
        document.set(&["ai", "model"], Some(&"other"));
        document.set(&["ai", "base_url"], Some(&"http://localhost"));
        document.set::<String>(&["theme"], None);
        let again = Document::parse(&document.to_bytes()).unwrap();
        assert_eq!(again, document);
        assert_eq!(again.get::<Vec<u8>>(&["from_tomorrow"]), Some(vec![1, 2]));
        assert_eq!(again.get::<String>(&["ai", "mood"]).as_deref(), Some("good"));
        assert_eq!(again.get::<String>(&["ai", "model"]).as_deref(), Some("other"));
        assert_eq!(again.get::<Theme>(&["theme"]), None);
    }

    #[test]
    fn a_value_of_the_wrong_kind_is_absent() {
        let mut document = Document::parse(br#"{"theme":"pink","ai":7}"#).unwrap();
        assert_eq!(document.get::<Theme>(&["theme"]), None);
        document.set(&["ai", "model"], Some(&"m"));
        assert_eq!(document.get::<String>(&["ai", "model"]).as_deref(), Some("m"));
        assert!(Document::parse(b"[]").is_none());
        assert!(Document::parse(b"{\"theme\":").is_none());
    }
}
