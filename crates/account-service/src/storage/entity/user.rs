//! People with an account.

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::SelectStatement;
use sea_orm::{QuerySelect, QueryTrait};

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "users")]
pub struct Model {
    /// Opaque.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// As it was registered.
    pub username: String,
    /// In lower case; unique.
    pub username_key: String,
    /// What it looks like; unique. Absent for names that looked like another's before that was asked.
    pub username_look: Option<String>,
    /// As it was registered.
    pub email: String,
    /// In lower case; unique.
    pub email_key: String,
    /// Argon2id in the PHC string format. Absent for the local person of an embedded service: no password opens that.
    pub password_hash: Option<String>,
    /// The newest revision of this account's pictures, albums and links.
    pub revision: i64,
    /// When.
    pub created_at: i64,
    /// The most bytes that this account may hold: absent for what the configuration says, below zero for no limit.
    pub quota_bytes: Option<i64>,
    /// The most pictures that this account may hold: absent for what the configuration says, below zero for no limit.
    pub quota_pictures: Option<i64>,
    /// Bytes of this account's pictures and open uploads; see [`crate::quota`].
    pub used_bytes: i64,
    /// This account's pictures and open uploads.
    pub used_pictures: i64,
    /// When the operator closed the account. Nobody gets in then; everything is kept.
    pub disabled_at: Option<i64>,
    /// The latest moment of everything that was said of this account's pictures and albums: an [`account_api::Clock`].
    pub clock: String,
}

/// Relations are not declared: the service joins nothing through the mapper.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The identifiers of accounts that the operator hasn't closed, for a condition.
pub fn not_disabled() -> SelectStatement {
    Entity::find().select_only().column(Column::Id).filter(Column::DisabledAt.is_null()).into_query()
}
