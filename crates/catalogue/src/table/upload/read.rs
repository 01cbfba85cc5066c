//! What observers ask of the ledger.

use std::ops::RangeInclusive;

use rusqlite::{Connection, OptionalExtension, Result, params};

use super::{COLUMNS, DAMAGED, LEFT_ALONE, OPEN, Status, Upload};

/// Files and bytes of the current run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    /// Not finished.
    pub open: u64,
    /// Bytes of those, as far as sizes are known.
    pub open_bytes: u64,
    /// Verified.
    pub verified: u64,
    /// Bytes of those.
    pub verified_bytes: u64,
    /// Of the verified, how many have a damaged file.
    pub damaged: u64,
    /// Here already.
    pub duplicates: u64,
    /// Failed.
    pub failed: u64,
    /// Cancelled.
    pub cancelled: u64,
    /// No pictures, and in a folder with others: left alone.
    pub left_alone: u64,
    /// Of those that are not finished, how many the person put on hold.
    pub held: u64,
    /// Bytes of those, as far as sizes are known.
    pub held_bytes: u64,
}

/// Files and bytes since the queue was last empty.
///
/// # Errors
/// What SQLite says.
pub fn totals(conn: &Connection) -> Result<Totals> {
    let mut totals = Totals::default();
    let mut statement = conn
        .prepare_cached("SELECT status, files, bytes FROM upload_total WHERE run = (SELECT run FROM upload_queue)")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let files = row.get::<_, i64>(1)?.unsigned_abs();
        let bytes = row.get::<_, i64>(2)?.unsigned_abs();
        match row.get_ref(0)?.as_str()? {
            LEFT_ALONE => {
                totals.left_alone = files;
                continue;
            }
            DAMAGED => {
                totals.damaged = files;
                totals.verified += files;
                totals.verified_bytes += bytes;
                continue;
            }
            _ => {}
        }
        match row.get(0)? {
            Status::Queued | Status::Sending | Status::Sent => {
                totals.open += files;
                totals.open_bytes += bytes;
            }
            Status::Verified => {
                totals.verified += files;
                totals.verified_bytes += bytes;
            }
            Status::Duplicate => totals.duplicates = files,
            Status::Failed => totals.failed = files,
            Status::Cancelled => totals.cancelled = files,
        }
    }
    let (held, bytes): (i64, i64) = conn
        .prepare_cached("SELECT COUNT(*), COALESCE(SUM(size), 0) FROM upload WHERE held = 1")?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    (totals.held, totals.held_bytes) = (held.unsigned_abs(), bytes.unsigned_abs());
    Ok(totals)
}

/// One row.
///
/// # Errors
/// What SQLite says.
pub fn get(conn: &Connection, id: u32) -> Result<Option<Upload>> {
    conn.prepare_cached(&format!("SELECT {COLUMNS} FROM upload WHERE id = ?1"))?
        .query_row([id], Upload::from_row)
        .optional()
}

/// How far an observer has read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct ChangeCursor {
    revision: i64,
    id: u32,
}

/// Rows that were written after `cursor`, oldest write first, and the cursor for the next call; at most `limit`, so call
/// again while that many come. Of queued rows only those with numbers up to `queued_to` are told: the others come by
/// [`next_open`], a page at a time, so that 100,000 new rows are not told at once.
///
/// # Errors
/// What SQLite says.
pub fn changed_since(
    conn: &Connection,
    cursor: ChangeCursor,
    queued_to: u32,
    limit: usize,
) -> Result<(Vec<Upload>, ChangeCursor)> {
    // Read first: a write between the two statements is then told again rather than missed.
    let newest: i64 = conn.prepare_cached("SELECT revision FROM upload_queue")?.query_row([], |row| row.get(0))?;
    if newest == cursor.revision && cursor.id == u32::MAX {
        return Ok((Vec::new(), cursor));
    }
    let rows = conn
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM upload WHERE (revision, id) > (?1, ?2) AND hidden = 0
                 AND (status <> 'queued' OR id <= ?3)
             ORDER BY revision, id LIMIT ?4"
        ))?
        .query_map(params![cursor.revision, cursor.id, queued_to, limit as i64], Upload::from_row)?
        .collect::<Result<Vec<_>>>()?;
    let next = match rows.last() {
        Some(last) if rows.len() == limit => ChangeCursor { revision: last.revision, id: last.id },
        _ => ChangeCursor { revision: newest, id: u32::MAX },
    };
    Ok((rows, next))
}

