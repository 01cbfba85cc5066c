//! Pictures by what people type in a terminal.

use rusqlite::{Connection, Result};

/// The shortest beginning of the service's identifier that is looked for.
const SHORTEST_ID: usize = 4;

/// The shortest beginning of a SHA-256 that is looked for.
const SHORTEST_SHA256: usize = 8;

/// What a reference means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// One picture.
    One(u32),
    /// Nothing.
    None,
    /// Several pictures: more characters are needed.
    Several,
    /// Too short to be looked for.
    TooShort,
}

/// Finds a picture by the service's identifier or the beginning of one (4 characters or more), or by its SHA-256 or the
/// beginning of one (8 digits or more).
pub fn find(conn: &Connection, reference: &str) -> Result<Found> {
    let reference = reference.trim();
    if !reference.is_ascii() || reference.len() < SHORTEST_ID {
        return Ok(if reference.is_empty() || reference.is_ascii() { Found::TooShort } else { Found::None });
    }
    match beginning(conn, "image_id", reference)? {
        Found::None if reference.len() >= SHORTEST_SHA256 && reference.bytes().all(|b| b.is_ascii_hexdigit()) => {
            beginning(conn, "sha256", &reference.to_ascii_lowercase())
        }
        found => Ok(found),
    }
}

fn beginning(conn: &Connection, column: &str, prefix: &str) -> Result<Found> {
    // A range, because it uses the index and has no wildcards. 0x7F is above everything that identifiers are made of.
    let ids = conn
        .prepare_cached(&format!(
            "SELECT id, {column} = ?1, deleted_at IS NOT NULL FROM picture
             WHERE {column} >= ?1 AND {column} < ?1 || char(127) AND shelf < 2 ORDER BY 2 DESC, 3, id LIMIT 3"
        ))?
        .query_map([prefix], |row| Ok((row.get::<_, u32>(0)?, row.get::<_, bool>(1)?, row.get::<_, bool>(2)?)))?
        .collect::<Result<Vec<_>>>()?;
    Ok(match ids.as_slice() {
        [] => Found::None,
        // An exact match is meant, whatever else begins with it; of two with the same bytes, the one not in the trash.
        [(id, true, _), ..] | [(id, _, _)] => Found::One(*id),
        [(id, _, false), (_, _, true), ..] => Found::One(*id),
        _ => Found::Several,
    })
}
