//! Who works on what.

use rusqlite::{Connection, Result, params};

use super::{Job, Kind, get};

/// Takes the jobs that are next and that nobody has, unless the queue is paused or has stopped.
///
/// # Errors
/// What SQLite says.
pub fn claim(conn: &Connection, kind: Kind, worker: &str, limit: usize) -> Result<Vec<Job>> {
    let ids: Vec<i64> = conn
        .prepare_cached(
            "UPDATE job SET claimed_by = ?2 WHERE id IN (
                 SELECT id FROM job INDEXED BY job_next
                 WHERE kind = ?1 AND status = 'waiting' AND claimed_by IS NULL
                     AND NOT EXISTS (
                         SELECT 1 FROM job_queue WHERE kind = ?1 AND (paused = 1 OR stop_code IS NOT NULL))
                 ORDER BY id LIMIT ?3)
             RETURNING id",
        )?
        .query_map(params![kind, worker, i64::try_from(limit).unwrap_or(i64::MAX)], |row| row.get(0))?
        .collect::<Result<_>>()?;
    let mut jobs = Vec::with_capacity(ids.len());
    for id in ids {
        jobs.extend(get(conn, id)?);
    }
    jobs.sort_unstable_by_key(|job| job.id);
    Ok(jobs)
}

/// Takes certain jobs that nobody has, whatever the state of the queue; gives those that were taken.
///
/// # Errors
/// What SQLite says.
pub fn claim_these(conn: &Connection, worker: &str, ids: &[i64]) -> Result<Vec<Job>> {
    let mut take = conn
        .prepare_cached("UPDATE job SET claimed_by = ?2 WHERE id = ?1 AND status = 'waiting' AND claimed_by IS NULL")?;
    let mut jobs = Vec::new();
    for id in ids {
        if take.execute(params![id, worker])? == 1 {
            jobs.extend(get(conn, *id)?);
        }
    }
    Ok(jobs)
}

/// Gives jobs back that a worker has.
///
/// # Errors
/// What SQLite says.
pub fn release(conn: &Connection, worker: &str, ids: &[i64]) -> Result<()> {
    let mut statement = conn.prepare_cached("UPDATE job SET claimed_by = NULL WHERE id = ?1 AND claimed_by = ?2")?;
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
    conn.prepare_cached("UPDATE job SET claimed_by = NULL WHERE claimed_by = ?1")?.execute([worker])
}

/// The jobs of a kind that a worker has.
///
/// # Errors
/// What SQLite says.
pub fn claimed(conn: &Connection, kind: Kind, worker: &str) -> Result<Vec<i64>> {
    conn.prepare_cached("SELECT id FROM job WHERE claimed_by = ?2 AND kind = ?1")?
        .query_map(params![kind, worker], |row| row.get(0))?
        .collect()
}

/// Every worker that has a job of a kind.
///
/// # Errors
/// What SQLite says.
pub fn claimants(conn: &Connection, kind: Kind) -> Result<Vec<String>> {
    conn.prepare_cached("SELECT DISTINCT claimed_by FROM job WHERE claimed_by IS NOT NULL AND kind = ?1")?
        .query_map([kind], |row| row.get(0))?
        .collect()
}
