//! Albums by what people type.

use account_api::Album;
use rusqlite::{Connection, Result};

use super::read::{COLUMNS, from_row};

/// The shortest beginning of an identifier that is looked for.
const SHORTEST_ID: usize = 4;

/// What a reference means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// One album.
    One(Box<Album>),
    /// None.
    None,
    /// Several of that name, or whose identifiers begin so.
    Several(Vec<Album>),
}

/// Finds an album by its identifier, else by its name, in whatever case, else by the beginning of its identifier (4 characters
/// or more).
pub fn find(conn: &Connection, reference: &str) -> Result<Found> {
    let reference = reference.trim();
    let albums = conn
        .prepare_cached(&format!("SELECT {COLUMNS} FROM album WHERE gone = 0 ORDER BY created_at, album_id"))?
        .query_map([], from_row)?
        .collect::<Result<Vec<_>>>()?;
    let key = names::key(reference);
    let ways: [&dyn Fn(&Album) -> bool; 3] =
        [&|album| album.id == reference, &|album| names::key(&album.name) == key, &|album| {
            reference.len() >= SHORTEST_ID && album.id.starts_with(&reference.to_ascii_lowercase())
        }];
    for way in ways {
        let mut found: Vec<Album> = albums.iter().filter(|album| way(album)).cloned().collect();
        if found.len() > 1 {
            return Ok(Found::Several(found));
        }
        if let Some(album) = found.pop() {
            return Ok(Found::One(Box::new(album)));
        }
    }
    Ok(Found::None)
}
