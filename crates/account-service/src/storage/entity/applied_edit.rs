//! Edits that were made, with what was answered, so that one that is sent again gets the same answer.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "applied_edits")]
pub struct Model {
    /// Whose.
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: Uuid,
    /// As the client made it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// What became of it: [`account_api::EditStatus`] as it stands in JSON.
    pub status: String,
    /// The revision that was answered.
    pub revision: Option<i64>,
    /// When.
    pub applied_at: i64,
}

/// Relations are not declared: the service joins nothing through the mapper.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
