//! Batches as they are shown.

use rusqlite::{Connection, OptionalExtension, Result, Row};

use super::{KEPT, State, What};
use crate::table::json::decode;

/// Something that a person did at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// Its number, rising.
    pub id: i64,
    /// What it did.
    pub what: What,
    /// Of how many pictures.
    pub pictures: u64,
    /// What the picture is called, of one picture that is still there.
    pub name: Option<String>,
    /// When (UTC, RFC 3339).
    pub made_at: String,
    /// Where it stands.
    pub state: State,
    /// Whether nothing is left of what it did: its pictures were removed for good, or the account has taken none of it.
    pub spent: bool,
}

/// The columns of [`from_row`].
const COLUMNS: &str = "id, what, pictures, made_at, state, CASE pictures WHEN 1 THEN (
    SELECT name FROM batch_edit JOIN picture ON picture.id = picture WHERE batch = batch.id AND shelf < 2 LIMIT 1) END,
    NOT EXISTS (SELECT 1 FROM batch_edit WHERE batch = batch.id)";

/// What can be turned, or says once that it can't be: removing for good leaves nothing of what it did.
const TURNS: &str = "(what ->> 'kind' = 'remove' OR EXISTS (SELECT 1 FROM batch_edit WHERE batch = batch.id))";

/// Reads [`COLUMNS`].
fn from_row(row: &Row<'_>) -> Result<Batch> {
    Ok(Batch {
        id: row.get(0)?,
        what: decode(&row.get::<_, String>(1)?)?,
        pictures: row.get::<_, i64>(2)?.unsigned_abs(),
        made_at: row.get(3)?,
        state: row.get(4)?,
        name: row.get(5)?,
        spent: row.get(6)?,
    })
}

/// The batches that are kept, the newest first.
pub fn batches(conn: &Connection) -> Result<Vec<Batch>> {
    conn.prepare_cached(&format!("SELECT {COLUMNS} FROM batch ORDER BY id DESC LIMIT {KEPT}"))?
        .query_map([], from_row)?
        .collect()
}

/// The batch that is undone next.
pub fn undoable(conn: &Connection) -> Result<Option<Batch>> {
    one(conn, "state = 'done' ORDER BY id DESC")
}

/// The batch that is done again next.
pub fn redoable(conn: &Connection) -> Result<Option<Batch>> {
    one(conn, "state = 'undone' ORDER BY id")
}

fn one(conn: &Connection, condition: &str) -> Result<Option<Batch>> {
    conn.prepare_cached(&format!("SELECT {COLUMNS} FROM batch WHERE {TURNS} AND {condition} LIMIT 1"))?
        .query_row([], from_row)
        .optional()
}
