//! Objects that no row needs any more. Written in the transaction that let go of them, removed after the store has.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "doomed_objects")]
pub struct Model {
    /// The key in the bucket.
    #[sea_orm(primary_key, auto_increment = false)]
    pub object_key: String,
    /// The multipart upload to abort, if it was one.
    pub store_upload_id: Option<String>,
    /// When.
    #[sea_orm(column_name = "doomed_at")]
    pub queued_at: i64,
}

/// Relations are not declared: the service joins nothing through the mapper.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
