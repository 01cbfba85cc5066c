//! Writing pictures: whatever changes a row comes through here, so that the search index and the computed columns are
//! always in step.

use account_api::Image;
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Result, params, params_from_iter};

use super::columns::{self, ASSIGNMENTS, NAMES, PARAMETERS, RECORD};
use super::name_key::name_key;
use super::state::{State, state};
use crate::table::state::{next_generation, set_revision};
use crate::table::{album, json, picture_search, tag, upload, waiting};

/// The wall clock of the date shown in milliseconds, for named parameters `:taken_at`, `:file_modified_at` and
/// `:created_at`.
const SHOWN_LOCAL: &str = "COALESCE(unixepoch(substr(:taken_at, 1, 19)) * 1000, \
    CAST(round(unixepoch(:file_modified_at, 'subsec', 'localtime') * 1000) AS INTEGER), \
    CAST(round(unixepoch(:created_at, 'subsec', 'localtime') * 1000) AS INTEGER), unixepoch('now', 'localtime') * 1000)";

/// The wall clock of the date added in milliseconds.
const ADDED_LOCAL: &str = "COALESCE(CAST(round(unixepoch(:created_at, 'subsec', 'localtime') * 1000) AS INTEGER), \
    unixepoch('now', 'localtime') * 1000)";

/// What came of writing a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Written {
    /// Its local number.
    pub id: u32,
    /// Whether anything that is shown changed.
    pub news: bool,
}

/// The account's version of a picture whose row is written.
pub(in crate::table) enum Account<'a> {
    /// It is the row, because nothing waits.
    Row,
    /// It is kept beside the row, which has what waits applied.
    Kept(&'a Image),
}

/// Writes the account's version of a picture, with the operations that wait applied to it. One that is older than what is
/// here, or is here already, changes nothing.
pub fn upsert(conn: &Connection, newest: &Image) -> Result<Written> {
    let mut newest = normal(newest);
    let Some(known) = state(conn, &newest.id)? else {
        let id = insert(conn, &newest)?;
        return Ok(Written { id, news: true });
    };
    if known.account.revision == newest.revision {
        // That the store has the thumbnail may be known here before the feed says so.
        newest.has_thumbnail |= known.account.has_thumbnail;
    }
    let nothing_new = known.account.revision > newest.revision || known.account == newest;
    let news = !nothing_new && recompute(conn, &known, &newest)?;
    Ok(Written { id: known.id, news })
}

/// A record as it is kept: without addresses that end, and lists in one order.
fn normal(image: &Image) -> Image {
    let mut image = Image { url: None, thumbnail_url: None, ..image.clone() };
    image.receipt.sha256.clone_from(&image.sha256);
    image.receipt.verified_at = image.receipt.verified_at.take().filter(|at| !at.is_empty());
    image.albums.sort_by(|one, other| one.album_id.cmp(&other.album_id));
    let by_model = std::mem::take(&mut image.tags_by_model);
    image.tags_by_model = image.tags.iter().filter(|tag| by_model.contains(tag)).cloned().collect();
    image
}

fn insert(conn: &Connection, image: &Image) -> Result<u32> {
    let sql = format!(
        "INSERT INTO picture ({}, account, shelf, described, aspect_milli, shown_local, added_local, name_key, name_folded)
         VALUES ({}, :account, :shelf, :described, :aspect_milli, {SHOWN_LOCAL}, {ADDED_LOCAL}, :name_key, :name_folded)",
        *NAMES, *PARAMETERS
    );
    store(conn, &sql, image, &Account::Row, false)?;
    let id = u32::try_from(conn.last_insert_rowid()).unwrap_or(u32::MAX);
    tag::put(conn, id, image)?;
    album::put_memberships(conn, id, image)?;
    picture_search::put(conn, id, image)?;
    next_generation(conn)?;
    Ok(id)
}

/// Writes a picture as it is on the account with what waits applied to it. Whether anything that is shown changed.
pub(in crate::table) fn recompute(conn: &Connection, known: &State, account: &Image) -> Result<bool> {
    let mut shown = account.clone();
    let applied = waiting::apply_to_picture(conn, known.id, &mut shown)?;
    let kept = if applied.waits { Account::Kept(account) } else { Account::Row };
    if applied.gone == known.gone && !is_news(conn, &known.shown, &shown)? {
        conn.prepare_cached(
            "UPDATE picture SET revision = ?2, updated_at = ?3, has_thumbnail = ?4, account = ?5 WHERE id = ?1",
        )?
        .execute(params![known.id, shown.revision, shown.updated_at, shown.has_thumbnail, kept.json()?])?;
        return Ok(false);
    }
    overwrite(conn, known.id, &known.shown, &shown, &kept, applied.gone)?;
    Ok(true)
}

