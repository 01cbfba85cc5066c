//! What waits.

use account_api::{Album, Edit, EditKind, Image};
use rusqlite::{Connection, OptionalExtension, Result, params};

use super::apply::{is_models, to_album, to_picture};
use crate::table::json::decode;

/// An operation that waits.
#[derive(Debug, Clone, PartialEq)]
pub struct Waiting {
    /// Its number, rising in the order of making.
    pub seq: i64,
    /// As it is sent.
    pub edit: Edit,
}

/// The oldest operations that wait, at most `limit`, newer than the one with the number `after` (0 for all).
pub fn oldest(conn: &Connection, after: i64, limit: usize) -> Result<Vec<Waiting>> {
    conn.prepare_cached("SELECT seq, id, clock, device, edit FROM operation WHERE seq > ?1 ORDER BY seq LIMIT ?2")?
        .query_map(params![after, limit as i64], |row| {
            Ok(Waiting {
                seq: row.get(0)?,
                edit: Edit {
                    id: row.get(1)?,
                    clock: decode(&format!("\"{}\"", row.get::<_, String>(2)?))?,
                    device: row.get(3)?,
                    kind: decode(&row.get::<_, String>(4)?)?,
                },
            })
        })?
        .collect()
}

/// How many operations wait.
pub fn count(conn: &Connection) -> Result<u64> {
    conn.prepare_cached("SELECT count(*) FROM operation")?
        .query_row([], |row| row.get::<_, i64>(0))
        .map(i64::unsigned_abs)
}

/// Whether anything waits for a picture.
pub fn waits(conn: &Connection, picture: u32) -> Result<bool> {
    Ok(conn
        .prepare_cached("SELECT 1 FROM operation WHERE picture = ?1 LIMIT 1")?
        .query_row([picture], |_| Ok(()))
        .optional()?
        .is_some())
}

/// What was applied.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::table) struct Applied {
    /// Whether anything waits.
    pub(in crate::table) waits: bool,
    /// Whether the picture is to be gone for good.
    pub(in crate::table) gone: bool,
}

/// Applies what waits for a picture to the account's version of it: what a model says first, because what a person says
/// holds against it whenever it was said.
pub(in crate::table) fn apply_to_picture(conn: &Connection, picture: u32, image: &mut Image) -> Result<Applied> {
    let mut edits = conn
        .prepare_cached("SELECT edit, made_at FROM operation WHERE picture = ?1 ORDER BY seq")?
        .query_map([picture], |row| Ok((decode::<EditKind>(&row.get::<_, String>(0)?)?, row.get::<_, String>(1)?)))?
        .collect::<Result<Vec<_>>>()?;
    edits.sort_by_key(|(edit, _)| !is_models(edit));
    for (edit, made_at) in &edits {
        to_picture(edit, image, made_at);
    }
    let gone = edits.iter().any(|(edit, _)| matches!(edit, EditKind::Remove { .. }));
    Ok(Applied { waits: !edits.is_empty(), gone })
}

/// The same for an album. Whether anything of the album itself waits.
pub(in crate::table) fn apply_to_album(conn: &Connection, album_id: &str, shown: &mut Option<Album>) -> Result<bool> {
    let mut statement = conn
        .prepare_cached("SELECT edit, made_at FROM operation WHERE album_id = ?1 AND picture IS NULL ORDER BY seq")?;
    let mut rows = statement.query([album_id])?;
    let mut waits = false;
    while let Some(row) = rows.next()? {
        to_album(&decode(&row.get::<_, String>(0)?)?, shown, &row.get::<_, String>(1)?);
        waits = true;
    }
    Ok(waits)
}
