//! Operations whose place a newer one about the same has taken, until the account has answered that one.

use rusqlite::{Connection, Result, params};

/// The columns that both tables have.
const COLUMNS: &str = "seq, id, clock, device, picture, album_id, subject, edit, made_at, sent";

/// Has an operation take the place of what waits about the same.
pub(in crate::table) fn replace(conn: &Connection, picture: u32, subject: &str, by: &str) -> Result<()> {
    let replaced = conn
        .prepare_cached(&format!(
            "INSERT INTO replaced_operation ({COLUMNS}, by)
             SELECT {COLUMNS}, ?3 FROM operation WHERE picture = ?1 AND subject = ?2"
        ))?
        .execute(params![picture, subject, by])?;
    if replaced == 0 {
        return Ok(());
    }
    conn.prepare_cached("DELETE FROM operation WHERE picture = ?1 AND subject = ?2")?
        .execute(params![picture, subject])
        .map(drop)
}

/// Has what an operation took the place of wait again, as it did: the account may have it by that identifier.
pub(in crate::table) fn restore(conn: &Connection, by: &str) -> Result<()> {
    conn.prepare_cached(&format!(
        "INSERT INTO operation ({COLUMNS}) SELECT {COLUMNS} FROM replaced_operation WHERE by = ?1"
    ))?
    .execute([by])?;
    conn.prepare_cached("DELETE FROM replaced_operation WHERE by = ?1")?.execute([by]).map(drop)
}

/// Forgets an operation that was not sent, in favour of the one that has taken its place. Whether it is so.
pub(in crate::table) fn continued(conn: &Connection, operation: &str, by: &str) -> Result<bool> {
    let forgotten = conn
        .prepare_cached("DELETE FROM replaced_operation WHERE id = ?1 AND by = ?2 AND sent = 0")?
        .execute([operation, by])?;
    if forgotten > 0 {
        conn.prepare_cached("UPDATE replaced_operation SET by = ?2 WHERE by = ?1")?.execute([operation, by])?;
    }
    Ok(forgotten > 0)
}

/// Forgets those among these operations (a JSON list of identifiers) whose place has been taken, and whatever they or the others
/// have taken the place of.
pub(in crate::table) fn forget_replaced(conn: &Connection, ids: &str) -> Result<()> {
    conn.prepare_cached(
        "WITH RECURSIVE over (id) AS (
             SELECT value FROM json_each(?1)
             UNION SELECT replaced_operation.id FROM over CROSS JOIN replaced_operation ON replaced_operation.by = over.id
         )
         DELETE FROM replaced_operation WHERE id IN (SELECT id FROM over)",
    )?
    .execute([ids])
    .map(drop)
}
