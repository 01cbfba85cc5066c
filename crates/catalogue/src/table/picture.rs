//! The pictures of the library: a mirror of the account's records with the edits that wait applied, and beside them what
//! the grid orders and filters by, computed when a row is written.

mod columns;
mod damaged;
mod find;
mod layout;
mod name_key;
mod read;
mod row;
mod state;
mod stored;
mod write;

pub use damaged::damaged_before;
pub use find::{Found, find};
pub use layout::{Counts, LayoutRow, Order, Trashed, counts, trashed};
pub(crate) use layout::{Reading, TrashState, ordered, precedes};
pub use read::{
    by_image_id, by_sha256, cameras, get, names, page, presence, record, sample, shown, sizes, tiles, total,
};
pub use row::{Picture, Tile};
pub(super) use state::{State, state, state_of};
pub(crate) use write::reindex;
pub(super) use write::{Account, overwrite, recompute, recompute_local_times};
pub use write::{Written, forget_revisions, remove, remove_unseen, thumbnail_stored, upsert};

/// The table.
///
/// `shelf` is the trash state: 0 for the library, 1 for the trash, 2 for what is gone for good but not yet on the account.
/// `shown_local` and `added_local` are the local wall clock (since [`MILLISECONDS`] in milliseconds since 1970): of the date
/// taken (by the camera's clock; the date added when it is unknown) and of the date added. The indexes that begin with
/// `shelf` have everything that a layout filters by and gives, so that a layout never touches the rows themselves.
pub const MIGRATION: &str = "
CREATE TABLE picture (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    image_id      TEXT NOT NULL UNIQUE,
    revision      INTEGER NOT NULL,
    name          TEXT NOT NULL,
    format        TEXT NOT NULL,
    content_type  TEXT NOT NULL,
    size          INTEGER NOT NULL,
    sha256        TEXT NOT NULL,
    width         INTEGER,
    height        INTEGER,
    taken_at      TEXT,
    camera        TEXT,
    thumbhash     TEXT,
    has_thumbnail INTEGER NOT NULL,
    favourite     INTEGER NOT NULL,
    description   TEXT,
    alt_text      TEXT,
    tags          TEXT NOT NULL,
    text_in_image TEXT,
    described_by  TEXT,
    described_at  TEXT,
    created_at    TEXT NOT NULL,
    updated_at    TEXT NOT NULL,
    deleted_at    TEXT,
    stored_size   INTEGER NOT NULL,
    etag          TEXT,
    verified_by   TEXT NOT NULL,
    verified_at   TEXT NOT NULL,
    shelf         INTEGER NOT NULL CHECK (shelf IN (0, 1, 2)),
    described     INTEGER NOT NULL,
    aspect_milli  INTEGER NOT NULL,
    shown_local   INTEGER NOT NULL,
    added_local   INTEGER NOT NULL,
    name_key      TEXT NOT NULL,
    name_folded   TEXT NOT NULL
) STRICT;
CREATE INDEX picture_by_shown ON picture (shelf, shown_local, id, aspect_milli, favourite, described, added_local, size);
CREATE INDEX picture_by_added ON picture (shelf, added_local, id, aspect_milli, favourite, described, shown_local);
CREATE INDEX picture_by_name ON picture (shelf, name_key, id, aspect_milli, favourite, described, added_local, shown_local);
CREATE INDEX picture_by_size ON picture (shelf, size, id, aspect_milli, favourite, described, added_local, shown_local);
CREATE INDEX picture_folded ON picture (name_folded);
CREATE INDEX picture_by_sha256 ON picture (sha256);
";

/// Adds what a later look at the store found wrong: the wire's `fault`.
pub const FAULTS: &str = "ALTER TABLE picture ADD COLUMN fault TEXT;";

/// When the file was last modified, of a picture that doesn't say when it was taken: the date that it goes by then.
pub const FILE_DATES: &str = "ALTER TABLE picture ADD COLUMN file_modified_at TEXT;";

/// What is wrong with a picture's file, which is kept all the same: the code and the sentence of the wire's `remark`.
pub const REMARKS: &str = "
ALTER TABLE picture ADD COLUMN remark_code TEXT;
ALTER TABLE picture ADD COLUMN remark TEXT;
CREATE INDEX picture_remarked ON picture (remark_code) WHERE remark_code IS NOT NULL;
";

/// What pictures' files state about how they were taken, as JSON, and of that, what is searched by.
pub const FACTS: &str = "
ALTER TABLE picture ADD COLUMN facts TEXT;
ALTER TABLE picture ADD COLUMN lens TEXT GENERATED ALWAYS AS (facts ->> 'lens') VIRTUAL;
ALTER TABLE picture ADD COLUMN latitude REAL GENERATED ALWAYS AS (facts ->> 'latitude') VIRTUAL;
ALTER TABLE picture ADD COLUMN frames INTEGER GENERATED ALWAYS AS (facts ->> 'frames') VIRTUAL;
CREATE INDEX picture_by_lens ON picture (lens) WHERE lens IS NOT NULL;
CREATE INDEX picture_located ON picture (latitude) WHERE latitude IS NOT NULL;
CREATE INDEX picture_with_frames ON picture (frames, format) WHERE frames IS NOT NULL;
";

