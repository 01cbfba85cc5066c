//! Pictures that are gone for good, so that the change feed can say so.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "tombstones")]
pub struct Model {
    /// The picture.
    #[sea_orm(primary_key, auto_increment = false)]
    pub image_id: Uuid,
    /// Whose it was.
    pub user_id: Uuid,
    /// The account's revision at which it went.
    pub revision: i64,
    /// When.
    pub removed_at: i64,
}

/// Relations are not declared: the service joins nothing through the mapper.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
