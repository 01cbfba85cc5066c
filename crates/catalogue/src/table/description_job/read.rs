//! What is asked of the queue.

use rusqlite::{Connection, OptionalExtension, Result, params};

use super::{COLUMNS, Failure, JOBS, Job, Queue, Status};

/// How many wishes there are since the queue was last empty.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    /// Not answered yet.
    pub waiting: u32,
    /// Described.
    pub done: u32,
    /// Not to be described.
    pub failed: u32,
    /// Cancelled.
    pub cancelled: u32,
}

/// Whether the queue is paused or has stopped.
///
/// # Errors
/// What SQLite says.
pub fn queue(conn: &Connection) -> Result<Queue> {
    conn.prepare_cached("SELECT paused, stop_code, stop_message FROM description_queue")?.query_row([], |row| {
        let stopped = match row.get::<_, Option<String>>(1)? {
            Some(code) => Some(Failure { code, message: row.get::<_, Option<String>>(2)?.unwrap_or_default() }),
            None => None,
        };
        Ok(Queue { paused: row.get(0)?, stopped })
    })
}

/// How many wishes there are since the queue was last empty.
///
/// # Errors
/// What SQLite says.
pub fn totals(conn: &Connection) -> Result<Totals> {
    let mut totals = Totals::default();
    let mut statement = conn.prepare_cached(
        "SELECT status, COUNT(*) FROM description_job
         WHERE status = 'waiting' OR run = (SELECT run FROM description_queue) GROUP BY status",
    )?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let count = row.get(1)?;
        match row.get(0)? {
            Status::Waiting => totals.waiting = count,
            Status::Done => totals.done = count,
            Status::Failed => totals.failed = count,
            Status::Cancelled => totals.cancelled = count,
        }
    }
    Ok(totals)
}

/// One wish.
///
/// # Errors
/// What SQLite says.
pub fn get(conn: &Connection, id: i64) -> Result<Option<Job>> {
    conn.prepare_cached(&format!("SELECT {COLUMNS} FROM {JOBS} WHERE j.id = ?1"))?
        .query_row([id], Job::from_row)
        .optional()
}

/// Wishes of one status, those that were asked first at the front, after a number (0 for all).
///
/// # Errors
/// What SQLite says.
pub fn jobs(conn: &Connection, status: Status, after: i64, limit: usize) -> Result<Vec<Job>> {
    conn.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM {JOBS} WHERE j.status = ?1 AND j.id > ?2 ORDER BY j.id LIMIT ?3"
    ))?
    .query_map(params![status, after, i64::try_from(limit).unwrap_or(i64::MAX)], Job::from_row)?
    .collect()
}

/// Whether a picture waits for its description.
///
/// # Errors
/// What SQLite says.
pub fn waits(conn: &Connection, picture: u32) -> Result<bool> {
    conn.prepare_cached("SELECT EXISTS (SELECT 1 FROM description_job WHERE picture = ?1 AND status = 'waiting')")?
        .query_row([picture], |row| row.get(0))
}

/// The wishes that a worker has.
///
/// # Errors
/// What SQLite says.
pub fn claimed(conn: &Connection, worker: &str) -> Result<Vec<i64>> {
    conn.prepare_cached("SELECT id FROM description_job WHERE claimed_by = ?1")?
        .query_map([worker], |row| row.get(0))?
        .collect()
}

/// Every worker that has a wish.
///
/// # Errors
/// What SQLite says.
pub fn claimants(conn: &Connection) -> Result<Vec<String>> {
    conn.prepare_cached("SELECT DISTINCT claimed_by FROM description_job WHERE claimed_by IS NOT NULL")?
        .query_map([], |row| row.get(0))?
        .collect()
}
