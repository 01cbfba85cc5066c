//! Jobs: one row a thing to be done for one picture, written before anything is begun and kept until somebody dismisses it, so
//! that neither an error nor a crash loses one. Each kind of job is a queue of its own, with its own pause.
//!
//! A row belongs to the process that has claimed it (`claimed_by`), as with uploads: two processes never do one job twice. The
//! name is that of a lock which its owner holds for as long as it lives; a claim lapses with it, and not before. Whoever has a
//! row writes about it only while it is theirs; a row that was cancelled meanwhile and is done nevertheless says so. What would
//! fail for every picture *stops* the queue with its reason and leaves the rows waiting.
//!
//! `job_total` is kept by triggers: counting 100,000 rows after each job is not affordable.

mod change;
mod claim;
mod failures;
mod read;

use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Connection, Result, Row};

pub use change::{Wanted, cancel, clear_finished, end, go_on, retry, retry_group, set_paused, stop, uncancel, want};
pub use claim::{claim, claim_these, claimants, claimed, release, release_claims_of};
pub use failures::{FailureGroup, failure_groups};
pub use read::{Totals, get, jobs, of_pictures, queue, totals, waits};

use crate::table::reason::Reason;

/// The queue of descriptions, when it was the only one.
pub const DESCRIPTIONS: &str = "
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

/// Jobs of all kinds, with the descriptions that were wanted before. `detail` is what a kind wants to know beside the picture.
pub const MIGRATION: &str = "
CREATE TABLE job_queue (
    kind         TEXT PRIMARY KEY,
    run          INTEGER NOT NULL,
    cancellings  INTEGER NOT NULL,
    paused       INTEGER NOT NULL,
    stop_code    TEXT,
    stop_message TEXT
) STRICT, WITHOUT ROWID;
INSERT INTO job_queue SELECT 'describe', run, cancellings, paused, stop_code, stop_message FROM description_queue;

CREATE TABLE job_total (
    kind   TEXT NOT NULL,
    run    INTEGER NOT NULL,
    status TEXT NOT NULL,
    jobs   INTEGER NOT NULL,
    PRIMARY KEY (kind, run, status)
) STRICT, WITHOUT ROWID;

CREATE TABLE job (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    kind           TEXT NOT NULL,
    picture        INTEGER NOT NULL REFERENCES picture (id) ON DELETE CASCADE,
    run            INTEGER NOT NULL,
    detail         TEXT,
    status         TEXT NOT NULL CHECK (status IN ('waiting', 'done', 'failed', 'cancelled')),
    error_code     TEXT,
    error_message  TEXT,
    cancelled_with INTEGER,
    claimed_by     TEXT
) STRICT;
CREATE TRIGGER job_counted AFTER INSERT ON job BEGIN
    INSERT INTO job_total VALUES (NEW.kind, NEW.run, NEW.status, 1)
        ON CONFLICT (kind, run, status) DO UPDATE SET jobs = jobs + 1;
END;
CREATE TRIGGER job_recounted AFTER UPDATE OF status, run ON job BEGIN
    UPDATE job_total SET jobs = jobs - 1 WHERE kind = OLD.kind AND run = OLD.run AND status = OLD.status;
    INSERT INTO job_total VALUES (NEW.kind, NEW.run, NEW.status, 1)
        ON CONFLICT (kind, run, status) DO UPDATE SET jobs = jobs + 1;
END;
CREATE TRIGGER job_discounted AFTER DELETE ON job BEGIN
    UPDATE job_total SET jobs = jobs - 1 WHERE kind = OLD.kind AND run = OLD.run AND status = OLD.status;
END;
INSERT INTO job (id, kind, picture, run, detail, status, error_code, error_message, cancelled_with, claimed_by)
    SELECT id, 'describe', picture, run, prompt, status, error_code, error_message, cancelled_with, claimed_by
    FROM description_job ORDER BY id;
DROP TABLE description_job;
DROP TABLE description_queue;
CREATE INDEX job_of_picture ON job (picture, kind, status);
CREATE INDEX job_next ON job (kind, id) WHERE status = 'waiting' AND claimed_by IS NULL;
CREATE INDEX job_claimed ON job (claimed_by) WHERE claimed_by IS NOT NULL;
CREATE INDEX job_by_status ON job (kind, status, id);
";

