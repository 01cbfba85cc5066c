//! What is asked of a queue.

use rusqlite::{Connection, OptionalExtension, Result, params};

use super::{COLUMNS, Failure, JOBS, Job, Kind, Queue, Status};
use crate::table::json;
use crate::table::reason::Reason;

/// How many jobs there are since the queue was last empty.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    /// Not done yet.
    pub waiting: u32,
    /// Done.
    pub done: u32,
    /// Not to be done.
    pub failed: u32,
    /// Cancelled.
    pub cancelled: u32,
}

/// Whether a queue is paused or has stopped.
///
/// # Errors
/// What SQLite says.
pub fn queue(conn: &Connection, kind: Kind) -> Result<Queue> {
    let read = conn
        .prepare_cached(
            "SELECT paused, stop_code, stop_message, stop_reason, stop_values FROM job_queue WHERE kind = ?1",
        )?
        .query_row([kind], |row| {
            let stopped = match row.get::<_, Option<String>>(1)? {
                Some(code) => Some(Failure {
                    code,
                    message: row.get::<_, Option<String>>(2)?.unwrap_or_default(),
                    reason: Reason::from_row(row, 3)?,
                }),
                None => None,
            };
            Ok(Queue { paused: row.get(0)?, stopped })
        })
        .optional()?;
    Ok(read.unwrap_or_default())
}

/// How many jobs there are since the queue was last empty.
///
/// # Errors
/// What SQLite says.
pub fn totals(conn: &Connection, kind: Kind) -> Result<Totals> {
    let mut totals = Totals::default();
    let mut statement = conn.prepare_cached(
        "SELECT status, SUM(jobs) FROM job_total
         WHERE kind = ?1 AND (status = 'waiting' OR run = (SELECT run FROM job_queue WHERE kind = ?1)) GROUP BY status",
    )?;
    let mut rows = statement.query([kind])?;
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

/// One job.
///
/// # Errors
/// What SQLite says.
pub fn get(conn: &Connection, id: i64) -> Result<Option<Job>> {
    conn.prepare_cached(&format!("SELECT {COLUMNS} FROM {JOBS} WHERE j.id = ?1"))?
        .query_row([id], Job::from_row)
        .optional()
}

/// Jobs of one status, those that were asked first at the front, after a number (0 for all).
///
/// # Errors
/// What SQLite says.
pub fn jobs(conn: &Connection, kind: Kind, status: Status, after: i64, limit: usize) -> Result<Vec<Job>> {
    conn.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM {JOBS} WHERE j.kind = ?1 AND j.status = ?2 AND j.id > ?3 ORDER BY j.id LIMIT ?4"
    ))?
    .query_map(params![kind, status, after, i64::try_from(limit).unwrap_or(i64::MAX)], Job::from_row)?
    .collect()
}

/// The jobs of a kind for pictures, however they stand; those that were asked first at the front.
///
/// # Errors
/// What SQLite says.
pub fn of_pictures(conn: &Connection, kind: Kind, pictures: &[u32]) -> Result<Vec<i64>> {
    conn.prepare_cached(
        "SELECT id FROM job INDEXED BY job_of_picture
         WHERE picture IN (SELECT value FROM json_each(?2)) AND kind = ?1 ORDER BY id",
    )?
    .query_map(params![kind, json::encode(&pictures)?], |row| row.get(0))?
    .collect()
}

/// Whether a picture waits for a job of a kind.
///
/// # Errors
/// What SQLite says.
pub fn waits(conn: &Connection, kind: Kind, picture: u32) -> Result<bool> {
    conn.prepare_cached("SELECT EXISTS (SELECT 1 FROM job WHERE picture = ?2 AND kind = ?1 AND status = 'waiting')")?
        .query_row(params![kind, picture], |row| row.get(0))
}
