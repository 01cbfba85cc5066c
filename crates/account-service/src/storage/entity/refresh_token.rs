//! Refresh tokens, by their SHA-256. The tokens themselves are kept nowhere.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "refresh_tokens")]
pub struct Model {
    /// SHA-256 of the token, lower-case hex.
    #[sea_orm(primary_key, auto_increment = false)]
    pub token_hash: String,
    /// The family.
    pub session_id: Uuid,
    /// The token that this one was given for.
    pub parent_hash: Option<String>,
    /// When.
    pub created_at: i64,
    /// When it was exchanged for another one.
    pub replaced_at: Option<i64>,
}

/// Relations are not declared: the service joins nothing through the mapper.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
