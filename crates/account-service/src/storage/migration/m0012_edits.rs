//! Edits that merge: what persons and models say of a picture stands apart, tags and albums have tables, everything has a
//! stamp, links have revisions, and operations that were made are remembered.

use sea_orm::{ConnectionTrait, DbBackend, QueryResult, Statement, Value};
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, boolean, string, text, uuid, uuid_null};

use crate::error::Error;
use crate::legacy::Legacy;
use crate::storage::update_each;

/// See the module.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0012_edits"
    }
}

/// How many pictures are read at a time.
const PAGE: u64 = 500;

/// In the same words for both databases. A column whose words now are a person's, a model's or stamps is that from here on:
/// dropping one costs SQLite as much as writing the whole table anew.
const COLUMNS: &[&str] = &[
    "UPDATE images SET tags = '{}' WHERE tags = '[]'",
    "ALTER TABLE images RENAME COLUMN tags TO stamps",
    "ALTER TABLE images RENAME COLUMN description TO own_description",
    "ALTER TABLE images RENAME COLUMN alt_text TO own_alt_text",
    "ALTER TABLE images RENAME COLUMN text_in_image TO reading",
    "ALTER TABLE images RENAME COLUMN described_by TO crop",
    "ALTER TABLE images DROP COLUMN described_at",
    "ALTER TABLE images ADD COLUMN taken_at_corrected TEXT",
    "ALTER TABLE images ADD COLUMN rotation INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE users ADD COLUMN clock TEXT NOT NULL DEFAULT '0000000000000000'",
    // Links become part of the change feed: each is a change that comes after all others.
    "ALTER TABLE links ADD COLUMN revision BIGINT NOT NULL DEFAULT 0",
    "UPDATE links SET revision = numbered.revision FROM ( \
       SELECT links.token AS token, \
         users.revision + ROW_NUMBER() OVER (PARTITION BY links.user_id ORDER BY links.created_at, links.token) AS revision \
       FROM links JOIN users ON users.id = links.user_id \
     ) AS numbered WHERE links.token = numbered.token",
    "UPDATE users SET revision = revision + (SELECT COUNT(*) FROM links WHERE links.user_id = users.id)",
    "CREATE INDEX links_by_revision ON links (user_id, revision)",
    "CREATE INDEX albums_by_revision ON albums (user_id, revision)",
    "CREATE INDEX album_images_by_album ON album_images (album_id)",
    "CREATE INDEX applied_edits_by_age ON applied_edits (applied_at)",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [tags(), albums(), album_images(), applied_edits()] {
            manager.create_table(table).await?;
        }
        let connection = manager.get_connection();
        take_apart(connection).await?;
        for statement in COLUMNS {
            connection.execute_unprepared(statement).await?;
        }
        Ok(())
    }
}

fn belongs_to(table: &mut TableCreateStatement, column: &'static str, parent: &'static str) {
    table.foreign_key(ForeignKey::create().from_col(column).to(parent, "id").on_delete(ForeignKeyAction::Cascade));
}

fn tags() -> TableCreateStatement {
    let mut table = Table::create()
        .table("tags")
        .col(uuid("image_id"))
        .col(text("key"))
        .col(text("tag"))
        .col(string("author"))
        .col(boolean("present"))
        .col(string("stamp"))
        .primary_key(Index::create().col("image_id").col("key"))
        .to_owned();
    belongs_to(&mut table, "image_id", "images");
    table
}

fn albums() -> TableCreateStatement {
    let mut table = Table::create()
        .table("albums")
        .col(uuid("user_id"))
        .col(uuid("id"))
        .col(text("name"))
        .col(uuid_null("cover"))
        .col(string("sorted"))
        .col(uuid_null("parent"))
        .col(big_integer("created_at"))
        .col(big_integer("updated_at"))
        .col(big_integer_null("removed_at"))
        .col(big_integer("revision"))
        .col(text("stamps"))
        .primary_key(Index::create().col("user_id").col("id"))
        .to_owned();
    belongs_to(&mut table, "user_id", "users");
    table
}

