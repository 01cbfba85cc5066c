//! Undoing and doing again.

use std::collections::{HashMap, HashSet};
use std::slice;

use account_api::EditKind;
use rusqlite::{Connection, Result, params};

use super::read::{Batch, redoable, undoable};
use super::standing::{TakenOut, can_turn, put_in};
use super::{State, What, operations};
use crate::table::json::{decode, encode};
use crate::table::operation::{Made, Withdrawn, are_unsent, make_noting, withdraw};

/// What came of undoing or doing again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Turn {
    /// There is nothing.
    Nothing,
    /// It can't be undone. The next time it is what was done before it.
    Final(Batch),
    /// It was done. When nothing of it could be, it is final from now on.
    Done {
        /// The batch.
        batch: Batch,
        /// What came of it.
        made: Made,
        /// How many changes were left out because something else has been done about the same since.
        left: usize,
    },
}

/// One change of a batch.
pub(super) struct BatchEdit {
    pub(super) id: i64,
    /// What was done.
    pub(super) edit: EditKind,
    /// What undoes it.
    pub(super) before: Vec<EditKind>,
    /// Whether something later holds in its place, or in that of its undoing.
    superseded: bool,
}

/// Which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Back,
    Again,
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
    turn(conn, batch, edits, Way::Back)
}

/// Does the batch again that was undone last.
pub fn redo(conn: &Connection) -> Result<Turn> {
    let Some(batch) = redoable(conn)? else { return Ok(Turn::Nothing) };
    let edits = edits(conn, batch.id)?;
    turn(conn, batch, edits, Way::Again)
}

fn turn(conn: &Connection, batch: Batch, edits: Vec<BatchEdit>, way: Way) -> Result<Turn> {
    let mut taken_out = TakenOut::new();
    let (mut unsent, mut withdrawn) = (Vec::new(), HashSet::new());
    let (mut anew, mut idle, mut left) = (Vec::new(), HashSet::new(), 0);
    for one in edits {
        let (standing, wanted) = match way {
            Way::Back => (slice::from_ref(&one.edit), one.before.as_slice()),
            Way::Again => (one.before.as_slice(), slice::from_ref(&one.edit)),
        };
        let by = operations::of(conn, one.id)?;
        let is_unsent = are_unsent(conn, &by, &withdrawn)?;
        if one.superseded || !can_turn(conn, standing, wanted, is_unsent, &taken_out)? {
            operations::clear(conn, one.id)?;
            left += 1;
            idle.insert(one.id);
            continue;
        }
        taken_out.extend(put_in(standing));
        match (is_unsent, way) {
            (true, Way::Again) => operations::redo(conn, one.id)?,
            (false, Way::Back) => operations::undo(conn, one.id)?,
            _ => operations::clear(conn, one.id)?,
        }
        if is_unsent {
            withdrawn.extend(by.iter().cloned());
            unsent.extend(by);
        } else {
            idle.insert(one.id);
            anew.extend(wanted.iter().map(|edit| (one.id, edit.clone())));
        }
    }
    let Withdrawn { operations: withdrawn, pictures } = withdraw(conn, &unsent)?;
    let (of, anew): (Vec<i64>, Vec<EditKind>) = gathered(anew).into_iter().unzip();
    let mut made = make_noting(conn, &anew, |record| {
        let of = of[record.at];
        idle.remove(&of);
        if way == Way::Again {
            conn.prepare_cached("UPDATE batch_edit SET edit = ?2, before = ?3 WHERE id = ?1")?.execute(params![
                of,
                encode(&record.edit)?,
                encode(&record.before)?
            ])?;
        }
        operations::note(conn, of, &record.id)
    })?;
    made.withdrawn = withdrawn;
    made.changed.extend(pictures);
    if way == Way::Again {
        // What was not done again is no part of it any more.
        for id in idle {
            conn.prepare_cached("DELETE FROM batch_edit WHERE id = ?1")?.execute([id])?;
        }
    }
    let state = match way {
        _ if made.operations + made.withdrawn == 0 => State::Final,
        Way::Back => State::Undone,
        Way::Again => State::Done,
    };
    Ok(Turn::Done { batch: stands(conn, batch, state)?, made, left })
}

/// Those of one picture one after another, in the order in which the first of each came.
fn gathered(edits: Vec<(i64, EditKind)>) -> Vec<(i64, EditKind)> {
    let mut order = HashMap::<Option<String>, usize>::new();
    let mut numbered: Vec<(usize, (i64, EditKind))> = edits
        .into_iter()
        .map(|(of, edit)| {
            let next = order.len();
            (*order.entry(edit.image_id().map(str::to_owned)).or_insert(next), (of, edit))
        })
        .collect();
    numbered.sort_by_key(|(number, _)| *number);
    numbered.into_iter().map(|(_, edit)| edit).collect()
}

fn stands(conn: &Connection, batch: Batch, state: State) -> Result<Batch> {
    conn.prepare_cached("UPDATE batch SET state = ?2 WHERE id = ?1")?.execute(params![batch.id, state])?;
    Ok(Batch { state, ..batch })
}

/// The changes of a batch, in their order.
pub(super) fn edits(conn: &Connection, batch: i64) -> Result<Vec<BatchEdit>> {
    conn.prepare_cached("SELECT id, edit, before, superseded FROM batch_edit WHERE batch = ?1 ORDER BY id")?
        .query_map([batch], |row| {
            Ok(BatchEdit {
                id: row.get(0)?,
                edit: decode(&row.get::<_, String>(1)?)?,
                before: decode(&row.get::<_, String>(2)?)?,
                superseded: row.get(3)?,
            })
        })?
        .collect()
}
