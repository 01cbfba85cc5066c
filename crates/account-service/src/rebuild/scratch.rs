//! What a rebuild has found so far, in a SQLite file that is gone afterwards: a bucket may hold more than memory does.

use std::path::Path;

use account_api::LinkChange;
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, FromQueryResult, Statement,
    TransactionTrait, Value,
};
use serde::de::DeserializeOwned;

use crate::error::{Error, Result};
use crate::journal::{AlbumEntry, Entry};
use crate::object_store::Listed;

const TABLES: &str = "
    CREATE TABLE objects (key TEXT PRIMARY KEY, size INTEGER NOT NULL, etag TEXT) WITHOUT ROWID;
    CREATE TABLE thumbnails (key TEXT PRIMARY KEY) WITHOUT ROWID;
    CREATE TABLE entries (
        image_id TEXT PRIMARY KEY, revision INTEGER NOT NULL, key TEXT, gone INTEGER NOT NULL, entry TEXT NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE albums (id TEXT PRIMARY KEY, revision INTEGER NOT NULL, entry TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE links (id TEXT PRIMARY KEY, revision INTEGER NOT NULL, entry TEXT NOT NULL) WITHOUT ROWID;
    CREATE INDEX entries_by_key ON entries (key);
    CREATE INDEX entries_by_revision ON entries (revision, image_id);
";

/// The file.
pub struct Scratch {
    connection: DatabaseConnection,
    _folder: tempfile::TempDir,
}

/// An object in the bucket.
#[derive(Debug, Clone, FromQueryResult)]
pub struct Found {
    /// Its key.
    pub key: String,
}

/// A picture's newest entry, and its object in the bucket, if it is there.
#[derive(Debug, FromQueryResult)]
pub struct Known {
    /// The picture.
    pub image_id: String,
    /// The entry's revision.
    pub revision: i64,
    /// The entry, as JSON.
    pub entry: String,
    /// The object's size in bytes; absent where the bucket doesn't have it.
    pub size: Option<i64>,
    /// The object's entity tag.
    pub etag: Option<String>,
    /// Whether the bucket has its thumbnail.
    pub has_thumbnail: bool,
}

impl Scratch {
    /// A new one in this folder.
    pub async fn open(folder: &Path) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("rebuild-").tempdir_in(folder).map_err(Error::internal)?;
        let path = folder.path().join("found.db");
        let path = path.to_string_lossy().replace('%', "%25").replace('?', "%3F").replace('#', "%23");
        let mut options = ConnectOptions::new(format!("sqlite:{path}?mode=rwc"));
        options.max_connections(1).sqlx_logging(false).map_sqlx_sqlite_opts(|sqlite| {
            // Nobody needs it after a crash.
            sqlite.pragma("journal_mode", "OFF").pragma("synchronous", "OFF")
        });
        let connection = Database::connect(options).await?;
        connection.execute_unprepared(TABLES).await?;
        Ok(Self { connection, _folder: folder })
    }

    /// Closes it, so that its file can be removed everywhere.
    pub async fn close(self) {
        if let Err(error) = self.connection.close_by_ref().await {
            tracing::warn!(%error, "what a rebuild noted could not be closed");
        }
    }

    /// Notes pictures' objects.
    pub async fn add_objects(&self, objects: &[Listed]) -> Result<()> {
        let tx = self.connection.begin().await?;
        for object in objects {
            let size = i64::try_from(object.size).map_err(Error::internal)?;
            let sql = "INSERT OR REPLACE INTO objects (key, size, etag) VALUES (?, ?, ?)";
            let values = [object.key.clone().into(), size.into(), object.etag.clone().into()];
            tx.execute_raw(statement(sql, values)).await?;
        }
        Ok(tx.commit().await?)
    }

    /// Notes thumbnails' objects.
    pub async fn add_thumbnails(&self, objects: &[Listed]) -> Result<()> {
        let tx = self.connection.begin().await?;
        for object in objects {
            let sql = "INSERT OR REPLACE INTO thumbnails (key) VALUES (?)";
            tx.execute_raw(statement(sql, [object.key.clone().into()])).await?;
        }
        Ok(tx.commit().await?)
    }

    /// Notes entries; of each picture the newest stays.
    pub async fn add_entries(&self, entries: Vec<Entry>) -> Result<()> {
        let tx = self.connection.begin().await?;
        for entry in entries {
            let sql = "SELECT entry FROM entries WHERE image_id = ?";
            let known = tx.query_one_raw(statement(sql, [entry.change.image_id.clone().into()])).await?;
            let entry = match known {
                Some(row) => {
                    let known: String = row.try_get("", "entry")?;
                    entry.later_of(serde_json::from_str(&known).map_err(Error::internal)?)
                }
                None => entry,
            };
            let sql = "INSERT OR REPLACE INTO entries (image_id, revision, key, gone, entry) VALUES (?, ?, ?, ?, ?)";
            let values = [
                entry.change.image_id.clone().into(),
                entry.change.revision.into(),
                entry.stored.as_ref().map(|stored| stored.key.clone()).into(),
                entry.is_removal().into(),
                serde_json::to_string(&entry).map_err(Error::internal)?.into(),
            ];
            tx.execute_raw(statement(sql, values)).await?;
        }
        Ok(tx.commit().await?)
    }

    /// Notes entries of albums and links; of each the newest stays.
    pub async fn add_others(&self, albums: Vec<AlbumEntry>, links: Vec<LinkChange>) -> Result<()> {
        let json = |text: serde_json::Result<String>| text.map_err(Error::internal);
        let tx = self.connection.begin().await?;
        for entry in albums {
            let values = (entry.album_id.to_string(), entry.revision, json(serde_json::to_string(&entry))?);
            tx.execute_raw(newest_into("albums", values)).await?;
        }
        for entry in links {
            let values = (entry.token.clone(), entry.revision, json(serde_json::to_string(&entry))?);
            tx.execute_raw(newest_into("links", values)).await?;
        }
        Ok(tx.commit().await?)
    }

    /// Albums, there and gone: a page after one of them, which is the last of the page before.
    pub async fn albums(&self, after: &str, limit: u32) -> Result<Vec<AlbumEntry>> {
        self.others("albums", after, limit).await
    }

    /// Links, likewise.
    pub async fn links(&self, after: &str, limit: u32) -> Result<Vec<LinkChange>> {
        self.others("links", after, limit).await
    }

    async fn others<T: DeserializeOwned>(&self, table: &str, after: &str, limit: u32) -> Result<Vec<T>> {
        let sql = format!("SELECT entry FROM {table} WHERE id > ? ORDER BY id LIMIT ?");
        let rows = self.connection.query_all_raw(statement(&sql, [after.into(), limit.into()])).await?;
        let entries = rows.iter().map(|row| {
            let entry: String = row.try_get("", "entry")?;
            serde_json::from_str(&entry).map_err(Error::internal)
        });
        entries.collect()
    }

    /// How many objects of pictures there are.
    pub async fn count_objects(&self) -> Result<u64> {
        self.count("SELECT COUNT(*) AS n FROM objects").await
    }

    async fn count(&self, sql: &str) -> Result<u64> {
        let row = self.connection.query_one_raw(statement(sql, [])).await?;
        let count: i64 = row.map(|row| row.try_get("", "n")).transpose()?.unwrap_or_default();
        Ok(count.try_into().unwrap_or_default())
    }

    /// Keys that entries name outside of these two folders, which have been listed: a page after one of them.
    pub async fn keys_elsewhere(&self, pictures: &str, after: &str, limit: u32) -> Result<Vec<String>> {
        let sql = "SELECT key FROM entries WHERE NOT gone AND key > ? AND substr(key, 1, length(?)) <> ? \
                   ORDER BY key LIMIT ?";
        let values = [after.into(), pictures.into(), pictures.into(), limit.into()];
        let rows = self.connection.query_all_raw(statement(sql, values)).await?;
        Ok(rows.iter().map(|row| row.try_get("", "key")).collect::<std::result::Result<_, _>>()?)
    }

    /// Pictures that have both an entry and an object, in the order of their revisions: a page after one of them.
    pub async fn known(&self, after: (i64, &str), limit: u32) -> Result<Vec<Known>> {
        let sql = "SELECT e.image_id, e.revision, e.entry, o.size, o.etag, \
                     COALESCE(json_extract(e.entry, '$.stored.thumbnail_key') IN (SELECT key FROM thumbnails), 0) \
                     AS has_thumbnail \
                   FROM entries e JOIN objects o ON o.key = e.key \
                   WHERE NOT e.gone AND (e.revision, e.image_id) > (?, ?) \
                   ORDER BY e.revision, e.image_id LIMIT ?";
        let values = [after.0.into(), after.1.into(), limit.into()];
        Ok(Known::find_by_statement(statement(sql, values)).all(&self.connection).await?)
    }

    /// Pictures that have an entry, and whose object the bucket doesn't have: a page, likewise.
    pub async fn missing(&self, after: (i64, &str), limit: u32) -> Result<Vec<Known>> {
        let sql = "SELECT image_id, revision, entry, NULL AS size, NULL AS etag, \
                     COALESCE(json_extract(entry, '$.stored.thumbnail_key') IN (SELECT key FROM thumbnails), 0) \
                     AS has_thumbnail \
                   FROM entries WHERE NOT gone AND key NOT IN (SELECT key FROM objects) \
                     AND (revision, image_id) > (?, ?) \
                   ORDER BY revision, image_id LIMIT ?";
        let values = [after.0.into(), after.1.into(), limit.into()];
        Ok(Known::find_by_statement(statement(sql, values)).all(&self.connection).await?)
    }

    /// Objects that no entry names: a page after one of them.
    pub async fn unknown(&self, after: &str, limit: u32) -> Result<Vec<Found>> {
        let sql = "SELECT o.key FROM objects o LEFT JOIN entries e ON e.key = o.key \
                   WHERE e.key IS NULL AND o.key > ? ORDER BY o.key LIMIT ?";
        Ok(Found::find_by_statement(statement(sql, [after.into(), limit.into()])).all(&self.connection).await?)
    }

    /// How many objects an entry names as removed for good.
    pub async fn count_removed(&self) -> Result<u64> {
        self.count("SELECT COUNT(*) AS n FROM objects o JOIN entries e ON e.key = o.key WHERE e.gone").await
    }

    /// Pictures that the journal says are gone for good: a page after one of them.
    pub async fn gone(&self, after: &str, limit: u32) -> Result<Vec<String>> {
        let sql = "SELECT image_id FROM entries WHERE gone AND image_id > ? ORDER BY image_id LIMIT ?";
        let rows = self.connection.query_all_raw(statement(sql, [after.into(), limit.into()])).await?;
        Ok(rows.iter().map(|row| row.try_get("", "image_id")).collect::<std::result::Result<_, _>>()?)
    }

    /// Whether the bucket has a picture's object.
    pub async fn has_object(&self, key: &str) -> Result<bool> {
        let sql = "SELECT 1 AS n FROM objects WHERE key = ?";
        Ok(self.connection.query_one_raw(statement(sql, [key.into()])).await?.is_some())
    }

    /// Whether the journal says that a picture is gone for good.
    pub async fn is_removed(&self, image_id: &str) -> Result<bool> {
        let sql = "SELECT 1 AS n FROM entries WHERE image_id = ? AND gone";
        Ok(self.connection.query_one_raw(statement(sql, [image_id.into()])).await?.is_some())
    }

    /// The first of these keys that is a thumbnail in the bucket.
    pub async fn thumbnail(&self, keys: &[String]) -> Result<Option<String>> {
        for key in keys {
            let sql = "SELECT key FROM thumbnails WHERE key = ?";
            if self.connection.query_one_raw(statement(sql, [key.clone().into()])).await?.is_some() {
                return Ok(Some(key.clone()));
            }
        }
        Ok(None)
    }
}

fn newest_into(table: &str, (id, revision, entry): (String, i64, String)) -> Statement {
    let sql = format!(
        "INSERT INTO {table} (id, revision, entry) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET \
           revision = excluded.revision, entry = excluded.entry WHERE excluded.revision > revision"
    );
    statement(&sql, [id.into(), revision.into(), entry.into()])
}

fn statement(sql: &str, values: impl IntoIterator<Item = Value>) -> Statement {
    Statement::from_sql_and_values(DbBackend::Sqlite, sql, values)
}