/// Writes a row as it is to be, in place of what it was before.
pub(in crate::table) fn overwrite(
    conn: &Connection,
    id: u32,
    before: &Image,
    image: &Image,
    account: &Account<'_>,
    gone: bool,
) -> Result<()> {
    let sql = format!(
        "UPDATE picture SET {}, account = :account, shelf = :shelf, described = :described, aspect_milli = :aspect_milli,
            shown_local = {SHOWN_LOCAL}, added_local = {ADDED_LOCAL}, name_key = :name_key, name_folded = :name_folded
         WHERE image_id = :image_id",
        *ASSIGNMENTS
    );
    store(conn, &sql, image, account, gone)?;
    let tagged = image.tags != before.tags || image.tags_by_model != before.tags_by_model;
    if tagged {
        tag::put(conn, id, image)?;
    }
    if image.albums != before.albums {
        album::put_memberships(conn, id, image)?;
    }
    if tagged || indexed(image) != indexed(before) {
        picture_search::put(conn, id, image)?;
    }
    next_generation(conn)
}

/// Whether a record is worth a look: it differs in more than when it was changed, and in more than that the store has taken
/// the thumbnail which this computer has made and shows already.
fn is_news(conn: &Connection, before: &Image, now: &Image) -> Result<bool> {
    let plain = |image: &Image| Image { revision: 0, updated_at: String::new(), ..image.clone() };
    let (before, now) = (plain(before), plain(now));
    if before == now {
        return Ok(false);
    }
    let thumbnail_only = !before.has_thumbnail && Image { has_thumbnail: true, ..before } == now;
    Ok(!(thumbnail_only && upload::sends_thumbnail(conn, &now.id)?))
}

/// Notes that the store has a picture's thumbnail, which this computer has sent: nothing that is shown changes.
///
/// # Errors
/// What SQLite says.
pub fn thumbnail_stored(conn: &Connection, image_id: &str) -> Result<()> {
    conn.prepare_cached(
        "UPDATE picture SET has_thumbnail = 1, account = json_set(account, '$.has_thumbnail', json('true'))
         WHERE image_id = ?1",
    )?
    .execute([image_id])
    .map(drop)
}

/// The texts that a picture is found by, beside its tags.
fn indexed(image: &Image) -> (&str, [&Option<String>; 3]) {
    (&image.name, [&image.description, &image.alt_text, &image.text_in_image])
}

impl Account<'_> {
    fn json(&self) -> Result<Option<String>> {
        match self {
            Account::Row => Ok(None),
            Account::Kept(image) => json::encode(image).map(Some),
        }
    }
}

/// Runs a statement whose parameters begin with those of the record's columns, in their order.
fn store(conn: &Connection, sql: &str, image: &Image, account: &Account<'_>, gone: bool) -> Result<()> {
    let mut statement = conn.prepare_cached(sql)?;
    let mut values = columns::values(image);
    values.push(account.json()?.map_or(Value::Null, Value::Text));
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
    next_generation(conn)?;
    Ok(Some(sha256))
}

/// Starts over with an account whose revisions have gone back (such as one restored from a backup): everything that the
/// feed then gives is newer than what is here.
pub fn forget_revisions(conn: &Connection) -> Result<()> {
    conn.execute("UPDATE picture SET revision = -1, account = json_set(account, '$.revision', -1)", [])?;
    conn.execute(
        "UPDATE album SET revision = -1, account = json_set(account, '$.revision', -1) WHERE revision > 0",
        [],
    )?;
    set_revision(conn, 0)
}

/// Ends what [`forget_revisions`] began: forgets the pictures and albums that the whole feed didn't mention; gives how many.
pub fn remove_unseen(conn: &Connection) -> Result<usize> {
    let unseen: Vec<String> = conn
        .prepare("SELECT image_id FROM picture WHERE revision = -1")?
        .query_map([], |row| row.get(0))?
        .collect::<Result<_>>()?;
    for image_id in &unseen {
        remove(conn, image_id)?;
    }
    let albums: Vec<String> = conn
        .prepare("SELECT album_id FROM album WHERE revision = -1")?
        .query_map([], |row| row.get(0))?
        .collect::<Result<_>>()?;
    for album_id in &albums {
        album::remove(conn, album_id)?;
    }
    Ok(unseen.len() + albums.len())
}

/// Computes again what names and texts are found by; for a catalogue that an earlier version wrote.
pub(crate) fn reindex(conn: &Connection) -> Result<()> {
    let mut pictures = conn.prepare(&format!("SELECT id, {} FROM picture ORDER BY id", *RECORD))?;
    let mut rows = pictures.query([])?;
    let mut update = conn.prepare("UPDATE picture SET name_key = ?2, name_folded = ?3 WHERE id = ?1")?;
    while let Some(row) = rows.next()? {
        let (id, image) = (row.get::<_, u32>(0)?, columns::read(row, 1)?);
        update.execute(params![id, name_key(&image.name), names::fold(&image.name)])?;
        picture_search::put(conn, id, &image)?;
    }
    next_generation(conn)
}

/// Computes local times again, for another time zone.
pub(in crate::table) fn recompute_local_times(conn: &Connection) -> Result<()> {
    let shown = SHOWN_LOCAL.replace(':', "");
    let added = ADDED_LOCAL.replace(':', "");
    conn.execute(&format!("UPDATE picture SET shown_local = {shown}, added_local = {added}"), params![])?;
    next_generation(conn)
}