/// Why jobs failed and queues stopped, by a name; see [`Reason`].
pub const REASONS: &str = "
ALTER TABLE job ADD COLUMN error_reason TEXT;
ALTER TABLE job ADD COLUMN error_values TEXT;
ALTER TABLE job_queue ADD COLUMN stop_reason TEXT;
ALTER TABLE job_queue ADD COLUMN stop_values TEXT;
";

/// What is done for a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// An AI describes it; `detail` is what to look out for.
    Describe,
    /// Its bytes are looked at again, because this version of the app reads more from them.
    Examine,
}

impl Kind {
    /// As it stands in the table.
    pub const fn as_str(self) -> &'static str {
        match self {
            Kind::Describe => "describe",
            Kind::Examine => "examine",
        }
    }
}

impl ToSql for Kind {
    fn to_sql(&self) -> Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(self.as_str()))
    }
}

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    /// Not done yet.
    Waiting,
    /// Finished well.
    Done,
    /// Finished: it can't be done for this picture.
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

/// Why something was not done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// From the engine's closed list.
    pub code: String,
    /// A sentence for people.
    pub message: String,
    /// What the sentence is made from.
    pub reason: Option<Reason>,
}

/// A job.
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
    /// What its kind wants to know beside the picture.
    pub detail: Option<String>,
    /// Where it stands.
    pub status: Status,
    /// Why it failed.
    pub failure: Option<Failure>,
    /// Who has it.
    pub claimed_by: Option<String>,
}

/// The columns of [`Job`], of `job j JOIN picture p`.
const COLUMNS: &str = "j.id, j.picture, p.image_id, p.name, j.detail, j.status, j.error_code, j.error_message, j.claimed_by, \
    j.error_reason, j.error_values";

/// Jobs with what is known of their pictures.
const JOBS: &str = "job j JOIN picture p ON p.id = j.picture";

impl Job {
    fn from_row(row: &Row<'_>) -> Result<Job> {
        let failure = match row.get::<_, Option<String>>(6)? {
            Some(code) => Some(Failure {
                code,
                message: row.get::<_, Option<String>>(7)?.unwrap_or_default(),
                reason: Reason::from_row(row, 9)?,
            }),
            None => None,
        };
        Ok(Job {
            id: row.get(0)?,
            picture: row.get(1)?,
            image_id: row.get(2)?,
            name: row.get(3)?,
            detail: row.get(4)?,
            status: row.get(5)?,
            failure,
            claimed_by: row.get(8)?,
        })
    }
}

/// A queue as a whole.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Queue {
    /// Whether the person paused it.
    pub paused: bool,
    /// Why it stopped, which is something that the next picture would meet, too.
    pub stopped: Option<Failure>,
}

/// Makes the row of a queue that has none yet.
fn begin(conn: &Connection, kind: Kind) -> Result<()> {
    conn.prepare_cached(
        "INSERT INTO job_queue (kind, run, cancellings, paused) VALUES (?1, 0, 0, 0) ON CONFLICT (kind) DO NOTHING",
    )?
    .execute([kind])
    .map(drop)
}

/// The run that a new job counts in: the current one while anything waits, else a new one.
fn run(conn: &Connection, kind: Kind) -> Result<i64> {
    begin(conn, kind)?;
    let busy: bool = conn
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM job WHERE kind = ?1 AND status = 'waiting')")?
        .query_row([kind], |row| row.get(0))?;
    if !busy {
        conn.prepare_cached("UPDATE job_queue SET run = run + 1 WHERE kind = ?1")?.execute([kind])?;
        conn.prepare_cached("DELETE FROM job WHERE kind = ?1 AND status = 'done'")?.execute([kind])?;
        conn.prepare_cached("DELETE FROM job_total WHERE kind = ?1 AND jobs = 0")?.execute([kind])?;
    }
    conn.prepare_cached("SELECT run FROM job_queue WHERE kind = ?1")?.query_row([kind], |row| row.get(0))
}
