//! The upload ledger: one row a file, written before anything is read or sent.
//!
//! A row belongs to the process that has claimed it (`claimed_by`). Everything that a worker writes about its rows is
//! guarded by that claim and by the row still being unfinished, so that a row which was cancelled or taken over meanwhile
//! is left alone; the functions say which rows were written. `revision` rises with every write, so that an observer can ask
//! for what changed. `upload_total` is kept by triggers: counting 100,000 rows ten times a second is not affordable.

mod arrange;
mod claim;
mod failures;
mod finish;
mod people;
mod read;
mod replace;
mod schema;
mod work;

use std::fmt;

use account_api::Remark;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Connection, Result, Row, params};

pub use arrange::{MoveTo, Standing, hold, move_rows, standing, unhold, unhold_all};
pub use claim::{claim, claimants, release, release_claims_of, unclaimed};
pub use failures::{FailureGroup, failure_groups, in_group, retry_group};
pub use finish::{
    Outcome, finish, forget_upload, owed_aborts, owed_thumbnails, sends_thumbnail, settle_failed, thumbnail_done,
};
pub use people::{
    cancel, cancel_all, clear_finished, paused, prunable, prune, retry, retry_cancelled, retry_failed, set_paused,
    uncancel,
};
pub use read::{
    ChangeCursor, List, Totals, changed_since, get, newest_finished, next_open, now, open_within, page, spooled, totals,
};
pub use replace::{could_replace, offered};
pub use schema::{
    CANCELLED_TOGETHER, FOUND_IN_FOLDERS, HISTORY, HOLD_AND_ORDER, MIGRATION, REASONS, REMARKS, REPLACES,
};
pub use work::{Granted, ReadFile, mark_sent, owe_abort, set_source_file, start_over, write_granted, write_read};

use crate::table::reason::Reason;

/// The code of what was left alone; a row with it has the status `failed`, and is counted and listed apart.
pub const LEFT_ALONE: &str = "left_alone";

/// The reason of what is the film of a Live Photo.
const FILM: &str = "upload_film";

/// As what a row with a damaged file is counted once it is in the library, as in [`REMARKS`].
const DAMAGED: &str = "damaged";

/// How far apart positions are to begin with; as in [`HOLD_AND_ORDER`].
const APART: i64 = 65_536;

/// The condition that a row can be claimed; the partial index `upload_next` has the same words.
const CLAIMABLE: &str = "status IN ('queued', 'sending', 'sent') AND claimed_by IS NULL AND held = 0";

/// The condition that a row is not finished; the partial index `upload_open` has the same words.
const OPEN: &str = "status IN ('queued', 'sending', 'sent')";

/// The condition that a row is finished.
const FINISHED: &str = "status IN ('verified', 'duplicate', 'failed', 'cancelled')";

/// The columns of [`Upload`], in the order in which [`Upload::from_row`] takes them.
const COLUMNS: &str = "id, revision, run, origin, given, name, shown_source, path, album, describe, size, modified_ns, \
    sha256, status, upload_id, part_size, error_code, error_message, retryable, image_id, picture, \
    claimed_by, held, position, found, finished_at, remark_code, remark, error_reason, error_values, \
    (SELECT old.id FROM picture AS old WHERE old.id = upload.replaces AND old.shelf = 0)";

/// How a picture came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Origin {
    /// A file of the person's; never touched.
    File,
    /// Pasted bytes, kept in the spool folder until they are verified.
    Clipboard,
    /// An address, fetched into the spool folder.
    Url,
}

/// Where a row of the ledger stands. What a worker does with it at this moment (reading, say) is not kept: after a crash
/// it is done again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    /// To be read, and sent when the account doesn't have it.
    Queued,
    /// Granted: bytes or parts may have been sent.
    Sending,
    /// The store has answered for every byte: to be confirmed.
    Sent,
    /// Finished: the service has confirmed it.
    Verified,
    /// Finished: the account had these bytes before.
    Duplicate,
    /// Finished: it can't be uploaded.
    Failed,
    /// Finished: the person cancelled it.
    Cancelled,
}

