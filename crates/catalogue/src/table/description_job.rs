//! The queue of descriptions: one row a wish, written before anybody is asked and kept until somebody dismisses it, so that
//! neither an error nor a crash loses one.
//!
//! A row belongs to the process that has claimed it (`claimed_by`), as with uploads: two processes never pay for the same
//! picture twice. Whoever has a row writes about it only while it is theirs; a row that was cancelled meanwhile and is
//! answered nevertheless says so. What would fail for every picture *stops* the queue with its reason and leaves the rows
//! waiting.

mod change;
mod read;

use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Connection, Result, Row};

pub use change::{
    Wanted, cancel, claim, claim_these, clear_finished, end, go_on, release, release_claims_of, retry, set_paused,
    stop, uncancel, want,
};
pub use read::{Totals, claimants, claimed, get, jobs, queue, totals, waits};

/// The tables of the queue.
pub const MIGRATION: &str = "
CREATE TABLE description_queue (
    only         INTEGER PRIMARY KEY CHECK (only = 1),
    run          INTEGER NOT NULL,
    cancellings  INTEGER NOT NULL,
    paused       INTEGER NOT NULL,
    stop_code    TEXT,
    stop_message TEXT
) STRICT;
INSERT INTO description_queue VALUES (1, 0, 0, 0, NULL, NULL);

CREATE TABLE description_job (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    picture        INTEGER NOT NULL REFERENCES picture (id) ON DELETE CASCADE,
    run            INTEGER NOT NULL,
    prompt         TEXT,
    status         TEXT NOT NULL CHECK (status IN ('waiting', 'done', 'failed', 'cancelled')),
    error_code     TEXT,
    error_message  TEXT,
    cancelled_with INTEGER,
    claimed_by     TEXT
) STRICT;
CREATE INDEX description_job_of_picture ON description_job (picture, status);
CREATE INDEX description_job_next ON description_job (id) WHERE status = 'waiting' AND claimed_by IS NULL;
CREATE INDEX description_job_claimed ON description_job (claimed_by) WHERE claimed_by IS NOT NULL;
CREATE INDEX description_job_by_status ON description_job (status, run);
";

/// Where a wish stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    /// Not answered yet.
    Waiting,
    /// Finished: the picture is described.
    Done,
    /// Finished: this picture can't be described.
    Failed,
    /// Finished: the person cancelled it.
    Cancelled,
}

impl Status {
    /// As it stands in the table.
    pub const fn as_str(self) -> &'static str {
        match self {
            Status::Waiting => "waiting",
            Status::Done => "done",
            Status::Failed => "failed",
            Status::Cancelled => "cancelled",
        }
    }
}

impl ToSql for Status {
    fn to_sql(&self) -> Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(self.as_str()))
    }
}

impl FromSql for Status {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let all = [Status::Waiting, Status::Done, Status::Failed, Status::Cancelled];
        let text = value.as_str()?;
        all.into_iter().find(|status| status.as_str() == text).ok_or(FromSqlError::InvalidType)
    }
}

/// Why something was not described.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// From the engine's closed list.
    pub code: String,
    /// A sentence for people.
    pub message: String,
}

/// A wish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Its number; rising in the order of asking, never reused.
    pub id: i64,
    /// The picture's local number.
    pub picture: u32,
    /// The service's identifier of the picture.
    pub image_id: String,
    /// The picture's name.
    pub name: String,
    /// What to look out for.
    pub prompt: Option<String>,
    /// Where it stands.
    pub status: Status,
    /// Why it failed.
    pub failure: Option<Failure>,
    /// Who has it.
    pub claimed_by: Option<String>,
}

/// The columns of [`Job`], of `description_job j JOIN picture p`.
const COLUMNS: &str =
    "j.id, j.picture, p.image_id, p.name, j.prompt, j.status, j.error_code, j.error_message, j.claimed_by";

/// Jobs with what is known of their pictures.
const JOBS: &str = "description_job j JOIN picture p ON p.id = j.picture";

impl Job {
    fn from_row(row: &Row<'_>) -> Result<Job> {
        let failure = match row.get::<_, Option<String>>(6)? {
            Some(code) => Some(Failure { code, message: row.get::<_, Option<String>>(7)?.unwrap_or_default() }),
            None => None,
        };
        Ok(Job {
            id: row.get(0)?,
            picture: row.get(1)?,
            image_id: row.get(2)?,
            name: row.get(3)?,
            prompt: row.get(4)?,
            status: row.get(5)?,
            failure,
            claimed_by: row.get(8)?,
        })
    }
}

/// The queue as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queue {
    /// Whether the person paused it.
    pub paused: bool,
    /// Why it stopped, which is something that the next picture would meet, too.
    pub stopped: Option<Failure>,
}

/// The run that a new wish counts in: the current one while anything waits, else a new one.
fn run(conn: &Connection) -> Result<i64> {
    let busy: bool = conn
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM description_job WHERE status = 'waiting')")?
        .query_row([], |row| row.get(0))?;
    if !busy {
        conn.prepare_cached("UPDATE description_queue SET run = run + 1")?.execute([])?;
        conn.prepare_cached("DELETE FROM description_job WHERE status = 'done'")?.execute([])?;
    }
    conn.prepare_cached("SELECT run FROM description_queue")?.query_row([], |row| row.get(0))
}
