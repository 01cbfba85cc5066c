//! What people and workers do to the queue.

use rusqlite::{Connection, OptionalExtension, Result, params};

use super::{Failure, Job, Status, get, run};

/// A wish that was made, or was there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    /// The row.
    pub id: i64,
    /// Whether some worker has it.
    pub claimed: bool,
}

/// Wants descriptions of pictures, in order; unknown ones are left out. A picture that waits already is not asked for twice:
/// a new prompt takes the place of the old one, unless that is being answered. What came of earlier wishes for these
/// pictures is forgotten.
///
/// # Errors
/// What SQLite says.
pub fn want(conn: &Connection, pictures: &[u32], prompt: Option<&str>) -> Result<Vec<Wanted>> {
    let run = run(conn)?;
    let mut there = conn.prepare_cached(
        "SELECT id, claimed_by IS NOT NULL FROM description_job
         WHERE picture = ?1 AND status = 'waiting' AND (claimed_by IS NULL OR prompt IS ?2) ORDER BY claimed_by LIMIT 1",
    )?;
    let mut change =
        conn.prepare_cached("UPDATE description_job SET prompt = ?2 WHERE id = ?1 AND claimed_by IS NULL")?;
    let mut forget = conn.prepare_cached("DELETE FROM description_job WHERE picture = ?1 AND status <> 'waiting'")?;
    let mut add = conn.prepare_cached(
        "INSERT INTO description_job (picture, run, prompt, status)
         SELECT id, ?2, ?3, 'waiting' FROM picture WHERE id = ?1",
    )?;
    let mut wanted = Vec::with_capacity(pictures.len());
    for picture in pictures {
        let known = there
            .query_row(params![picture, prompt], |row| Ok(Wanted { id: row.get(0)?, claimed: row.get(1)? }))
            .optional()?;
        forget.execute([picture])?;
        match known {
            Some(known) => {
                change.execute(params![known.id, prompt])?;
                wanted.push(known);
            }
            None if add.execute(params![picture, run, prompt])? == 1 => {
                wanted.push(Wanted { id: conn.last_insert_rowid(), claimed: false });
            }
            None => {}
        }
    }
    Ok(wanted)
}

/// Takes the wishes that are next and that nobody has, unless the queue is paused or has stopped.
///
/// # Errors
/// What SQLite says.
pub fn claim(conn: &Connection, worker: &str, limit: usize) -> Result<Vec<Job>> {
    let ids: Vec<i64> = conn
        .prepare_cached(
            "UPDATE description_job SET claimed_by = ?1 WHERE id IN (
                 SELECT id FROM description_job INDEXED BY description_job_next
                 WHERE status = 'waiting' AND claimed_by IS NULL
                     AND EXISTS (SELECT 1 FROM description_queue WHERE paused = 0 AND stop_code IS NULL)
                 ORDER BY id LIMIT ?2)
             RETURNING id",
        )?
        .query_map(params![worker, i64::try_from(limit).unwrap_or(i64::MAX)], |row| row.get(0))?
        .collect::<Result<_>>()?;
    let mut jobs = Vec::with_capacity(ids.len());
    for id in ids {
        jobs.extend(get(conn, id)?);
    }
    jobs.sort_unstable_by_key(|job| job.id);
    Ok(jobs)
}

/// Takes certain wishes that nobody has, whatever the state of the queue; gives those that were taken.
///
/// # Errors
/// What SQLite says.
pub fn claim_these(conn: &Connection, worker: &str, ids: &[i64]) -> Result<Vec<Job>> {
    let mut take = conn.prepare_cached(
        "UPDATE description_job SET claimed_by = ?2 WHERE id = ?1 AND status = 'waiting' AND claimed_by IS NULL",
    )?;
    let mut jobs = Vec::new();
    for id in ids {
        if take.execute(params![id, worker])? == 1 {
            jobs.extend(get(conn, *id)?);
        }
    }
    Ok(jobs)
}

/// Ends a wish: well, or with the reason why this picture can't be described. One that was cancelled too late and is
/// described nevertheless says so. False when it is the worker's no longer.
///
/// # Errors
/// What SQLite says.
pub fn end(conn: &Connection, worker: &str, id: i64, failure: Option<&Failure>) -> Result<bool> {
    let status = if failure.is_some() { Status::Failed } else { Status::Done };
    let changed = conn
        .prepare_cached(
            "UPDATE description_job SET status = ?3, error_code = ?4, error_message = ?5, claimed_by = NULL,
                 cancelled_with = NULL
             WHERE id = ?1 AND ((claimed_by = ?2 AND status = 'waiting') OR (status = 'cancelled' AND ?3 = 'done'))",
        )?
        .execute(params![id, worker, status, failure.map(|f| &f.code), failure.map(|f| &f.message)])?;
    Ok(changed == 1)
}

