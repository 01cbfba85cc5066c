//! What each account holds, kept as it changes, and what it may hold.

use sea_orm_migration::prelude::*;

/// Room and quotas.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0003_quotas"
    }
}

/// In the same words for both databases; SQLite adds one column at a time.
const STATEMENTS: &[&str] = &[
    "ALTER TABLE users ADD COLUMN quota_bytes BIGINT",
    "ALTER TABLE users ADD COLUMN quota_pictures BIGINT",
    "ALTER TABLE users ADD COLUMN used_bytes BIGINT NOT NULL DEFAULT 0",
    "ALTER TABLE users ADD COLUMN used_pictures BIGINT NOT NULL DEFAULT 0",
    "UPDATE users SET \
       used_bytes = (SELECT COALESCE(SUM(size), 0) FROM images WHERE images.user_id = users.id) \
         + (SELECT COALESCE(SUM(size), 0) FROM uploads WHERE uploads.user_id = users.id AND uploads.state = 'open'), \
       used_pictures = (SELECT COUNT(*) FROM images WHERE images.user_id = users.id) \
         + (SELECT COUNT(*) FROM uploads WHERE uploads.user_id = users.id AND uploads.state = 'open')",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for statement in STATEMENTS {
            manager.get_connection().execute_unprepared(statement).await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use sea_orm::{ConnectOptions, ConnectionTrait, Database, FromQueryResult, Statement};
    use sea_orm_migration::SchemaManager;

    use super::*;
    use crate::storage::migration::m0001_accounts_and_pictures;

    #[derive(FromQueryResult, Debug, PartialEq)]
    struct Counted {
        used_bytes: i64,
        used_pictures: i64,
    }

    const ID: &str = "00000000-0000-4000-8000-00000000000";

    /// What accounts held before there were quotas is counted: pictures, in the trash or not, and open uploads.
    async fn counts_what_is_there(url: String) {
        let mut options = ConnectOptions::new(url);
        options.max_connections(1).sqlx_logging(false);
        let connection = Database::connect(options).await.unwrap();
        let manager = SchemaManager::new(&connection);
        m0001_accounts_and_pictures::Migration.up(&manager).await.unwrap();
        // SQLite keeps identifiers as bytes, PostgreSQL as what they are; both read this.
        let id = |n: u8| match connection.get_database_backend() {
            sea_orm::DbBackend::Sqlite => format!("x'{}'", format!("{ID}{n}").replace('-', "")),
            _ => format!("'{ID}{n}'"),
        };
        let mut statements = Vec::new();
        for n in [1, 2] {
            statements
                .push(format!("INSERT INTO users VALUES ({}, 'u{n}', 'u{n}', 'e{n}', 'e{n}', NULL, 3, 0)", id(n)));
        }
        for (n, size, deleted) in [(3, 1000, "NULL"), (4, 200, "7")] {
            statements.push(format!(
                "INSERT INTO images (id, user_id, name, format, content_type, size, sha256, object_key, has_thumbnail, \
                 favourite, tags, created_at, updated_at, deleted_at, revision, stored_size, verified_by, verified_at) \
                 VALUES ({}, {}, 'n', 'png', 'image/png', {size}, 's{n}', 'k', false, false, '[]', 0, 0, {deleted}, 1, \
                 {size}, 'content_md5', 0)",
                id(n),
                id(1)
            ));
        }
        for (n, state) in [(5, "open"), (6, "verified"), (7, "closed")] {
            statements.push(format!(
                "INSERT INTO uploads (id, user_id, state, sha256, size, announced, object_key, created_at, updated_at) \
                 VALUES ({}, {}, '{state}', 's{n}', 30, '{{}}', 'k', 0, 0)",
                id(n),
                id(1)
            ));
        }
        for statement in statements {
            connection.execute_unprepared(&statement).await.unwrap();
        }

        Migration.up(&manager).await.unwrap();
        let query = "SELECT used_bytes, used_pictures FROM users ORDER BY username";
        let query = Statement::from_string(connection.get_database_backend(), query);
        let counted = Counted::find_by_statement(query).all(&connection).await.unwrap();
        let expected = [(1230, 3), (0, 0)].map(|(used_bytes, used_pictures)| Counted { used_bytes, used_pictures });
        assert_eq!(counted, expected);
    }

    #[tokio::test]
    async fn what_is_there_is_counted_on_sqlite() {
        counts_what_is_there("sqlite::memory:".to_owned()).await;
    }

    #[tokio::test]
    async fn what_is_there_is_counted_on_postgres() {
        counts_what_is_there(testkit::postgres::database().await).await;
    }
}
