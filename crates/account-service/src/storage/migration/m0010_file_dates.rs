//! When the file of a picture was last modified, for pictures that don't say themselves when they were taken.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::string_null;

/// Adds the column.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0010_file_dates"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.alter_table(Table::alter().table("images").add_column(string_null("file_modified_at")).to_owned()).await
    }
}
