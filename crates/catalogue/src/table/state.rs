//! One row: how far the change feed has been applied, and facts about the catalogue as a whole.

use rusqlite::{Connection, Result};

/// The table.
pub const MIGRATION: &str = "
CREATE TABLE state (
    only       INTEGER PRIMARY KEY CHECK (only = 1),
    revision   INTEGER NOT NULL,
    generation INTEGER NOT NULL,
    time_zone  TEXT
) STRICT;
INSERT INTO state VALUES (1, 0, 0, NULL);
";

/// The account's revision up to which changes have been applied; 0 for none.
pub fn revision(conn: &Connection) -> Result<i64> {
    conn.prepare_cached("SELECT revision FROM state")?.query_row([], |row| row.get(0))
}

/// Sets the applied revision. Belongs into the transaction that applies the changes.
pub fn set_revision(conn: &Connection, revision: i64) -> Result<()> {
    conn.prepare_cached("UPDATE state SET revision = ?1")?.execute([revision]).map(drop)
}

/// Rises with every change of a picture, by whichever process.
pub fn generation(conn: &Connection) -> Result<i64> {
    conn.prepare_cached("SELECT generation FROM state")?.query_row([], |row| row.get(0))
}

/// To be called by whatever changes a picture.
pub(super) fn next_generation(conn: &Connection) -> Result<()> {
    conn.prepare_cached("UPDATE state SET generation = generation + 1")?.execute([]).map(drop)
}

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
