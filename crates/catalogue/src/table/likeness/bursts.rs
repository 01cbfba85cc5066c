//! Bursts: alike pictures that one camera took within two seconds of each other.

use rusqlite::{Connection, Result};

use super::groups::Group;
use super::look::{BURST, Look, Seen};

/// A picture that may be of a burst.
struct Shot {
    picture: u32,
    camera: String,
    taken: i64,
}

/// All bursts, that which was taken last at the beginning; at most `limit`. Each picture is alike to the first of its burst, and
/// was taken within two seconds of the one before it. Copies are left out: they belong to a group of their own.
///
/// # Errors
/// What SQLite says.
pub fn bursts(conn: &Connection, limit: usize) -> Result<Vec<Group>> {
    let mut shots = conn.prepare_cached(
        "SELECT id, camera, shown_local FROM picture JOIN likeness ON likeness.picture = picture.id
         WHERE shelf = 0 AND camera IS NOT NULL AND taken_at IS NOT NULL AND first = id AND hash IS NOT NULL
         ORDER BY shown_local DESC, camera, name_key DESC, id DESC",
    )?;
    let mut rows = shots.query([])?;
    let (mut found, mut run) = (Vec::new(), Vec::<Shot>::new());
    while found.len() < limit
        && let Some(row) = rows.next()?
    {
        let shot = Shot { picture: row.get(0)?, camera: row.get(1)?, taken: row.get(2)? };
        if run.last().is_some_and(|last| last.taken - shot.taken > BURST) {
            of_run(conn, std::mem::take(&mut run), &mut found)?;
        }
        run.push(shot);
    }
    of_run(conn, run, &mut found)?;
    found.truncate(limit);
    Ok(found)
}

/// The bursts among pictures that follow each other without a pause, the last of which is the first in time.
fn of_run(conn: &Connection, mut run: Vec<Shot>, found: &mut Vec<Group>) -> Result<()> {
    run.reverse();
    let mut bursts = Vec::new();
    while run.len() > 1 {
        let first = run.remove(0);
        let Some(look) = Look::at(conn, first.picture)? else { continue };
        let (mut last, mut members, mut others) = (first.taken, vec![first.picture], Vec::new());
        for shot in run {
            let near = shot.camera == first.camera && shot.taken - last <= BURST;
            let other = if near { Look::at(conn, shot.picture)? } else { None };
            let seen = other.map(|other| look.beside(conn, &other)).transpose()?;
            if seen == Some(Seen::Burst) {
                last = shot.taken;
                members.push(shot.picture);
            } else {
                others.push(shot);
            }
        }
        run = others;
        if members.len() > 1 {
            bursts.push(Group { first: first.picture, members });
        }
    }
    bursts.reverse();
    found.append(&mut bursts);
    Ok(())
}
