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
    M::up(table::description_job::MIGRATION),
    M::up(table::upload::CANCELLED_TOGETHER),
];

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
        conn.backup(rusqlite::MAIN_DB, &backup, None)?;
        tracing::info!(found, known, backup = %backup.display(), "catalogue backed up before its schema changes");
    }
    Migrations::from_slice(MIGRATIONS).to_latest(conn).map_err(|error| match error {
        rusqlite_migration::Error::RusqliteError { err, .. } => CatalogueError::from(err),
        other => CatalogueError::Damaged(other.to_string()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn migrations_are_valid() {
        Migrations::from_slice(MIGRATIONS).validate().unwrap();
    }
}
