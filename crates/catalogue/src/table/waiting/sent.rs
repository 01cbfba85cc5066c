//! Which operations were handed out to be sent.

use rusqlite::{Connection, Result};

/// Notes that operations are about to be sent: from now on the account may have them. Gives those of which that was not so before.
pub fn sending(conn: &Connection, ids: &[&str]) -> Result<Vec<String>> {
    conn.prepare_cached(
        "UPDATE operation SET sent = 1 WHERE sent = 0 AND id IN (SELECT value FROM json_each(?1)) RETURNING id",
    )?
    .query_map([serde_json::json!(ids).to_string()], |row| row.get(0))?
    .collect()
}

/// Takes [`sending`] back, for operations of which it is certain that nobody got them.
pub(in crate::table) fn not_sent(conn: &Connection, ids: &[String]) -> Result<()> {
    let ids = serde_json::json!(ids).to_string();
    for table in ["operation", "replaced_operation"] {
        conn.prepare_cached(&format!("UPDATE {table} SET sent = 0 WHERE id IN (SELECT value FROM json_each(?1))"))?
            .execute([&ids])?;
    }
    Ok(())
}