/// Where an observer starts that has just read everything.
///
/// # Errors
/// What SQLite says.
pub fn now(conn: &Connection) -> Result<ChangeCursor> {
    conn.prepare_cached("SELECT revision FROM upload_queue")?
        .query_row([], |row| Ok(ChangeCursor { revision: row.get(0)?, id: u32::MAX }))
}

/// Unfinished rows after a number, in the order of their numbers.
///
/// # Errors
/// What SQLite says.
pub fn next_open(conn: &Connection, after: u32, limit: usize) -> Result<Vec<Upload>> {
    conn.prepare_cached(&format!("SELECT {COLUMNS} FROM upload WHERE id > ?1 AND {OPEN} ORDER BY id LIMIT ?2"))?
        .query_map(params![after, limit as i64], Upload::from_row)?
        .collect()
}

/// The newest finished rows that are still on the list, oldest first.
///
/// # Errors
/// What SQLite says.
pub fn newest_finished(conn: &Connection, limit: usize) -> Result<Vec<Upload>> {
    let mut rows = conn
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM upload WHERE status IN ('verified', 'duplicate', 'failed', 'cancelled') AND hidden = 0
             ORDER BY id DESC LIMIT ?1"
        ))?
        .query_map([limit as i64], Upload::from_row)?
        .collect::<Result<Vec<_>>>()?;
    rows.reverse();
    Ok(rows)
}

/// Whether any row with a number in a range is not finished and not on hold.
///
/// # Errors
/// What SQLite says.
pub fn open_within(conn: &Connection, ids: &RangeInclusive<u32>) -> Result<bool> {
    // By the index of unfinished rows: most of a range may be finished.
    conn.prepare_cached(&format!(
        "SELECT EXISTS (SELECT 1 FROM upload INDEXED BY upload_open WHERE {OPEN} AND held = 0 AND id BETWEEN ?1 AND ?2)"
    ))?
    .query_row(params![ids.start(), ids.end()], |row| row.get(0))
}

/// Paths of spooled bytes that a row still needs: one in the history only does not.
///
/// # Errors
/// What SQLite says.
pub fn spooled(conn: &Connection) -> Result<Vec<Vec<u8>>> {
    conn.prepare_cached(
        "SELECT path FROM upload WHERE origin <> 'file' AND path IS NOT NULL AND (hidden = 0 OR owes_thumbnail = 1)",
    )?
    .query_map([], |row| row.get(0))?
    .collect()
}

/// A part of the list, to be read by the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum List {
    /// What isn't finished, in the order of the queue.
    Open,
    /// What failed, the newest first.
    Failed,
    /// What is in the library or was cancelled, the newest first.
    Done,
    /// What was no picture, in a folder with others, since the queue was last empty; in the order in which it was found.
    LeftAlone,
    /// What ended, however it did and whether or not it is still on the list, the newest first.
    History,
}

/// A page of one part of the list, and how many rows that part has.
///
/// # Errors
/// What SQLite says.
pub fn page(conn: &Connection, list: List, offset: usize, limit: usize) -> Result<(Vec<Upload>, u64)> {
    let (listed, order) = match list {
        List::Open => (OPEN, "position"),
        List::Failed => ("status = 'failed' AND hidden = 0 AND error_code <> 'left_alone'", "id DESC"),
        List::Done => ("status IN ('verified', 'duplicate', 'cancelled') AND hidden = 0", "id DESC"),
        // As they are counted: of the current run, also when the list was cleared.
        List::LeftAlone => {
            ("status = 'failed' AND error_code = 'left_alone' AND run = (SELECT run FROM upload_queue)", "id")
        }
        // What was no picture was never uploaded.
        List::History => {
            ("status IN ('verified', 'duplicate', 'failed', 'cancelled') AND error_code IS NOT 'left_alone'", "id DESC")
        }
    };
    let count: i64 =
        conn.prepare_cached(&format!("SELECT COUNT(*) FROM upload WHERE {listed}"))?.query_row([], |row| row.get(0))?;
    let rows = conn
        .prepare_cached(&format!("SELECT {COLUMNS} FROM upload WHERE {listed} ORDER BY {order} LIMIT ?1 OFFSET ?2"))?
        .query_map(params![limit as i64, offset as i64], Upload::from_row)?
        .collect::<Result<Vec<_>>>()?;
    Ok((rows, count.unsigned_abs()))
}
