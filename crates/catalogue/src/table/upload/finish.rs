//! How rows end, and what is still owed after that.

use rusqlite::{Connection, Result, params};

use super::{COLUMNS, Failure, OPEN, Upload, next_revision};
use crate::table::reason::Reason;

/// How a row ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The service has confirmed it.
    Verified {
        /// The service's identifier of the picture.
        image_id: String,
        /// The picture's local number.
        picture: Option<u32>,
        /// Whether its thumbnail is still to be sent. The row keeps its upload until then: completing again gives the URL.
        owes_thumbnail: bool,
    },
    /// The account had these bytes before.
    Duplicate {
        /// The service's identifier of the picture.
        image_id: String,
        /// The picture's local number.
        picture: Option<u32>,
    },
    /// It can't be uploaded.
    Failed(Failure),
}

/// Ends rows that are the worker's; gives those that still were. Parts are forgotten, except those of a failed row that
/// can be tried again: it goes on where it was. A row that was cancelled or put on hold too late is in the library
/// nevertheless, and says so. An upload that came to nothing gets onto the list of [`owed_aborts`].
///
/// # Errors
/// What SQLite says.
pub fn finish(conn: &Connection, worker: &str, ends: &[(u32, Outcome)]) -> Result<Vec<u32>> {
    let revision = next_revision(conn)?;
    let mut parts = conn.prepare_cached("DELETE FROM upload_part WHERE upload = ?1")?;
    let mut landed = conn.prepare_cached(&format!(
        "UPDATE upload SET status = ?3, image_id = ?4, picture = ?5, owes_thumbnail = ?6, revision = ?7,
             upload_id = CASE WHEN ?6 THEN upload_id END, part_size = NULL,
             error_code = NULL, error_message = NULL, error_reason = NULL, error_values = NULL, retryable = 0,
             claimed_by = NULL, held = 0
         WHERE id = ?1 AND ((claimed_by = ?2 AND {OPEN}) OR (status = 'cancelled' AND upload_id IS NOT NULL)
             OR (held = 1 AND claimed_by IS NULL AND upload_id IS NOT NULL AND {OPEN}))"
    ))?;
    let mut failed = conn.prepare_cached(&format!(
        "UPDATE upload SET status = 'failed', error_code = ?3, error_message = ?4, retryable = ?5, revision = ?6,
             error_reason = ?7, error_values = ?8, claimed_by = NULL, held = 0
         WHERE id = ?1 AND claimed_by = ?2 AND {OPEN}"
    ))?;
    let mut written = Vec::with_capacity(ends.len());
    for (id, outcome) in ends {
        let changed = match outcome {
            Outcome::Verified { image_id, picture, owes_thumbnail } => {
                landed.execute(params![id, worker, "verified", image_id, picture, owes_thumbnail, revision])?
            }
            Outcome::Duplicate { image_id, picture } => {
                landed.execute(params![id, worker, "duplicate", image_id, picture, false, revision])?
            }
            Outcome::Failed(failure) => {
                let Failure { code, message, reason, retryable } = failure;
                let (reason, values) = Reason::columns(reason.as_ref());
                failed.execute(params![id, worker, code, message, retryable, revision, reason, values])?
            }
        };
        if changed == 1 {
            if !matches!(outcome, Outcome::Failed(Failure { retryable: true, .. })) {
                parts.execute([id])?;
            }
            written.push(*id);
        }
    }
    Ok(written)
}

