//! A picture as the account has it beside how it is shown.

use account_api::Image;
use rusqlite::{Connection, OptionalExtension, Result};

use super::columns::{self, RECORD};
use crate::table::json::decode;

/// A picture's row.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::table) struct State {
    /// The local number.
    pub(in crate::table) id: u32,
    /// With what waits applied.
    pub(in crate::table) shown: Image,
    /// As the account has it.
    pub(in crate::table) account: Image,
    /// Whether the account's version is kept beside the row.
    pub(in crate::table) kept: bool,
    /// Whether it is to be gone for good.
    pub(in crate::table) gone: bool,
}

/// What is known of a picture by the service's identifier.
pub(in crate::table) fn state(conn: &Connection, image_id: &str) -> Result<Option<State>> {
    one(conn, "image_id = ?1", image_id)
}

/// What is known of a picture by its local number.
pub(in crate::table) fn state_of(conn: &Connection, id: u32) -> Result<Option<State>> {
    one(conn, "id = ?1", id)
}

fn one(conn: &Connection, condition: &str, value: impl rusqlite::ToSql) -> Result<Option<State>> {
    conn.prepare_cached(&format!("SELECT id, account, shelf = 2, {} FROM picture WHERE {condition}", *RECORD))?
        .query_row([value], |row| {
            let shown = columns::read(row, 3)?;
            let kept: Option<String> = row.get(1)?;
            Ok(State {
                id: row.get(0)?,
                account: kept.as_deref().map(decode).transpose()?.unwrap_or_else(|| shown.clone()),
                shown,
                kept: kept.is_some(),
                gone: row.get(2)?,
            })
        })
        .optional()
}
