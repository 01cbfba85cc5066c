//! People, sessions, pictures, uploads, links and what the change feed needs.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, boolean, integer_null, string, string_null, text, text_null, uuid, uuid_null,
};

/// The first schema.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0001_accounts_and_pictures"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in
            [users(), sessions(), refresh_tokens(), images(), tombstones(), uploads(), links(), doomed_objects()]
        {
            manager.create_table(table).await?;
        }
        for (name, table, columns, unique) in INDEXES {
            let mut index = Index::create().name(*name).table(*table).to_owned();
            for column in *columns {
                index.col(*column);
            }
            if *unique {
                index.unique();
            }
            manager.create_index(index).await?;
        }
        // Of the same bytes a person has one open upload at most; a partial index, in the same words for both databases.
        manager
            .get_connection()
            .execute_unprepared(
                "CREATE UNIQUE INDEX uploads_open_unique ON uploads (user_id, sha256) WHERE state = 'open'",
            )
            .await?;
        Ok(())
    }
}

const INDEXES: &[(&str, &str, &[&str], bool)] = &[
    ("users_username_unique", "users", &["username_key"], true),
    ("users_email_unique", "users", &["email_key"], true),
    ("sessions_by_user", "sessions", &["user_id"], false),
    ("sessions_by_use", "sessions", &["last_used_at"], false),
    ("refresh_tokens_by_session", "refresh_tokens", &["session_id"], false),
    ("refresh_tokens_by_parent", "refresh_tokens", &["parent_hash"], false),
    ("images_content_unique", "images", &["user_id", "sha256"], true),
    ("images_by_age", "images", &["user_id", "created_at", "id"], false),
    ("images_by_revision", "images", &["user_id", "revision"], false),
    ("images_in_trash", "images", &["deleted_at"], false),
    ("tombstones_by_revision", "tombstones", &["user_id", "revision"], false),
    ("uploads_by_state", "uploads", &["state", "updated_at"], false),
    ("links_image_unique", "links", &["image_id"], true),
];

fn table(name: &'static str, columns: impl IntoIterator<Item = ColumnDef>) -> TableCreateStatement {
    let mut table = Table::create().table(name).to_owned();
    for mut column in columns {
        table.col(&mut column);
    }
    table
}

fn belongs_to(mut table: TableCreateStatement, column: &'static str, parent: &'static str) -> TableCreateStatement {
    table.foreign_key(ForeignKey::create().from_col(column).to(parent, "id").on_delete(ForeignKeyAction::Cascade));
    table
}

fn key(mut column: ColumnDef) -> ColumnDef {
    column.primary_key();
    column
}

fn users() -> TableCreateStatement {
    table(
        "users",
        [
            key(uuid("id")),
            string("username"),
            string("username_key"),
            string("email"),
            string("email_key"),
            string_null("password_hash"),
            big_integer("revision"),
            big_integer("created_at"),
        ],
    )
}

fn sessions() -> TableCreateStatement {
    let table = table(
        "sessions",
        [
            key(uuid("id")),
            uuid("user_id"),
            string_null("device_name"),
            big_integer("created_at"),
            big_integer("last_used_at"),
            big_integer_null("revoked_at"),
        ],
    );
    belongs_to(table, "user_id", "users")
}

fn refresh_tokens() -> TableCreateStatement {
    let table = table(
        "refresh_tokens",
        [
            key(string("token_hash")),
            uuid("session_id"),
            string_null("parent_hash"),
            big_integer("created_at"),
            big_integer_null("replaced_at"),
        ],
    );
    belongs_to(table, "session_id", "sessions")
}

fn images() -> TableCreateStatement {
    let table = table(
        "images",
        [
            key(uuid("id")),
            uuid("user_id"),
            text("name"),
            string("format"),
            string("content_type"),
            big_integer("size"),
            string("sha256"),
            integer_null("width"),
            integer_null("height"),
            string_null("taken_at"),
            text_null("camera"),
            string_null("thumbhash"),
            text("object_key"),
            text_null("thumbnail_key"),
            text_null("thumbnail_spec"),
            boolean("has_thumbnail"),
            boolean("favourite"),
            text_null("description"),
            text_null("alt_text"),
            text("tags"),
            text_null("text_in_image"),
            text_null("described_by"),
            big_integer_null("described_at"),
            big_integer("created_at"),
            big_integer("updated_at"),
            big_integer_null("deleted_at"),
            big_integer("revision"),
            big_integer("stored_size"),
            text_null("etag"),
            string("verified_by"),
            big_integer("verified_at"),
        ],
    );
    belongs_to(table, "user_id", "users")
}

fn tombstones() -> TableCreateStatement {
    let table = table(
        "tombstones",
        [key(uuid("image_id")), uuid("user_id"), big_integer("revision"), big_integer("removed_at")],
    );
    belongs_to(table, "user_id", "users")
}

fn uploads() -> TableCreateStatement {
    let table = table(
        "uploads",
        [
            key(uuid("id")),
            uuid("user_id"),
            string("state"),
            string("sha256"),
            big_integer("size"),
            text("announced"),
            text("object_key"),
            text_null("store_upload_id"),
            big_integer_null("part_size"),
            uuid_null("image_id"),
            big_integer("created_at"),
            big_integer("updated_at"),
        ],
    );
    belongs_to(table, "user_id", "users")
}

fn links() -> TableCreateStatement {
    let table = table("links", [key(string("token")), uuid("image_id"), uuid("user_id"), big_integer("created_at")]);
    belongs_to(belongs_to(table, "image_id", "images"), "user_id", "users")
}

/// Stands alone: it outlives what it belonged to.
fn doomed_objects() -> TableCreateStatement {
    table("doomed_objects", [key(text("object_key")), text_null("store_upload_id"), big_integer("doomed_at")])
}
