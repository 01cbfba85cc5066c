//! The parts of multipart uploads: what was sent, so that after a crash exactly the missing parts are sent.
//!
//! A part is a row before it is sent, with the checksum of the bytes that were hashed; it gets the store's entity tag when
//! the store has answered. Both together say whether what ListParts reports is what this file needs.

use rusqlite::{Connection, Result, params};

/// The table of parts.
pub const MIGRATION: &str = "
CREATE TABLE upload_part (
    upload      INTEGER NOT NULL REFERENCES upload (id) ON DELETE CASCADE,
    number      INTEGER NOT NULL CHECK (number BETWEEN 1 AND 10000),
    content_md5 TEXT NOT NULL,
    etag        TEXT,
    PRIMARY KEY (upload, number)
) STRICT, WITHOUT ROWID;
";

/// A part of one upload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UploadPart {
    /// 1 to 10,000.
    pub number: u32,
    /// MD5 of the bytes, base64.
    pub content_md5: String,
    /// The store's entity tag, opaque; absent until the store has answered.
    pub etag: Option<String>,
}

/// Writes parts that are about to be sent. One that has other bytes than before loses its entity tag.
///
/// # Errors
/// What SQLite says.
pub fn plan(conn: &Connection, upload: u32, parts: &[UploadPart]) -> Result<()> {
    let mut statement = conn.prepare_cached(
        "INSERT INTO upload_part (upload, number, content_md5, etag) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (upload, number) DO UPDATE SET content_md5 = excluded.content_md5, etag = excluded.etag",
    )?;
    for part in parts {
        statement.execute(params![upload, part.number, part.content_md5, part.etag])?;
    }
    Ok(())
}

/// Writes that the store has answered for a part.
///
/// # Errors
/// What SQLite says.
pub fn stored(conn: &Connection, upload: u32, number: u32, etag: &str) -> Result<()> {
    conn.prepare_cached("UPDATE upload_part SET etag = ?3 WHERE upload = ?1 AND number = ?2")?
        .execute(params![upload, number, etag])?;
    Ok(())
}

/// All parts of an upload, in the order of their numbers.
///
/// # Errors
/// What SQLite says.
pub fn of_upload(conn: &Connection, upload: u32) -> Result<Vec<UploadPart>> {
    conn.prepare_cached("SELECT number, content_md5, etag FROM upload_part WHERE upload = ?1 ORDER BY number")?
        .query_map([upload], |row| Ok(UploadPart { number: row.get(0)?, content_md5: row.get(1)?, etag: row.get(2)? }))?
        .collect()
}
