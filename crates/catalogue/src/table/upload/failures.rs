//! What failed, gathered by its reason: people want to read "12 files: …" once.

use rusqlite::{Connection, Result, params};

use super::people::REQUEUE;
use super::{COLUMNS, Upload, next_revision, run_for_new_rows};

/// Stands for the file's name in a sentence that several files share.
const NAME: char = '\u{1}';

/// The sentence without the file's name, which is what makes sentences of one kind equal. A very short name may be a part
/// of other words, so it stays.
const REASON: &str = "CASE WHEN length(name) > 3 THEN replace(error_message, name, char(1)) ELSE error_message END";

/// Failed rows on the list.
const LISTED: &str = "status = 'failed' AND hidden = 0 AND error_code <> 'left_alone'";

/// Files that failed for one reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailureGroup {
    /// From the engine's closed list.
    pub code: String,
    /// Names the group in [`retry_group`] and [`in_group`]: the sentence with a placeholder for the file's name.
    pub reason: String,
    /// The sentence of the first file of the group.
    pub example: String,
    /// How many files.
    pub files: u64,
    /// Of these, how many can be tried again.
    pub retryable: u64,
}

impl FailureGroup {
    /// The sentence with something else than a file's name.
    pub fn sentence(&self, of_them: &str) -> String {
        self.reason.replace(NAME, of_them)
    }
}

/// All failed rows on the list by their reasons, the largest group first; at most `limit` groups.
///
/// # Errors
/// What SQLite says.
pub fn failure_groups(conn: &Connection, limit: usize) -> Result<Vec<FailureGroup>> {
    // With MIN in it, SQLite takes the bare columns from the row that has the minimum.
    conn.prepare_cached(&format!(
        "SELECT error_code, {REASON} AS reason, error_message, COUNT(*), SUM(retryable), MIN(id) AS first
         FROM upload WHERE {LISTED} GROUP BY error_code, reason ORDER BY COUNT(*) DESC, first LIMIT ?1"
    ))?
    .query_map([limit as i64], |row| {
        Ok(FailureGroup {
            code: row.get(0)?,
            reason: row.get(1)?,
            example: row.get(2)?,
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
pub fn in_group(conn: &Connection, code: &str, reason: &str, limit: usize) -> Result<Vec<Upload>> {
    conn.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM upload WHERE {LISTED} AND error_code = ?1 AND ({REASON}) = ?2
         ORDER BY id LIMIT ?3"
    ))?
    .query_map(params![code, reason, limit as i64], Upload::from_row)?
    .collect()
}

/// Puts the rows of one group back into the queue for which trying again can help; gives how many.
///
/// # Errors
/// What SQLite says.
pub fn retry_group(conn: &Connection, code: &str, reason: &str) -> Result<usize> {
    let run = run_for_new_rows(conn)?;
    let revision = next_revision(conn)?;
    conn.prepare_cached(&format!("{REQUEUE} WHERE {LISTED} AND retryable = 1 AND error_code = ?3 AND ({REASON}) = ?4"))?
        .execute(params![revision, run, code, reason])
}
