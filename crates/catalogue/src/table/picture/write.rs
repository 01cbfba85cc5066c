//! Writing pictures: whatever changes a row comes through here, so that the search index and the computed columns are
//! always in step.

use account_api::Image;
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Result, params, params_from_iter};

use super::columns::{self, ASSIGNMENTS, NAMES, PARAMETERS};
use super::name_key::name_key;
use crate::table::{pending_edit, picture_search, state};

/// The wall clock of the date shown in milliseconds, for named parameters `:taken_at`, `:file_modified_at` and
/// `:created_at`.
const SHOWN_LOCAL: &str = "COALESCE(unixepoch(substr(:taken_at, 1, 19)) * 1000, \
    CAST(round(unixepoch(:file_modified_at, 'subsec', 'localtime') * 1000) AS INTEGER), \
    CAST(round(unixepoch(:created_at, 'subsec', 'localtime') * 1000) AS INTEGER), unixepoch('now', 'localtime') * 1000)";

/// The wall clock of the date added in milliseconds.
const ADDED_LOCAL: &str = "COALESCE(CAST(round(unixepoch(:created_at, 'subsec', 'localtime') * 1000) AS INTEGER), \
    unixepoch('now', 'localtime') * 1000)";

/// Writes the account's version of a picture, with the edits that wait applied to it, and gives its local number. One
/// that is older than what is here changes nothing.
pub fn upsert(conn: &Connection, newest: &Image) -> Result<u32> {
    let known: Option<(u32, i64)> = conn
        .prepare_cached("SELECT id, revision FROM picture WHERE image_id = ?1")?
        .query_row([&newest.id], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    match known {
        Some((id, revision)) if revision > newest.revision => Ok(id),
        Some((id, _)) => {
            let mut image = newest.clone();
            let gone = pending_edit::apply_all(conn, id, &mut image)?;
            overwrite(conn, id, &image, gone)?;
            Ok(id)
        }
        None => {
            let sql = format!(
                "INSERT INTO picture ({}, shelf, described, aspect_milli, shown_local, added_local, name_key, name_folded)
                 VALUES ({}, :shelf, :described, :aspect_milli, {SHOWN_LOCAL}, {ADDED_LOCAL}, :name_key, :name_folded)",
                *NAMES, *PARAMETERS
            );
            store(conn, &sql, newest, false)?;
            let id = u32::try_from(conn.last_insert_rowid()).unwrap_or(u32::MAX);
            picture_search::put(conn, id, newest)?;
            state::next_generation(conn)?;
            Ok(id)
        }
    }
}

/// Writes a row as it is to be.
pub(in crate::table) fn overwrite(conn: &Connection, id: u32, image: &Image, gone: bool) -> Result<()> {
    let sql = format!(
        "UPDATE picture SET {}, shelf = :shelf, described = :described, aspect_milli = :aspect_milli,
            shown_local = {SHOWN_LOCAL}, added_local = {ADDED_LOCAL}, name_key = :name_key, name_folded = :name_folded
         WHERE image_id = :image_id",
        *ASSIGNMENTS
    );
    store(conn, &sql, image, gone)?;
    picture_search::put(conn, id, image)?;
    state::next_generation(conn)
}

/// Runs a statement whose parameters begin with those of the record's columns, in their order.
fn store(conn: &Connection, sql: &str, image: &Image, gone: bool) -> Result<()> {
    let mut statement = conn.prepare_cached(sql)?;
    let mut values = columns::values(image);
    values.push(Value::Integer(if gone { 2 } else { i64::from(image.deleted_at.is_some()) }));
    values.push(Value::Integer(i64::from(described(image))));
    values.push(Value::Integer(i64::from(aspect_milli(image))));
    values.push(Value::Text(name_key(&image.name)));
    values.push(Value::Text(names::fold(&image.name)));
    statement.execute(params_from_iter(values)).map(drop)
}

/// Whether there is a description.
fn described(image: &Image) -> bool {
    image.description.as_ref().is_some_and(|text| !text.is_empty())
}

/// Width divided by height, times 1,000; 1,000 when it is unknown.
fn aspect_milli(image: &Image) -> u32 {
    match (image.width, image.height) {
        (Some(width @ 1..), Some(height @ 1..)) => {
            let milli = u64::from(width) * 1000 / u64::from(height);
            u32::try_from(milli).unwrap_or(u32::MAX).max(1)
        }
        _ => 1000,
    }
}

/// Forgets a picture that the account no longer has, with its waiting edits. Gives its SHA-256 if it was known.
pub fn remove(conn: &Connection, image_id: &str) -> Result<Option<String>> {
    let removed: Option<(u32, String)> = conn
        .prepare_cached("DELETE FROM picture WHERE image_id = ?1 RETURNING id, sha256")?
        .query_row([image_id], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((id, sha256)) = removed else { return Ok(None) };
    picture_search::remove(conn, id)?;
    state::next_generation(conn)?;
    Ok(Some(sha256))
}

/// Starts over with an account whose revisions have gone back (such as one restored from a backup): everything that the
/// feed then gives is newer than what is here.
pub fn forget_revisions(conn: &Connection) -> Result<()> {
    conn.execute("UPDATE picture SET revision = -1", [])?;
    state::set_revision(conn, 0)
}

/// Ends what [`forget_revisions`] began: forgets the pictures that the whole feed didn't mention.
pub fn remove_unseen(conn: &Connection) -> Result<usize> {
    let unseen: Vec<String> = conn
        .prepare("SELECT image_id FROM picture WHERE revision = -1")?
        .query_map([], |row| row.get(0))?
        .collect::<Result<_>>()?;
    for image_id in &unseen {
        remove(conn, image_id)?;
    }
    Ok(unseen.len())
}

/// Computes again what names and texts are found by; for a catalogue that an earlier version wrote.
pub(crate) fn reindex(conn: &Connection) -> Result<()> {
    let mut pictures = conn.prepare(&format!("SELECT id, {} FROM picture ORDER BY id", *NAMES))?;
    let mut rows = pictures.query([])?;
    let mut update = conn.prepare("UPDATE picture SET name_key = ?2, name_folded = ?3 WHERE id = ?1")?;
    while let Some(row) = rows.next()? {
        let (id, image) = (row.get::<_, u32>(0)?, columns::read(row, 1)?);
        update.execute(params![id, name_key(&image.name), names::fold(&image.name)])?;
        picture_search::put(conn, id, &image)?;
    }
    state::next_generation(conn)
}

/// Computes local times again, for another time zone.
pub(in crate::table) fn recompute_local_times(conn: &Connection) -> Result<()> {
    let shown = SHOWN_LOCAL.replace(':', "");
    let added = ADDED_LOCAL.replace(':', "");
    conn.execute(&format!("UPDATE picture SET shown_local = {shown}, added_local = {added}"), params![])?;
    state::next_generation(conn)
}
