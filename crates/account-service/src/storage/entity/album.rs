//! Albums, also those that are gone.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "albums")]
pub struct Model {
    /// Whose.
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: Uuid,
    /// As a client made it; unique for each person.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Not unique.
    pub name: String,
    /// The picture that stands for it.
    pub cover: Option<Uuid>,
    /// How its pictures are ordered: [`account_api::AlbumOrder`] as it stands in JSON.
    pub sorted: String,
    /// The album that it is in.
    pub parent: Option<Uuid>,
    /// When.
    pub created_at: i64,
    /// When the row last changed.
    pub updated_at: i64,
    /// When it was removed. What was in it stays known, for whoever makes it again.
    pub removed_at: Option<i64>,
    /// The account's revision of the last change.
    pub revision: i64,
    /// When its fields were last said, and where: [`crate::stamps::Stamps`] as JSON.
    pub stamps: String,
}

/// Relations are not declared: the service joins nothing through the mapper.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