macro_rules! text_enum {
    ($name:ident { $($variant:ident = $text:literal),* $(,)? }) => {
        impl $name {
            /// As it stands in the table.
            pub const fn as_str(self) -> &'static str {
                match self { $($name::$variant => $text),* }
            }
        }

        impl ToSql for $name {
            fn to_sql(&self) -> Result<ToSqlOutput<'_>> {
                Ok(ToSqlOutput::from(self.as_str()))
            }
        }

        impl FromSql for $name {
            fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
                match value.as_str()? {
                    $($text => Ok($name::$variant),)*
                    _ => Err(FromSqlError::InvalidType),
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

text_enum!(Origin { File = "file", Clipboard = "clipboard", Url = "url" });
text_enum!(Status {
    Queued = "queued",
    Sending = "sending",
    Sent = "sent",
    Verified = "verified",
    Duplicate = "duplicate",
    Failed = "failed",
    Cancelled = "cancelled",
});

impl Status {
    /// Whether nothing is left to do.
    pub const fn is_finished(self) -> bool {
        matches!(self, Status::Verified | Status::Duplicate | Status::Failed | Status::Cancelled)
    }
}

/// Why a row failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// From the engine's closed list.
    pub code: String,
    /// A sentence for people.
    pub message: String,
    /// What the sentence is made from.
    pub reason: Option<Reason>,
    /// Whether trying again can help.
    pub retryable: bool,
}

/// A file to put into the queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewUpload {
    /// How it came in.
    pub origin: Origin,
    /// The path or address as the caller gave it, for the caller.
    pub given: String,
    /// The file's name.
    pub name: String,
    /// Where it came from, for people.
    pub shown_source: String,
    /// Where the bytes are, as the operating system spells it; absent for an address that is not fetched yet.
    pub path: Option<Vec<u8>>,
    /// An album.
    pub album: Option<String>,
    /// Whether it is described once it is verified.
    pub describe: bool,
    /// Size in bytes, 0 when it is not known yet.
    pub size: u64,
    /// When it was last modified, in nanoseconds since 1970.
    pub modified_ns: Option<i64>,
    /// A row that is known to be refused is kept, too, so that the person sees why.
    pub failure: Option<Failure>,
    /// Whether it lay in a folder, rather than being named.
    pub found: bool,
}

/// A row of the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// Its number; rising in the order of adding, never reused.
    pub id: u32,
    /// Rises with every write.
    pub revision: i64,
    /// The run it counts in: since the queue was last empty.
    pub run: i64,
    /// How it came in.
    pub origin: Origin,
    /// The path or address as the caller gave it.
    pub given: String,
    /// The file's name.
    pub name: String,
    /// Where it came from, for people.
    pub shown_source: String,
    /// Where the bytes are, as the operating system spells it.
    pub path: Option<Vec<u8>>,
    /// An album.
    pub album: Option<String>,
    /// Whether it is described once it is verified.
    pub describe: bool,
    /// Size in bytes, 0 when it is not known yet.
    pub size: u64,
    /// When the file was last modified, in nanoseconds since 1970, as of the last reading.
    pub modified_ns: Option<i64>,
    /// SHA-256 as of the last reading, 64 hex digits.
    pub sha256: Option<String>,
    /// Where it stands.
    pub status: Status,
    /// The service's name for the upload while it is open.
    pub upload_id: Option<String>,
    /// Size of every part but the last, for a multipart upload.
    pub part_size: Option<u64>,
    /// Why it failed.
    pub failure: Option<Failure>,
    /// The service's identifier of the picture.
    pub image_id: Option<String>,
    /// The picture's local number.
    pub picture: Option<u32>,
    /// The worker that has it.
    pub claimed_by: Option<String>,
    /// Whether the person put this one on hold.
    pub held: bool,
    /// Its place in the order of the queue: the lowest first. Only comparisons mean anything.
    pub position: i64,
    /// Whether it lay in a folder, rather than being named.
    pub found: bool,
    /// When it ended (UTC); absent for a row that has not, or that ended before this was written down.
    pub finished_at: Option<String>,
    /// What is wrong with its file, as of the last reading.
    pub remark: Option<Remark>,
    /// The local number of a damaged picture in the library whose place it could take.
    pub replaces: Option<u32>,
}

impl Failure {
    /// Whether the file is the film of a Live Photo.
    pub fn is_film(&self) -> bool {
        self.reason.as_ref().is_some_and(|reason| reason.name == FILM)
    }

    /// Whether it is none: the file is no picture, and lay in a folder with others.
    pub fn is_left_alone(&self) -> bool {
        self.code == LEFT_ALONE
    }
}

