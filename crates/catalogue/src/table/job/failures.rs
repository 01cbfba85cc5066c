//! What failed, gathered by its reason.

use rusqlite::{Connection, Result, params};

use super::{Failure, Kind};
use crate::table::reason::Reason;

/// Jobs that failed for one reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailureGroup {
    /// From the engine's closed list.
    pub code: String,
    /// The name of the reason, which with the code names the group in [`retry_group`](super::retry_group); absent for what an
    /// earlier version wrote, and for what somebody else's sentence says.
    pub reason: Option<String>,
    /// Why the first of them failed.
    pub first: Failure,
    /// Whether all of them have its sentence.
    pub alike: bool,
    /// How many.
    pub jobs: u32,
}

/// All failed jobs of a kind by their reasons, the largest group first; at most `limit` groups.
///
/// # Errors
/// What SQLite says.
pub fn failure_groups(conn: &Connection, kind: Kind, limit: usize) -> Result<Vec<FailureGroup>> {
    conn.prepare_cached(
        // With one MIN in it, SQLite takes the bare columns from the row that has the minimum.
        "SELECT error_code, error_message, error_reason, error_values, COUNT(DISTINCT error_message) = 1, COUNT(*),
             MIN(id) AS first
         FROM job WHERE kind = ?1 AND status = 'failed'
         GROUP BY error_code, error_reason ORDER BY COUNT(*) DESC, first LIMIT ?2",
    )?
    .query_map(params![kind, i64::try_from(limit).unwrap_or(i64::MAX)], |row| {
        let first = Failure { code: row.get(0)?, message: row.get(1)?, reason: Reason::from_row(row, 2)? };
        let (code, reason) = (first.code.clone(), first.reason.as_ref().map(|reason| reason.name.clone()));
        Ok(FailureGroup { code, reason, first, alike: row.get(4)?, jobs: row.get(5)? })
    })?
    .collect()
}
