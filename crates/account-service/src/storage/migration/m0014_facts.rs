//! What pictures' files state about how they were taken.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::text_null;

/// Adds the column.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0014_facts"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.alter_table(Table::alter().table("images").add_column(text_null("facts")).to_owned()).await
    }
}
