//! What a later look at the store found wrong with a picture's bytes.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::string_null;

/// Adds the column.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0006_faults"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.alter_table(Table::alter().table("images").add_column(string_null("fault")).to_owned()).await
    }
}
