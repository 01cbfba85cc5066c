//! Groups of pictures that show the same.

use rusqlite::{Connection, OptionalExtension, Result};

/// Pictures that belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Its first, which names it.
    pub first: u32,
    /// All of them, the first included, in the order of their numbers.
    pub members: Vec<u32>,
}

/// How many groups there are that have more than one picture.
///
/// # Errors
/// What SQLite says.
pub fn count(conn: &Connection) -> Result<u64> {
    conn.prepare_cached("SELECT count(DISTINCT first) FROM likeness INDEXED BY likeness_member WHERE first <> picture")?
        .query_row([], |row| row.get::<_, i64>(0))
        .map(i64::unsigned_abs)
}

/// Those groups, that with the newest first at the beginning; at most `limit`.
///
/// # Errors
/// What SQLite says.
pub fn groups(conn: &Connection, limit: usize) -> Result<Vec<Group>> {
    let firsts: Vec<u32> = conn
        .prepare_cached(
            "SELECT DISTINCT first FROM likeness INDEXED BY likeness_member WHERE first <> picture ORDER BY first DESC LIMIT ?1",
        )?
        .query_map([limit as i64], |row| row.get(0))?
        .collect::<Result<_>>()?;
    firsts.into_iter().map(|first| group(conn, first)).collect()
}

/// The group that a picture is in with others.
///
/// # Errors
/// What SQLite says.
pub fn group_of(conn: &Connection, picture: u32) -> Result<Option<Group>> {
    let first: Option<u32> = conn
        .prepare_cached("SELECT first FROM likeness WHERE picture = ?1 AND first IS NOT NULL")?
        .query_row([picture], |row| row.get(0))
        .optional()?;
    let group = first.map(|first| group(conn, first)).transpose()?;
    Ok(group.filter(|group| group.members.len() > 1))
}

fn group(conn: &Connection, first: u32) -> Result<Group> {
    let members = conn
        .prepare_cached("SELECT picture FROM likeness WHERE first = ?1 ORDER BY picture")?
        .query_map([first], |row| row.get(0))?
        .collect::<Result<_>>()?;
    Ok(Group { first, members })
}
