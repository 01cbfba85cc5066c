//! Writing albums.

use account_api::{Album, Image};
use rusqlite::types::Type;
use rusqlite::{Connection, Error, OptionalExtension, Result, params};

use super::read::{COLUMNS, from_row};
use crate::table::state::next_generation;
use crate::table::waiting;

/// An album's row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::table) struct AlbumState {
    /// As it is shown; none when it is gone, as far as this computer is concerned.
    pub(in crate::table) shown: Option<Album>,
    /// As the account has it.
    pub(in crate::table) account: Option<Album>,
}

/// What is known of an album; none of either when nothing is.
pub(in crate::table) fn state(conn: &Connection, album_id: &str) -> Result<AlbumState> {
    let known = conn
        .prepare_cached(&format!("SELECT {COLUMNS}, gone, account FROM album WHERE album_id = ?1"))?
        .query_row([album_id], |row| Ok((from_row(row)?, row.get::<_, bool>(8)?, row.get::<_, Option<String>>(9)?)))
        .optional()?;
    let Some((album, gone, account)) = known else { return Ok(AlbumState { shown: None, account: None }) };
    let account = match account {
        Some(json) => {
            serde_json::from_str(&json).map_err(|error| Error::FromSqlConversionFailure(9, Type::Text, error.into()))?
        }
        None => Some(album.clone()),
    };
    Ok(AlbumState { shown: (!gone).then_some(album), account })
}

/// Writes the account's version of an album, with the operations that wait applied to it. One that is older than what is here
/// changes nothing. Whether anything that is shown changed.
pub fn upsert(conn: &Connection, newest: &Album) -> Result<bool> {
    let known = state(conn, &newest.id)?.account;
    if known.is_some_and(|known| known.revision > newest.revision || known == *newest) {
        return Ok(false);
    }
    recompute(conn, &newest.id, Some(newest.clone()))
}

/// The account has no such album any more. What was to be done with it here waits to be told so.
pub fn remove(conn: &Connection, album_id: &str) -> Result<bool> {
    recompute(conn, album_id, None)
}

/// Writes an album as it is on the account with what waits applied to it. Whether anything that is shown changed.
pub(in crate::table) fn recompute(conn: &Connection, album_id: &str, account: Option<Album>) -> Result<bool> {
    let before = state(conn, album_id)?.shown;
    let mut shown = account.clone();
    let waits = waiting::apply_to_album(conn, album_id, &mut shown)?;
    overwrite(conn, album_id, shown.as_ref(), account.as_ref(), waits)?;
    let unlike = |album: Option<Album>| album.map(|album| Album { revision: 0, updated_at: String::new(), ..album });
    Ok(unlike(before) != unlike(shown))
}

/// Writes a row as it is to be; without anything to show and nothing that waits there is none.
pub(in crate::table) fn overwrite(
    conn: &Connection,
    album_id: &str,
    shown: Option<&Album>,
    account: Option<&Album>,
    waits: bool,
) -> Result<()> {
    next_generation(conn)?;
    let (Some(album), true) = (shown.or(account), waits || shown.is_some()) else {
        conn.prepare_cached("DELETE FROM album WHERE album_id = ?1")?.execute([album_id])?;
        return Ok(());
    };
    let failed = |error: serde_json::Error| Error::ToSqlConversionFailure(error.into());
    let sort = serde_json::to_value(album.order).map_err(failed)?;
    let account = waits.then(|| serde_json::to_string(&account)).transpose().map_err(failed)?;
    conn.prepare_cached(&format!(
        "INSERT OR REPLACE INTO album ({COLUMNS}, gone, account) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"
    ))?
    .execute(params![
        album_id,
        album.revision,
        album.name,
        album.cover,
        sort.as_str(),
        album.parent,
        album.created_at,
        album.updated_at,
        shown.is_none(),
        account,
    ])
    .map(drop)
}

/// Writes the albums that a picture is in, in place of those that it was in.
pub(in crate::table) fn put_memberships(conn: &Connection, picture: u32, image: &Image) -> Result<()> {
    conn.prepare_cached("DELETE FROM album_picture WHERE picture = ?1")?.execute([picture])?;
    let mut insert =
        conn.prepare_cached("INSERT OR REPLACE INTO album_picture (picture, album_id, place) VALUES (?1, ?2, ?3)")?;
    for within in &image.albums {
        insert.execute(params![picture, within.album_id, within.place])?;
    }
    Ok(())
}
