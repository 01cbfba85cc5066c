//! The tables of the upload ledger, a migration after the other.

/// The tables of the upload queue.
pub const MIGRATION: &str = "
CREATE TABLE upload_queue (
    only     INTEGER PRIMARY KEY CHECK (only = 1),
    revision INTEGER NOT NULL,
    run      INTEGER NOT NULL,
    paused   INTEGER NOT NULL
) STRICT;
INSERT INTO upload_queue VALUES (1, 0, 0, 0);

CREATE TABLE upload (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    revision      INTEGER NOT NULL,
    run           INTEGER NOT NULL,
    position      INTEGER NOT NULL,
    origin        TEXT NOT NULL CHECK (origin IN ('file', 'clipboard', 'url')),
    given         TEXT NOT NULL,
    name          TEXT NOT NULL,
    shown_source  TEXT NOT NULL,
    path          BLOB,
    album         TEXT,
    describe      INTEGER NOT NULL,
    size          INTEGER NOT NULL,
    modified_ns   INTEGER,
    sha256        TEXT,
    status        TEXT NOT NULL
                  CHECK (status IN ('queued', 'sending', 'sent', 'verified', 'duplicate', 'failed', 'cancelled')),
    upload_id     TEXT,
    part_size     INTEGER,
    error_code    TEXT,
    error_message TEXT,
    retryable     INTEGER NOT NULL DEFAULT 0,
    image_id      TEXT,
    picture       INTEGER,
    owes_thumbnail INTEGER NOT NULL DEFAULT 0,
    hidden        INTEGER NOT NULL DEFAULT 0,
    claimed_by    TEXT
) STRICT;
CREATE UNIQUE INDEX upload_by_revision ON upload (revision, id);
CREATE INDEX upload_position ON upload (position);
CREATE INDEX upload_open ON upload (position) WHERE status IN ('queued', 'sending', 'sent');
CREATE INDEX upload_open_bytes ON upload (sha256) WHERE status IN ('queued', 'sending', 'sent') AND sha256 IS NOT NULL;
CREATE INDEX upload_claimed ON upload (claimed_by) WHERE claimed_by IS NOT NULL;
CREATE INDEX upload_to_abort ON upload (id) WHERE status IN ('cancelled', 'failed') AND upload_id IS NOT NULL;
CREATE INDEX upload_owes_thumbnail ON upload (id) WHERE owes_thumbnail = 1;
CREATE INDEX upload_by_status ON upload (status, id);
CREATE INDEX upload_hidden ON upload (id) WHERE hidden = 1;

