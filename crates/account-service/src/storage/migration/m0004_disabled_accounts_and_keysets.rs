//! Accounts that the operator has closed, and indexes that keep pages flat however many pictures a person has, in the trash
//! or outside of it.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::big_integer_null;

/// The fourth step.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0004_disabled_accounts_and_keysets"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let disabled = Table::alter().table("users").add_column(big_integer_null("disabled_at")).to_owned();
        manager.alter_table(disabled).await?;
        // Partial indexes, in the same words for both databases: with one index for both, a page of a nearly empty trash
        // reads the whole library, and a page of a library that is mostly in the trash reads the whole trash.
        for statement in [
            "CREATE INDEX images_shown_by_age ON images (user_id, created_at, id) WHERE deleted_at IS NULL",
            "CREATE INDEX images_trash_by_age ON images (user_id, created_at, id) WHERE deleted_at IS NOT NULL",
            "DROP INDEX images_by_age",
            // Those of one person that are open, for comparing with the bucket; and what a person's removal looks for.
            "CREATE INDEX uploads_by_user ON uploads (user_id, state)",
            "CREATE INDEX links_by_user ON links (user_id)",
        ] {
            manager.get_connection().execute_unprepared(statement).await?;
        }
        Ok(())
    }
}
