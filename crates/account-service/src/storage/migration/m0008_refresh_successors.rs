//! What it takes to give the answer to an exchange of refresh tokens once more, and to know who may have it.

use sea_orm_migration::prelude::*;

/// See the module.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0008_refresh_successors"
    }
}

/// In the same words for both databases; SQLite adds one column at a time.
const STATEMENTS: &[&str] = &[
    "ALTER TABLE refresh_tokens ADD COLUMN successor_salt TEXT",
    "ALTER TABLE refresh_tokens ADD COLUMN exchanged_by TEXT",
    "ALTER TABLE refresh_tokens ADD COLUMN honoured BIGINT NOT NULL DEFAULT 0",
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
