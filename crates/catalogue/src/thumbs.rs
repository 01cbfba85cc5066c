//! Thumbnails, kept by the SHA-256 of their pictures. Everything in here can be made again, so a damaged file is deleted.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use machine::{Room, files};
use rusqlite::{Connection, OptionalExtension, params};

use crate::open::{FolderLock, prepare_folder, probe};
use crate::pool::Pool;
use crate::pragma::Durability;
use crate::{CatalogueError, Result};

pub(crate) const FILE_NAME: &str = "thumbs.db";
const SCHEMA: i32 = 1;
const READERS: usize = 2;

/// Uses that are gathered before they are written.
const TOUCHES: usize = 256;

/// Bytes that are written before the cap is looked at again.
const LOOK_EVERY: u64 = 32 << 20;

/// A thumbnail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thumbnail {
    /// `image/jpeg`, `image/png` or `image/webp`.
    pub content_type: String,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// The thumbnails of one library, up to a number of bytes; the least recently used go first. Clones share everything.
#[derive(Clone)]
pub struct ThumbStore {
    shared: Arc<Shared>,
}

struct Shared {
    path: PathBuf,
    cap: u64,
    /// With a number that rises when the file is started anew.
    pool: RwLock<(u64, Pool)>,
    touched: Mutex<HashSet<String>>,
    since_look: AtomicU64,
}

impl ThumbStore {
    /// Opens `thumbs.db` in a library's folder, with a cap in bytes. A damaged one is deleted. Blocks; call it off the
    /// runtime.
    ///
    /// # Errors
    /// Failures of the disk.
    pub fn open(folder: &Path, cap: u64) -> Result<ThumbStore> {
        prepare_folder(folder)?;
        Self::open_beside(folder, cap, Room::keep(folder))
    }

    /// The same, beside others who keep room on the same disk for what has to work when it is full. Thumbnails leave it to
    /// them: they can be made again.
    ///
    /// # Errors
    /// As for [`ThumbStore::open`].
    pub fn open_beside(folder: &Path, cap: u64, room: Room) -> Result<ThumbStore> {
        prepare_folder(folder)?;
        let path = folder.join(FILE_NAME);
        let _lock = FolderLock::take(folder)?;
        let pool = open_or_rebuild(&path, room)?;
        Ok(ThumbStore {
            shared: Arc::new(Shared {
                path,
                cap,
                pool: RwLock::new((0, pool)),
                touched: Mutex::default(),
                since_look: AtomicU64::new(LOOK_EVERY),
            }),
        })
    }

    /// The thumbnail of the picture with this SHA-256.
    ///
    /// # Errors
    /// What SQLite says, except for damage: then there are no thumbnails any more, and they are made again.
    pub async fn get(&self, sha256: &str) -> Result<Option<Thumbnail>> {
        let found = self.peek(sha256).await?;
        // A disk that is full keeps nobody from looking at pictures.
        if found.is_some()
            && let Err(error) = self.touch(sha256).await
        {
            tracing::debug!(%error, "when thumbnails were used is not written");
        }
        Ok(found)
    }

    /// The same, for somebody who goes through all of them: that is no use which would keep it.
    ///
    /// # Errors
    /// As for [`ThumbStore::get`].
    pub async fn peek(&self, sha256: &str) -> Result<Option<Thumbnail>> {
        let key = sha256.to_owned();
        let (number, pool) = self.pool();
        let found = pool
            .read(move |conn| {
                conn.prepare_cached("SELECT content_type, bytes FROM thumbnail WHERE sha256 = ?1")?
                    .query_row([key], |row| Ok(Thumbnail { content_type: row.get(0)?, bytes: row.get(1)? }))
                    .optional()
            })
            .await;
        Ok(self.mended(number, found)?.flatten())
    }

    /// Which of these have a thumbnail, in their order.
    ///
    /// # Errors
    /// As for [`ThumbStore::get`].
    pub async fn has(&self, sha256s: Vec<String>) -> Result<Vec<bool>> {
        let asked = sha256s.len();
        let (number, pool) = self.pool();
        let found = pool
            .read(move |conn| {
                let mut statement = conn.prepare_cached("SELECT 1 FROM thumbnail WHERE sha256 = ?1")?;
                sha256s.iter().map(|sha256| statement.exists([sha256])).collect::<rusqlite::Result<Vec<_>>>()
            })
            .await;
        Ok(self.mended(number, found)?.unwrap_or_else(|| vec![false; asked]))
    }

    /// Keeps a thumbnail.
    ///
    /// # Errors
    /// As for [`ThumbStore::get`].
    pub async fn put(&self, sha256: &str, thumbnail: Thumbnail) -> Result<()> {
        let size = thumbnail.bytes.len() as u64;
        let look = self.shared.since_look.fetch_add(size, Ordering::AcqRel) + size >= LOOK_EVERY;
        if look {
            self.shared.since_look.store(0, Ordering::Release);
        }
        let (key, cap) = (sha256.to_owned(), self.shared.cap);
        let (number, pool) = self.pool();
        pool.room().take(size).map_err(|_| CatalogueError::full())?;
        let done = pool
            .write(move |conn| {
                conn.prepare_cached(
                    "INSERT OR REPLACE INTO thumbnail (sha256, content_type, bytes, size, used_at)
                     VALUES (?1, ?2, ?3, ?4, unixepoch('subsec') * 1000)",
                )?
                .execute(params![
                    key,
                    thumbnail.content_type,
                    thumbnail.bytes,
                    thumbnail.bytes.len() as i64
                ])?;
                if look { make_room(conn, cap) } else { Ok(()) }
            })
            .await;
        self.mended(number, done).map(drop)
    }

