//! Looking again whether the store has every picture: how far the current run is, and what was found of each picture last.
//!
//! A run goes through the pictures in the order of their numbers and writes down where it is with every page, so that it
//! can be broken off at any moment and gone on with.

use rusqlite::{Connection, OptionalExtension, Result, params};

/// The tables.
pub const MIGRATION: &str = "
CREATE TABLE audit_run (
    only        INTEGER PRIMARY KEY CHECK (only = 1),
    started_at  TEXT NOT NULL,
    finished_at TEXT,
    deep        INTEGER NOT NULL,
    upto        INTEGER NOT NULL,
    confirmed   INTEGER NOT NULL,
    missing     INTEGER NOT NULL,
    changed     INTEGER NOT NULL,
    failed      INTEGER NOT NULL
) STRICT;

CREATE TABLE audit (
    picture    INTEGER PRIMARY KEY REFERENCES picture (id) ON DELETE CASCADE,
    checked_at TEXT NOT NULL,
    outcome    TEXT NOT NULL CHECK (outcome IN ('confirmed', 'missing', 'changed', 'failed')),
    checked_by TEXT,
    message    TEXT
) STRICT;
CREATE INDEX audit_problems ON audit (picture) WHERE outcome <> 'confirmed';
CREATE INDEX upload_of_picture ON upload (picture) WHERE picture IS NOT NULL;
";

/// The newest run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// When it began (UTC).
    pub started_at: String,
    /// When it had gone through all pictures (UTC); absent while it hasn't.
    pub finished_at: Option<String>,
    /// Whether the bytes are read, too.
    pub deep: bool,
    /// The number of the last picture that was asked about.
    pub upto: u32,
    /// How many were found as they should be.
    pub confirmed: u64,
    /// How many the store doesn't have.
    pub missing: u64,
    /// How many the store has with other bytes.
    pub changed: u64,
    /// How many could not be asked about.
    pub failed: u64,
}

/// What was found of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The store has what it confirmed.
    Confirmed,
    /// The store has no such object.
    Missing,
    /// The store has other bytes.
    Changed,
    /// It could not be asked about.
    Failed,
}

impl Outcome {
    /// As it stands in the table.
    pub const fn as_str(self) -> &'static str {
        match self {
            Outcome::Confirmed => "confirmed",
            Outcome::Missing => "missing",
            Outcome::Changed => "changed",
            Outcome::Failed => "failed",
        }
    }

    fn from_text(text: &str) -> Self {
        match text {
            "confirmed" => Outcome::Confirmed,
            "missing" => Outcome::Missing,
            "changed" => Outcome::Changed,
            _ => Outcome::Failed,
        }
    }
}

/// The last look at a picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// The picture.
    pub picture: u32,
    /// When (UTC).
    pub checked_at: String,
    /// What was found.
    pub outcome: Outcome,
    /// How, when it was confirmed.
    pub checked_by: Option<String>,
    /// A sentence, when it was not.
    pub message: Option<String>,
}

/// How many pictures were found as they should be while nothing proves that their bytes are a file's.
///
/// # Errors
/// What SQLite says.
pub fn confirmed_without_proof(conn: &Connection) -> Result<u64> {
    conn.prepare_cached(
        "SELECT count(*) FROM audit JOIN picture ON picture.id = audit.picture
         WHERE audit.outcome = 'confirmed' AND picture.verified_by NOT IN ('content_md5', 'part_md5', 'read_back')",
    )?
    .query_row([], |row| row.get::<_, i64>(0).map(i64::unsigned_abs))
}

/// The newest run, finished or not.
///
/// # Errors
/// What SQLite says.
pub fn run(conn: &Connection) -> Result<Option<Run>> {
    conn.prepare_cached(
        "SELECT started_at, finished_at, deep, upto, confirmed, missing, changed, failed FROM audit_run",
    )?
    .query_row([], |row| {
        let count = |at| row.get::<_, i64>(at).map(i64::unsigned_abs);
        Ok(Run {
            started_at: row.get(0)?,
            finished_at: row.get(1)?,
            deep: row.get(2)?,
            upto: row.get(3)?,
            confirmed: count(4)?,
            missing: count(5)?,
            changed: count(6)?,
            failed: count(7)?,
        })
    })
    .optional()
}

/// Begins a run, in place of the one before.
///
/// # Errors
/// What SQLite says.
pub fn begin(conn: &Connection, now: &str, deep: bool) -> Result<()> {
    conn.execute("DELETE FROM audit WHERE outcome <> 'confirmed'", [])?;
    conn.execute("INSERT OR REPLACE INTO audit_run VALUES (1, ?1, NULL, ?2, 0, 0, 0, 0, 0)", params![now, deep])
        .map(drop)
}

/// Moves the unfinished run on from `from` and counts what was found. False when another process has done so meanwhile:
/// then nothing is counted.
///
/// # Errors
/// What SQLite says.
pub fn advance(conn: &Connection, from: u32, upto: u32, looks: &[Look]) -> Result<bool> {
    let count = |outcome| looks.iter().filter(|look| look.outcome == outcome).count() as i64;
    let moved = conn
        .prepare_cached(
            "UPDATE audit_run SET upto = ?2, confirmed = confirmed + ?3, missing = missing + ?4, changed = changed + ?5,
                 failed = failed + ?6
             WHERE upto = ?1 AND finished_at IS NULL",
        )?
        .execute(params![
            from,
            upto,
            count(Outcome::Confirmed),
            count(Outcome::Missing),
            count(Outcome::Changed),
            count(Outcome::Failed)
        ])?;
    Ok(moved == 1)
}

/// Ends the run.
///
/// # Errors
/// What SQLite says.
pub fn finish(conn: &Connection, now: &str) -> Result<()> {
    conn.execute("UPDATE audit_run SET finished_at = ?1 WHERE finished_at IS NULL", [now]).map(drop)
}

/// Writes down what was found of a picture; one that is gone is left out.
///
/// # Errors
/// What SQLite says.
pub fn put(conn: &Connection, look: &Look) -> Result<()> {
    conn.prepare_cached(
        "INSERT OR REPLACE INTO audit (picture, checked_at, outcome, checked_by, message)
         SELECT id, ?2, ?3, ?4, ?5 FROM picture WHERE id = ?1",
    )?
    .execute(params![look.picture, look.checked_at, look.outcome.as_str(), look.checked_by, look.message])
    .map(drop)
}

/// The last look at a picture.
///
/// # Errors
/// What SQLite says.
pub fn look(conn: &Connection, picture: u32) -> Result<Option<Look>> {
    conn.prepare_cached("SELECT picture, checked_at, outcome, checked_by, message FROM audit WHERE picture = ?1")?
        .query_row([picture], from_row)
        .optional()
}

/// Pictures after a number that were not found as they should be, in the order of their numbers; at most `limit`.
///
/// # Errors
/// What SQLite says.
pub fn problems(conn: &Connection, after: u32, limit: usize) -> Result<Vec<Look>> {
    conn.prepare_cached(
        "SELECT picture, checked_at, outcome, checked_by, message FROM audit
         WHERE outcome <> 'confirmed' AND picture > ?1 ORDER BY picture LIMIT ?2",
    )?
    .query_map(params![after, limit as i64], from_row)?
    .collect()
}

fn from_row(row: &rusqlite::Row<'_>) -> Result<Look> {
    let outcome: String = row.get(2)?;
    Ok(Look {
        picture: row.get(0)?,
        checked_at: row.get(1)?,
        outcome: Outcome::from_text(&outcome),
        checked_by: row.get(3)?,
        message: row.get(4)?,
    })
}
