//! Links that people gave to others.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "links")]
pub struct Model {
    /// 128 random bits, base64url.
    #[sea_orm(primary_key, auto_increment = false)]
    pub token: String,
    /// The picture; it has one link.
    pub image_id: Uuid,
    /// Whose.
    pub user_id: Uuid,
    /// When.
    pub created_at: i64,
    /// The account's revision at which it was given.
    pub revision: i64,
}

/// Relations are not declared: the service joins nothing through the mapper.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
