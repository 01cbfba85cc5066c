//! Files on this computer that were seen into the library, whatever has become of the list of uploads since.
//!
//! A trigger on the ledger writes it in the transaction that ends an upload, so that no way of ending one forgets it. A path
//! has one row: that of the bytes which were uploaded from it last. Whether they are still there is not known here.

use rusqlite::{Connection, Result, params};

/// The table, filled with what the ledger still knows.
pub const MIGRATION: &str = "
CREATE TABLE local_file (
    id     INTEGER PRIMARY KEY AUTOINCREMENT,
    path   BLOB NOT NULL UNIQUE,
    sha256 TEXT NOT NULL
) STRICT;
CREATE INDEX local_file_by_sha256 ON local_file (sha256, id);
INSERT INTO local_file (path, sha256)
    SELECT path, sha256 FROM upload
    WHERE origin = 'file' AND path IS NOT NULL AND sha256 IS NOT NULL AND status IN ('verified', 'duplicate')
    ORDER BY id
    ON CONFLICT (path) DO UPDATE SET sha256 = excluded.sha256;
CREATE TRIGGER upload_came_from AFTER UPDATE OF status ON upload
WHEN NEW.status IN ('verified', 'duplicate') AND NEW.origin = 'file' AND NEW.path IS NOT NULL AND NEW.sha256 IS NOT NULL
BEGIN
    INSERT INTO local_file (path, sha256) VALUES (NEW.path, NEW.sha256)
        ON CONFLICT (path) DO UPDATE SET sha256 = excluded.sha256;
END;
";

/// A file whose bytes the account has confirmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalFile {
    /// The row.
    pub id: u32,
    /// Where the file was, as the operating system spells it.
    pub path: Vec<u8>,
    /// Its SHA-256 when it was uploaded; 64 hex digits.
    pub sha256: String,
}

/// Files after a row's number, in the order in which they were first uploaded; at most `limit`.
///
/// # Errors
/// What SQLite says.
pub fn after(conn: &Connection, after: u32, limit: usize) -> Result<Vec<LocalFile>> {
    conn.prepare_cached("SELECT id, path, sha256 FROM local_file WHERE id > ?1 ORDER BY id LIMIT ?2")?
        .query_map(params![after, limit as i64], from_row)?
        .collect()
}

/// Files that had these bytes when they were uploaded, the newest first; a few.
///
/// # Errors
/// What SQLite says.
pub fn with_bytes(conn: &Connection, sha256: &str) -> Result<Vec<LocalFile>> {
    conn.prepare_cached("SELECT id, path, sha256 FROM local_file WHERE sha256 = ?1 ORDER BY id DESC LIMIT 10")?
        .query_map([sha256], from_row)?
        .collect()
}

/// Pictures of which a file on this computer had the bytes, the newest first.
///
/// # Errors
/// What SQLite says.
pub fn pictures(conn: &Connection) -> Result<Vec<u32>> {
    conn.prepare_cached("SELECT id FROM picture WHERE sha256 IN (SELECT sha256 FROM local_file) ORDER BY id DESC")?
        .query_map([], |row| row.get(0))?
        .collect()
}

fn from_row(row: &rusqlite::Row<'_>) -> Result<LocalFile> {
    Ok(LocalFile { id: row.get(0)?, path: row.get(1)?, sha256: row.get(2)? })
}
