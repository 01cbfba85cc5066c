//! How long the trash is kept, and since when that is known: at first for ever.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, integer, integer_null};

/// Adds the table with its one row.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0011_trash_rule"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("trash_rule")
            .col(integer("only").primary_key())
            .col(integer_null("days"))
            .col(big_integer("since"))
            .to_owned();
        manager.create_table(table).await?;
        let row = Query::insert()
            .into_table("trash_rule")
            .columns(["only", "since"])
            .values_panic([1.into(), 0.into()])
            .to_owned();
        manager.execute(row).await
    }
}
