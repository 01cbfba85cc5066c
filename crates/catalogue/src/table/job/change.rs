//! What people and workers do to the queue.

use rusqlite::{Connection, Result, params};

use super::{Failure, Kind, Status, begin, run};
use crate::table::json;
use crate::table::reason::Reason;

/// A job that was made, or was there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    /// The row.
    pub id: i64,
    /// Whether some worker has it.
    pub claimed: bool,
}

/// Wants something done for pictures, in order; unknown ones are left out, and so are repetitions. A picture that waits already is
/// not asked for twice: a new detail takes the place of the old one, unless that is being worked on. What came of earlier jobs of
/// this kind for these pictures is forgotten.
///
/// However many pictures there are, that is a handful of statements.
///
/// # Errors
/// What SQLite says.
pub fn want(conn: &Connection, kind: Kind, pictures: &[u32], detail: Option<&str>) -> Result<Vec<Wanted>> {
    let run = run(conn, kind)?;
    let pictures = json::encode(&pictures)?;
    conn.prepare_cached(CHANGE)?.execute(params![kind, pictures, detail])?;
    conn.prepare_cached(FORGET)?.execute(params![kind, pictures])?;
    conn.prepare_cached(&add())?.execute(params![kind, pictures, detail, run])?;
    conn.prepare_cached(&found())?
        .query_map(params![kind, pictures, detail], |row| Ok(Wanted { id: row.get(0)?, claimed: row.get(1)? }))?
        .collect()
}

/// Whether a job does what is wanted for a picture `p`; parameters are the kind, the pictures and the detail.
const WAITS: &str =
    "j.picture = p.id AND j.kind = ?1 AND j.status = 'waiting' AND (j.claimed_by IS NULL OR j.detail IS ?3)";

const CHANGE: &str = "UPDATE job SET detail = ?3
    WHERE picture IN (SELECT value FROM json_each(?2)) AND kind = ?1 AND status = 'waiting' AND claimed_by IS NULL
        AND detail IS NOT ?3";

const FORGET: &str = "DELETE FROM job
    WHERE picture IN (SELECT value FROM json_each(?2)) AND kind = ?1 AND status IN ('done', 'failed', 'cancelled')";

fn add() -> String {
    format!(
        "INSERT INTO job (kind, picture, run, detail, status)
         SELECT ?1, p.id, ?4, ?3, 'waiting' FROM json_each(?2) AS wanted JOIN picture p ON p.id = wanted.value
         WHERE NOT EXISTS (SELECT 1 FROM job j WHERE {WAITS}) GROUP BY p.id ORDER BY MIN(wanted.key)"
    )
}

fn found() -> String {
    format!(
        "SELECT j.id, j.claimed_by IS NOT NULL FROM json_each(?2) AS wanted JOIN picture p ON p.id = wanted.value
         JOIN job j ON j.id = (SELECT j.id FROM job j WHERE {WAITS} ORDER BY j.claimed_by LIMIT 1)
         GROUP BY j.id ORDER BY MIN(wanted.key)"
    )
}

/// Ends a job: well, or with the reason why it can't be done for this picture. One that was cancelled too late and is done
/// nevertheless says so. False when it is the worker's no longer.
///
/// # Errors
/// What SQLite says.
pub fn end(conn: &Connection, worker: &str, id: i64, failure: Option<&Failure>) -> Result<bool> {
    let status = if failure.is_some() { Status::Failed } else { Status::Done };
    let (reason, values) = Reason::columns(failure.and_then(|failure| failure.reason.as_ref()));
    let (code, message) = failure.map(|failure| (&failure.code, &failure.message)).unzip();
    let changed = conn
        .prepare_cached(
            "UPDATE job SET status = ?3, error_code = ?4, error_message = ?5, error_reason = ?6, error_values = ?7,
                 claimed_by = NULL, cancelled_with = NULL
             WHERE id = ?1 AND ((claimed_by = ?2 AND status = 'waiting') OR (status = 'cancelled' AND ?3 = 'done'))",
        )?
        .execute(params![id, worker, status, code, message, reason, values])?;
    Ok(changed == 1)
}

/// Stops the queue, because the next picture would fare no better. What waits keeps waiting.
///
/// # Errors
/// What SQLite says.
pub fn stop(conn: &Connection, kind: Kind, why: &Failure) -> Result<()> {
    begin(conn, kind)?;
    let (reason, values) = Reason::columns(why.reason.as_ref());
    conn.prepare_cached(
        "UPDATE job_queue SET stop_code = ?2, stop_message = ?3, stop_reason = ?4, stop_values = ?5 WHERE kind = ?1",
    )?
    .execute(params![kind, why.code, why.message, reason, values])
    .map(drop)
}

