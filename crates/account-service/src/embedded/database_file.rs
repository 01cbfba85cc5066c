//! The embedded service's database file: whether it is whole, and what is done when it isn't.
//!
//! A damaged one is moved aside with everything that SQLite keeps beside it, and nothing of it is deleted. A new one begins,
//! and a mark beside it says that the library has to be brought back from the store before anything counts. The mark goes
//! when that is done, so whatever breaks it off, it is done again.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use sea_orm::{ConnectOptions, ConnectionTrait, Database, DbErr, RuntimeErr, Statement, sqlx};
use serde::{Deserialize, Serialize};

/// The database in the data folder.
const FILE: &str = "account.db";

/// Says that the library has to be brought back.
const MARK: &str = "account.lost";

/// Held while the file is looked at, moved or made, so that two processes don't do it at once.
const OPENING: &str = "account.lock";

/// Held while the library is brought back.
const BRINGING_BACK: &str = "account.lost.lock";

/// Up to here, in bytes, the whole file is looked through at each start, which takes a fraction of a second. Of a larger one
/// the beginnings of its tables are.
const LOOKED_THROUGH: u64 = 256 * 1024 * 1024;

/// What became of a database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lost {
    /// The folder that the damaged files are in now; absent when there was nothing to keep.
    pub aside: Option<PathBuf>,
    /// What was wrong, for the log.
    pub reason: String,
    /// It is whole, but older than the journal in the store: as one that was put back from a backup.
    #[serde(default)]
    pub older: bool,
}

/// Whether there is a database in the data folder.
pub fn is_there(data_dir: &Path) -> bool {
    data_dir.join(FILE).exists()
}

/// A lock of a file in the data folder. It ends with the value, or with the process.
pub struct Lock {
    _file: File,
}

impl Lock {
    async fn take(data_dir: &Path, name: &str) -> io::Result<Self> {
        let path = data_dir.join(name);
        let locked = tokio::task::spawn_blocking(move || {
            let file = machine::files::options().create(true).truncate(false).write(true).open(path)?;
            file.lock()?;
            Ok(Self { _file: file })
        });
        locked.await.map_err(io::Error::other)?
    }

    /// For looking at the file and opening it.
    ///
    /// # Errors
    /// When the folder can't be written.
    pub async fn for_opening(data_dir: &Path) -> io::Result<Self> {
        Self::take(data_dir, OPENING).await
    }

    /// For bringing the library back.
    ///
    /// # Errors
    /// When the folder can't be written.
    pub async fn for_bringing_back(data_dir: &Path) -> io::Result<Self> {
        Self::take(data_dir, BRINGING_BACK).await
    }
}

/// Looks at the database before it is opened: moves a damaged one aside, and leaves a mark when what was in it, or in one that
/// is gone, has to be brought back. `had_library` says whether there was one here, for all that can be seen beside it.
///
/// # Errors
/// When files can't be moved or written.
pub async fn look_after(data_dir: &Path, had_library: bool) -> io::Result<()> {
    let path = data_dir.join(FILE);
    let size = fs::metadata(&path).map(|meta| meta.len()).ok();
    let reason = match size {
        None => "it was gone".to_owned(),
        Some(0) => "it was empty".to_owned(),
        Some(size) => match damage(&path, size).await {
            Some(reason) => reason,
            None => return Ok(()),
        },
    };
    let aside = set_aside(&path)?;
    if aside.is_none() && !had_library {
        return Ok(());
    }
    tracing::error!(reason, ?aside, "the account’s database is lost; it will be brought back from the store");
    mark(data_dir, &Lost { aside, reason, older: false })
}

/// Leaves a mark that what the store's journal knows has to be taken up.
///
/// # Errors
/// When it can't be written.
pub fn note_older(data_dir: &Path, reason: String) -> io::Result<()> {
    tracing::warn!(reason, "the account’s database is older than the journal; what it lacks will be taken up");
    mark(data_dir, &Lost { aside: None, reason, older: true })
}

fn mark(data_dir: &Path, lost: &Lost) -> io::Result<()> {
    let mark = serde_json::to_vec(lost)?;
    let mut file = tempfile::NamedTempFile::new_in(data_dir)?;
    io::Write::write_all(&mut file, &mark)?;
    file.as_file().sync_all()?;
    file.persist(data_dir.join(MARK)).map_err(|error| error.error)?;
    Ok(())
}

/// What was lost and is not back yet.
pub fn lost(data_dir: &Path) -> Option<Lost> {
    let mark = fs::read(data_dir.join(MARK)).ok()?;
    Some(serde_json::from_slice(&mark).unwrap_or(Lost { aside: None, reason: "it was lost".to_owned(), older: false }))
}

