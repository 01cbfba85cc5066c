//! What failed, gathered by its reason: people want to read "12 files: …" once.

use rusqlite::{Connection, Result, params};

use super::people::REQUEUE;
use super::{COLUMNS, Upload, next_revision, run_for_new_rows};

/// Failed rows on the list.
const LISTED: &str = "status = 'failed' AND hidden = 0 AND error_code <> 'left_alone'";

/// Files that failed for one reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailureGroup {
    /// From the engine's closed list.
    pub code: String,
    /// The name of the reason, which with the code names the group in [`retry_group`] and [`in_group`]; absent for what an
    /// earlier version wrote.
    pub reason: Option<String>,
    /// Whether the files differ in nothing but their names.
    pub alike: bool,
    /// How many files.
    pub files: u64,
    /// Of these, how many can be tried again.
    pub retryable: u64,
}

/// All failed rows on the list by their reasons, the largest group first; at most `limit` groups.
///
/// # Errors
/// What SQLite says.
pub fn failure_groups(conn: &Connection, limit: usize) -> Result<Vec<FailureGroup>> {
    conn.prepare_cached(&format!(
        "SELECT error_code, error_reason, COUNT(DISTINCT json_remove(error_values, '$.name')) = 1, COUNT(*), SUM(retryable)
         FROM upload WHERE {LISTED} GROUP BY error_code, error_reason ORDER BY COUNT(*) DESC, MIN(id) LIMIT ?1"
    ))?
    .query_map([limit as i64], |row| {
        Ok(FailureGroup {
            code: row.get(0)?,
            reason: row.get(1)?,
            alike: row.get(2)?,
            files: row.get::<_, i64>(3)?.unsigned_abs(),
            retryable: row.get::<_, i64>(4)?.unsigned_abs(),
        })
    })?
    .collect()
}

/// The first rows of one group.
///
/// # Errors
/// What SQLite says.
pub fn in_group(conn: &Connection, code: &str, reason: Option<&str>, limit: usize) -> Result<Vec<Upload>> {
    conn.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM upload WHERE {LISTED} AND error_code = ?1 AND error_reason IS ?2
         ORDER BY id LIMIT ?3"
    ))?
    .query_map(params![code, reason, limit as i64], Upload::from_row)?
    .collect()
}

/// Puts the rows of one group back into the queue for which trying again can help; gives how many.
///
/// # Errors
/// What SQLite says.
pub fn retry_group(conn: &Connection, code: &str, reason: Option<&str>) -> Result<usize> {
    let run = run_for_new_rows(conn)?;
    let revision = next_revision(conn)?;
    conn.prepare_cached(&format!(
        "{REQUEUE} WHERE {LISTED} AND retryable = 1 AND error_code = ?3 AND error_reason IS ?4"
    ))?
    .execute(params![revision, run, code, reason])
}
