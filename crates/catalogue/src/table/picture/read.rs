//! Single pictures and the rows of a window.

use account_api::{Fault, Image, VerifiedBy};
use rusqlite::{Connection, OptionalExtension, Result};

use super::columns::{self, RECORD};
use super::row::{Picture, Tile};

/// A picture that is not gone for good.
pub fn get(conn: &Connection, id: u32) -> Result<Option<Picture>> {
    one(conn, "picture.id = ?1", id)
}

/// A picture by the service's identifier.
pub fn by_image_id(conn: &Connection, image_id: &str) -> Result<Option<Picture>> {
    one(conn, "picture.image_id = ?1", image_id)
}

/// A picture by its bytes; one that is not in the trash before one that is.
pub fn by_sha256(conn: &Connection, sha256: &str) -> Result<Option<Picture>> {
    one(conn, "picture.sha256 = ?1 ORDER BY picture.deleted_at IS NOT NULL", sha256)
}

fn one(conn: &Connection, condition: &str, value: impl rusqlite::ToSql) -> Result<Option<Picture>> {
    conn.prepare_cached(&format!(
        "SELECT id, EXISTS (SELECT 1 FROM operation WHERE operation.picture = picture.id), {}
         FROM picture WHERE picture.shelf < 2 AND {condition} LIMIT 1",
        *RECORD
    ))?
    .query_row([value], |row| Ok(Picture { id: row.get(0)?, pending: row.get(1)?, image: columns::read(row, 2)? }))
    .optional()
}

/// The record of a picture, also of one that is to be gone for good.
pub fn record(conn: &Connection, id: u32) -> Result<Option<Image>> {
    conn.prepare_cached(&format!("SELECT {} FROM picture WHERE id = ?1", *RECORD))?
        .query_row([id], |row| columns::read(row, 0))
        .optional()
}

/// The service's identifiers of those of some pictures that are there, in the order of `ids`, and whether they are in the
/// trash.
pub fn presence(conn: &Connection, ids: &[u32]) -> Result<Vec<(String, bool)>> {
    let mut statement = conn.prepare_cached("SELECT image_id, shelf = 1 FROM picture WHERE id = ?1 AND shelf < 2")?;
    let mut known = Vec::with_capacity(ids.len());
    for id in ids {
        known.extend(statement.query_row([id], |row| Ok((row.get(0)?, row.get(1)?))).optional()?);
    }
    Ok(known)
}

/// The service's identifier of a picture that is there, its name, and whether it is in the trash.
pub fn names(conn: &Connection, id: u32) -> Result<Option<(String, String, bool)>> {
    conn.prepare_cached("SELECT image_id, name, shelf = 1 FROM picture WHERE id = ?1 AND shelf < 2")?
        .query_row([id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()
}

/// Width and height, in pixels, of those of some pictures that are there and not in the trash; none where they aren't known.
pub fn sizes(conn: &Connection, ids: &[u32]) -> Result<Vec<Option<(u32, u32)>>> {
    let mut statement = conn.prepare_cached("SELECT width, height FROM picture WHERE id = ?1 AND shelf = 0")?;
    let mut sizes = Vec::with_capacity(ids.len());
    for id in ids {
        let size = statement.query_row([id], |row| Ok(row.get::<_, Option<u32>>(0)?.zip(row.get(1)?)));
        sizes.extend(size.optional()?);
    }
    Ok(sizes)
}

/// The tiles of some pictures, in the order of `ids`; unknown ones are left out.
pub fn tiles(conn: &Connection, ids: &[u32]) -> Result<Vec<Tile>> {
    let mut statement = conn.prepare_cached(
        "SELECT id, name, format, sha256, width, height, thumbhash, has_thumbnail, favourite, alt_text, described, fault,
                verified_by, deleted_at, size
         FROM picture WHERE id = ?1 AND shelf < 2",
    )?;
    let mut tiles = Vec::with_capacity(ids.len());
    for id in ids {
        let tile = statement
            .query_row([id], |row| {
                Ok(Tile {
                    id: row.get(0)?,
                    name: row.get(1)?,
                    format: row.get(2)?,
                    sha256: row.get(3)?,
                    width: row.get(4)?,
                    height: row.get(5)?,
                    thumbhash: row.get(6)?,
                    has_thumbnail: row.get(7)?,
                    favourite: row.get(8)?,
                    alt_text: row.get(9)?,
                    described: row.get(10)?,
                    fault: row.get::<_, Option<String>>(11)?.as_deref().map(Fault::from_text),
                    verified_by: VerifiedBy::from_text(&row.get::<_, String>(12)?),
                    deleted_at: row.get(13)?,
                    size: row.get::<_, i64>(14)?.unsigned_abs(),
                })
            })
            .optional()?;
        tiles.extend(tile);
    }
    Ok(tiles)
}

/// The smallest picture of the library that nothing is known to be wrong with in the store, and of how many others that is known.
///
/// # Errors
/// What SQLite says.
pub fn sample(conn: &Connection) -> Result<(Option<Picture>, u64)> {
    let faults: i64 = conn
        .prepare_cached("SELECT count(*) FROM picture WHERE shelf = 0 AND fault IS NOT NULL")?
        .query_row([], |row| row.get(0))?;
    let smallest: Option<u32> = conn
        .prepare_cached("SELECT id FROM picture WHERE shelf = 0 AND fault IS NULL ORDER BY size LIMIT 1")?
        .query_row([], |row| row.get(0))
        .optional()?;
    let picture = smallest.map(|id| get(conn, id)).transpose()?.flatten();
    Ok((picture, faults.unsigned_abs()))
}

/// The cameras that took pictures which aren't in the trash, with how many each took; by name.
///
/// # Errors
/// What SQLite says.
pub fn cameras(conn: &Connection) -> Result<Vec<(String, u64)>> {
    conn.prepare_cached(
        "SELECT camera, count(*) FROM picture INDEXED BY picture_by_camera
         WHERE camera IS NOT NULL AND shelf = 0 GROUP BY camera ORDER BY camera",
    )?
    .query_map([], |row| Ok((row.get(0)?, row.get::<_, i64>(1)?.unsigned_abs())))?
    .collect()
}

/// How many pictures there are, with those in the trash.
pub fn total(conn: &Connection) -> Result<u64> {
    conn.prepare_cached("SELECT count(*) FROM picture WHERE shelf < 2")?
        .query_row([], |row| row.get::<_, i64>(0))
        .map(i64::unsigned_abs)
}

/// How many pictures there are, without those in the trash.
pub fn shown(conn: &Connection) -> Result<u64> {
    conn.prepare_cached("SELECT count(*) FROM picture WHERE shelf = 0")?
        .query_row([], |row| row.get::<_, i64>(0))
        .map(i64::unsigned_abs)
}

/// Pictures after a number, also those in the trash, in the order of their numbers; at most `limit`.
pub fn page(conn: &Connection, after: u32, limit: usize) -> Result<Vec<Picture>> {
    conn.prepare_cached(&format!(
        "SELECT id, EXISTS (SELECT 1 FROM operation WHERE operation.picture = picture.id), {}
         FROM picture WHERE picture.shelf < 2 AND picture.id > ?1 ORDER BY picture.id LIMIT ?2",
        *RECORD
    ))?
    .query_map(rusqlite::params![after, limit as i64], |row| {
        Ok(Picture { id: row.get(0)?, pending: row.get(1)?, image: columns::read(row, 2)? })
    })?
    .collect()
}
