//! Withdrawing operations that were not sent: as if they had not been made.

use std::collections::{BTreeSet, HashSet};

use rusqlite::{Connection, OptionalExtension, Result};

use crate::table::waiting::restore;
use crate::table::{album, picture};

/// What came of withdrawing.
#[derive(Debug, Default)]
pub(in crate::table) struct Withdrawn {
    /// How many operations wait no longer.
    pub(in crate::table) operations: usize,
    /// The pictures that they were about.
    pub(in crate::table) pictures: BTreeSet<u32>,
}

/// Whether all of these operations wait and were never handed out to be sent, or would after some others are withdrawn. Not so of
/// none.
pub(in crate::table) fn are_unsent(conn: &Connection, ids: &[String], withdrawn: &HashSet<String>) -> Result<bool> {
    let mut waits = conn.prepare_cached("SELECT 1 FROM operation WHERE id = ?1 AND sent = 0")?;
    let mut replaced = conn.prepare_cached("SELECT by FROM replaced_operation WHERE id = ?1 AND sent = 0")?;
    for id in ids {
        if waits.exists([id])? {
            continue;
        }
        let by: Option<String> = replaced.query_row([id], |row| row.get(0)).optional()?;
        if !by.is_some_and(|by| withdrawn.contains(&by)) {
            return Ok(false);
        }
    }
    Ok(!ids.is_empty())
}

/// Withdraws operations that were never handed out to be sent, each after those that were made later. What they took the place of
/// waits again, and what they were about is the account's with what waits applied.
pub(in crate::table) fn withdraw(conn: &Connection, ids: &[String]) -> Result<Withdrawn> {
    let mut withdrawn = Withdrawn::default();
    let mut albums = BTreeSet::new();
    for id in ids {
        let about = conn
            .prepare_cached("DELETE FROM operation WHERE id = ?1 AND sent = 0 RETURNING picture, album_id")?
            .query_row([id], |row| Ok((row.get::<_, Option<u32>>(0)?, row.get::<_, Option<String>>(1)?)))
            .optional()?;
        let Some((picture, album_id)) = about else { continue };
        withdrawn.operations += 1;
        restore(conn, id)?;
        match picture {
            Some(picture) => withdrawn.pictures.extend([picture]),
            None => albums.extend(album_id),
        }
    }
    for picture in &withdrawn.pictures {
        if let Some(known) = picture::state_of(conn, *picture)? {
            picture::recompute(conn, &known, &known.account)?;
        }
    }
    for album_id in &albums {
        let account = album::state(conn, album_id)?.account;
        album::recompute(conn, album_id, account)?;
    }
    Ok(withdrawn)
}
