//! One row: how far the change feed has been applied, and facts about the catalogue as a whole.

use rusqlite::{Connection, Result, params};

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

/// How long the place keeps the trash, as it said last.
pub const TRASH: &str = "
ALTER TABLE state ADD COLUMN trash_known INTEGER NOT NULL DEFAULT 0;
ALTER TABLE state ADD COLUMN trash_days INTEGER;
ALTER TABLE state ADD COLUMN trash_since TEXT;
";

/// Which version of the app's reading the pictures of this computer's files have been wanted to be looked at with.
pub const EXAMINER: &str = "
ALTER TABLE state ADD COLUMN examiner INTEGER NOT NULL DEFAULT 0;
UPDATE state SET examiner = 1 WHERE NOT EXISTS (SELECT 1 FROM picture);
";

/// The version that [`set_examiner`] noted last; 0 for none.
pub fn examiner(conn: &Connection) -> Result<u32> {
    conn.prepare_cached("SELECT examiner FROM state")?.query_row([], |row| row.get(0))
}

/// Notes that all pictures of this computer's files are wanted to be looked at with this version. Belongs into the transaction
/// that wants it.
pub fn set_examiner(conn: &Connection, version: u32) -> Result<()> {
    conn.prepare_cached("UPDATE state SET examiner = ?1")?.execute([version]).map(drop)
}

/// How long the place keeps the trash.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrashRule {
    /// Days that a picture stays; absent for until it is deleted by a person.
    pub days: Option<u32>,
    /// When that was announced (UTC, RFC 3339).
    pub since: Option<String>,
}

/// How long the place keeps the trash; none when it has not said.
pub fn trash(conn: &Connection) -> Result<Option<TrashRule>> {
    conn.prepare_cached("SELECT trash_known, trash_days, trash_since FROM state")?.query_row([], |row| {
        let rule = TrashRule { days: row.get(1)?, since: row.get(2)? };
        Ok(row.get::<_, bool>(0)?.then_some(rule))
    })
}

/// Notes what the place says of the trash. Whether that is new.
pub fn set_trash(conn: &Connection, rule: Option<&TrashRule>) -> Result<bool> {
    if trash(conn)?.as_ref() == rule {
        return Ok(false);
    }
    let said = rule.cloned().unwrap_or_default();
    conn.prepare_cached("UPDATE state SET trash_known = ?1, trash_days = ?2, trash_since = ?3")?.execute(params![
        rule.is_some(),
        said.days,
        said.since
    ])?;
    next_generation(conn)?;
    Ok(true)
}

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
pub(in crate::table) fn next_generation(conn: &Connection) -> Result<()> {
    conn.prepare_cached("UPDATE state SET generation = generation + 1")?.execute([]).map(drop)
}
