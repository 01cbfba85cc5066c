//! Invitations to register, by the SHA-256 of their code. The codes themselves are kept nowhere.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "invitations")]
pub struct Model {
    /// SHA-256 of the code, lower-case hex.
    #[sea_orm(primary_key, auto_increment = false)]
    pub code_hash: String,
    /// When it was made.
    pub created_at: i64,
    /// When it ends.
    pub expires_at: i64,
    /// When somebody registered with it.
    pub used_at: Option<i64>,
    /// Who did. The account may be gone.
    pub used_by: Option<Uuid>,
}

/// Relations are not declared: the service joins nothing through the mapper.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
