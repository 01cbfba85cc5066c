//! Comparing pictures with the firsts of all groups.

use std::collections::HashMap;

use account_api::Verdict;
use rusqlite::{Connection, OptionalExtension, Result, params};

use super::look::{Look, Seen};
use crate::alike::Index;
use crate::table::json::decode;

/// How many firsts with near hashes are looked at closer, the nearest first. More than that are pages of text or the like,
/// whose hashes say little.
const LOOKED_AT: usize = 64;

/// Where a picture belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placed {
    /// The picture.
    pub picture: u32,
    /// The first of its group: itself, when it is alike to no other first.
    pub first: u32,
}

/// Whether a picture of the library waits to be compared.
///
/// # Errors
/// What SQLite says.
pub fn waits(conn: &Connection) -> Result<bool> {
    conn.prepare_cached(
        "SELECT EXISTS (SELECT 1 FROM likeness JOIN picture ON picture.id = likeness.picture WHERE first IS NULL AND shelf = 0)",
    )?
    .query_row([], |row| row.get(0))
}

/// A picture that waits.
struct Waiting {
    picture: u32,
    /// None for a flat one.
    hashes: Option<[u64; 8]>,
}

/// Compares at most `limit` of the pictures that wait, in the order of their numbers. Only reads: see [`settle`].
///
/// # Errors
/// What SQLite says.
pub fn compare(conn: &Connection, limit: usize) -> Result<Vec<Placed>> {
    let waiting = waiting(conn, limit)?;
    if waiting.is_empty() {
        return Ok(Vec::new());
    }
    let mut index = index(conn)?;
    let mut said = Said::read(conn)?;
    let mut placed = Vec::with_capacity(waiting.len());
    for Waiting { picture, hashes } in waiting {
        let first = match said.first_of(conn, picture)? {
            Some(first) => first,
            None => match hashes {
                Some(hashes) => most_alike(conn, &index, picture, &hashes)?.unwrap_or(picture),
                None => picture,
            },
        };
        if first == picture
            && let Some(hashes) = hashes
        {
            index.insert(hashes[0], picture);
        }
        said.place(picture, first);
        placed.push(Placed { picture, first });
    }
    Ok(placed)
}

/// Writes what came of comparing. What has changed since waits on. Gives how many have joined a group.
///
/// # Errors
/// What SQLite says.
pub fn settle(conn: &Connection, placed: &[Placed]) -> Result<usize> {
    let mut place = conn.prepare_cached(
        "UPDATE likeness SET first = ?2 WHERE picture = ?1 AND first IS NULL
         AND EXISTS (SELECT 1 FROM picture WHERE id = ?1 AND shelf = 0)
         AND (?1 = ?2 OR EXISTS (SELECT 1 FROM likeness AS first WHERE first.picture = ?2 AND first.first = ?2))",
    )?;
    // Whoever shows members of groups is told of the first, too.
    let mut touch = conn.prepare_cached("UPDATE likeness SET first = first WHERE picture = ?1")?;
    let mut joined = 0;
    for Placed { picture, first } in placed {
        if place.execute(params![picture, first])? > 0 && picture != first {
            touch.execute([first])?;
            joined += 1;
        }
    }
    Ok(joined)
}

fn waiting(conn: &Connection, limit: usize) -> Result<Vec<Waiting>> {
    conn.prepare_cached(
        "SELECT likeness.picture, hash, turned FROM likeness JOIN picture ON picture.id = likeness.picture
         WHERE first IS NULL AND shelf = 0 ORDER BY likeness.picture LIMIT ?1",
    )?
    .query_map([limit as i64], |row| {
        let (hash, turned) = (row.get::<_, Option<i64>>(1)?, row.get::<_, Option<Vec<u8>>>(2)?);
        let hashes = hash.zip(turned).map(|(hash, turned)| {
            let mut hashes = [hash.cast_unsigned(); 8];
            for (hash, bytes) in hashes[1..].iter_mut().zip(turned.as_chunks().0) {
                *hash = u64::from_le_bytes(*bytes);
            }
            hashes
        });
        Ok(Waiting { picture: row.get(0)?, hashes })
    })?
    .collect()
}

/// The firsts of all groups, by their hashes.
fn index(conn: &Connection) -> Result<Index> {
    let mut index = Index::new();
    let mut firsts =
        conn.prepare_cached("SELECT hash, picture FROM likeness WHERE first = picture AND hash IS NOT NULL")?;
    let mut rows = firsts.query([])?;
    while let Some(row) = rows.next()? {
        index.insert(row.get::<_, i64>(0)?.cast_unsigned(), row.get(1)?);
    }
    Ok(index)
}

/// The first that shows the same, and of several the one with the least difference.
fn most_alike(conn: &Connection, index: &Index, picture: u32, hashes: &[u64; 8]) -> Result<Option<u32>> {
    let near = index.near(hashes).found;
    if near.is_empty() {
        return Ok(None);
    }
    let Some(look) = Look::at(conn, picture)? else { return Ok(None) };
    let mut best: Option<(f32, u32)> = None;
    for (_, first) in near.into_iter().take(LOOKED_AT) {
        let Some(other) = Look::at(conn, first)? else { continue };
        if let Seen::Same(difference) = look.beside(conn, &other)?
            && best.is_none_or(|(least, _)| difference < least)
        {
            best = Some((difference, first));
        }
    }
    Ok(best.map(|(_, first)| first))
}

/// What people have said of pictures, and where these have been placed.
struct Said {
    verdicts: HashMap<u32, Vec<Verdict>>,
    placed: HashMap<u32, u32>,
}

impl Said {
    fn read(conn: &Connection) -> Result<Said> {
        let verdicts = conn
            .prepare_cached(
                "SELECT id, marks ->> 'verdicts' FROM picture WHERE (marks ->> 'verdicts') <> '[]' AND shelf = 0",
            )?
            .query_map([], |row| Ok((row.get(0)?, decode(&row.get::<_, String>(1)?)?)))?
            .collect::<Result<_>>()?;
        Ok(Said { verdicts, placed: HashMap::new() })
    }

    /// The first of the group of a picture that this one is the same as, as a person says.
    fn first_of(&self, conn: &Connection, picture: u32) -> Result<Option<u32>> {
        let Some(own) = self.verdicts.get(&picture) else { return Ok(None) };
        if !own.iter().any(|verdict| verdict.same) {
            return Ok(None);
        }
        let same = |other: &[Verdict]| Verdict::between(own, other) == Some(true);
        let mut others: Vec<u32> =
            self.verdicts.iter().filter(|(id, other)| **id != picture && same(other)).map(|(id, _)| *id).collect();
        others.sort_unstable();
        let mut known = conn.prepare_cached("SELECT first FROM likeness WHERE picture = ?1 AND first IS NOT NULL")?;
        for other in others {
            let first = match self.placed.get(&other) {
                Some(first) => Some(*first),
                None => known.query_row([other], |row| row.get(0)).optional()?,
            };
            if first.is_some_and(|first| first != picture) {
                return Ok(first);
            }
        }
        Ok(None)
    }

    fn place(&mut self, picture: u32, first: u32) {
        if self.verdicts.contains_key(&picture) {
            self.placed.insert(picture, first);
        }
    }
}
