//! What names look like, invitations, addresses that wait for their confirmation, and accounts that were removed.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, string, text, uuid, uuid_null};

/// See the module.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0009_people"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for statement in [
            "ALTER TABLE users ADD COLUMN username_look TEXT",
            // Names that looked alike before this was asked have none, and of those there may be any number.
            "CREATE UNIQUE INDEX users_username_look_unique ON users (username_look)",
        ] {
            manager.get_connection().execute_unprepared(statement).await?;
        }
        let invitations = Table::create()
            .table("invitations")
            .col(string("code_hash").primary_key())
            .col(big_integer("created_at"))
            .col(big_integer("expires_at"))
            .col(big_integer_null("used_at"))
            .col(uuid_null("used_by"))
            .to_owned();
        let email_changes = Table::create()
            .table("email_changes")
            .col(string("token_hash").primary_key())
            .col(uuid("user_id"))
            .col(text("email"))
            .col(big_integer("created_at"))
            .col(big_integer("expires_at"))
            .foreign_key(
                ForeignKey::create().from_col("user_id").to("users", "id").on_delete(ForeignKeyAction::Cascade),
            )
            .to_owned();
        // Stands alone: it outlives the account.
        let removed_accounts = Table::create()
            .table("removed_accounts")
            .col(uuid("user_id").primary_key())
            .col(big_integer("removed_at"))
            .col(big_integer("look_at"))
            .col(big_integer("looks"))
            .to_owned();
        for table in [invitations, email_changes, removed_accounts] {
            manager.create_table(table).await?;
        }
        let by_user = Index::create().name("email_changes_by_user").table("email_changes").col("user_id").to_owned();
        manager.create_index(by_user).await
    }
}
