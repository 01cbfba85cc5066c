//! What pictures are compared by, and which of them show the same: for this computer alone, since it is made of their thumbnails.
//!
//! Each picture that has been compared belongs to a group, which is named by its **first**; most are alone in theirs. A picture joins
//! the group whose first it is most alike, and becomes a first when there is none: so every member is alike to the first, and
//! no chain leads from one picture to another one that looks different. Pictures that one camera took within two seconds of each
//! other are not the same, however alike: they are a burst ([`bursts`]).
//!
//! A picture is compared again (`first` is null until then) when something has changed that the rule asks for: triggers see to it, so
//! that no way of changing a picture forgets it.

mod bursts;
mod compare;
mod groups;
mod look;

use rusqlite::{Connection, OptionalExtension, Result, params};

use crate::alike::GREY;

pub use bursts::bursts;
pub use compare::{Placed, compare, settle, waits};
pub use groups::{Group, count, group_of, groups};

/// The table: `hash` and `turned` are the hashes of the picture as it is shown and of the seven other ways to lay it down, null for a flat
/// one; `grey` is its little picture.
pub const MIGRATION: &str = "
CREATE TABLE likeness (
    picture INTEGER PRIMARY KEY REFERENCES picture (id) ON DELETE CASCADE,
    hash    INTEGER,
    turned  BLOB,
    grey    BLOB,
    first   INTEGER REFERENCES likeness (picture) ON DELETE SET NULL
) STRICT;
CREATE INDEX likeness_of_first ON likeness (first, hash);
CREATE INDEX likeness_member ON likeness (first) WHERE first <> picture;
CREATE INDEX picture_with_verdicts ON picture (id) WHERE (marks ->> 'verdicts') <> '[]';
CREATE TRIGGER likeness_changes AFTER UPDATE OF shelf, camera, taken_at, marks ON picture
WHEN NEW.shelf <> OLD.shelf OR NEW.camera IS NOT OLD.camera OR NEW.taken_at IS NOT OLD.taken_at
    OR coalesce(NEW.marks ->> 'verdicts', '[]') <> coalesce(OLD.marks ->> 'verdicts', '[]')
BEGIN
    UPDATE likeness SET first = NULL WHERE picture = NEW.id OR first = NEW.id;
END;
";

/// What a picture is compared by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Likeness {
    /// Perceptual hashes of it as it is shown, and of the seven others that it becomes when it is mirrored and turned.
    pub hashes: [u64; 8],
    /// 16 × 16 pixels of grey, with a mean of 128 and a standard deviation of 40 levels.
    pub grey: [u8; GREY],
}

/// Keeps what a picture is compared by; `None` for one that is flat. What is known already stays.
///
/// # Errors
/// What SQLite says.
pub fn put(conn: &Connection, picture: u32, likeness: Option<&Likeness>) -> Result<()> {
    let hash = likeness.map(|likeness| likeness.hashes[0].cast_signed());
    let turned =
        likeness.map(|likeness| likeness.hashes[1..].iter().flat_map(|hash| hash.to_le_bytes()).collect::<Vec<u8>>());
    conn.prepare_cached(
        "INSERT INTO likeness (picture, hash, turned, grey) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (picture) DO UPDATE SET hash = excluded.hash, turned = excluded.turned, grey = excluded.grey, first = NULL
         WHERE hash IS NULL AND excluded.hash IS NOT NULL",
    )?
    .execute(params![picture, hash, turned, likeness.map(|likeness| likeness.grey.as_slice())])
    .map(drop)
}

/// Pictures of the library of which that isn't known, after a number and in the order of their numbers, with the SHA-256 that their
/// thumbnails are kept by; at most `limit`.
///
/// # Errors
/// What SQLite says.
pub fn unknown(conn: &Connection, after: u32, limit: usize) -> Result<Vec<(u32, String)>> {
    conn.prepare_cached(
        "SELECT id, sha256 FROM picture WHERE id > ?1 AND shelf = 0
         AND NOT EXISTS (SELECT 1 FROM likeness WHERE likeness.picture = picture.id) ORDER BY id LIMIT ?2",
    )?
    .query_map(params![after, limit as i64], |row| Ok((row.get(0)?, row.get(1)?)))?
    .collect()
}

/// The picture with these bytes, if what it is compared by isn't known.
///
/// # Errors
/// What SQLite says.
pub fn unknown_with_bytes(conn: &Connection, sha256: &str) -> Result<Option<u32>> {
    conn.prepare_cached(
        "SELECT id FROM picture WHERE sha256 = ?1 AND shelf = 0
         AND NOT EXISTS (SELECT 1 FROM likeness WHERE likeness.picture = picture.id) LIMIT 1",
    )?
    .query_row([sha256], |row| row.get(0))
    .optional()
}