/// What was set of pictures as a whole, in one column as JSON. What the grid filters by has columns of its own beside it.
pub const MARKS: &str = "
UPDATE picture SET crop = json_object('favourite', json(iif(favourite, 'true', 'false')), 'rotation', rotation, 'crop', json(crop))
    WHERE favourite OR rotation <> 0 OR crop IS NOT NULL;
ALTER TABLE picture RENAME COLUMN crop TO marks;
ALTER TABLE picture DROP COLUMN rotation;
";

/// The best rated first, and filters by ratings. A column of its own that triggers keep: SQLite takes no index over generated
/// columns for covering.
pub const RATINGS: &str = "
ALTER TABLE picture ADD COLUMN rating INTEGER NOT NULL DEFAULT 0;
CREATE TRIGGER picture_comes_rated AFTER INSERT ON picture WHEN coalesce(NEW.marks ->> 'rating', 0) <> NEW.rating BEGIN
    UPDATE picture SET rating = coalesce(NEW.marks ->> 'rating', 0) WHERE id = NEW.id;
END;
CREATE TRIGGER picture_rated AFTER UPDATE OF marks ON picture WHEN coalesce(NEW.marks ->> 'rating', 0) <> OLD.rating BEGIN
    UPDATE picture SET rating = coalesce(NEW.marks ->> 'rating', 0) WHERE id = NEW.id;
END;
CREATE INDEX picture_by_rating
    ON picture (shelf, rating, shown_local, name_key, id, aspect_milli, favourite, described, added_local);
DROP INDEX picture_filtered;
CREATE INDEX picture_filtered ON picture (shelf, format, size, width, height, shown_local, added_local, favourite,
    described, described_by, rating);
";

/// Local times in milliseconds, and orders that are the same on every computer: what is of the same moment goes by name, as
/// cameras number the pictures of one second. Local numbers differ between computers, and come last.
pub const MILLISECONDS: &str = "
DROP INDEX picture_by_shown;
DROP INDEX picture_by_added;
DROP INDEX picture_by_name;
DROP INDEX picture_by_size;
UPDATE picture SET
    shown_local = COALESCE(unixepoch(substr(taken_at, 1, 19)) * 1000,
        CAST(round(unixepoch(created_at, 'subsec', 'localtime') * 1000) AS INTEGER), shown_local * 1000),
    added_local = COALESCE(CAST(round(unixepoch(created_at, 'subsec', 'localtime') * 1000) AS INTEGER), added_local * 1000);
CREATE INDEX picture_by_shown
    ON picture (shelf, shown_local, name_key, id, aspect_milli, favourite, described, added_local, size);
CREATE INDEX picture_by_added ON picture (shelf, added_local, name_key, id, aspect_milli, favourite, described, shown_local);
CREATE INDEX picture_by_name ON picture (shelf, name_key, shown_local, id, aspect_milli, favourite, described, added_local);
CREATE INDEX picture_by_size
    ON picture (shelf, size, shown_local, name_key, id, aspect_milli, favourite, described, added_local);
";

/// The trash in the order in which it empties.
pub const DELETED: &str = "
CREATE INDEX picture_by_deleted ON picture (deleted_at, name_key, id, aspect_milli, favourite, described, added_local, shelf)
    WHERE shelf = 1;
";

/// What a person says apart from what a model says, what a person corrects, and the account's version of a picture while
/// operations wait: `account`, as JSON; none when the row is it.
///
/// Texts whose author isn't known are taken for a person's.
pub const APART: &str = "
ALTER TABLE picture ADD COLUMN taken_at_in_file TEXT;
ALTER TABLE picture ADD COLUMN own_description TEXT;
ALTER TABLE picture ADD COLUMN own_alt_text TEXT;
ALTER TABLE picture ADD COLUMN reading TEXT;
ALTER TABLE picture ADD COLUMN rotation INTEGER NOT NULL DEFAULT 0;
ALTER TABLE picture ADD COLUMN crop TEXT;
ALTER TABLE picture ADD COLUMN account TEXT;
UPDATE picture SET own_description = description, own_alt_text = alt_text
    WHERE coalesce(described_by, 'person') = 'person' AND coalesce(description, alt_text) IS NOT NULL;
UPDATE picture SET reading = json_object('description', coalesce(description, ''), 'alt_text', coalesce(alt_text, ''),
        'text_in_image', coalesce(text_in_image, ''), 'model', described_by, 'read_at', coalesce(described_at, ''))
    WHERE described_by <> 'person';
UPDATE picture SET reading = json_object('description', '', 'alt_text', '', 'text_in_image', text_in_image, 'model', '',
        'read_at', coalesce(described_at, ''))
    WHERE coalesce(described_by, 'person') = 'person' AND text_in_image IS NOT NULL;
";
