//! The second factor, recovery codes, and links that set a new password.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, boolean, integer, string, uuid};

/// See the module.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0002_second_factor_and_recovery"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let second_factors = [
            uuid("user_id").primary_key().take(),
            string("secret"),
            big_integer("created_at"),
            big_integer_null("confirmed_at"),
            big_integer_null("last_step"),
            integer("failures"),
            big_integer_null("failed_at"),
        ];
        let recovery_codes = [
            string("code_hash").primary_key().take(),
            uuid("user_id"),
            big_integer("created_at"),
            big_integer_null("used_at"),
        ];
        let reset_links = [
            string("token_hash").primary_key().take(),
            uuid("user_id"),
            boolean("lifts_second_factor"),
            big_integer("created_at"),
            big_integer("expires_at"),
            big_integer_null("used_at"),
        ];
        for table in [
            of_a_person("second_factors", second_factors),
            of_a_person("recovery_codes", recovery_codes),
            of_a_person("reset_links", reset_links),
        ] {
            manager.create_table(table).await?;
        }
        for (name, table, column) in [
            ("recovery_codes_by_user", "recovery_codes", "user_id"),
            ("reset_links_by_user", "reset_links", "user_id"),
            ("reset_links_by_end", "reset_links", "expires_at"),
        ] {
            manager.create_index(Index::create().name(name).table(table).col(column).to_owned()).await?;
        }
        Ok(())
    }
}

fn of_a_person(name: &'static str, columns: impl IntoIterator<Item = ColumnDef>) -> TableCreateStatement {
    let mut table = Table::create().table(name).to_owned();
    for mut column in columns {
        table.col(&mut column);
    }
    table.foreign_key(ForeignKey::create().from_col("user_id").to("users", "id").on_delete(ForeignKeyAction::Cascade));
    table
}
