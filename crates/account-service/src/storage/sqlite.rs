//! What SQLite wants that PostgreSQL does by itself: a file of its own that nobody else may read, room to delete in when
//! the disk is full, and connections that forget a transaction which broke.

use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use machine::Room;
use sea_orm::sqlx::pool::{PoolConnectionMetadata, PoolOptions};
use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sea_orm::sqlx::{self, Connection, Sqlite};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbErr};

/// Makes the file of this database if need be, and keeps room beside it. None for a database in memory.
pub fn prepare(url: &str, room: &Room) -> Result<Option<Room>, DbErr> {
    let options = SqliteConnectOptions::from_str(url).map_err(|error| DbErr::Custom(error.to_string()))?;
    let file = options.get_filename();
    if url.contains(":memory:") || url.contains("mode=memory") {
        return Ok(None);
    }
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // The usual place is where everything else is, and one reserve is enough there.
    let room = if room.covers(folder) { room.clone() } else { Room::keep(folder) };
    machine::files::database(file).map_err(|error| DbErr::Custom(unusable(file, &error)))?;
    Ok(Some(room))
}

fn unusable(file: &Path, error: &std::io::Error) -> String {
    let file = file.display();
    match error.kind() {
        std::io::ErrorKind::NotFound => format!("there is no folder for {file}. Make it, or change DATABASE_URL"),
        std::io::ErrorKind::PermissionDenied => format!("{file} may not be written by this user"),
        _ if machine::is_full(error) => format!("the disk of {file} is full. Make room on it"),
        _ => format!("{file} can’t be opened: {}", machine::why(error)),
    }
}

/// How each connection is set up.
pub fn set_up(options: SqliteConnectOptions) -> SqliteConnectOptions {
    options
        .create_if_missing(true)
        .busy_timeout(Duration::from_secs(30))
        .foreign_keys(true)
        .pragma("journal_mode", "WAL")
        // What is confirmed to a client as verified survives a power cut.
        .pragma("synchronous", "FULL")
        // Nothing is sorted or set aside on another disk, which may be full as well.
        .pragma("temp_store", "MEMORY")
}

/// Closes connections that would do harm when they are used again.
///
/// When a statement finds the disk full, SQLite itself rolls the transaction back. The driver doesn't see that: its own
/// ROLLBACK then fails because there is nothing to roll back, and it takes the connection to be inside a transaction for
/// ever. The next transaction on it would be a savepoint, and when that fails, too, its lock on the whole database stays:
/// nobody writes any more until the connection is closed.
pub fn close_what_broke(options: PoolOptions<Sqlite>) -> PoolOptions<Sqlite> {
    options.after_release(|connection, _: PoolConnectionMetadata| {
        let connection: &mut SqliteConnection = connection;
        Box::pin(async move {
            // Waits behind the rollback that a dropped transaction has put into the connection's queue.
            connection.ping().await?;
            let sound = !connection.is_in_transaction();
            if !sound {
                tracing::warn!("a connection is closed because its transaction broke");
            }
            Ok::<_, sqlx::Error>(sound)
        })
    })
}

/// Before a write: on a disk that is full gives up the room that was kept for that, and has the log of the database begin
/// anew in the place that it has.
pub async fn make_way(room: &Room, connection: &DatabaseConnection) {
    if room.make_way()
        && let Err(error) = connection.execute_unprepared("PRAGMA wal_checkpoint(PASSIVE)").await
    {
        tracing::warn!(%error, "the database’s log can’t be put away");
    }
}
