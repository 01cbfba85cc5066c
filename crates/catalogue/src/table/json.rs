//! Values that stand in a column as JSON.

use rusqlite::types::Type;
use rusqlite::{Error, Result};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// As it stands in the column.
pub(super) fn encode(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|error| Error::ToSqlConversionFailure(error.into()))
}

/// From what stands in the column.
pub(super) fn decode<T: DeserializeOwned>(text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|error| Error::FromSqlConversionFailure(0, Type::Text, error.into()))
}
