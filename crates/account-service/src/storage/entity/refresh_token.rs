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
    /// What the successor was made of, together with the token itself.
    pub successor_salt: Option<String>,
    /// Who exchanged it, as far as they said: a hash of the device's name and of the attempt.
    pub exchanged_by: Option<String>,
    /// How often the successor was given once more.
    pub honoured: i64,
}

/// Relations are not declared: the service joins nothing through the mapper.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
