//! Sessions: one for each sign-in of a device. A session is the family of its refresh tokens.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sessions")]
pub struct Model {
    /// The `sid` of access tokens.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Whose.
    pub user_id: Uuid,
    /// What the device called itself.
    pub device_name: Option<String>,
    /// When.
    pub created_at: i64,
    /// When its tokens were last refreshed.
    pub last_used_at: i64,
    /// When it was ended, by signing out or because a used refresh token turned up.
    pub revoked_at: Option<i64>,
}

/// Relations are not declared: the service joins nothing through the mapper.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