fn album_images() -> TableCreateStatement {
    let mut table = Table::create()
        .table("album_images")
        .col(uuid("image_id"))
        .col(uuid("album_id"))
        .col(text("place"))
        .col(boolean("present"))
        .col(string("stamp"))
        .primary_key(Index::create().col("image_id").col("album_id"))
        .to_owned();
    belongs_to(&mut table, "image_id", "images");
    table
}

fn applied_edits() -> TableCreateStatement {
    let mut table = Table::create()
        .table("applied_edits")
        .col(uuid("user_id"))
        .col(uuid("id"))
        .col(string("status"))
        .col(big_integer_null("revision"))
        .col(big_integer("applied_at"))
        .primary_key(Index::create().col("user_id").col("id"))
        .to_owned();
    belongs_to(&mut table, "user_id", "users");
    table
}

/// Takes the words of each picture apart, in the columns that they stand in.
async fn take_apart(connection: &impl ConnectionTrait) -> Result<(), DbErr> {
    let backend = connection.get_database_backend();
    let place = if backend == DbBackend::Postgres { "$1" } else { "?" };
    let page = format!(
        "SELECT id, description, alt_text, tags, text_in_image, described_by, described_at FROM images \
         WHERE id > {place} AND (tags <> '[]' OR description IS NOT NULL OR alt_text IS NOT NULL \
           OR text_in_image IS NOT NULL OR described_by IS NOT NULL) \
         ORDER BY id LIMIT {PAGE}"
    );
    let mut after = uuid::Uuid::nil();
    loop {
        let rows = connection.query_all_raw(Statement::from_sql_and_values(backend, &page, [after.into()])).await?;
        let (mut pictures, mut tags) = (Vec::with_capacity(rows.len()), Vec::new());
        for row in &rows {
            after = row.try_get("", "id")?;
            let apart = legacy(row)?.apart(after);
            let wrong = |error: Error| DbErr::Custom(error.to_string());
            let reading = apart.reading.as_ref().map(serde_json::to_string).transpose();
            let reading = reading.map_err(|error| DbErr::Custom(error.to_string()))?;
            let stamps = apart.stamps.text().map_err(wrong)?;
            let nothing: Option<String> = None;
            pictures.push((
                after.into(),
                vec![
                    Value::from(apart.own_description),
                    apart.own_alt_text.into(),
                    reading.into(),
                    stamps.into(),
                    nothing.into(),
                ],
            ));
            tags.extend(apart.tags);
        }
        if rows.is_empty() {
            return Ok(());
        }
        let columns = ["description", "alt_text", "text_in_image", "tags", "described_by"];
        update_each(connection, "images", "id", &columns, pictures).await?;
        // Of one picture there are a hundred at most.
        for some in tags.chunks(4_000) {
            let mut insert = Query::insert();
            insert.into_table("tags").columns(["image_id", "key", "tag", "author", "present", "stamp"]);
            for tag in some.iter().cloned() {
                let row = [
                    tag.image_id.into(),
                    tag.key.into(),
                    tag.tag.into(),
                    tag.author.into(),
                    tag.present.into(),
                    tag.stamp.into(),
                ];
                insert.values_panic(row);
            }
            connection.execute(&insert).await?;
        }
    }
}

fn legacy(row: &QueryResult) -> Result<Legacy, DbErr> {
    let tags: String = row.try_get("", "tags")?;
    Ok(Legacy {
        description: row.try_get("", "description")?,
        alt_text: row.try_get("", "alt_text")?,
        tags: serde_json::from_str(&tags).map_err(|error| DbErr::Custom(format!("a picture’s tags: {error}")))?,
        text_in_image: row.try_get("", "text_in_image")?,
        described_by: row.try_get("", "described_by")?,
        described_at: row.try_get("", "described_at")?,
    })
}
