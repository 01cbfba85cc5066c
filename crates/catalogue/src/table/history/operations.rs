//! The operations by which a change of a batch stands as it does.

use rusqlite::{Connection, Result, params};

/// Notes one.
pub(super) fn note(conn: &Connection, edit: i64, operation: &str) -> Result<()> {
    conn.prepare_cached("INSERT INTO batch_operation (operation, edit) VALUES (?1, ?2)")?
        .execute(params![operation, edit])
        .map(drop)
}

/// Those of a change, the newest first.
pub(super) fn of(conn: &Connection, edit: i64) -> Result<Vec<String>> {
    listed(conn, edit, false)
}

/// Those that made a change which newer ones have undone, the newest first.
pub(super) fn undone(conn: &Connection, edit: i64) -> Result<Vec<String>> {
    listed(conn, edit, true)
}

fn listed(conn: &Connection, edit: i64, undone: bool) -> Result<Vec<String>> {
    conn.prepare_cached(
        "SELECT operation FROM batch_operation WHERE edit = ?1 AND undone = ?2 ORDER BY operation DESC",
    )?
    .query_map(params![edit, undone], |row| row.get(0))?
    .collect()
}

/// Newer ones are about to undo those of a change.
pub(super) fn undo(conn: &Connection, edit: i64) -> Result<()> {
    conn.prepare_cached("UPDATE batch_operation SET undone = 1 WHERE edit = ?1")?.execute([edit]).map(drop)
}

/// Those that have undone a change were withdrawn: it stands by those that made it.
pub(super) fn redo(conn: &Connection, edit: i64) -> Result<()> {
    conn.prepare_cached("DELETE FROM batch_operation WHERE edit = ?1 AND undone = 0")?.execute([edit])?;
    conn.prepare_cached("UPDATE batch_operation SET undone = 0 WHERE edit = ?1")?.execute([edit]).map(drop)
}

/// The change no longer stands by any.
pub(super) fn clear(conn: &Connection, edit: i64) -> Result<()> {
    conn.prepare_cached("DELETE FROM batch_operation WHERE edit = ?1")?.execute([edit]).map(drop)
}

/// Those of one change are another's.
pub(super) fn hand_on(conn: &Connection, from: i64, to: i64) -> Result<()> {
    conn.prepare_cached("UPDATE batch_operation SET edit = ?2 WHERE edit = ?1")?.execute([from, to]).map(drop)
}

/// Forgets what an operation did, because the account has not taken it: it can't be undone.
pub fn forget(conn: &Connection, operation: &str) -> Result<()> {
    conn.prepare_cached("DELETE FROM batch_edit WHERE id = (SELECT edit FROM batch_operation WHERE operation = ?1)")?
        .execute([operation])
        .map(drop)
}
