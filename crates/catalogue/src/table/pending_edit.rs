//! Edits that waited in catalogues of earlier versions; they are [operations](super::operation) now.

/// The table.
pub const MIGRATION: &str = "
CREATE TABLE pending_edit (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    picture INTEGER NOT NULL REFERENCES picture (id) ON DELETE CASCADE,
    subject TEXT NOT NULL,
    edit    TEXT NOT NULL,
    made_at TEXT NOT NULL
) STRICT;
CREATE INDEX pending_edit_of_picture ON pending_edit (picture, id);
";

/// Edits of a description as a whole, which earlier versions made, as edits of one thing each.
pub const ONE_THING_EACH: &str = "
INSERT INTO pending_edit (picture, subject, edit, made_at)
    SELECT picture, 'reading', json_object('kind', 'reading', 'description', edit ->> 'description',
        'alt_text', edit ->> 'alt_text', 'tags', edit -> 'tags', 'text_in_image', edit ->> 'text_in_image',
        'model', edit ->> 'described_by'), made_at
    FROM pending_edit WHERE edit ->> 'kind' = 'describe' AND edit ->> 'described_by' <> 'person' ORDER BY id;
INSERT INTO pending_edit (picture, subject, edit, made_at)
    SELECT picture, 'description', json_object('kind', 'set_description', 'text', edit ->> 'description'), made_at
    FROM pending_edit WHERE edit ->> 'kind' = 'describe' AND edit ->> 'described_by' = 'person' ORDER BY id;
INSERT INTO pending_edit (picture, subject, edit, made_at)
    SELECT picture, 'alt_text', json_object('kind', 'set_alt_text', 'text', edit ->> 'alt_text'), made_at
    FROM pending_edit WHERE edit ->> 'kind' = 'describe' AND edit ->> 'described_by' = 'person' ORDER BY id;
INSERT INTO pending_edit (picture, subject, edit, made_at)
    SELECT picture, 'tag ' || lower(tag.value), json_object('kind', 'add_tag', 'tag', tag.value), made_at
    FROM pending_edit, json_each(edit, '$.tags') AS tag
    WHERE edit ->> 'kind' = 'describe' AND edit ->> 'described_by' = 'person' ORDER BY pending_edit.id;
DELETE FROM pending_edit WHERE edit ->> 'kind' = 'describe';
";
