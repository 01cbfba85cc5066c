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
