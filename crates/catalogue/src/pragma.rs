//! How every connection is set up.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, Result};

/// How long a statement waits for another process that is writing.
const BUSY: Duration = Duration::from_secs(10);

/// Statements kept prepared by one connection.
const PREPARED: usize = 64;

/// How much a commit is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Durability {
    /// A commit survives a power cut.
    Full,
    /// A commit survives a crash of the app; after a power cut the newest ones may be missing, the file is sound.
    Normal,
}

/// Opens a connection in WAL mode.
pub(crate) fn connect(path: &Path, durability: Durability) -> Result<Connection> {
    let conn = Connection::open(path)?;
    conn.busy_timeout(BUSY)?;
    conn.pragma_update_and_check(None, "journal_mode", "wal", |_| Ok(()))?;
    conn.pragma_update(
        None,
        "synchronous",
        match durability {
            Durability::Full => "full",
            Durability::Normal => "normal",
        },
    )?;
    conn.pragma_update(None, "foreign_keys", true)?;
    conn.pragma_update(None, "temp_store", "memory")?;
    // Kibibytes, because negative.
    conn.pragma_update(None, "cache_size", -16_384)?;
    // A WAL that has grown is cut back at the next checkpoint.
    conn.pragma_update(None, "journal_size_limit", 16 << 20)?;
    conn.set_prepared_statement_cache_capacity(PREPARED);
    Ok(conn)
}
