//! The reason of something that failed, as the engine names it. The sentence for people is made from it when it is read; rows
//! that an earlier version wrote have the sentence only.

use rusqlite::{Result, Row};

/// The stable name of what happened, with what it happened to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// The name.
    pub name: String,
    /// What stands for the names in its sentence: a JSON object. A file's name is under `name`.
    pub values: String,
}

impl Reason {
    /// Reads it from two columns that stand side by side; absent when nothing named the reason.
    pub(crate) fn from_row(row: &Row<'_>, at: usize) -> Result<Option<Self>> {
        let name: Option<String> = row.get(at)?;
        let values: Option<String> = row.get(at + 1)?;
        Ok(name.map(|name| Self { name, values: values.unwrap_or_else(|| "{}".to_owned()) }))
    }

    /// The two columns.
    pub(crate) fn columns(reason: Option<&Self>) -> (Option<&str>, Option<&str>) {
        reason.map(|reason| (reason.name.as_str(), reason.values.as_str())).unzip()
    }
}
