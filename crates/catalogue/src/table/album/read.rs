//! Albums as they are shown.

use std::collections::HashSet;

use account_api::{Album, AlbumOrder};
use rusqlite::types::Type;
use rusqlite::{Connection, Error, OptionalExtension, Result, Row};

/// An album of the library.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlbumRow {
    /// What the account knows, with the operations that wait applied.
    pub album: Album,
    /// How many pictures are in it, without those in the trash.
    pub pictures: u64,
    /// The local number of the picture that stands for it: the one that was chosen, else the first in it.
    pub cover: Option<u32>,
    /// The same picture by the service's identifier.
    pub cover_id: Option<String>,
    /// Whether operations of the album itself wait.
    pub pending: bool,
}

/// The columns of [`from_row`].
pub(super) const COLUMNS: &str = "album_id, revision, name, cover, sort, parent, created_at, updated_at";

/// Reads [`COLUMNS`].
pub(super) fn from_row(row: &Row<'_>) -> Result<Album> {
    let sort: String = row.get(4)?;
    Ok(Album {
        id: row.get(0)?,
        revision: row.get(1)?,
        name: row.get(2)?,
        cover: row.get(3)?,
        order: serde_json::from_value(sort.into())
            .map_err(|error| Error::FromSqlConversionFailure(4, Type::Text, error.into()))?,
        parent: row.get(5)?,
        created_at: row.get(6)?,
        updated_at: row.get(7)?,
    })
}

fn shown(condition: &str) -> String {
    format!(
        "SELECT *, (SELECT picture.image_id FROM picture WHERE picture.id = first_or_chosen) FROM (SELECT {COLUMNS},
            (SELECT count(*) FROM album_picture JOIN picture ON picture.id = album_picture.picture
             WHERE album_picture.album_id = album.album_id AND picture.shelf = 0),
            account IS NOT NULL,
            COALESCE(
                (SELECT picture.id FROM picture WHERE picture.image_id = album.cover AND picture.shelf = 0),
                (SELECT picture.id FROM album_picture JOIN picture ON picture.id = album_picture.picture
                 WHERE album_picture.album_id = album.album_id AND picture.shelf = 0
                 ORDER BY album_picture.place, album_picture.picture LIMIT 1)) AS first_or_chosen
         FROM album WHERE gone = 0 AND {condition})"
    )
}

fn row(row: &Row<'_>) -> Result<AlbumRow> {
    Ok(AlbumRow {
        album: from_row(row)?,
        pictures: row.get::<_, i64>(8)?.unsigned_abs(),
        pending: row.get(9)?,
        cover: row.get(10)?,
        cover_id: row.get(11)?,
    })
}

/// All albums, by name.
pub fn all(conn: &Connection) -> Result<Vec<AlbumRow>> {
    let albums = conn.prepare_cached(&shown("1"))?.query_map([], row)?.collect::<Result<Vec<_>>>()?;
    Ok(by_name(albums))
}

/// One album.
pub fn get(conn: &Connection, album_id: &str) -> Result<Option<AlbumRow>> {
    conn.prepare_cached(&shown("album_id = ?1"))?.query_row([album_id], row).optional()
}

/// Whether there is such an album, as far as this computer is concerned.
pub(in crate::table) fn exists(conn: &Connection, album_id: &str) -> Result<bool> {
    conn.prepare_cached("SELECT EXISTS (SELECT 1 FROM album WHERE album_id = ?1 AND gone = 0)")?
        .query_row([album_id], |row| row.get(0))
}

/// The local numbers of the pictures in an album in its order, without those in the trash.
pub fn members(conn: &Connection, album: &Album) -> Result<Vec<u32>> {
    let order = match album.order {
        AlbumOrder::ByHand => "album_picture.place, picture.id",
        AlbumOrder::Newest => "picture.shown_local DESC, picture.name_key DESC, picture.id DESC",
        AlbumOrder::Oldest => "picture.shown_local, picture.name_key, picture.id",
        AlbumOrder::Name => "picture.name_key, picture.shown_local, picture.id",
    };
    conn.prepare_cached(&format!(
        "SELECT picture.id FROM album_picture JOIN picture ON picture.id = album_picture.picture
         WHERE album_picture.album_id = ?1 AND picture.shelf = 0 ORDER BY {order}"
    ))?
    .query_map([&album.id], |row| row.get(0))?
    .collect()
}

/// Every picture in an album, wherever it is, with its place: the service's identifiers.
pub(in crate::table) fn places(conn: &Connection, album_id: &str) -> Result<Vec<(String, String)>> {
    conn.prepare_cached(
        "SELECT picture.image_id, album_picture.place FROM album_picture JOIN picture ON picture.id = album_picture.picture
         WHERE album_picture.album_id = ?1 ORDER BY album_picture.place, picture.id",
    )?
    .query_map([album_id], |row| Ok((row.get(0)?, row.get(1)?)))?
    .collect()
}

/// The local numbers of all pictures in an album, wherever they are.
pub fn picture_ids(conn: &Connection, album_id: &str) -> Result<HashSet<u32>> {
    conn.prepare_cached("SELECT picture FROM album_picture WHERE album_id = ?1")?
        .query_map([album_id], |row| row.get(0))?
        .collect()
}

/// The albums that a picture is in, by name.
pub fn of_picture(conn: &Connection, picture: u32) -> Result<Vec<AlbumRow>> {
    let within = shown("album_id IN (SELECT album_id FROM album_picture WHERE picture = ?1)");
    let albums = conn.prepare_cached(&within)?.query_map([picture], row)?.collect::<Result<Vec<_>>>()?;
    Ok(by_name(albums))
}

fn by_name(mut albums: Vec<AlbumRow>) -> Vec<AlbumRow> {
    albums.sort_by_cached_key(|one| (names::key(&one.album.name), one.album.id.clone()));
    albums
}
