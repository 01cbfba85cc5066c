//! Writing pictures: whatever changes a row comes through here, so that the search index and the computed columns are
//! always in step.

use rusqlite::{Connection, OptionalExtension, Result, named_params, params};

use super::facts::{COLUMNS, Facts};
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
pub fn upsert(conn: &Connection, newest: &Facts) -> Result<u32> {
    let known: Option<(u32, i64)> = conn
        .prepare_cached("SELECT id, revision FROM picture WHERE image_id = ?1")?
        .query_row([&newest.image_id], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    match known {
        Some((id, revision)) if revision > newest.revision => Ok(id),
        Some((id, _)) => {
            let mut facts = newest.clone();
            let gone = pending_edit::apply_all(conn, id, &mut facts)?;
            overwrite(conn, id, &facts, gone)?;
            Ok(id)
        }
        None => {
            let sql = format!(
                "INSERT INTO picture (image_id, revision, name, format, content_type, size, sha256, width, height,
                    taken_at, camera, thumbhash, has_thumbnail, favourite, description, alt_text, tags, text_in_image,
                    described_by, described_at, created_at, updated_at, deleted_at, stored_size, etag, verified_by,
                    verified_at, fault, file_modified_at, shelf, described, aspect_milli, shown_local, added_local, name_key, name_folded)
                 VALUES (:image_id, :revision, :name, :format, :content_type, :size, :sha256, :width, :height,
                    :taken_at, :camera, :thumbhash, :has_thumbnail, :favourite, :description, :alt_text, :tags,
                    :text_in_image, :described_by, :described_at, :created_at, :updated_at, :deleted_at, :stored_size,
                    :etag, :verified_by, :verified_at, :fault, :file_modified_at, :shelf, :described, :aspect_milli, {SHOWN_LOCAL}, {ADDED_LOCAL},
                    :name_key, :name_folded)"
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
pub(in crate::table) fn overwrite(conn: &Connection, id: u32, facts: &Facts, gone: bool) -> Result<()> {
    let sql = format!(
        "UPDATE picture SET revision = :revision, name = :name, format = :format, content_type = :content_type,
            size = :size, sha256 = :sha256, width = :width, height = :height, taken_at = :taken_at, camera = :camera,
            thumbhash = :thumbhash, has_thumbnail = :has_thumbnail, favourite = :favourite, description = :description,
            alt_text = :alt_text, tags = :tags, text_in_image = :text_in_image, described_by = :described_by,
            described_at = :described_at, created_at = :created_at, updated_at = :updated_at, deleted_at = :deleted_at,
            stored_size = :stored_size, etag = :etag, verified_by = :verified_by, verified_at = :verified_at, fault = :fault,
            file_modified_at = :file_modified_at,
            shelf = :shelf, described = :described, aspect_milli = :aspect_milli, shown_local = {SHOWN_LOCAL},
            added_local = {ADDED_LOCAL}, name_key = :name_key, name_folded = :name_folded
         WHERE image_id = :image_id"
    );
    store(conn, &sql, facts, gone)?;
    picture_search::put(conn, id, facts)?;
    state::next_generation(conn)
}

fn store(conn: &Connection, sql: &str, facts: &Facts, gone: bool) -> Result<()> {
    let int = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
    let tags =
        serde_json::to_string(&facts.tags).map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?;
    conn.prepare_cached(sql)?.execute(named_params! {
        ":image_id": facts.image_id,
        ":revision": facts.revision,
        ":name": facts.name,
        ":format": facts.format,
        ":content_type": facts.content_type,
        ":size": int(facts.size),
        ":sha256": facts.sha256,
        ":width": facts.width,
        ":height": facts.height,
        ":taken_at": facts.taken_at,
        ":camera": facts.camera,
        ":thumbhash": facts.thumbhash,
        ":has_thumbnail": facts.has_thumbnail,
        ":favourite": facts.favourite,
        ":description": facts.description,
        ":alt_text": facts.alt_text,
        ":tags": tags,
        ":text_in_image": facts.text_in_image,
        ":described_by": facts.described_by,
        ":described_at": facts.described_at,
        ":created_at": facts.created_at,
        ":updated_at": facts.updated_at,
        ":deleted_at": facts.deleted_at,
        ":stored_size": int(facts.stored_size),
        ":etag": facts.etag,
        ":verified_by": facts.verified_by,
        ":verified_at": facts.verified_at,
        ":fault": facts.fault,
        ":file_modified_at": facts.file_modified_at,
        ":shelf": if gone { 2 } else { i32::from(facts.deleted_at.is_some()) },
        ":described": facts.described(),
        ":aspect_milli": facts.aspect_milli(),
        ":name_key": name_key(&facts.name),
        ":name_folded": names::fold(&facts.name),
    })?;
    Ok(())
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
    let mut pictures = conn.prepare(&format!("SELECT id, {COLUMNS} FROM picture ORDER BY id"))?;
    let mut rows = pictures.query([])?;
    let mut update = conn.prepare("UPDATE picture SET name_key = ?2, name_folded = ?3 WHERE id = ?1")?;
    while let Some(row) = rows.next()? {
        let (id, facts) = (row.get::<_, u32>(0)?, Facts::from_row(row, 1)?);
        update.execute(params![id, name_key(&facts.name), names::fold(&facts.name)])?;
        picture_search::put(conn, id, &facts)?;
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
