//! Schema versions: refuse newer ones, back up before changing one.

use std::path::Path;

use rusqlite::Connection;
use rusqlite_migration::{M, Migrations};

use crate::{CatalogueError, Result, table};

/// The catalogue's migrations, oldest first. A shipped one is never edited: changes are new ones at the end.
const MIGRATIONS: &[M<'static>] = &[
    M::up(table::state::MIGRATION),
    M::up(table::picture::MIGRATION),
    M::up(table::picture_search::MIGRATION),
    M::up(table::pending_edit::MIGRATION),
    M::up(table::upload::MIGRATION),
    M::up(table::upload_part::MIGRATION),
    M::up(table::upload::HOLD_AND_ORDER),
    M::up(table::picture::FAULTS),
    M::up(table::audit::MIGRATION),
    M::up(table::picture::MILLISECONDS),
    M::up(table::pending_edit::ONE_THING_EACH),
    M::up(table::job::DESCRIPTIONS),
    M::up(table::upload::CANCELLED_TOGETHER),
    M::up(table::picture_search::FOLDED),
    M::up(table::upload::FOUND_IN_FOLDERS),
    M::up(table::picture::FILE_DATES),
    M::up(table::local_file::MIGRATION),
    M::up(table::upload::HISTORY),
    M::up(table::state::TRASH),
    M::up(table::picture::DELETED),
    M::up(table::picture_search::FILTERS),
    M::up(table::picture::APART),
    M::up(table::tag::MIGRATION),
    M::up(table::album::MIGRATION),
    M::up(table::clock::MIGRATION),
    M::up(table::waiting::MIGRATION),
    M::up(table::history::MIGRATION),
    M::up(table::picture::REMARKS),
    M::up(table::upload::REMARKS),
    M::up(table::picture::FACTS),
    M::up(table::job::MIGRATION),
    M::up(table::picture::MARKS),
    M::up(table::state::EXAMINER),
    M::up(table::picture::RATINGS),
    M::up(NO_STATISTICS),
    M::up(table::upload::REASONS),
    M::up(table::job::REASONS),
    M::up(table::waiting::SENT),
    M::up(table::history::OPERATIONS),
    M::up(table::upload::REPLACES),
    M::up(table::description_use::MIGRATION),
    M::up(table::likeness::MIGRATION),
];

/// Plans are those of a large library, whatever its size. Statistics taken when a catalogue had its first picture made
/// SQLite scan ten thousand for each one that was named, until they were taken again when it closed (see "Fixed Results Of
/// ANALYZE" in SQLite's documentation).
const NO_STATISTICS: &str = "DROP TABLE IF EXISTS sqlite_stat1; DROP TABLE IF EXISTS sqlite_stat4;";

/// The newest schema version.
pub(crate) fn newest() -> i32 {
    i32::try_from(MIGRATIONS.len()).unwrap_or(i32::MAX)
}

/// Brings a database to the newest schema. The caller holds the folder's lock.
pub(crate) fn migrate(conn: &mut Connection, path: &Path) -> Result<()> {
    let found: i32 = conn.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let known = newest();
    if found > known {
        return Err(CatalogueError::Newer { found, known });
    }
    if found == known {
        return Ok(());
    }
    if found > 0 {
        let backup = path.with_extension(format!("backup-{found}.db"));
        machine::files::database(&backup).map_err(|source| CatalogueError::Io { path: backup.clone(), source })?;
        conn.backup(rusqlite::MAIN_DB, &backup, None)?;
        tracing::info!(found, known, backup = %backup.display(), "catalogue backed up before its schema changes");
    }
    Migrations::from_slice(MIGRATIONS).to_latest(conn).map_err(|error| match error {
        rusqlite_migration::Error::RusqliteError { err, .. } => CatalogueError::from(err),
        other => CatalogueError::Damaged(other.to_string()),
    })
}

/// Fills an index that a migration left empty, in one transaction: what is interrupted is done at the next start.
pub(crate) fn fill_indexes(conn: &mut Connection) -> Result<()> {
    if !table::picture_search::is_empty(conn)? {
        return Ok(());
    }
    let write = conn.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    table::picture::reindex(&write)?;
    Ok(write.commit()?)
}

/// An empty database with the newest schema, for tests of query plans.
#[cfg(test)]
pub(crate) fn newest_schema() -> Connection {
    let mut conn = Connection::open_in_memory().unwrap();
    Migrations::from_slice(MIGRATIONS).to_latest(&mut conn).unwrap();
    conn
}

