//! Migrations, run at start. One that has been released is never edited.

mod m0001_accounts_and_pictures;
mod m0002_second_factor_and_recovery;
mod m0003_quotas;
mod m0004_disabled_accounts_and_keysets;
mod m0005_journal;
mod m0006_faults;
mod m0007_held_room;
mod m0008_refresh_successors;
mod m0009_people;
mod m0010_file_dates;
mod m0011_trash_rule;
mod m0012_edits;
mod m0013_remarks;
mod m0014_facts;
mod m0015_marks;

use sea_orm_migration::prelude::*;

/// All migrations, oldest first.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_accounts_and_pictures::Migration),
            Box::new(m0002_second_factor_and_recovery::Migration),
            Box::new(m0003_quotas::Migration),
            Box::new(m0004_disabled_accounts_and_keysets::Migration),
            Box::new(m0005_journal::Migration),
            Box::new(m0006_faults::Migration),
            Box::new(m0007_held_room::Migration),
            Box::new(m0008_refresh_successors::Migration),
            Box::new(m0009_people::Migration),
            Box::new(m0010_file_dates::Migration),
            Box::new(m0011_trash_rule::Migration),
            Box::new(m0012_edits::Migration),
            Box::new(m0013_remarks::Migration),
            Box::new(m0014_facts::Migration),
            Box::new(m0015_marks::Migration),
        ]
    }
}
