//! The catalogue of one library.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use machine::Room;
use rusqlite::Connection;

use crate::migrate::{fill_indexes, migrate};
use crate::open::{FolderLock, prepare_folder, probe, set_aside};
use crate::pool::Pool;
use crate::pragma::Durability;
use crate::search::{Followed, Query};
use crate::{CatalogueError, Result, table};

/// The catalogue's file in the folder of its library.
pub const FILE_NAME: &str = "catalogue.db";

/// Written beside a catalogue in which damage was found while it was open; it is set aside at the next opening.
const DAMAGED_MARK: &str = "catalogue.damaged";

/// Reading connections.
const READERS: usize = 3;

/// An opened catalogue. Clones are cheap and share everything.
#[derive(Clone)]
pub struct Catalogue {
    pool: Pool,
    shared: Arc<Shared>,
}

struct Shared {
    folder: PathBuf,
    damaged: AtomicBool,
    /// `PRAGMA data_version` of the writing connection when it was last looked at.
    seen: AtomicI64,
}

/// What opening gave.
pub struct Opened {
    /// The catalogue.
    pub catalogue: Catalogue,
    /// Where its content comes from.
    pub origin: Origin,
}

/// Where the content of an opened catalogue comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// It was there.
    Existing,
    /// There was none: it is empty.
    New,
    /// There was one, of which nothing is left but the thumbnails beside it. This one is empty and has to be rebuilt from the
    /// account.
    Gone,
    /// The one that was there was damaged. This one is empty and has to be rebuilt from the account.
    Replaced {
        /// The folder that the damaged files are in now.
        aside: PathBuf,
        /// What was wrong.
        reason: String,
    },
}

impl Catalogue {
    /// Opens the catalogue in a library's folder, which is made when it is missing. Blocks; call it off the runtime.
    ///
    /// # Errors
    /// [`CatalogueError::Newer`] for one of a newer version of the app, which is left untouched, and failures of the disk.
    pub fn open(folder: &Path) -> Result<Opened> {
        prepare_folder(folder)?;
        Self::open_beside(folder, Room::keep(folder))
    }

    /// The same, beside others who keep room on the same disk for what has to work when it is full.
    ///
    /// # Errors
    /// As for [`Catalogue::open`].
    pub fn open_beside(folder: &Path, room: Room) -> Result<Opened> {
        prepare_folder(folder)?;
        let _lock = FolderLock::take(folder)?;
        let path = folder.join(FILE_NAME);
        let mark = folder.join(DAMAGED_MARK);
        let existed = fs::metadata(&path).is_ok_and(|meta| meta.len() > 0);
        let was_used = folder.join(crate::thumbs::FILE_NAME).exists();
        let first = match fs::read_to_string(&mark) {
            Ok(reason) => Err(CatalogueError::Damaged(reason)),
            Err(_) => prepare(&path),
        };
        let origin = match first {
            Ok(()) if existed => Origin::Existing,
            Ok(()) if was_used => Origin::Gone,
            Ok(()) => Origin::New,
            Err(CatalogueError::Damaged(reason)) => {
                let aside = set_aside(&path)?;
                tracing::error!(reason, aside = %aside.display(), "the catalogue was damaged and has been set aside");
                prepare(&path)?;
                if let Err(source) = fs::remove_file(&mark)
                    && source.kind() != std::io::ErrorKind::NotFound
                {
                    return Err(CatalogueError::Io { path: mark, source });
                }
                Origin::Replaced { aside, reason }
            }
            Err(other) => return Err(other),
        };
        let pool = Pool::open(&path, Durability::Full, READERS, room)?;
        let shared = Shared { folder: folder.to_path_buf(), damaged: AtomicBool::new(false), seen: AtomicI64::new(-1) };
        Ok(Opened { catalogue: Catalogue { pool, shared: Arc::new(shared) }, origin })
    }

    /// The library's folder.
    pub fn folder(&self) -> &Path {
        &self.shared.folder
    }

    /// Runs a closure on a reading connection, inside one snapshot.
    ///
    /// # Errors
    /// What the closure gives, and what SQLite says.
    pub async fn read<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    {
        self.watched(self.pool.read(work).await)
    }

    /// Runs a closure on the writing connection inside `BEGIN IMMEDIATE` … `COMMIT`; an error rolls everything back. It is
    /// done even when the caller stops waiting.
    ///
    /// # Errors
    /// What the closure gives, and what SQLite says.
    pub async fn write<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    {
        self.watched(self.pool.write(work).await)
    }

    /// A layout, read anew or, where that is the same, brought up to date: `before` is how it was.
    ///
    /// # Errors
    /// What SQLite says.
    pub async fn layout(&self, query: Query, before: Option<Followed>) -> Result<Followed> {
        let changes = Arc::clone(self.pool.changes());
        let mark = changes.mark();
        self.read(move |conn| Followed::read(conn, query, before, mark, &changes)).await
    }

    /// Whether another process has committed anything since the last call. The first call says no.
    ///
    /// # Errors
    /// What SQLite says.
    pub async fn written_elsewhere(&self) -> Result<bool> {
        // The value of a connection changes with the commits of all others; this process writes through this one only.
        let version: i64 =
            self.pool.on_writer(|conn| conn.pragma_query_value(None, "data_version", |row| row.get(0))).await?;
        let before = self.shared.seen.swap(version, Ordering::AcqRel);
        let written = before != -1 && before != version;
        if written {
            self.pool.changes().unknown();
        }
        Ok(written)
    }

    /// Looks for damage in the whole file. Takes about a second for each 100,000 pictures, on a reading connection.
    ///
    /// # Errors
    /// [`CatalogueError::Damaged`] with what was found.
    pub async fn check(&self) -> Result<()> {
        let found =
            self.read(|conn| conn.query_row("PRAGMA quick_check(1)", [], |row| row.get::<_, String>(0))).await?;
        if found == "ok" {
            return Ok(());
        }
        self.watched(Err(CatalogueError::Damaged(found)))
    }

    /// Whether damage has been found since it was opened. It is set aside at the next opening.
    pub fn is_damaged(&self) -> bool {
        self.shared.damaged.load(Ordering::Acquire)
    }

    fn watched<T>(&self, result: Result<T>) -> Result<T> {
        if let Err(CatalogueError::Damaged(reason)) = &result
            && !self.shared.damaged.swap(true, Ordering::AcqRel)
        {
            tracing::error!(reason, "the catalogue is damaged");
            let mark = self.shared.folder.join(DAMAGED_MARK);
            let written = machine::files::options().create(true).truncate(true).write(true).open(&mark);
            if let Err(error) = written.and_then(|mut mark| mark.write_all(reason.as_bytes())) {
                tracing::error!(%error, "the mark of a damaged catalogue can't be written");
            }
        }
        result
    }
}

fn prepare(path: &Path) -> Result<()> {
    let mut conn = probe(path, Durability::Full)?;
    migrate(&mut conn, path)?;
    fill_indexes(&mut conn)?;
    table::follow_time_zone(&conn)?;
    Ok(())
}