CREATE TABLE upload_total (
    run    INTEGER NOT NULL,
    status TEXT NOT NULL,
    files  INTEGER NOT NULL,
    bytes  INTEGER NOT NULL,
    PRIMARY KEY (run, status)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER upload_counted AFTER INSERT ON upload BEGIN
    INSERT INTO upload_total VALUES (NEW.run, NEW.status, 1, NEW.size)
        ON CONFLICT (run, status) DO UPDATE SET files = files + 1, bytes = bytes + excluded.bytes;
END;
CREATE TRIGGER upload_recounted AFTER UPDATE OF status, size, run ON upload BEGIN
    UPDATE upload_total SET files = files - 1, bytes = bytes - OLD.size WHERE run = OLD.run AND status = OLD.status;
    INSERT INTO upload_total VALUES (NEW.run, NEW.status, 1, NEW.size)
        ON CONFLICT (run, status) DO UPDATE SET files = files + 1, bytes = bytes + excluded.bytes;
END;
";

/// Rows that the person put on hold one by one, and room between positions, so that moving a row writes that row only.
pub const HOLD_AND_ORDER: &str = "
ALTER TABLE upload ADD COLUMN held INTEGER NOT NULL DEFAULT 0;
UPDATE upload SET position = position * 65536;
CREATE INDEX upload_next ON upload (position)
    WHERE status IN ('queued', 'sending', 'sent') AND claimed_by IS NULL AND held = 0;
CREATE INDEX upload_held ON upload (id) WHERE held = 1;
CREATE INDEX upload_failures ON upload (error_code) WHERE status = 'failed' AND hidden = 0;
";

/// What was cancelled with one word can be taken back with one, held rows as held ones.
pub const CANCELLED_TOGETHER: &str = "
ALTER TABLE upload ADD COLUMN cancelled_with INTEGER;
ALTER TABLE upload ADD COLUMN was_held INTEGER NOT NULL DEFAULT 0;
CREATE INDEX upload_cancelled_with ON upload (cancelled_with) WHERE cancelled_with IS NOT NULL;
";

/// Rows for what lay in a folder that somebody dropped: when it is no picture it is left alone, which is no failure.
pub const FOUND_IN_FOLDERS: &str = "
ALTER TABLE upload ADD COLUMN found INTEGER NOT NULL DEFAULT 0;
DROP TRIGGER upload_counted;
DROP TRIGGER upload_recounted;
CREATE TRIGGER upload_counted AFTER INSERT ON upload BEGIN
    INSERT INTO upload_total
        VALUES (NEW.run, CASE WHEN NEW.error_code = 'left_alone' THEN 'left_alone' ELSE NEW.status END, 1, NEW.size)
        ON CONFLICT (run, status) DO UPDATE SET files = files + 1, bytes = bytes + excluded.bytes;
END;
CREATE TRIGGER upload_recounted AFTER UPDATE OF status, error_code, size, run ON upload BEGIN
    UPDATE upload_total SET files = files - 1, bytes = bytes - OLD.size
        WHERE run = OLD.run AND status = CASE WHEN OLD.error_code = 'left_alone' THEN 'left_alone' ELSE OLD.status END;
    INSERT INTO upload_total
        VALUES (NEW.run, CASE WHEN NEW.error_code = 'left_alone' THEN 'left_alone' ELSE NEW.status END, 1, NEW.size)
        ON CONFLICT (run, status) DO UPDATE SET files = files + 1, bytes = bytes + excluded.bytes;
END;
";

/// When rows ended. Those taken off the list stay in the history, which has an end.
pub const HISTORY: &str = "
ALTER TABLE upload ADD COLUMN finished_at TEXT;
CREATE TRIGGER upload_ended AFTER UPDATE OF status ON upload
WHEN NEW.status IN ('verified', 'duplicate', 'failed', 'cancelled') BEGIN
    UPDATE upload SET finished_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE id = NEW.id;
END;
CREATE TRIGGER upload_ended_at_once AFTER INSERT ON upload WHEN NEW.status = 'failed' BEGIN
    UPDATE upload SET finished_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE id = NEW.id;
END;
DROP INDEX upload_hidden;
";

/// What is wrong with files that are kept all the same. Of those in the library the damaged ones are counted apart.
pub const REMARKS: &str = "
ALTER TABLE upload ADD COLUMN remark_code TEXT;
ALTER TABLE upload ADD COLUMN remark TEXT;
ALTER TABLE upload ADD COLUMN counts_as TEXT GENERATED ALWAYS AS (CASE
    WHEN error_code = 'left_alone' THEN 'left_alone'
    WHEN status = 'verified' AND COALESCE(remark_code, 'too_large') NOT IN ('too_large', 'coding') THEN 'damaged'
    ELSE status END) VIRTUAL;
DROP TRIGGER upload_counted;
DROP TRIGGER upload_recounted;
CREATE TRIGGER upload_counted AFTER INSERT ON upload BEGIN
    INSERT INTO upload_total VALUES (NEW.run, NEW.counts_as, 1, NEW.size)
        ON CONFLICT (run, status) DO UPDATE SET files = files + 1, bytes = bytes + excluded.bytes;
END;
CREATE TRIGGER upload_recounted AFTER UPDATE OF status, error_code, remark_code, size, run ON upload BEGIN
    UPDATE upload_total SET files = files - 1, bytes = bytes - OLD.size
        WHERE run = OLD.run AND status = OLD.counts_as;
    INSERT INTO upload_total VALUES (NEW.run, NEW.counts_as, 1, NEW.size)
        ON CONFLICT (run, status) DO UPDATE SET files = files + 1, bytes = bytes + excluded.bytes;
END;
";

/// Why rows failed, by a name; see [`Reason`].
pub const REASONS: &str = "
ALTER TABLE upload ADD COLUMN error_reason TEXT;
ALTER TABLE upload ADD COLUMN error_values TEXT;
";

/// The damaged picture whose place the row's could take.
pub const REPLACES: &str = "
ALTER TABLE upload ADD COLUMN replaces INTEGER;
CREATE INDEX upload_replaces ON upload (replaces) WHERE replaces IS NOT NULL;
";
