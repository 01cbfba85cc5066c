//! Room that is held until nobody can store anything at a key any more, and thumbnails that count like originals.

use sea_orm::DbBackend;
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, boolean, text, text_null, uuid};

/// See the module.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0007_held_room"
    }
}

/// In the same words for both databases.
const STATEMENTS: &[&str] = &[
    "ALTER TABLE uploads ADD COLUMN addresses_until BIGINT NOT NULL DEFAULT 0",
    // How long those that are open may have been given an address for; it was written down once an hour.
    "UPDATE uploads SET addresses_until = updated_at + 4560000 WHERE state = 'open'",
    "CREATE INDEX uploads_by_image ON uploads (image_id)",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        for statement in STATEMENTS {
            connection.execute_unprepared(statement).await?;
        }
        // Stands alone: it outlives what it belonged to.
        let held_keys = Table::create()
            .table("held_keys")
            .col(text("object_key").primary_key())
            .col(text_null("store_upload_id"))
            .col(uuid("user_id"))
            .col(big_integer("bytes"))
            .col(big_integer("pictures"))
            .col(big_integer("until"))
            .col(boolean("given_back"))
            .to_owned();
        manager.create_table(held_keys).await?;
        for (name, column) in [("held_keys_by_end", "until"), ("held_keys_by_user", "user_id")] {
            manager.create_index(Index::create().name(name).table("held_keys").col(column).to_owned()).await?;
        }
        // The size of a thumbnail stands in what was announced of it, as JSON.
        let (announced, spec) = match connection.get_database_backend() {
            DbBackend::Sqlite => {
                ("json_extract(announced, '$.thumbnail.size')", "json_extract(thumbnail_spec, '$.size')")
            }
            _ => ("(announced::json #>> '{thumbnail,size}')::bigint", "(thumbnail_spec::json ->> 'size')::bigint"),
        };
        let thumbnails = format!(
            "UPDATE users SET used_bytes = used_bytes \
               + (SELECT COALESCE(SUM({spec}), 0) FROM images \
                  WHERE images.user_id = users.id AND thumbnail_spec IS NOT NULL) \
               + (SELECT COALESCE(SUM({announced}), 0) FROM uploads \
                  WHERE uploads.user_id = users.id AND uploads.state = 'open')"
        );
        connection.execute_unprepared(&thumbnails).await?;
        Ok(())
    }
}
