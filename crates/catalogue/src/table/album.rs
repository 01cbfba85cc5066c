//! Albums: a mirror of the account's, with the operations that wait applied. Which pictures are in them is in the table
//! beside it, a row for each picture in an album; one whose album isn't known (yet, or any more) counts for nothing.

mod find;
mod read;
mod write;

pub use find::{Found, find};
pub use read::{AlbumRow, all, get, members, of_picture, picture_ids};
pub(super) use read::{exists, places};
pub(super) use write::{overwrite, put_memberships, recompute, state};
pub use write::{remove, upsert};

/// The tables. `account` is the account's version as JSON (`null` for none) while operations wait, as with pictures.
pub const MIGRATION: &str = "
CREATE TABLE album (
    album_id   TEXT PRIMARY KEY NOT NULL,
    revision   INTEGER NOT NULL,
    name       TEXT NOT NULL,
    cover      TEXT,
    sort       TEXT NOT NULL,
    parent     TEXT,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    gone       INTEGER NOT NULL,
    account    TEXT
) STRICT, WITHOUT ROWID;
CREATE TABLE album_picture (
    picture  INTEGER NOT NULL REFERENCES picture (id) ON DELETE CASCADE,
    album_id TEXT NOT NULL,
    place    TEXT NOT NULL,
    PRIMARY KEY (picture, album_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX album_picture_by_place ON album_picture (album_id, place, picture);
";