/// Stops the queue, because the next picture would fare no better. What waits keeps waiting.
///
/// # Errors
/// What SQLite says.
pub fn stop(conn: &Connection, why: &Failure) -> Result<()> {
    conn.prepare_cached("UPDATE description_queue SET stop_code = ?1, stop_message = ?2")?
        .execute(params![why.code, why.message])
        .map(drop)
}

/// Lets a queue go on that had stopped. False when it had not.
///
/// # Errors
/// What SQLite says.
pub fn go_on(conn: &Connection) -> Result<bool> {
    let changed = conn
        .prepare_cached(
            "UPDATE description_queue SET stop_code = NULL, stop_message = NULL WHERE stop_code IS NOT NULL",
        )?
        .execute([])?;
    Ok(changed == 1)
}

/// Pauses the queue; or lets it go on, also when it had stopped.
///
/// # Errors
/// What SQLite says.
pub fn set_paused(conn: &Connection, paused: bool) -> Result<()> {
    conn.prepare_cached("UPDATE description_queue SET paused = ?1")?.execute([paused])?;
    if paused { Ok(()) } else { go_on(conn).map(drop) }
}

/// Gives wishes back that a worker has.
///
/// # Errors
/// What SQLite says.
pub fn release(conn: &Connection, worker: &str, ids: &[i64]) -> Result<()> {
    let mut statement =
        conn.prepare_cached("UPDATE description_job SET claimed_by = NULL WHERE id = ?1 AND claimed_by = ?2")?;
    for id in ids {
        statement.execute(params![id, worker])?;
    }
    Ok(())
}

/// Gives back everything that a worker has: it has stopped, or has been found dead.
///
/// # Errors
/// What SQLite says.
pub fn release_claims_of(conn: &Connection, worker: &str) -> Result<usize> {
    conn.prepare_cached("UPDATE description_job SET claimed_by = NULL WHERE claimed_by = ?1")?.execute([worker])
}

/// Cancels everything that waits, or the wishes for some pictures; gives the number that [`uncancel`] takes, and how many
/// were cancelled.
///
/// # Errors
/// What SQLite says.
pub fn cancel(conn: &Connection, pictures: Option<&[u32]>) -> Result<(i64, usize)> {
    let number: i64 = conn
        .prepare_cached("UPDATE description_queue SET cancellings = cancellings + 1 RETURNING cancellings")?
        .query_row([], |row| row.get(0))?;
    const CANCEL: &str = "UPDATE description_job SET status = 'cancelled', cancelled_with = ?1, claimed_by = NULL \
                          WHERE status = 'waiting'";
    let cancelled = match pictures {
        None => conn.prepare_cached(CANCEL)?.execute([number])?,
        Some(pictures) => {
            let mut statement = conn.prepare_cached(&format!("{CANCEL} AND picture = ?2"))?;
            let mut cancelled = 0;
            for picture in pictures {
                cancelled += statement.execute(params![number, picture])?;
            }
            cancelled
        }
    };
    Ok((number, cancelled))
}

const AGAIN: &str = "UPDATE description_job SET status = 'waiting', run = ?1, error_code = NULL, error_message = NULL, \
                     cancelled_with = NULL, claimed_by = NULL";

/// Takes one cancelling back; gives how many wait again.
///
/// # Errors
/// What SQLite says.
pub fn uncancel(conn: &Connection, number: i64) -> Result<usize> {
    let run = run(conn)?;
    conn.prepare_cached(&format!("{AGAIN} WHERE status = 'cancelled' AND cancelled_with = ?2"))?
        .execute(params![run, number])
}

/// Puts failed and cancelled wishes back: those of one status, or those for some pictures; gives how many. The queue goes on
/// if it had stopped.
///
/// # Errors
/// What SQLite says.
pub fn retry(conn: &Connection, status: Status, pictures: Option<&[u32]>) -> Result<usize> {
    go_on(conn)?;
    let run = run(conn)?;
    match pictures {
        None if matches!(status, Status::Failed | Status::Cancelled) => {
            conn.prepare_cached(&format!("{AGAIN} WHERE status = ?2"))?.execute(params![run, status])
        }
        None => Ok(0),
        Some(pictures) => {
            let mut statement =
                conn.prepare_cached(&format!("{AGAIN} WHERE picture = ?2 AND status IN ('failed', 'cancelled')"))?;
            let mut again = 0;
            for picture in pictures {
                again += statement.execute(params![run, picture])?;
            }
            Ok(again)
        }
    }
}

/// Takes what is finished off the list.
///
/// # Errors
/// What SQLite says.
pub fn clear_finished(conn: &Connection) -> Result<usize> {
    conn.prepare_cached("DELETE FROM description_job WHERE status <> 'waiting'")?.execute([])
}
