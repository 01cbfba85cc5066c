//! Up to where an account's change feed has been written into the bucket.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "journal_positions")]
pub struct Model {
    /// Whose.
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: Uuid,
    /// Every change up to this revision is in the journal.
    pub written_to: i64,
    /// The last revision that the last segment covers. The next one begins after it, also when revisions between are in
    /// the journal for another reason: a gap would look like a lost segment.
    pub covered_to: i64,
    /// How many segments have been written since they were last compacted.
    pub segments: i32,
}

/// Relations are not declared: the service joins nothing through the mapper.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
