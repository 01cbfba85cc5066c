//! What a person does to the queue. None of this asks whose a row is: the worker notices that it lost it.

use rusqlite::{Connection, OptionalExtension, Result, params};

use super::{FINISHED, OPEN, next_revision, run_for_new_rows};

/// Cancels a row that isn't finished. False when it was.
///
/// # Errors
/// What SQLite says.
pub fn cancel(conn: &Connection, id: u32) -> Result<bool> {
    let revision = next_revision(conn)?;
    let changed = conn
        .prepare_cached(&format!(
            "UPDATE upload SET status = 'cancelled', claimed_by = NULL, held = 0, part_size = NULL, revision = ?2
             WHERE id = ?1 AND {OPEN}"
        ))?
        .execute(params![id, revision])?;
    if changed == 1 {
        conn.prepare_cached("DELETE FROM upload_part WHERE upload = ?1")?.execute([id])?;
    }
    Ok(changed == 1)
}

/// Cancels every row that isn't finished; gives the number that [`uncancel`] takes, and how many they were.
///
/// # Errors
/// What SQLite says.
pub fn cancel_all(conn: &Connection) -> Result<(i64, usize)> {
    let revision = next_revision(conn)?;
    conn.prepare_cached(&format!("DELETE FROM upload_part WHERE upload IN (SELECT id FROM upload WHERE {OPEN})"))?
        .execute([])?;
    let cancelled = conn
        .prepare_cached(&format!(
            "UPDATE upload SET status = 'cancelled', cancelled_with = ?1, was_held = held, claimed_by = NULL, held = 0,
                 part_size = NULL, revision = ?1 WHERE {OPEN}"
        ))?
        .execute([revision])?;
    Ok((revision, cancelled))
}

pub(super) const REQUEUE: &str = "UPDATE upload SET status = 'queued', revision = ?1, run = ?2, hidden = 0, \
    error_code = NULL, error_message = NULL, error_reason = NULL, error_values = NULL, retryable = 0, \
    claimed_by = NULL, cancelled_with = NULL, was_held = 0";

/// Takes one [`cancel_all`] back: its rows wait again at their old places, and those that were on hold are so again. Gives
/// how many.
///
/// # Errors
/// What SQLite says.
pub fn uncancel(conn: &Connection, number: i64) -> Result<usize> {
    let run = run_for_new_rows(conn)?;
    let revision = next_revision(conn)?;
    // The right side of an assignment is what was there before.
    conn.prepare_cached(&format!("{REQUEUE}, held = was_held WHERE status = 'cancelled' AND cancelled_with = ?3"))?
        .execute(params![revision, run, number])
}

/// Puts every cancelled row on the list back; gives how many.
///
/// # Errors
/// What SQLite says.
pub fn retry_cancelled(conn: &Connection) -> Result<usize> {
    let run = run_for_new_rows(conn)?;
    let revision = next_revision(conn)?;
    conn.prepare_cached(&format!("{REQUEUE} WHERE status = 'cancelled' AND hidden = 0"))?
        .execute(params![revision, run])
}

/// Puts a failed or cancelled row back into the queue, at its old place, and from the history onto the list. False when it is
/// neither.
///
/// # Errors
/// What SQLite says.
pub fn retry(conn: &Connection, id: u32) -> Result<bool> {
    let run = run_for_new_rows(conn)?;
    let revision = next_revision(conn)?;
    let changed = conn
        .prepare_cached(&format!("{REQUEUE} WHERE id = ?3 AND status IN ('failed', 'cancelled')"))?
        .execute(params![revision, run, id])?;
    Ok(changed == 1)
}

/// Puts every failed row on the list back for which trying again can help; gives how many.
///
/// # Errors
/// What SQLite says.
pub fn retry_failed(conn: &Connection) -> Result<usize> {
    let run = run_for_new_rows(conn)?;
    let revision = next_revision(conn)?;
    conn.prepare_cached(&format!("{REQUEUE} WHERE status = 'failed' AND retryable = 1 AND hidden = 0"))?
        .execute(params![revision, run])
}

/// Takes finished rows off the list; gives their numbers. They stay in the history.
///
/// # Errors
/// What SQLite says.
pub fn clear_finished(conn: &Connection) -> Result<Vec<u32>> {
    let ids = conn
        .prepare_cached(&format!("SELECT id FROM upload WHERE {FINISHED} AND hidden = 0 ORDER BY id"))?
        .query_map([], |row| row.get(0))?
        .collect::<Result<Vec<u32>>>()?;
    conn.prepare_cached(&format!("UPDATE upload SET hidden = 1 WHERE {FINISHED} AND hidden = 0"))?.execute([])?;
    Ok(ids)
}

/// Deletes finished rows that owe nothing, all but the newest `keep`: the end of the history.
///
/// # Errors
/// What SQLite says.
pub fn prune(conn: &Connection, keep: usize) -> Result<usize> {
    let oldest_kept: Option<u32> = conn
        .prepare_cached(&format!("SELECT id FROM upload WHERE {FINISHED} ORDER BY id DESC LIMIT 1 OFFSET ?1"))?
        .query_row([i64::try_from(keep).unwrap_or(i64::MAX)], |row| row.get(0))
        .optional()?;
    conn.prepare_cached(&format!(
        "DELETE FROM upload WHERE {FINISHED} AND owes_thumbnail = 0 AND id <= ?1
             AND (upload_id IS NULL OR status NOT IN ('cancelled', 'failed'))"
    ))?
    .execute([oldest_kept.unwrap_or(0)])
}

/// Whether [`prune`] would delete anything.
///
/// # Errors
/// What SQLite says.
pub fn prunable(conn: &Connection, keep: usize) -> Result<bool> {
    conn.prepare_cached(&format!(
        "SELECT EXISTS (SELECT 1 FROM upload WHERE {FINISHED} ORDER BY id DESC LIMIT 1 OFFSET ?1)"
    ))?
    .query_row([i64::try_from(keep).unwrap_or(i64::MAX)], |row| row.get(0))
}

/// Whether the person paused the queue.
///
/// # Errors
/// What SQLite says.
pub fn paused(conn: &Connection) -> Result<bool> {
    conn.prepare_cached("SELECT paused FROM upload_queue")?.query_row([], |row| row.get(0))
}

/// Pauses the queue or lets it go on.
///
/// # Errors
/// What SQLite says.
pub fn set_paused(conn: &Connection, paused: bool) -> Result<()> {
    conn.prepare_cached("UPDATE upload_queue SET paused = ?1, revision = revision + 1")?.execute([paused])?;
    Ok(())
}