/// Rows that had failed and whose bytes have come into the library by these rows since: they are duplicates now. Gives them as
/// they are after that.
///
/// # Errors
/// What SQLite says.
pub fn settle_failed(conn: &Connection, landed: &[u32]) -> Result<Vec<Upload>> {
    let rows = serde_json::json!(landed).to_string();
    let settled = conn
        .prepare_cached(
            "SELECT id FROM upload WHERE status = 'failed' AND sha256 IN (
                 SELECT sha256 FROM upload WHERE id IN (SELECT value FROM json_each(?1)) AND status IN ('verified', 'duplicate'))",
        )?
        .query_map([&rows], |row| row.get(0))?
        .collect::<Result<Vec<u32>>>()?;
    if settled.is_empty() {
        return Ok(Vec::new());
    }
    let revision = next_revision(conn)?;
    let mut duplicate = conn.prepare_cached(
        "UPDATE upload SET status = 'duplicate', revision = ?2, upload_id = NULL, part_size = NULL,
             error_code = NULL, error_message = NULL, error_reason = NULL, error_values = NULL, retryable = 0,
             (image_id, picture) = (
                 SELECT landed.image_id, landed.picture FROM upload AS landed
                 WHERE landed.id IN (SELECT value FROM json_each(?3)) AND landed.sha256 = upload.sha256
                     AND landed.status IN ('verified', 'duplicate') LIMIT 1)
         WHERE id = ?1",
    )?;
    let mut parts = conn.prepare_cached("DELETE FROM upload_part WHERE upload = ?1")?;
    let mut rows_now = Vec::with_capacity(settled.len());
    for id in settled {
        duplicate.execute(params![id, revision, rows])?;
        parts.execute([id])?;
        rows_now.extend(super::get(conn, id)?);
    }
    Ok(rows_now)
}

/// Finished rows whose uploads are still open at the service and will not be taken up again, as (row, upload): cancelled
/// ones, failed ones that trying again can't help, and those taken off the list. An upload that an unfinished row may use,
/// too (the same bytes were queued twice), is left out.
///
/// # Errors
/// What SQLite says.
pub fn owed_aborts(conn: &Connection, limit: usize) -> Result<Vec<(u32, String)>> {
    conn.prepare_cached(&format!(
        "SELECT id, upload_id FROM upload AS gone
         WHERE status IN ('cancelled', 'failed') AND upload_id IS NOT NULL
             AND (status = 'cancelled' OR retryable = 0 OR hidden = 1) AND NOT EXISTS (
             SELECT 1 FROM upload AS other WHERE other.sha256 = gone.sha256 AND other.sha256 IS NOT NULL
                 AND other.id <> gone.id AND other.{OPEN})
         ORDER BY id LIMIT ?1"
    ))?
    .query_map([limit as i64], |row| Ok((row.get(0)?, row.get(1)?)))?
    .collect()
}

/// The upload of a finished row has been aborted, or is gone anyway.
///
/// # Errors
/// What SQLite says.
pub fn forget_upload(conn: &Connection, id: u32, upload_id: &str) -> Result<()> {
    conn.prepare_cached(
        "UPDATE upload SET upload_id = NULL
         WHERE id = ?1 AND upload_id = ?2 AND status IN ('cancelled', 'failed')",
    )?
    .execute(params![id, upload_id])?;
    Ok(())
}

/// Verified rows after number `after` whose thumbnails have not been sent.
///
/// # Errors
/// What SQLite says.
pub fn owed_thumbnails(conn: &Connection, after: u32, limit: usize) -> Result<Vec<Upload>> {
    conn.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM upload WHERE owes_thumbnail = 1 AND id > ?1 ORDER BY id LIMIT ?2"
    ))?
    .query_map(params![after, limit as i64], Upload::from_row)?
    .collect()
}

/// Whether this computer is about to send a picture's thumbnail, so that it has it.
///
/// # Errors
/// What SQLite says.
pub fn sends_thumbnail(conn: &Connection, image_id: &str) -> Result<bool> {
    conn.prepare_cached("SELECT EXISTS (SELECT 1 FROM upload WHERE owes_thumbnail = 1 AND image_id = ?1)")?
        .query_row([image_id], |row| row.get(0))
}

/// The thumbnails of these rows have been sent, or can't be.
///
/// # Errors
/// What SQLite says.
pub fn thumbnail_done(conn: &Connection, ids: &[u32]) -> Result<()> {
    let mut statement = conn.prepare_cached(
        "UPDATE upload SET owes_thumbnail = 0, upload_id = NULL WHERE id = ?1 AND owes_thumbnail = 1",
    )?;
    for id in ids {
        statement.execute([id])?;
    }
    Ok(())
}
