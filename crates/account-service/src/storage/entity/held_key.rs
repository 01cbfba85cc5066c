//! Keys that rows have let go of while somebody may still hold an address for storing something there. What such a key
//! takes of its owner's room is given back when the addresses have ended.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "held_keys")]
pub struct Model {
    /// The key in the bucket.
    #[sea_orm(primary_key, auto_increment = false)]
    pub object_key: String,
    /// The multipart upload that was begun for it, if it was one.
    pub store_upload_id: Option<String>,
    /// Whose room it takes. The account may be gone.
    pub user_id: Uuid,
    /// The bytes that it takes.
    pub bytes: i64,
    /// The pictures that it counts as: one, or none for a thumbnail.
    pub pictures: i64,
    /// When to look at it next, and remove what is there.
    pub until: i64,
    /// Whether the room was given back. Then it is looked at once more, for what was on its way when the address ended.
    pub given_back: bool,
}

/// Relations are not declared: the service joins nothing through the mapper.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
