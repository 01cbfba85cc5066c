//! The account's answers to operations.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use account_api::{EditKind, EditResult, EditStatus};
use rusqlite::{Connection, Result};

use crate::table::clock::now;
use crate::table::json::decode;
use crate::table::waiting::{forget_replaced, is_models, to_album, to_picture};
use crate::table::{album, picture, state};

/// What is said of an operation whose picture or album is no longer there.
const GONE: &str = "It was removed for good meanwhile.";

/// What came of settling.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Settled {
    /// SHA-256 of pictures that are gone for good.
    pub removed: Vec<String>,
    /// What the account will never take; it has been taken back.
    pub refused: Vec<Refused>,
    /// The identifiers of operations in whose place something later holds.
    pub superseded: Vec<String>,
    /// Whether the account has become what is shown here, and nobody else has changed anything: there is nothing to ask for.
    pub complete: bool,
}

/// An operation that the account will never take.
#[derive(Debug, Clone, PartialEq)]
pub struct Refused {
    /// Its identifier.
    pub id: String,
    /// The name of its picture or album.
    pub name: Option<String>,
    /// Why.
    pub message: String,
    /// What was wanted.
    pub edit: EditKind,
}

/// An operation that was answered.
struct Answered {
    edit: EditKind,
    result: EditResult,
}

/// Settles operations that the account has answered. What holds becomes part of the account's version; what doesn't is taken
/// back. Of those that were replaced meanwhile only what holds counts.
pub fn settle(conn: &Connection, results: &[EditResult]) -> Result<Settled> {
    let mut settled = Settled::default();
    let ids = serde_json::json!(results.iter().map(|result| &result.id).collect::<Vec<_>>()).to_string();
    let by_id: HashMap<&str, &EditResult> = results.iter().map(|result| (result.id.as_str(), result)).collect();
    let (mut of_pictures, mut of_albums) =
        (BTreeMap::<u32, Vec<Answered>>::new(), BTreeMap::<String, Vec<Answered>>::new());
    let mut answered = conn.prepare_cached(
        "SELECT id, picture, album_id, edit, 0 AS replaced, seq FROM operation
         WHERE id IN (SELECT value FROM json_each(?1))
         UNION ALL SELECT id, picture, album_id, edit, 1, seq FROM replaced_operation
         WHERE id IN (SELECT value FROM json_each(?1)) ORDER BY seq",
    )?;
    let mut rows = answered.query([&ids])?;
    while let Some(row) = rows.next()? {
        let Some(result) = by_id.get(row.get_ref(0)?.as_str()?) else { continue };
        if result.status == EditStatus::Superseded {
            settled.superseded.push(result.id.clone());
        }
        if row.get::<_, bool>(4)? && result.status != EditStatus::Applied {
            continue;
        }
        let answer = Answered { edit: decode(row.get_ref(3)?.as_str()?)?, result: (*result).clone() };
        match (row.get::<_, Option<u32>>(1)?, row.get::<_, Option<String>>(2)?) {
            (Some(picture), _) => of_pictures.entry(picture).or_default().push(answer),
            (None, Some(album)) => of_albums.entry(album).or_default().push(answer),
            (None, None) => {}
        }
    }
    drop(rows);
    conn.prepare_cached("DELETE FROM operation WHERE id IN (SELECT value FROM json_each(?1))")?.execute([&ids])?;
    forget_replaced(conn, &ids)?;
    settled.complete = follow(conn, results, &of_pictures, &of_albums)?;
    settle_plain(conn, &of_pictures)?;
    for (picture, answers) in of_pictures {
        settle_picture(conn, picture, &answers, &mut settled)?;
    }
    for (album_id, answers) in of_albums {
        settle_album(conn, &album_id, &answers, &mut settled)?;
    }
    Ok(settled)
}

/// Whether all answers are that it holds, and it is not that something is gone.
fn is_plain(answers: &[Answered]) -> bool {
    answers
        .iter()
        .all(|answer| answer.result.status == EditStatus::Applied && !matches!(answer.edit, EditKind::Remove { .. }))
}

/// The revision at which the account has what the answers say.
fn newest(answers: &[Answered]) -> Option<i64> {
    answers.iter().filter_map(|answer| answer.result.revision).max()
}

