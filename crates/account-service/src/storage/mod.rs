//! The database: one implementation for PostgreSQL and SQLite.
//!
//! Rows are in [`entity`], one file a table; [`migration`] runs at start. Times are milliseconds since 1970.

pub mod entity;
mod hybrid_clock;
mod migration;
#[cfg(feature = "hosted")]
mod postgres;
mod revision;
mod sqlite;
mod update_each;

use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use backon::{ConstantBuilder, Retryable};
use machine::Room;
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database as Orm, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr,
    RuntimeErr, SqliteTransactionMode, TransactionOptions, TransactionTrait, sqlx,
};
use sea_orm_migration::MigratorTrait;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

pub use hybrid_clock::{latest_clock, next_clock, note_clock};
pub use revision::{next_revision, take_revisions};
pub use update_each::{update_changed, update_each};

/// The most connections of one process.
const CONNECTIONS: u32 = 16;

/// How long a request waits for a connection.
const ACQUIRE: Duration = Duration::from_secs(8);

/// Connections to the database.
#[derive(Clone)]
pub struct Database {
    connection: DatabaseConnection,
    /// SQLite has one writer at a time. Waiting here is fair and wakes at once; its own busy handler polls, and is left
    /// to settle things between processes.
    writer: Option<Arc<Semaphore>>,
    /// What is kept on the disk of a SQLite file, for deleting when it is full.
    room: Option<Room>,
}

impl Database {
    /// Connects to `postgresql://…` or `sqlite://…` and brings the schema up to date. `room` is what the service keeps free
    /// on the disk of its own folder.
    ///
    /// # Errors
    /// When the database can't be reached, or has a schema of a newer version of this service.
    pub async fn open(url: &str, room: &Room) -> Result<Self, DbErr> {
        let database = Self::connect(url, room).await?;
        database.migrate().await?;
        Ok(database)
    }

    /// Connects, and leaves the schema as it is.
    ///
    /// # Errors
    /// When the database can't be reached.
    pub async fn connect(url: &str, room: &Room) -> Result<Self, DbErr> {
        let is_sqlite = url.starts_with("sqlite");
        let room = if is_sqlite { sqlite::prepare(url, room)? } else { None };
        if !is_sqlite {
            #[cfg(feature = "hosted")]
            postgres::reach(url, ACQUIRE).await?;
            #[cfg(not(feature = "hosted"))]
            return Err(DbErr::Custom("this program keeps its rows in SQLite only".to_owned()));
        }
        let mut options = ConnectOptions::new(url);
        options
            .max_connections(CONNECTIONS)
            // A restart of the database shorter than this is not noticed by anybody.
            .acquire_timeout(ACQUIRE)
            .connect_timeout(ACQUIRE)
            .sqlx_logging(false)
            .record_stmt_in_spans(false)
            .map_sqlx_sqlite_opts(sqlite::set_up)
            .map_sqlx_sqlite_pool_opts(sqlite::close_what_broke);
        // Changing a new SQLite file to WAL takes a lock that its busy timeout doesn't wait for, so of two processes that
        // make the file at the same moment one may be refused here.
        let connection = (|| Orm::connect(options.clone()))
            .retry(ConstantBuilder::default().with_delay(Duration::from_millis(50)).with_max_times(100))
            .when(move |error| is_sqlite && is_locked(error))
            .await?;
        let sqlite = connection.get_database_backend() == DbBackend::Sqlite;
        Ok(Self { connection, writer: sqlite.then(|| Arc::new(Semaphore::new(1))), room })
    }

    /// Brings the schema up to date, and gives the names of the steps that were missing. Several processes may do so at
    /// once: one works, the others wait.
    ///
    /// # Errors
    /// When the database can't be reached, or has a schema of a newer version of this service.
    pub async fn migrate(&self) -> Result<Vec<String>, DbErr> {
        let write = self.write().await?;
        if self.writer.is_none() {
            // Any number will do that all instances share. The commit releases it.
            write.execute_unprepared("SELECT pg_advisory_xact_lock(7216045113)").await?;
        }
        let missing = migration::Migrator::get_pending_migrations(&*write).await?;
        let missing = missing.iter().map(|step| step.name().to_owned()).collect();
        migration::Migrator::up(&*write, None).await?;
        write.commit().await?;
        Ok(missing)
    }

    /// A transaction that will write. On SQLite it takes the write lock at its beginning (`BEGIN IMMEDIATE`), so that
    /// it can't fail half-way because another one wrote.
    ///
    /// # Errors
    /// When the database can't be reached.
    pub async fn write(&self) -> Result<Write, DbErr> {
        let permit = match &self.writer {
            Some(writer) => Some(
                Arc::clone(writer).acquire_owned().await.map_err(|_| DbErr::Custom("the writer is closed".into()))?,
            ),
            None => None,
        };
        if let Some(room) = &self.room {
            sqlite::make_way(room, &self.connection).await;
        }
        let transaction = self
            .connection
            .begin_with_options(TransactionOptions {
                sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
                ..TransactionOptions::default()
            })
            .await?;
        Ok(Write { transaction, _permit: permit })
    }

