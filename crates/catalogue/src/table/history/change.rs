//! Doing something that can be undone.

use account_api::EditKind;
use rusqlite::{Connection, Result, params};

use super::read::undoable;
use super::turn::{BatchEdit, edits};
use super::{KEPT, What, operations};
use crate::table::clock::now;
use crate::table::json::encode;
use crate::table::operation::{Made, make_noting};
use crate::table::waiting::continued;

/// Makes operations that a person asked for at once, as [`operation::make`](crate::table::operation::make) does, and keeps how to
/// undo them.
pub fn edit(conn: &Connection, what: &What, edits: &[EditKind]) -> Result<Made> {
    let made_at = now(conn)?;
    conn.prepare_cached("INSERT INTO batch (what, pictures, made_at, state) VALUES (?1, 0, ?2, 'done')")?
        .execute(params![encode(what)?, made_at])?;
    let batch = conn.last_insert_rowid();
    let made = make_noting(conn, edits, |record| {
        conn.prepare_cached("INSERT INTO batch_edit (batch, picture, edit, before) VALUES (?1, ?2, ?3, ?4)")?
            .execute(params![batch, record.picture, encode(&record.edit)?, encode(&record.before)?])?;
        operations::note(conn, conn.last_insert_rowid(), &record.id)
    })?;
    if made.operations == 0 {
        conn.prepare_cached("DELETE FROM batch WHERE id = ?1")?.execute([batch])?;
        return Ok(made);
    }
    conn.prepare_cached("UPDATE batch SET pictures = ?2 WHERE id = ?1")?
        .execute(params![batch, made.changed.len() as i64])?;
    conn.prepare_cached("DELETE FROM batch WHERE id < ?1 AND state = 'undone'")?.execute([batch])?;
    conn.prepare_cached("DELETE FROM batch WHERE id <= (SELECT id FROM batch ORDER BY id DESC LIMIT 1 OFFSET ?1)")?
        .execute([KEPT])?;
    Ok(made)
}

/// As [`edit`], for words that somebody goes on typing: with the batch before, if that is of the same words, it is one batch, so
/// that one undoing takes all of them back.
pub fn go_on(conn: &Connection, what: &What, edits: &[EditKind]) -> Result<Made> {
    let before = undoable(conn)?.filter(|before| before.what == *what);
    let made = edit(conn, what, edits)?;
    if let Some(before) = before.filter(|_| made.operations == 1) {
        join(conn, before.id)?;
    }
    Ok(made)
}

/// Makes one batch of the newest one and of this one before it, if both changed one text of one picture.
fn join(conn: &Connection, before: i64) -> Result<()> {
    let newest = conn.prepare_cached("SELECT max(id) FROM batch")?.query_row([], |row| row.get::<_, i64>(0))?;
    let only = |batch| {
        let mut edits = edits(conn, batch)?;
        Ok::<_, rusqlite::Error>(edits.pop().filter(|_| edits.is_empty()))
    };
    let (Some(old), Some(new)) = (only(before)?, only(newest)?) else { return Ok(()) };
    let kind = |one: &BatchEdit| std::mem::discriminant(&one.edit);
    if kind(&old) != kind(&new) || old.edit.image_id() != new.edit.image_id() {
        return Ok(());
    }
    conn.prepare_cached("UPDATE batch_edit SET before = ?2 WHERE id = ?1")?
        .execute(params![new.id, encode(&old.before)?])?;
    // What was typed before and not sent was never said. What was sent has to be undone, too.
    let (earlier, later) = (operations::of(conn, old.id)?, operations::of(conn, new.id)?);
    let unsaid = match (earlier.as_slice(), later.as_slice()) {
        ([earlier], [later]) => continued(conn, earlier, later)?,
        _ => false,
    };
    if !unsaid {
        operations::hand_on(conn, old.id, new.id)?;
        // Nothing stood by it any more: the account has what was typed before.
        if earlier.is_empty() {
            operations::clear(conn, new.id)?;
        }
    }
    conn.prepare_cached("DELETE FROM batch WHERE id = ?1")?.execute([before]).map(drop)
}
