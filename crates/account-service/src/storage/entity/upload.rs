//! The ledger of uploads: written before a client may send anything.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "uploads")]
pub struct Model {
    /// As the client knows it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Whose.
    pub user_id: Uuid,
    /// Where it stands.
    pub state: State,
    /// SHA-256 as announced.
    pub sha256: String,
    /// Size as announced, in bytes.
    pub size: i64,
    /// The whole announcement: [`account_api::NewPicture`] as JSON.
    pub announced: String,
    /// Where the bytes go.
    pub object_key: String,
    /// The store's identifier, when it is a multipart upload that has begun there.
    pub store_upload_id: Option<String>,
    /// Size of every part but the last, in bytes; absent for a single PUT. Fixed once and for all.
    pub part_size: Option<i64>,
    /// What came of it: the new picture, or the one that was first.
    pub image_id: Option<Uuid>,
    /// When.
    pub created_at: i64,
    /// When it was last granted or changed.
    pub updated_at: i64,
    /// When the last address ends that was given out for its object, or for the thumbnail of the picture that came of it.
    pub addresses_until: i64,
}

/// Where an upload stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))")]
pub enum State {
    /// Bytes are awaited. At most one for the same bytes of the same person.
    #[sea_orm(string_value = "open")]
    Open,
    /// Verified; `image_id` is the picture.
    #[sea_orm(string_value = "verified")]
    Verified,
    /// Another upload of the same bytes was first; `image_id` is its picture.
    #[sea_orm(string_value = "duplicate")]
    Duplicate,
    /// Aborted, or what was stored didn't match.
    #[sea_orm(string_value = "closed")]
    Closed,
}

/// Relations are not declared: the service joins nothing through the mapper.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
