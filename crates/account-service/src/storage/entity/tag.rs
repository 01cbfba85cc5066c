//! What was said of a picture and a tag: that it has it, or that it hasn't.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "tags")]
pub struct Model {
    /// The picture.
    #[sea_orm(primary_key, auto_increment = false)]
    pub image_id: Uuid,
    /// The tag as it is compared: [`names::key`].
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: String,
    /// As it was written.
    pub tag: String,
    /// Who said so: [`account_api::Author`] as it stands in JSON.
    pub author: String,
    /// Whether the picture has it. That somebody has taken it away stays known, so that nothing older brings it back.
    pub present: bool,
    /// When, and where: a [`crate::stamps::Stamp`].
    pub stamp: String,
}

/// Relations are not declared: the service joins nothing through the mapper.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
