//! Reading JSON objects as strictly as OpenAI does: unknown names and wrong types are refused, with the path in the message.

use serde_json::{Map, Value};

use super::refusal::Refusal;

/// An object of the request and where it stands, such as `input[0].content[1]`.
#[derive(Debug, Clone)]
pub(super) struct Object<'a> {
    path: String,
    fields: &'a Map<String, Value>,
}

impl<'a> Object<'a> {
    pub(super) fn new(path: impl Into<String>, value: &'a Value) -> Result<Self, Refusal> {
        let path = path.into();
        match value {
            Value::Object(fields) => Ok(Self { path, fields }),
            other => Err(Refusal::wrong_type(&path, "an object", other)),
        }
    }

    /// The full path of one of its fields.
    pub(super) fn path(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) }
    }

    /// Refuses fields of other names.
    pub(super) fn only(&self, known: &[&str]) -> Result<(), Refusal> {
        match self.fields.keys().find(|name| !known.contains(&name.as_str())) {
            Some(name) => Err(Refusal::unknown_parameter(&self.path(name))),
            None => Ok(()),
        }
    }

    /// A field that is there and not null.
    pub(super) fn get(&self, name: &str) -> Option<&'a Value> {
        self.fields.get(name).filter(|value| !value.is_null())
    }

    pub(super) fn required(&self, name: &str) -> Result<&'a Value, Refusal> {
        self.get(name).ok_or_else(|| Refusal::missing(&self.path(name)))
    }

    pub(super) fn string(&self, name: &str) -> Result<Option<&'a str>, Refusal> {
        let Some(value) = self.get(name) else { return Ok(None) };
        value.as_str().map(Some).ok_or_else(|| Refusal::wrong_type(&self.path(name), "a string", value))
    }

    pub(super) fn required_string(&self, name: &str) -> Result<&'a str, Refusal> {
        self.string(name)?.ok_or_else(|| Refusal::missing(&self.path(name)))
    }

    pub(super) fn boolean(&self, name: &str) -> Result<Option<bool>, Refusal> {
        let Some(value) = self.get(name) else { return Ok(None) };
        value.as_bool().map(Some).ok_or_else(|| Refusal::wrong_type(&self.path(name), "a boolean", value))
    }

    /// A whole number of at least `minimum`.
    pub(super) fn integer(&self, name: &str, minimum: u64) -> Result<Option<u64>, Refusal> {
        let Some(value) = self.get(name) else { return Ok(None) };
        let path = self.path(name);
        let Some(number) = value.as_i64() else { return Err(Refusal::wrong_type(&path, "an integer", value)) };
        u64::try_from(number).ok().filter(|number| *number >= minimum).map(Some).ok_or_else(|| {
            let message = format!(
                "Invalid '{path}': integer below minimum value. Expected a value >= {minimum}, but got {number} instead."
            );
            Refusal::invalid(&path, "integer_below_min_value", message)
        })
    }

    /// A number between two others.
    pub(super) fn number(&self, name: &str, least: f64, most: f64) -> Result<Option<f64>, Refusal> {
        let Some(value) = self.get(name) else { return Ok(None) };
        let path = self.path(name);
        let Some(number) = value.as_f64() else { return Err(Refusal::wrong_type(&path, "a decimal", value)) };
        if (least..=most).contains(&number) {
            return Ok(Some(number));
        }
        let (bound, word, code) = if number < least {
            (least, ">=", "decimal_below_min_value")
        } else {
            (most, "<=", "decimal_above_max_value")
        };
        let message = format!("Invalid '{path}': expected a value {word} {bound}, but got {number} instead.");
        Err(Refusal::invalid(&path, code, message))
    }

    /// A word from a list.
    pub(super) fn one_of(&self, name: &str, values: &[&str]) -> Result<Option<&'a str>, Refusal> {
        match self.string(name)? {
            Some(given) if !values.contains(&given) => Err(Refusal::wrong_value(&self.path(name), given, values)),
            given => Ok(given),
        }
    }

    /// The objects of a list.
    pub(super) fn objects(&self, name: &str) -> Result<Vec<Object<'a>>, Refusal> {
        let value = self.required(name)?;
        let path = self.path(name);
        let Some(items) = value.as_array() else { return Err(Refusal::wrong_type(&path, "an array", value)) };
        items.iter().enumerate().map(|(index, item)| Object::new(format!("{path}[{index}]"), item)).collect()
    }

    pub(super) fn object(&self, name: &str) -> Result<Option<Object<'a>>, Refusal> {
        self.get(name).map(|value| Object::new(self.path(name), value)).transpose()
    }
}