/// Lets a queue go on that had stopped. False when it had not.
///
/// # Errors
/// What SQLite says.
pub fn go_on(conn: &Connection, kind: Kind) -> Result<bool> {
    let changed = conn
        .prepare_cached(
            "UPDATE job_queue SET stop_code = NULL, stop_message = NULL, stop_reason = NULL, stop_values = NULL
             WHERE kind = ?1 AND stop_code IS NOT NULL",
        )?
        .execute([kind])?;
    Ok(changed == 1)
}

/// Pauses the queue; or lets it go on, also when it had stopped.
///
/// # Errors
/// What SQLite says.
pub fn set_paused(conn: &Connection, kind: Kind, paused: bool) -> Result<()> {
    begin(conn, kind)?;
    conn.prepare_cached("UPDATE job_queue SET paused = ?2 WHERE kind = ?1")?.execute(params![kind, paused])?;
    if paused { Ok(()) } else { go_on(conn, kind).map(drop) }
}

/// Cancels everything that waits, or the jobs for some pictures; gives the number that [`uncancel`] takes, and how many
/// were cancelled.
///
/// # Errors
/// What SQLite says.
pub fn cancel(conn: &Connection, kind: Kind, pictures: Option<&[u32]>) -> Result<(i64, usize)> {
    const CANCEL: &str = "UPDATE job SET status = 'cancelled', cancelled_with = ?2, claimed_by = NULL \
                          WHERE kind = ?1 AND status = 'waiting'";
    begin(conn, kind)?;
    let number: i64 = conn
        .prepare_cached("UPDATE job_queue SET cancellings = cancellings + 1 WHERE kind = ?1 RETURNING cancellings")?
        .query_row([kind], |row| row.get(0))?;
    let cancelled = match pictures {
        None => conn.prepare_cached(CANCEL)?.execute(params![kind, number])?,
        Some(pictures) => conn
            .prepare_cached(&format!("{CANCEL} AND picture IN (SELECT value FROM json_each(?3))"))?
            .execute(params![kind, number, json::encode(&pictures)?])?,
    };
    Ok((number, cancelled))
}

const AGAIN: &str = "UPDATE job SET status = 'waiting', run = ?2, error_code = NULL, error_message = NULL, \
                     error_reason = NULL, error_values = NULL, cancelled_with = NULL, claimed_by = NULL WHERE kind = ?1";

/// Takes one cancelling back; gives how many wait again.
///
/// # Errors
/// What SQLite says.
pub fn uncancel(conn: &Connection, kind: Kind, number: i64) -> Result<usize> {
    let run = run(conn, kind)?;
    conn.prepare_cached(&format!("{AGAIN} AND status = 'cancelled' AND cancelled_with = ?3"))?
        .execute(params![kind, run, number])
}

/// Puts failed and cancelled jobs back: those of one status, or those for some pictures; gives how many. The queue goes on if it
/// had stopped.
///
/// # Errors
/// What SQLite says.
pub fn retry(conn: &Connection, kind: Kind, status: Status, pictures: Option<&[u32]>) -> Result<usize> {
    go_on(conn, kind)?;
    let run = run(conn, kind)?;
    match pictures {
        None if matches!(status, Status::Failed | Status::Cancelled) => {
            conn.prepare_cached(&format!("{AGAIN} AND status = ?3"))?.execute(params![kind, run, status])
        }
        None => Ok(0),
        Some(pictures) => conn
            .prepare_cached(&format!(
                "{AGAIN} AND status IN ('failed', 'cancelled') AND picture IN (SELECT value FROM json_each(?3))"
            ))?
            .execute(params![kind, run, json::encode(&pictures)?]),
    }
}

/// Puts the jobs back that failed for one reason; gives how many. The queue goes on if it had stopped.
///
/// # Errors
/// What SQLite says.
pub fn retry_group(conn: &Connection, kind: Kind, code: &str, reason: Option<&str>) -> Result<usize> {
    go_on(conn, kind)?;
    let run = run(conn, kind)?;
    conn.prepare_cached(&format!("{AGAIN} AND status = 'failed' AND error_code = ?3 AND error_reason IS ?4"))?
        .execute(params![kind, run, code, reason])
}

/// Takes what is finished off the list.
///
/// # Errors
/// What SQLite says.
pub fn clear_finished(conn: &Connection, kind: Kind) -> Result<usize> {
    conn.prepare_cached("DELETE FROM job WHERE kind = ?1 AND status <> 'waiting'")?.execute([kind])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::migrate::newest_schema;

    #[test]
    fn what_is_wanted_is_searched_for_and_never_by_a_look_at_all_jobs() {
        let conn = newest_schema();
        for sql in [CHANGE, FORGET, &add(), &found()] {
            let mut statement = conn.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
            // Parameters that aren't given are NULL, which makes no other plan.
            let mut rows = statement.raw_query();
            let mut plan: Vec<String> = Vec::new();
            while let Some(row) = rows.next().unwrap() {
                plan.push(row.get("detail").unwrap());
            }
            assert!(plan.iter().all(|step| !step.contains("SCAN") || step.contains("VIRTUAL TABLE")), "{plan:#?}");
        }
    }
}