#[cfg(test)]
mod tests {
    use std::ops::RangeInclusive;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};

    use account_api::Image;

    use super::*;
    use crate::search::{Filter, Query, layout};
    use crate::table::picture::{Found, find};

    #[test]
    fn migrations_are_valid() {
        Migrations::from_slice(MIGRATIONS).validate().unwrap();
    }

    /// A catalogue of before texts were folded, with a name that is not composed, as a Mac writes it.
    #[test]
    fn what_an_earlier_version_wrote_is_found() {
        let mut conn = Connection::open_in_memory().unwrap();
        let before = MIGRATIONS.iter().position(|one| *one == M::up(table::picture_search::FOLDED)).unwrap();
        Migrations::from_slice(&MIGRATIONS[..before]).to_latest(&mut conn).unwrap();
        conn.execute(
            "INSERT INTO picture (image_id, revision, name, format, content_type, size, sha256, has_thumbnail, favourite,
                tags, created_at, updated_at, stored_size, verified_by, verified_at, shelf, described, aspect_milli,
                shown_local, added_local, name_key, name_folded)
             VALUES ('i', 1, ?1, 'png', 'image/png', 1, '00', 0, 0, '[\"Ｓｅａ\"]', '2026-03-01T12:00:00Z',
                '2026-03-01T12:00:00Z', 1, 'content_md5', '2026-03-01T12:00:00Z', 0, 0, 1000, 0, 0, ?1, ?1)",
            ["\u{1110}\u{1166}\u{1109}\u{1173}\u{1110}\u{1173}.png"],
        )
        .unwrap();
        Migrations::from_slice(MIGRATIONS).to_latest(&mut conn).unwrap();
        fill_indexes(&mut conn).unwrap();
        for text in ["테스트", "스트", "sea"] {
            let query = Query { filter: Filter::parse(text), ..Query::default() };
            assert_eq!(layout(&conn, &query).unwrap().len(), 1, "{text}");
        }
        assert!(!table::picture_search::is_empty(&conn).unwrap());
    }

    /// How much SQLite does, in instructions of its machine.
    fn steps(conn: &Connection, work: impl FnOnce(&Connection)) -> u64 {
        let steps = Arc::<AtomicU64>::default();
        let counted = Arc::clone(&steps);
        let count = move || {
            counted.fetch_add(1, Ordering::Relaxed);
            false
        };
        conn.progress_handler(1, Some(count)).unwrap();
        work(conn);
        conn.progress_handler(0, None::<fn() -> bool>).unwrap();
        steps.load(Ordering::Relaxed)
    }

    /// A catalogue whose statistics an earlier version took when it had one picture.
    #[test]
    fn a_library_that_was_small_once_is_not_scanned_for_each_picture() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("catalogue.db");
        let mut conn = Connection::open(&path).unwrap();
        let before = MIGRATIONS.iter().position(|one| *one == M::up(NO_STATISTICS)).unwrap();
        Migrations::from_slice(&MIGRATIONS[..before]).to_latest(&mut conn).unwrap();
        let put = |conn: &Connection, numbers: RangeInclusive<u32>| {
            let write = conn.unchecked_transaction().unwrap();
            for number in numbers {
                let sha256 = format!("{number:064x}");
                let image = Image { id: sha256.clone(), name: format!("{number}.png"), sha256, ..Image::default() };
                table::picture::upsert(conn, &image).unwrap();
            }
            write.commit().unwrap();
        };
        put(&conn, 1..=1);
        conn.execute_batch("ANALYZE").unwrap();
        Migrations::from_slice(MIGRATIONS).to_latest(&mut conn).unwrap();
        // Connections read statistics with the schema.
        let conn = Connection::open(&path).unwrap();
        put(&conn, 2..=1000);
        let mut found = None;
        let steps = steps(&conn, |conn| found = Some(find(conn, &format!("{:064x}", 500)).unwrap()));
        assert!(matches!(found, Some(Found::One(500))), "{found:?}");
        assert!(steps < 200, "{steps}");
    }

    /// A catalogue of before failures had reasons: its sentences are read, gathered by their code, and tried again.
    #[test]
    fn what_failed_in_an_earlier_version_keeps_its_sentence() {
        use crate::table::upload::{failure_groups, in_group, retry_group};
        let mut conn = Connection::open_in_memory().unwrap();
        let before = MIGRATIONS.iter().position(|one| *one == M::up(table::upload::REASONS)).unwrap();
        Migrations::from_slice(&MIGRATIONS[..before]).to_latest(&mut conn).unwrap();
        for name in ["a.jpg", "b.jpg"] {
            conn.execute(
                "INSERT INTO upload (revision, run, position, origin, given, name, shown_source, describe, size, status,
                    error_code, error_message, retryable)
                 VALUES (1, 1, 1, 'file', ?1, ?1, '', 0, 1, 'failed', 'unreadable', ?1 || ' is not there.', 1)",
                [name],
            )
            .unwrap();
        }
        Migrations::from_slice(MIGRATIONS).to_latest(&mut conn).unwrap();
        let groups = failure_groups(&conn, 9).unwrap();
        assert_eq!((groups.len(), groups[0].reason.as_deref(), groups[0].alike), (1, None, false));
        let rows = in_group(&conn, "unreadable", None, 9).unwrap();
        let said: Vec<_> = rows.iter().flat_map(|row| &row.failure).map(|failure| &*failure.message).collect();
        assert_eq!(said, ["a.jpg is not there.", "b.jpg is not there."]);
        assert_eq!(retry_group(&conn, "unreadable", None).unwrap(), 2);
    }
}