    /// Forgets the thumbnail of a picture that is gone.
    ///
    /// # Errors
    /// As for [`ThumbStore::get`].
    pub async fn remove(&self, sha256: String) -> Result<()> {
        let (number, pool) = self.pool();
        let done = pool.write(move |conn| conn.execute("DELETE FROM thumbnail WHERE sha256 = ?1", [sha256])).await;
        self.mended(number, done).map(drop)
    }

    /// Writes which thumbnails were used, before the app ends.
    ///
    /// # Errors
    /// As for [`ThumbStore::get`].
    pub async fn flush(&self) -> Result<()> {
        let touched = std::mem::take(&mut *self.shared.touched.lock().unwrap_or_else(PoisonError::into_inner));
        self.write_touched(touched).await
    }

    async fn touch(&self, sha256: &str) -> Result<()> {
        let full = {
            let mut touched = self.shared.touched.lock().unwrap_or_else(PoisonError::into_inner);
            touched.insert(sha256.to_owned());
            (touched.len() >= TOUCHES).then(|| std::mem::take(&mut *touched))
        };
        match full {
            Some(touched) => self.write_touched(touched).await,
            None => Ok(()),
        }
    }

    async fn write_touched(&self, touched: HashSet<String>) -> Result<()> {
        if touched.is_empty() {
            return Ok(());
        }
        let (number, pool) = self.pool();
        let done = pool
            .write(move |conn| {
                let mut statement =
                    conn.prepare_cached("UPDATE thumbnail SET used_at = unixepoch('subsec') * 1000 WHERE sha256 = ?1")?;
                touched.iter().try_for_each(|sha256| statement.execute([sha256]).map(drop))
            })
            .await;
        self.mended(number, done).map(drop)
    }

    fn pool(&self) -> (u64, Pool) {
        self.shared.pool.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Turns damage into "nothing there", after deleting the file and starting a new one.
    fn mended<T>(&self, number: u64, result: Result<T>) -> Result<Option<T>> {
        match result {
            Err(CatalogueError::Damaged(reason)) => {
                tracing::warn!(reason, "the thumbnails were damaged and are made again");
                let mut pool = self.shared.pool.write().unwrap_or_else(PoisonError::into_inner);
                // Several may find the same damage at once.
                if pool.0 == number {
                    delete(&self.shared.path)?;
                    let room = pool.1.room().clone();
                    *pool = (number + 1, open_or_rebuild(&self.shared.path, room)?);
                }
                Ok(None)
            }
            other => other.map(Some),
        }
    }
}

/// Deletes the least recently used ones until nine tenths of the cap are left.
fn make_room(conn: &Connection, cap: u64) -> rusqlite::Result<()> {
    let total: i64 = conn.query_row("SELECT COALESCE(sum(size), 0) FROM thumbnail", [], |row| row.get(0))?;
    let mut excess = total - i64::try_from(cap).unwrap_or(i64::MAX);
    if excess <= 0 {
        return Ok(());
    }
    excess += i64::try_from(cap / 10).unwrap_or(0);
    let mut last = None;
    let mut statement = conn.prepare("SELECT used_at, size FROM thumbnail ORDER BY used_at, size")?;
    let mut rows = statement.query([])?;
    while excess > 0
        && let Some(row) = rows.next()?
    {
        last = Some(row.get::<_, i64>(0)?);
        excess -= row.get::<_, i64>(1)?;
    }
    drop(rows);
    conn.execute("DELETE FROM thumbnail WHERE used_at <= ?1", [last])?;
    Ok(())
}

fn open_or_rebuild(path: &Path, room: Room) -> Result<Pool> {
    match prepare(path) {
        Ok(()) => {}
        Err(CatalogueError::Damaged(reason)) => {
            tracing::warn!(reason, "the thumbnails were damaged and are made again");
            delete(path)?;
            prepare(path)?;
        }
        Err(other) => return Err(other),
    }
    Pool::open(path, Durability::Normal, READERS, room)
}

/// Makes the table. A file of another version holds nothing worth keeping.
fn prepare(path: &Path) -> Result<()> {
    let conn = probe(path, Durability::Normal)?;
    let version: i32 = conn.pragma_query_value(None, "user_version", |row| row.get(0))?;
    match version {
        SCHEMA => Ok(()),
        0 => Ok(conn.execute_batch(&format!(
            "BEGIN IMMEDIATE;
             CREATE TABLE thumbnail (
                 sha256       TEXT PRIMARY KEY,
                 content_type TEXT NOT NULL,
                 bytes        BLOB NOT NULL,
                 size         INTEGER NOT NULL,
                 used_at      INTEGER NOT NULL
             ) STRICT;
             CREATE INDEX thumbnail_by_use ON thumbnail (used_at, size);
             PRAGMA user_version = {SCHEMA};
             COMMIT;"
        ))?),
        other => Err(CatalogueError::Damaged(format!("schema version {other}"))),
    }
}

fn delete(path: &Path) -> Result<()> {
    for file in files::database_family(path) {
        match fs::remove_file(&file) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(source) => return Err(CatalogueError::Io { path: file, source }),
        }
    }
    Ok(())
}