/// Pictures for which nothing more waits, and whose operations all hold: what is shown is what the account has. Whatever it says
/// of an earlier revision is older from now on; what it says of this one may have somebody else's changes, too.
fn settle_plain(conn: &Connection, of_pictures: &BTreeMap<u32, Vec<Answered>>) -> Result<()> {
    let plain: Vec<(u32, Option<i64>)> = of_pictures
        .iter()
        .filter(|(_, answers)| is_plain(answers))
        .map(|(picture, answers)| (*picture, newest(answers)))
        .collect();
    let changed = conn
        .prepare_cached(
            "UPDATE picture SET account = NULL, revision = max(picture.revision, coalesce(answered.revision, 0))
             FROM (SELECT value ->> 0 AS id, value ->> 1 AS revision FROM json_each(?1)) AS answered
             WHERE picture.id = answered.id
                AND NOT EXISTS (SELECT 1 FROM operation WHERE operation.picture = picture.id)",
        )?
        .execute([serde_json::json!(plain).to_string()])?;
    if changed > 0 { state::next_generation(conn) } else { Ok(()) }
}

fn settle_picture(conn: &Connection, id: u32, answers: &[Answered], settled: &mut Settled) -> Result<()> {
    let removed = answers.iter().find(|answer| {
        matches!(answer.edit, EditKind::Remove { .. })
            && matches!(answer.result.status, EditStatus::Applied | EditStatus::Gone)
    });
    if let Some(image_id) = removed.and_then(|answer| answer.edit.image_id()) {
        settled.removed.extend(picture::remove(conn, image_id)?);
        return Ok(());
    }
    let Some(known) = picture::state_of(conn, id)? else { return Ok(()) };
    refuse(Some(&known.shown.name), answers, settled);
    if !known.kept {
        return Ok(());
    }
    let mut account = known.account.clone();
    let at = now(conn)?;
    for answer in answers.iter().filter(|answer| answer.result.status == EditStatus::Applied) {
        to_picture(&answer.edit, &mut account, &at);
        account.revision = account.revision.max(answer.result.revision.unwrap_or_default());
    }
    picture::recompute(conn, &known, &account).map(drop)
}

fn settle_album(conn: &Connection, album_id: &str, answers: &[Answered], settled: &mut Settled) -> Result<()> {
    let known = album::state(conn, album_id)?;
    let name = known.shown.or_else(|| known.account.clone()).map(|album| album.name);
    refuse(name.as_deref(), answers, settled);
    let mut account = known.account;
    let at = now(conn)?;
    for answer in answers.iter().filter(|answer| answer.result.status == EditStatus::Applied) {
        to_album(&answer.edit, &mut account, &at);
        if let Some(album) = &mut account {
            album.revision = album.revision.max(answer.result.revision.unwrap_or_default());
        }
    }
    album::recompute(conn, album_id, account).map(drop)
}

/// Whether somebody's words are lost, because the account doesn't take them or what they were about is gone.
fn is_lost(answer: &Answered) -> bool {
    match answer.result.status {
        EditStatus::Invalid => true,
        EditStatus::Gone => {
            let is_wanted_so = matches!(
                answer.edit,
                EditKind::Trash { .. }
                    | EditKind::Remove { .. }
                    | EditKind::RemoveAlbum { .. }
                    | EditKind::RemoveFromAlbum { .. }
            );
            !is_wanted_so && !is_models(&answer.edit)
        }
        EditStatus::Applied | EditStatus::Superseded => false,
    }
}

fn refuse(name: Option<&str>, answers: &[Answered], settled: &mut Settled) {
    for answer in answers.iter().filter(|answer| is_lost(answer)) {
        settled.refused.push(Refused {
            id: answer.result.id.clone(),
            name: name.map(str::to_owned),
            message: answer.result.message.clone().unwrap_or_else(|| GONE.to_owned()),
            edit: answer.edit.clone(),
        });
    }
}

/// Follows the account to the revisions of the answers, when there is none among them that is somebody else's: then it is what
/// is shown here.
fn follow(
    conn: &Connection,
    results: &[EditResult],
    of_pictures: &BTreeMap<u32, Vec<Answered>>,
    of_albums: &BTreeMap<String, Vec<Answered>>,
) -> Result<bool> {
    let known = state::revision(conn)?;
    let newer: BTreeSet<i64> =
        results.iter().filter_map(|result| result.revision).filter(|revision| *revision > known).collect();
    // Something that is gone for good has no revision in the answer, and one that was replaced meanwhile no row here.
    let whole = results.iter().all(|result| matches!(result.status, EditStatus::Applied) && result.revision.is_some());
    let answered = of_pictures.values().chain(of_albums.values()).map(Vec::len).sum::<usize>();
    let Some(newest) = newer.last().copied() else { return Ok(false) };
    // When something was put into the trash, and when an album was made, the service says by its own clock.
    let mut answers = of_pictures.values().chain(of_albums.values()).flatten();
    let is_dated = answers.any(|answer| matches!(answer.edit, EditKind::Trash { .. } | EditKind::CreateAlbum { .. }));
    if is_dated || !whole || answered != results.len() || newest - known != newer.len() as i64 {
        return Ok(false);
    }
    state::set_revision(conn, newest)?;
    Ok(true)
}
