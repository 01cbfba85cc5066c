//! Doing, undoing and doing again.

use account_api::EditKind;
use rusqlite::{Connection, Error as SqliteError, Result, params};

use super::read::{Batch, redoable, undoable};
use super::{KEPT, State, What};
use crate::table::clock::now;
use crate::table::json::{decode, encode};
use crate::table::operation::{self, Made, make_noting};
use crate::table::picture;
use crate::table::waiting::holds;

/// What came of undoing or doing again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Turn {
    /// There is nothing.
    Nothing,
    /// It can't be undone. The next time it is what was done before it.
    Final(Batch),
    /// It was done.
    Done {
        /// The batch.
        batch: Batch,
        /// What came of it.
        made: Made,
        /// How many operations were left out because something else has been done about the same since.
        left: usize,
    },
}

/// Makes operations that a person asked for at once, as [`operation::make`] does, and keeps how to undo them.
pub fn edit(conn: &Connection, what: &What, edits: &[EditKind]) -> Result<Made> {
    let made_at = now(conn)?;
    conn.prepare_cached("INSERT INTO batch (what, pictures, made_at, state) VALUES (?1, 0, ?2, 'done')")?
        .execute(params![encode(what)?, made_at])?;
    let batch = conn.last_insert_rowid();
    let made = make_noting(conn, edits, |record| {
        conn.prepare_cached(
            "INSERT INTO batch_edit (batch, operation, picture, edit, before) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![batch, record.id, record.picture, encode(&record.edit)?, encode(&record.before)?])
        .map(drop)
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
    let only = |batch| match edits(conn, batch)?.as_slice() {
        [(edit, _)] => Ok::<_, SqliteError>(Some(edit.clone())),
        _ => Ok(None),
    };
    let (Some(old), Some(new)) = (only(before)?, only(newest)?) else { return Ok(()) };
    if std::mem::discriminant(&old) != std::mem::discriminant(&new) || old.image_id() != new.image_id() {
        return Ok(());
    }
    conn.prepare_cached(
        "UPDATE batch_edit SET before = (SELECT before FROM batch_edit WHERE batch = ?1) WHERE batch = ?2",
    )?
    .execute([before, newest])?;
    conn.prepare_cached("DELETE FROM batch WHERE id = ?1")?.execute([before]).map(drop)
}

/// Undoes the batch that was done last.
pub fn undo(conn: &Connection) -> Result<Turn> {
    let Some(batch) = undoable(conn)? else { return Ok(Turn::Nothing) };
    if batch.what == What::Remove {
        let batch = stands(conn, batch, State::Final)?;
        return Ok(Turn::Final(batch));
    }
    let mut edits = edits(conn, batch.id)?;
    edits.reverse();
    let (mut undoing, mut left) = (Vec::new(), 0);
    for (edit, before) in edits {
        match still(conn, std::slice::from_ref(&edit))? {
            true => undoing.extend(before),
            false => left += 1,
        }
    }
    let made = operation::make(conn, &gathered(undoing))?;
    Ok(Turn::Done { batch: stands(conn, batch, State::Undone)?, made, left })
}

/// Does the batch again that was undone last.
pub fn redo(conn: &Connection) -> Result<Turn> {
    let Some(batch) = redoable(conn)? else { return Ok(Turn::Nothing) };
    let (mut again, mut left) = (Vec::new(), 0);
    for (edit, before) in edits(conn, batch.id)? {
        match still(conn, &before)? {
            true => again.push(edit),
            false => left += 1,
        }
    }
    let made = operation::make(conn, &gathered(again))?;
    Ok(Turn::Done { batch: stands(conn, batch, State::Done)?, made, left })
}

/// Whether what these operations did still holds. Those of albums are made whatever is so now.
fn still(conn: &Connection, edits: &[EditKind]) -> Result<bool> {
    for edit in edits {
        let Some(image_id) = edit.image_id() else { continue };
        let Some(known) = picture::state(conn, image_id)? else { return Ok(false) };
        if !holds(edit, &known.shown) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Those of one picture one after another, in the order in which the first of each came.
fn gathered(edits: Vec<EditKind>) -> Vec<EditKind> {
    let mut order = std::collections::HashMap::<Option<String>, usize>::new();
    let mut numbered: Vec<(usize, EditKind)> = edits
        .into_iter()
        .map(|edit| {
            let next = order.len();
            (*order.entry(edit.image_id().map(str::to_owned)).or_insert(next), edit)
        })
        .collect();
    numbered.sort_by_key(|(number, _)| *number);
    numbered.into_iter().map(|(_, edit)| edit).collect()
}

fn stands(conn: &Connection, batch: Batch, state: State) -> Result<Batch> {
    conn.prepare_cached("UPDATE batch SET state = ?2 WHERE id = ?1")?.execute(params![batch.id, state])?;
    Ok(Batch { state, ..batch })
}

fn edits(conn: &Connection, batch: i64) -> Result<Vec<(EditKind, Vec<EditKind>)>> {
    conn.prepare_cached("SELECT edit, before FROM batch_edit WHERE batch = ?1 ORDER BY id")?
        .query_map([batch], |row| Ok((decode(&row.get::<_, String>(0)?)?, decode(&row.get::<_, String>(1)?)?)))?
        .collect()
}
