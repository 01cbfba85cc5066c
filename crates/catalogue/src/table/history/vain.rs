//! Operations that turn out not to stand after they were undone: undoing them was in vain, and would take away what others did.

use std::collections::HashSet;

use rusqlite::{Connection, OptionalExtension, Result, params};

use super::operations;
use crate::table::operation::{are_unsent, withdraw};
use crate::table::waiting;

/// Notes that something later holds in place of what an operation did: it is left alone from now on. What was to undo it is
/// withdrawn, if it was not sent.
pub fn supersede(conn: &Connection, operation: &str) -> Result<()> {
    let edit: Option<(i64, bool)> = conn
        .prepare_cached("SELECT edit, undone FROM batch_operation WHERE operation = ?1")?
        .query_row([operation], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((edit, is_undone)) = edit else { return Ok(()) };
    conn.prepare_cached("UPDATE batch_edit SET superseded = 1 WHERE id = ?1")?.execute([edit])?;
    if is_undone {
        let by = operations::of(conn, edit)?;
        if are_unsent(conn, &by, &HashSet::new())? {
            withdraw(conn, &by)?;
            operations::clear(conn, edit)?;
        }
    }
    Ok(())
}

/// Takes back that operations were [handed out](waiting::sending), when it is certain that nobody got them. What was undone
/// meanwhile by new ones is withdrawn with these.
pub fn not_sent(conn: &Connection, ids: &[String]) -> Result<()> {
    waiting::not_sent(conn, ids)?;
    let edits: Vec<i64> = conn
        .prepare_cached(
            "SELECT DISTINCT edit FROM batch_operation
             WHERE undone = 1 AND operation IN (SELECT value FROM json_each(?1)) ORDER BY edit DESC",
        )?
        .query_map(params![serde_json::json!(ids).to_string()], |row| row.get(0))?
        .collect::<Result<_>>()?;
    for edit in edits {
        let (undoing, made) = (operations::of(conn, edit)?, operations::undone(conn, edit)?);
        let all: HashSet<String> = undoing.iter().chain(&made).cloned().collect();
        if are_unsent(conn, &undoing, &HashSet::new())? && are_unsent(conn, &made, &all)? {
            withdraw(conn, &undoing)?;
            withdraw(conn, &made)?;
            operations::clear(conn, edit)?;
        }
    }
    Ok(())
}