impl Upload {
    fn from_row(row: &Row<'_>) -> Result<Upload> {
        let failure = match row.get::<_, Option<String>>(16)? {
            Some(code) => Some(Failure {
                code,
                message: row.get::<_, Option<String>>(17)?.unwrap_or_default(),
                reason: Reason::from_row(row, 28)?,
                retryable: row.get(18)?,
            }),
            None => None,
        };
        let remark = match row.get(26)? {
            Some(code) => Some(Remark { code, message: row.get::<_, Option<String>>(27)?.unwrap_or_default() }),
            None => None,
        };
        Ok(Upload {
            id: row.get(0)?,
            revision: row.get(1)?,
            run: row.get(2)?,
            origin: row.get(3)?,
            given: row.get(4)?,
            name: row.get(5)?,
            shown_source: row.get(6)?,
            path: row.get(7)?,
            album: row.get(8)?,
            describe: row.get(9)?,
            size: row.get::<_, i64>(10)?.unsigned_abs(),
            modified_ns: row.get(11)?,
            sha256: row.get(12)?,
            status: row.get(13)?,
            upload_id: row.get(14)?,
            part_size: row.get::<_, Option<i64>>(15)?.map(i64::unsigned_abs),
            failure,
            image_id: row.get(19)?,
            picture: row.get(20)?,
            claimed_by: row.get(21)?,
            held: row.get(22)?,
            position: row.get(23)?,
            found: row.get(24)?,
            finished_at: row.get(25)?,
            remark,
            replaces: row.get(30)?,
        })
    }
}

/// Sizes are below 2^63 by far; SQLite has no unsigned integers.
fn int(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// The next revision, for all rows that one transaction writes.
fn next_revision(conn: &Connection) -> Result<i64> {
    conn.prepare_cached("UPDATE upload_queue SET revision = revision + 1 RETURNING revision")?
        .query_row([], |row| row.get(0))
}

/// The run that new rows count in: the current one while anything in it is unfinished, else a new one.
fn run_for_new_rows(conn: &Connection) -> Result<i64> {
    let busy: bool = conn
        .prepare_cached(&format!("SELECT EXISTS (SELECT 1 FROM upload WHERE {OPEN})"))?
        .query_row([], |row| row.get(0))?;
    if !busy {
        conn.prepare_cached("UPDATE upload_queue SET run = run + 1")?.execute([])?;
        conn.prepare_cached("DELETE FROM upload_total WHERE run < (SELECT run FROM upload_queue)")?.execute([])?;
    }
    conn.prepare_cached("SELECT run FROM upload_queue")?.query_row([], |row| row.get(0))
}

/// Adds files at the end of the queue, in order, and gives their numbers. Call it with a few hundred at a time, each call
/// in a transaction of its own: the first ones can then be worked on while a folder is still being walked. `run` is what
/// the call before of the same drop gave, so that a drop that is worked off faster than it is walked stays one run.
///
/// # Errors
/// What SQLite says.
pub fn insert(conn: &Connection, rows: &[NewUpload], run: Option<i64>) -> Result<(Vec<u32>, i64)> {
    let current = run_of_drop(conn, run)?;
    let revision = next_revision(conn)?;
    let mut position: i64 =
        conn.prepare_cached("SELECT COALESCE(MAX(position), 0) FROM upload")?.query_row([], |row| row.get(0))?;
    let mut statement = conn.prepare_cached(
        "INSERT INTO upload (revision, run, position, origin, given, name, shown_source, path, album, describe, size, \
         modified_ns, status, error_code, error_message, retryable, found, error_reason, error_values) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)",
    )?;
    let mut ids = Vec::with_capacity(rows.len());
    for row in rows {
        position += APART;
        let status = if row.failure.is_some() { Status::Failed } else { Status::Queued };
        let (reason, values) = Reason::columns(row.failure.as_ref().and_then(|failure| failure.reason.as_ref()));
        statement.execute(params![
            revision,
            current,
            position,
            row.origin,
            row.given,
            row.name,
            row.shown_source,
            row.path,
            row.album,
            row.describe,
            int(row.size),
            row.modified_ns,
            status,
            row.failure.as_ref().map(|failure| &failure.code),
            row.failure.as_ref().map(|failure| &failure.message),
            row.failure.as_ref().is_some_and(|failure| failure.retryable),
            row.found,
            reason,
            values,
        ])?;
        ids.push(u32::try_from(conn.last_insert_rowid()).unwrap_or(u32::MAX));
    }
    Ok((ids, current))
}

fn run_of_drop(conn: &Connection, run: Option<i64>) -> Result<i64> {
    let newest: i64 = conn.prepare_cached("SELECT run FROM upload_queue")?.query_row([], |row| row.get(0))?;
    match run {
        Some(run) if run == newest => Ok(run),
        _ => run_for_new_rows(conn),
    }
}

#[cfg(test)]
mod tests;
