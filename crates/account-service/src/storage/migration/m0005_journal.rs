//! Up to where each account's journal is written, and finding pictures by the keys of their objects.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, integer, uuid};

/// The journal.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0005_journal"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let positions = Table::create()
            .table("journal_positions")
            .col(uuid("user_id").primary_key())
            .col(big_integer("written_to"))
            .col(big_integer("covered_to"))
            .col(integer("segments"))
            .foreign_key(
                ForeignKey::create().from_col("user_id").to("users", "id").on_delete(ForeignKeyAction::Cascade),
            )
            .to_owned();
        manager.create_table(positions).await?;
        let by_key = Index::create().name("images_by_object_key").table("images").col("object_key").to_owned();
        manager.create_index(by_key).await
    }
}
