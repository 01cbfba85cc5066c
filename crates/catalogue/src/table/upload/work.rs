//! What a worker writes about the rows that it has claimed.

use account_api::Remark;
use rusqlite::{Connection, OptionalExtension, Result, params};

use super::{OPEN, Status, int, next_revision};

/// What reading a file found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadFile {
    /// The row.
    pub id: u32,
    /// Size in bytes.
    pub size: u64,
    /// When it was last modified, in nanoseconds since 1970.
    pub modified_ns: Option<i64>,
    /// SHA-256, 64 hex digits.
    pub sha256: String,
    /// What is wrong with the file.
    pub remark: Option<Remark>,
}

/// A grant of the service's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Granted {
    /// The row.
    pub id: u32,
    /// The service's name for the upload.
    pub upload_id: String,
    /// Size of every part but the last, for a multipart upload.
    pub part_size: Option<u64>,
}

/// Writes what reading found, before anything is announced or sent. Gives the rows that were still the worker's.
///
/// # Errors
/// What SQLite says.
pub fn write_read(conn: &Connection, worker: &str, files: &[ReadFile]) -> Result<Vec<u32>> {
    let revision = next_revision(conn)?;
    let mut statement = conn.prepare_cached(&format!(
        "UPDATE upload SET size = ?3, modified_ns = ?4, sha256 = ?5, revision = ?6, remark_code = ?7, remark = ?8
         WHERE id = ?1 AND claimed_by = ?2 AND {OPEN}"
    ))?;
    let mut written = Vec::with_capacity(files.len());
    for file in files {
        let (code, message) = file.remark.as_ref().map(|remark| (&remark.code, &remark.message)).unzip();
        let changed = statement.execute(params![
            file.id,
            worker,
            int(file.size),
            file.modified_ns,
            file.sha256,
            revision,
            code,
            message
        ])?;
        if changed == 1 {
            written.push(file.id);
        }
    }
    Ok(written)
}

/// Writes grants, before anything is sent. A row that gets another upload than it had forgets the parts of the old one.
/// Gives the rows that were still the worker's; the uploads of the others are to be aborted.
///
/// # Errors
/// What SQLite says.
pub fn write_granted(conn: &Connection, worker: &str, grants: &[Granted]) -> Result<Vec<u32>> {
    let revision = next_revision(conn)?;
    let mut forget = conn.prepare_cached(
        "DELETE FROM upload_part WHERE upload = ?1
         AND (SELECT upload_id IS NOT ?2 OR part_size IS NOT ?3 FROM upload WHERE id = ?1)",
    )?;
    let mut statement = conn.prepare_cached(&format!(
        "UPDATE upload SET status = 'sending', upload_id = ?3, part_size = ?4, revision = ?5
         WHERE id = ?1 AND claimed_by = ?2 AND {OPEN}"
    ))?;
    let mut written = Vec::with_capacity(grants.len());
    for grant in grants {
        let part_size = grant.part_size.map(int);
        forget.execute(params![grant.id, grant.upload_id, part_size])?;
        if statement.execute(params![grant.id, worker, grant.upload_id, part_size, revision])? == 1 {
            written.push(grant.id);
        }
    }
    Ok(written)
}

/// Writes that the store has answered for every byte of these rows. Gives those that were still the worker's.
///
/// # Errors
/// What SQLite says.
pub fn mark_sent(conn: &Connection, worker: &str, ids: &[u32]) -> Result<Vec<u32>> {
    let revision = next_revision(conn)?;
    let mut statement = conn.prepare_cached(&format!(
        "UPDATE upload SET status = '{}', revision = ?3 WHERE id = ?1 AND claimed_by = ?2 AND {OPEN}",
        Status::Sent
    ))?;
    let mut written = Vec::with_capacity(ids.len());
    for id in ids {
        if statement.execute(params![id, worker, revision])? == 1 {
            written.push(*id);
        }
    }
    Ok(written)
}

/// Forgets the grant and the parts of a row: the service or the store doesn't know them any more, or the file changed.
/// Gives the upload that it had, which may have to be aborted.
///
/// # Errors
/// What SQLite says.
pub fn start_over(conn: &Connection, worker: &str, id: u32) -> Result<Option<String>> {
    let revision = next_revision(conn)?;
    let had: Option<Option<String>> = conn
        .prepare_cached(&format!("SELECT upload_id FROM upload WHERE id = ?1 AND claimed_by = ?2 AND {OPEN}"))?
        .query_row(params![id, worker], |row| row.get(0))
        .optional()?;
    let Some(had) = had else { return Ok(None) };
    conn.prepare_cached("DELETE FROM upload_part WHERE upload = ?1")?.execute([id])?;
    conn.prepare_cached(
        "UPDATE upload SET status = 'queued', upload_id = NULL, part_size = NULL, revision = ?2 WHERE id = ?1",
    )?
    .execute(params![id, revision])?;
    Ok(had)
}

/// Keeps the upload of a row that was finished (cancelled, most likely) while its grant was on the way, so that it is
/// aborted; see [`owed_aborts`](super::owed_aborts).
///
/// # Errors
/// What SQLite says.
pub fn owe_abort(conn: &Connection, id: u32, upload_id: &str) -> Result<()> {
    conn.prepare_cached(
        "UPDATE upload SET upload_id = ?2 WHERE id = ?1 AND upload_id IS NULL AND status IN ('cancelled', 'failed')",
    )?
    .execute(params![id, upload_id])?;
    Ok(())
}

/// Says where the bytes of an address are, now that they have been fetched. False when the row is no longer the worker's.
///
/// # Errors
/// What SQLite says.
pub fn set_source_file(conn: &Connection, worker: &str, id: u32, path: &[u8], name: &str, size: u64) -> Result<bool> {
    let revision = next_revision(conn)?;
    let changed = conn
        .prepare_cached(&format!(
            "UPDATE upload SET path = ?3, name = ?4, size = ?5, revision = ?6
             WHERE id = ?1 AND claimed_by = ?2 AND {OPEN}"
        ))?
        .execute(params![id, worker, path, name, int(size), revision])?;
    Ok(changed == 1)
}