    /// Whether it takes writes: makes one that changes nothing.
    ///
    /// # Errors
    /// When it can't be reached or can't write.
    pub async fn try_write(&self) -> Result<(), DbErr> {
        let write = self.write().await?;
        // SQLite writes its first page anew. PostgreSQL refuses to change no row when it only reads, and notes the number of
        // the transaction when it doesn't.
        let nothing = match self.writer {
            Some(_) => "PRAGMA user_version = 0",
            None => "UPDATE users SET revision = revision WHERE false; SELECT pg_current_xact_id()",
        };
        write.execute_unprepared(nothing).await?;
        write.commit().await
    }

    /// Whether other instances on other machines may use it, which then can tell each other what they did.
    pub fn is_shared(&self) -> bool {
        self.writer.is_none()
    }

    /// How many connections there are, and how many of them are idle.
    #[cfg(feature = "hosted")]
    pub fn connections(&self) -> (usize, usize) {
        fn count<D: sqlx::Database>(pool: &sqlx::Pool<D>) -> (usize, usize) {
            (pool.size() as usize, pool.num_idle())
        }
        match self.connection.get_database_backend() {
            DbBackend::Postgres => count(self.connection.get_postgres_connection_pool()),
            _ => count(self.connection.get_sqlite_connection_pool()),
        }
    }

    /// For reading, and for nothing else.
    pub fn read(&self) -> &DatabaseConnection {
        &self.connection
    }

    /// Closes all connections.
    pub async fn close(&self) {
        if let Err(error) = self.connection.close_by_ref().await {
            tracing::warn!(%error, "the database connections could not be closed");
        }
    }
}

fn is_locked(error: &DbErr) -> bool {
    let DbErr::Conn(RuntimeErr::SqlxError(error)) = error else { return false };
    let sqlx::Error::Database(error) = &**error else { return false };
    // SQLITE_BUSY is 5; extended codes hold it in their lowest byte.
    error.code().and_then(|code| code.parse::<u32>().ok()).is_some_and(|code| code & 0xff == 5)
}

/// A transaction that writes. Dropped without [`commit`](Self::commit), nothing of it remains.
pub struct Write {
    transaction: DatabaseTransaction,
    _permit: Option<OwnedSemaphorePermit>,
}

impl Write {
    /// Makes everything written permanent and visible.
    ///
    /// # Errors
    /// When the database can't be reached; then nothing was written, as far as anyone can know.
    pub async fn commit(self) -> Result<(), DbErr> {
        self.transaction.commit().await
    }
}

impl Deref for Write {
    type Target = DatabaseTransaction;

    fn deref(&self) -> &DatabaseTransaction {
        &self.transaction
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A database in a folder, with a table to fill.
    async fn database(folder: &std::path::Path) -> Database {
        let url = format!("sqlite:{}?mode=rwc", folder.join("a.db").display());
        let database = Database::connect(&url, &Room::keep(folder)).await.unwrap();
        let write = database.write().await.unwrap();
        write.execute_unprepared("CREATE TABLE filler (bytes BLOB)").await.unwrap();
        write.commit().await.unwrap();
        database
    }

    /// Writes more than fits. SQLite answers just as it does on a disk that is full.
    async fn overflow(database: &Database) -> DbErr {
        let write = database.write().await.unwrap();
        write.execute_unprepared("PRAGMA max_page_count = 3").await.unwrap();
        write.execute_unprepared("INSERT INTO filler VALUES (zeroblob(1000000))").await.unwrap_err()
    }

    async fn add_one(database: &Database) {
        let write = database.write().await.unwrap();
        write.execute_unprepared("INSERT INTO filler VALUES (zeroblob(1))").await.unwrap();
        write.commit().await.unwrap();
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_write_that_found_the_disk_full_keeps_nobody_from_writing() {
        let folder = tempfile::tempdir().unwrap();
        let database = database(folder.path()).await;
        // As many as there are connections: were a broken one used again, its lock would stay at its second failure.
        for _ in 0..2 * CONNECTIONS {
            let error = overflow(&database).await;
            assert!(error.to_string().contains("full"), "{error}");
        }
        // Another process waits for a lock for so long only.
        let other = database_of_another_process(folder.path()).await;
        add_one(&other).await;
        add_one(&database).await;
        let pool = database.connection.get_sqlite_connection_pool();
        let mut used = pool.acquire().await.unwrap();
        assert!(!sqlx::Connection::is_in_transaction(&*used));
        let rows: i64 = sqlx::query_scalar("SELECT count(*) FROM filler").fetch_one(&mut *used).await.unwrap();
        assert_eq!(rows, 2);
    }

    async fn database_of_another_process(folder: &std::path::Path) -> Database {
        let url = format!("sqlite:{}", folder.join("a.db").display());
        Database::connect(&url, &Room::keep(folder)).await.unwrap()
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn its_files_are_for_its_owner_only_also_when_they_were_there_before() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        std::fs::write(&path, "").unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        let _database = database(folder.path()).await;
        for file in machine::files::database_family(&path) {
            assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600, "{}", file.display());
        }
    }
}
