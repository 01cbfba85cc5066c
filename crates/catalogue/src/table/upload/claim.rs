//! Which process works on which row.

use std::ops::RangeInclusive;

use rusqlite::{Connection, Result, params};

use super::{CLAIMABLE, COLUMNS, Upload, next_revision};

/// Takes up to `limit` unfinished rows that nobody has and that are not on hold, in the order of the queue, for `worker`.
/// Rows that were sent but not confirmed come with them; what to do is told by their status. `within` limits it to some
/// numbers.
///
/// # Errors
/// What SQLite says.
pub fn claim(
    conn: &Connection,
    worker: &str,
    within: Option<&RangeInclusive<u32>>,
    limit: usize,
) -> Result<Vec<Upload>> {
    let (first, last) = within.map_or((0, u32::MAX), |range| (*range.start(), *range.end()));
    // The revision stays: being claimed is not something that anybody sees.
    let mut rows = conn
        .prepare_cached(&format!(
            "UPDATE upload SET claimed_by = ?1 WHERE id IN (
                 SELECT id FROM upload INDEXED BY upload_next WHERE {CLAIMABLE} AND id BETWEEN ?2 AND ?3
                 ORDER BY position LIMIT ?4)
             RETURNING {COLUMNS}"
        ))?
        .query_map(params![worker, first, last, limit as i64], Upload::from_row)?
        .collect::<Result<Vec<_>>>()?;
    // RETURNING promises no order.
    rows.sort_unstable_by_key(|row| row.position);
    Ok(rows)
}

/// Whether any row can be claimed.
///
/// # Errors
/// What SQLite says.
pub fn unclaimed(conn: &Connection, within: Option<&RangeInclusive<u32>>) -> Result<bool> {
    let (first, last) = within.map_or((0, u32::MAX), |range| (*range.start(), *range.end()));
    conn.prepare_cached(&format!(
        "SELECT EXISTS (SELECT 1 FROM upload INDEXED BY upload_next WHERE {CLAIMABLE} AND id BETWEEN ?1 AND ?2)"
    ))?
    .query_row(params![first, last], |row| row.get(0))
}

/// Gives rows back, in the state that they are in. That is seen: a row that was being sent waits again.
///
/// # Errors
/// What SQLite says.
pub fn release(conn: &Connection, worker: &str, ids: &[u32]) -> Result<()> {
    let revision = next_revision(conn)?;
    let mut statement =
        conn.prepare_cached("UPDATE upload SET claimed_by = NULL, revision = ?3 WHERE id = ?1 AND claimed_by = ?2")?;
    for id in ids {
        statement.execute(params![id, worker, revision])?;
    }
    Ok(())
}

/// Gives back everything that `worker` has: it has stopped, or has been found dead. As with [`release`], that is seen.
///
/// # Errors
/// What SQLite says.
pub fn release_claims_of(conn: &Connection, worker: &str) -> Result<usize> {
    let revision = next_revision(conn)?;
    conn.prepare_cached("UPDATE upload SET claimed_by = NULL, revision = ?2 WHERE claimed_by = ?1")?
        .execute(params![worker, revision])
}

/// Every worker that has a row.
///
/// # Errors
/// What SQLite says.
pub fn claimants(conn: &Connection) -> Result<Vec<String>> {
    conn.prepare_cached("SELECT DISTINCT claimed_by FROM upload WHERE claimed_by IS NOT NULL")?
        .query_map([], |row| row.get(0))?
        .collect()
}
