//! What failed, gathered by its reason.

use rusqlite::{Connection, Result, params};

use super::Kind;

/// Jobs that failed for one reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailureGroup {
    /// From the engine's closed list.
    pub code: String,
    /// The sentence that all of them have; names the group in [`retry_group`](super::retry_group).
    pub message: String,
    /// How many.
    pub jobs: u32,
}

/// All failed jobs of a kind by their reasons, the largest group first; at most `limit` groups.
///
/// # Errors
/// What SQLite says.
pub fn failure_groups(conn: &Connection, kind: Kind, limit: usize) -> Result<Vec<FailureGroup>> {
    conn.prepare_cached(
        "SELECT error_code, error_message, COUNT(*) FROM job WHERE kind = ?1 AND status = 'failed'
         GROUP BY error_code, error_message ORDER BY COUNT(*) DESC, MIN(id) LIMIT ?2",
    )?
    .query_map(params![kind, i64::try_from(limit).unwrap_or(i64::MAX)], |row| {
        Ok(FailureGroup { code: row.get(0)?, message: row.get(1)?, jobs: row.get(2)? })
    })?
    .collect()
}
