//! Operations that were made here and that the account has not acknowledged yet, in the order they were made.
//!
//! What is shown is always the account's version with the operations that wait applied to it; while there are any, the
//! account's version is kept beside it. So nothing that comes in can undo what waits, and what the account doesn't take
//! leaves no trace. A newer operation about the same thing takes the place of one that waits; until the account has answered the
//! newer one, the other is kept beside it, and waits again when the newer one is withdrawn.
//!
//! An operation that was handed out to be sent is one that the account may have, whatever became of the request. Only those that
//! never were can be [withdrawn](super::operation).

mod apply;
mod read;
mod replaced;
mod sent;
mod subject;
mod words;

pub(super) use apply::{holds, is_models, to_album, to_picture};
pub use read::{Waiting, count, oldest, waits};
pub(super) use read::{apply_to_album, apply_to_picture};
pub(super) use replaced::{continued, forget_replaced, replace, restore};
pub(super) use sent::not_sent;
pub use sent::sending;
pub(super) use subject::subject;

/// The table, filled with the edits that wait in a catalogue of an earlier version: `edit` is an [`account_api::EditKind`].
///
/// The subject is what an operation is about. A picture that is gone takes its operations with it.
pub const MIGRATION: &str = "
CREATE TABLE operation (
    seq      INTEGER PRIMARY KEY AUTOINCREMENT,
    id       TEXT NOT NULL UNIQUE,
    clock    TEXT NOT NULL,
    device   TEXT NOT NULL,
    picture  INTEGER REFERENCES picture (id) ON DELETE CASCADE,
    album_id TEXT,
    subject  TEXT NOT NULL,
    edit     TEXT NOT NULL,
    made_at  TEXT NOT NULL
) STRICT;
CREATE INDEX operation_of_picture ON operation (picture, seq);
CREATE INDEX operation_of_album ON operation (album_id, seq) WHERE album_id IS NOT NULL;
CREATE TABLE moving AS
    SELECT e.id AS old, 0 AS part, e.picture, p.image_id, e.subject, e.made_at, CASE e.edit ->> 'kind'
        WHEN 'rename' THEN json_object('kind', 'set_name', 'image_id', p.image_id, 'name', e.edit ->> 'name')
        WHEN 'favourite' THEN
            json_object('kind', 'set_favourite', 'image_id', p.image_id, 'favourite', e.edit -> 'favourite')
        WHEN 'set_description' THEN
            json_object('kind', 'set_description', 'image_id', p.image_id, 'description', e.edit ->> 'text')
        WHEN 'set_alt_text' THEN
            json_object('kind', 'set_alt_text', 'image_id', p.image_id, 'alt_text', e.edit ->> 'text')
        WHEN 'add_tag' THEN
            json_object('kind', 'add_tag', 'image_id', p.image_id, 'tag', e.edit ->> 'tag', 'by', 'person')
        WHEN 'remove_tag' THEN
            json_object('kind', 'remove_tag', 'image_id', p.image_id, 'tag', e.edit ->> 'tag', 'by', 'person')
        WHEN 'reading' THEN json_object('kind', 'set_reading', 'image_id', p.image_id, 'reading', json_object(
            'description', e.edit ->> 'description', 'alt_text', e.edit ->> 'alt_text',
            'text_in_image', e.edit ->> 'text_in_image', 'model', e.edit ->> 'model', 'read_at', e.made_at))
        WHEN 'delete' THEN json_object('kind', 'trash', 'image_id', p.image_id)
        ELSE json_object('kind', e.edit ->> 'kind', 'image_id', p.image_id)
    END AS edit
    FROM pending_edit e JOIN picture p ON p.id = e.picture;
INSERT INTO moving (old, part, picture, image_id, subject, made_at, edit)
    SELECT e.id, tag.key + 1, e.picture, p.image_id, 'model ' || lower(tag.value), e.made_at,
        json_object('kind', 'add_tag', 'image_id', p.image_id, 'tag', tag.value, 'by', 'model')
    FROM pending_edit e JOIN picture p ON p.id = e.picture, json_each(e.edit, '$.tags') AS tag
    WHERE e.edit ->> 'kind' = 'reading';
INSERT INTO operation (id, clock, device, picture, subject, edit, made_at)
    SELECT substr(m, 1, 8) || '-' || substr(m, 9, 4) || '-7' || substr(r, 1, 3) || '-8' || substr(r, 4, 3) || '-' || substr(r, 7, 12),
        m || printf('%04x', number & 65535), state.device, picture, subject, edit, made_at
    FROM (
        SELECT lower(hex(randomblob(16))) AS r, picture, subject, edit, made_at, old, part,
            printf('%012x', CAST(max(coalesce(unixepoch(made_at, 'subsec'), 0)) OVER (ORDER BY old, part) * 1000 AS INTEGER)) AS m,
            row_number() OVER (ORDER BY old, part) AS number
        FROM moving
    ), state
    ORDER BY old, part;
UPDATE state SET clock = max(clock, coalesce((SELECT max(clock) FROM operation), clock));
DROP TABLE moving;
DROP TABLE pending_edit;
";

/// Which operations were handed out to be sent, and those whose place a newer one has taken. Of what waits in an earlier catalogue
/// nobody knows: the account may have it.
pub const SENT: &str = "
ALTER TABLE operation ADD COLUMN sent INTEGER NOT NULL DEFAULT 0;
UPDATE operation SET sent = 1;
CREATE TABLE replaced_operation (
    seq      INTEGER PRIMARY KEY,
    id       TEXT NOT NULL UNIQUE,
    clock    TEXT NOT NULL,
    device   TEXT NOT NULL,
    picture  INTEGER NOT NULL REFERENCES picture (id) ON DELETE CASCADE,
    album_id TEXT,
    subject  TEXT NOT NULL,
    edit     TEXT NOT NULL,
    made_at  TEXT NOT NULL,
    sent     INTEGER NOT NULL,
    by       TEXT NOT NULL
) STRICT;
CREATE INDEX replaced_operation_by ON replaced_operation (by);
CREATE INDEX replaced_operation_of_picture ON replaced_operation (picture);
";
