//! What was said of a picture and an album: that it is in it, or that it isn't.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "album_images")]
pub struct Model {
    /// The picture.
    #[sea_orm(primary_key, auto_increment = false)]
    pub image_id: Uuid,
    /// The album, which may be gone.
    #[sea_orm(primary_key, auto_increment = false)]
    pub album_id: Uuid,
    /// Where in it: pictures are ordered by these texts, byte by byte.
    pub place: String,
    /// Whether it is in it. That it was taken out stays known, so that nothing older puts it back.
    pub present: bool,
    /// When, and where: a [`crate::stamps::Stamp`].
    pub stamp: String,
}

/// Relations are not declared: the service joins nothing through the mapper.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
