//! What can go wrong with the local databases.

use std::io;
use std::path::PathBuf;

use rusqlite::ErrorCode;

/// What can go wrong with the local databases.
#[derive(Debug, thiserror::Error)]
pub enum CatalogueError {
    /// A newer version of the app has written the file.
    #[error("the catalogue has schema version {found}, this version of the app knows {known}")]
    Newer {
        /// The file's schema version.
        found: i32,
        /// The newest version that this program knows.
        known: i32,
    },
    /// The file is damaged.
    #[error("the database is damaged: {0}")]
    Damaged(String),
    /// The disk is full, or the file can't be written.
    #[error("the disk can’t be written: {0}")]
    Disk(String),
    /// A file of the folder can't be made, moved or locked.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A statement failed for another reason.
    #[error("the database refused a statement: {0}")]
    Sqlite(rusqlite::Error),
    /// The catalogue has been closed, or the work was given up because of a fault in it.
    #[error("the database is closed")]
    Closed,
}

/// The result of opening, reading and writing.
pub type Result<T, E = CatalogueError> = std::result::Result<T, E>;

/// What [`CatalogueError::Disk`] says of a disk without room.
const FULL: &str = "it is full";

impl CatalogueError {
    /// The disk has no room.
    pub(crate) fn full() -> Self {
        Self::Disk(FULL.to_owned())
    }

    /// Whether it is for want of room on the disk.
    pub fn is_full(&self) -> bool {
        match self {
            CatalogueError::Disk(why) => why == FULL,
            CatalogueError::Io { source, .. } => machine::is_full(source),
            _ => false,
        }
    }

    /// Whether another process held the files for too long: trying again helps.
    pub fn is_busy(&self) -> bool {
        matches!(self, CatalogueError::Sqlite(error)
            if matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked)))
    }
}

/// SQLite's code for a log's index that has no room: a full disk, too.
const SHARED_MEMORY_SIZE: i32 = rusqlite::ffi::SQLITE_IOERR_SHMSIZE;

impl From<rusqlite::Error> for CatalogueError {
    fn from(error: rusqlite::Error) -> Self {
        if error.sqlite_error().is_some_and(|code| code.extended_code == SHARED_MEMORY_SIZE) {
            return CatalogueError::full();
        }
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => CatalogueError::Damaged(error.to_string()),
            Some(ErrorCode::DiskFull) => CatalogueError::full(),
            Some(
                ErrorCode::ReadOnly | ErrorCode::SystemIoFailure | ErrorCode::CannotOpen | ErrorCode::PermissionDenied,
            ) => CatalogueError::Disk(error.to_string()),
            _ => CatalogueError::Sqlite(error),
        }
    }
}
