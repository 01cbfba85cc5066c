//! Files on this computer that the queue has seen into the library.

use rusqlite::{Connection, Result, params};

/// A file whose picture the account has confirmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalFile {
    /// The row.
    pub id: u32,
    /// Where the file was, as the operating system spells it.
    pub path: Vec<u8>,
    /// Its SHA-256 when it was read; 64 hex digits.
    pub sha256: Option<String>,
}

const COLUMNS: &str = "id, path, sha256 FROM upload
    WHERE origin = 'file' AND path IS NOT NULL AND status IN ('verified', 'duplicate')";

/// Confirmed files after a row's number, in the order of adding; at most `limit`. Whether they are still there, and
/// still the same, is not known here.
///
/// # Errors
/// What SQLite says.
pub fn confirmed_files(conn: &Connection, after: u32, limit: usize) -> Result<Vec<LocalFile>> {
    conn.prepare_cached(&format!("SELECT {COLUMNS} AND id > ?1 ORDER BY id LIMIT ?2"))?
        .query_map(params![after, limit as i64], from_row)?
        .collect()
}

/// Files that had these bytes when they were uploaded, the newest first; a few.
///
/// # Errors
/// What SQLite says.
pub fn files_with(conn: &Connection, picture: u32) -> Result<Vec<LocalFile>> {
    conn.prepare_cached(&format!("SELECT {COLUMNS} AND picture = ?1 ORDER BY id DESC LIMIT 10"))?
        .query_map([picture], from_row)?
        .collect()
}

fn from_row(row: &rusqlite::Row<'_>) -> Result<LocalFile> {
    Ok(LocalFile { id: row.get(0)?, path: row.get(1)?, sha256: row.get(2)? })
}
