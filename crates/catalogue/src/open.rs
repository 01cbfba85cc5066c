//! Opening a database file that may be damaged.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use machine::files;
use rusqlite::Connection;

use crate::pragma::{Durability, connect};
use crate::{CatalogueError, Result};

/// Held while a folder's databases are opened, moved or migrated, so that two processes don't do it at once.
pub(crate) struct FolderLock {
    _file: File,
}

impl FolderLock {
    /// Waits for its turn. The lock ends with the value, or with the process.
    pub(crate) fn take(folder: &Path) -> Result<FolderLock> {
        let path = folder.join("opening.lock");
        let failed = |source| CatalogueError::Io { path: path.clone(), source };
        let file = files::options().create(true).truncate(false).write(true).open(&path).map_err(failed)?;
        file.lock().map_err(failed)?;
        Ok(FolderLock { _file: file })
    }
}

/// Makes a library's folder, for its owner only; what is in there already becomes so.
pub(crate) fn prepare_folder(folder: &Path) -> Result<()> {
    files::folder(folder).map_err(|source| CatalogueError::Io { path: folder.to_path_buf(), source })?;
    files::tighten_within(folder, |_| true);
    Ok(())
}

/// Opens a connection and reads enough to notice a file that is no database or whose schema is damaged.
pub(crate) fn probe(path: &Path, durability: Durability) -> Result<Connection> {
    files::database(path).map_err(|source| CatalogueError::Io { path: path.to_path_buf(), source })?;
    let conn = connect(path, durability)?;
    let tables: Vec<String> = conn
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'")?
        .query_map([], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    for table in tables {
        conn.query_row(&format!("SELECT EXISTS (SELECT 1 FROM \"{table}\")"), [], |_| Ok(()))?;
    }
    Ok(conn)
}

/// Moves a damaged database aside, with its -wal and -shm, and says where it is now.
pub(crate) fn set_aside(path: &Path) -> Result<PathBuf> {
    let mut number = 1;
    let folder = loop {
        let folder = path.with_file_name(format!("damaged-{number}"));
        match fs::create_dir(&folder) {
            Ok(()) => {
                files::tighten(&folder);
                break folder;
            }
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => number += 1,
            Err(source) => return Err(CatalogueError::Io { path: folder, source }),
        }
    };
    // They belong together: a -wal that meets another database destroys it.
    for file in files::database_family(path) {
        let Some(name) = file.file_name() else { continue };
        match fs::rename(&file, folder.join(name)) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(source) => return Err(CatalogueError::Io { path: file, source }),
        }
    }
    Ok(folder)
}
