//! The time zone that local times are computed in.

use rusqlite::{Connection, Result};

/// Recomputes local times when the computer has moved to another time zone since the last opening. The zone is told by
/// its offsets in a January and a July, so that the changes of clocks within a year don't count as a move.
pub(crate) fn follow_time_zone(conn: &Connection) -> Result<()> {
    conn.execute_batch("BEGIN IMMEDIATE")?;
    let moved = recompute(conn);
    conn.execute_batch(if moved.is_ok() { "COMMIT" } else { "ROLLBACK" })?;
    moved
}

fn recompute(conn: &Connection) -> Result<()> {
    let zone: String = conn.query_row(
        "SELECT (unixepoch('2026-01-15', 'localtime') - unixepoch('2026-01-15')) || ' ' ||
                (unixepoch('2026-07-15', 'localtime') - unixepoch('2026-07-15'))",
        [],
        |row| row.get(0),
    )?;
    let known: Option<String> = conn.query_row("SELECT time_zone FROM state", [], |row| row.get(0))?;
    if known.as_ref() == Some(&zone) {
        return Ok(());
    }
    if known.is_some() {
        super::picture::recompute_local_times(conn)?;
    }
    conn.execute("UPDATE state SET time_zone = ?1", [&zone])?;
    Ok(())
}