/// It is back.
///
/// # Errors
/// When the mark can't be removed.
pub fn found(data_dir: &Path) -> io::Result<()> {
    match fs::remove_file(data_dir.join(MARK)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// What is wrong with a database file; none when it is whole, or can't be looked at for another reason, which opening it
/// will tell.
async fn damage(path: &Path, size: u64) -> Option<String> {
    match look_through(path, size).await {
        Ok(found) => found,
        Err(error) => is_damage(&error).then(|| error.to_string()),
    }
}

async fn look_through(path: &Path, size: u64) -> Result<Option<String>, DbErr> {
    let text = path.to_string_lossy().replace('%', "%25").replace('?', "%3F").replace('#', "%23");
    // A connection that may write would take the log beside a damaged file into it, or remove it, as it closes.
    let mut options = ConnectOptions::new(format!("sqlite:{text}?mode=ro"));
    options
        .max_connections(1)
        .sqlx_logging(false)
        .map_sqlx_sqlite_opts(|sqlite| sqlite.busy_timeout(std::time::Duration::from_secs(30)));
    let connection = Database::connect(options).await?;
    let looked = async {
        let backend = connection.get_database_backend();
        let ask = async |sql: String| connection.query_all_raw(Statement::from_string(backend, sql)).await;
        if size <= LOOKED_THROUGH {
            let rows = ask("PRAGMA quick_check(1)".to_owned()).await?;
            let said: Option<String> = rows.first().map(|row| row.try_get_by_index(0)).transpose()?;
            return Ok(said.filter(|said| said != "ok"));
        }
        for table in ask("SELECT name FROM sqlite_schema WHERE type = 'table'".to_owned()).await? {
            let name: String = table.try_get_by_index(0)?;
            ask(format!("SELECT 1 FROM \"{}\" LIMIT 1", name.replace('"', "\"\""))).await?;
        }
        Ok(None)
    }
    .await;
    connection.close().await?;
    looked
}

/// SQLITE_CORRUPT is 11, SQLITE_NOTADB 26; extended codes hold them in their lowest byte.
fn is_damage(error: &DbErr) -> bool {
    let (DbErr::Conn(inner) | DbErr::Exec(inner) | DbErr::Query(inner)) = error else { return false };
    let RuntimeErr::SqlxError(error) = inner else { return false };
    let sqlx::Error::Database(error) = &**error else { return false };
    error.code().and_then(|code| code.parse::<u32>().ok()).is_some_and(|code| matches!(code & 0xff, 11 | 26))
}

/// Moves the file aside, and what SQLite keeps beside it: a log that met another database would destroy that one. Says where
/// they are now; none when there was nothing.
fn set_aside(path: &Path) -> io::Result<Option<PathBuf>> {
    let family = ["", "-wal", "-shm"].map(|suffix| {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        PathBuf::from(name)
    });
    if !family.iter().any(|file| file.exists()) {
        return Ok(None);
    }
    let mut number = 1;
    let folder = loop {
        let folder = path.with_file_name(format!("damaged-{number}"));
        match fs::create_dir(&folder) {
            Ok(()) => {
                machine::files::tighten(&folder);
                break folder;
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => number += 1,
            Err(error) => return Err(error),
        }
    };
    for file in family {
        let Some(name) = file.file_name() else { continue };
        match fs::rename(&file, folder.join(name)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(Some(folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn made(path: &Path) {
        let connection = Database::connect(format!("sqlite:{}?mode=rwc", path.display())).await.unwrap();
        connection.execute_unprepared("CREATE TABLE t (a TEXT)").await.unwrap();
        for _ in 0..200 {
            connection.execute_unprepared("INSERT INTO t VALUES (hex(randomblob(100)))").await.unwrap();
        }
        connection.close().await.unwrap();
    }

    #[tokio::test]
    async fn what_is_whole_stays_and_what_is_not_goes_aside_with_its_log() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(FILE);
        made(&path).await;
        look_after(dir.path(), true).await.unwrap();
        assert!(path.exists() && lost(dir.path()).is_none());

        let mut bytes = fs::read(&path).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle..middle + 8192].fill(0);
        fs::write(&path, &bytes).unwrap();
        fs::write(dir.path().join("account.db-wal"), b"log").unwrap();
        look_after(dir.path(), true).await.unwrap();
        let aside = lost(dir.path()).unwrap().aside.unwrap();
        assert_eq!(fs::read(aside.join(FILE)).unwrap(), bytes, "nothing of it is deleted");
        assert!(aside.join("account.db-wal").exists() && !path.exists());
        found(dir.path()).unwrap();
        assert!(lost(dir.path()).is_none());
    }

    #[tokio::test]
    async fn a_file_of_anything_else_is_damage_and_none_is_only_where_there_was_one() {
        for content in [&b""[..], b"not a database at all", &[0; 4096]] {
            let dir = tempfile::tempdir().unwrap();
            fs::write(dir.path().join(FILE), content).unwrap();
            look_after(dir.path(), false).await.unwrap();
            assert!(lost(dir.path()).is_some_and(|lost| lost.aside.is_some()), "{content:?}");
        }
        let dir = tempfile::tempdir().unwrap();
        look_after(dir.path(), false).await.unwrap();
        assert_eq!(lost(dir.path()), None, "a first start");
        look_after(dir.path(), true).await.unwrap();
        assert_eq!(lost(dir.path()).unwrap().aside, None);
    }
}
