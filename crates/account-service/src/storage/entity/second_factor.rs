//! Second factors: the secret that an authenticator app shares with the service (TOTP, RFC 6238).

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "second_factors")]
pub struct Model {
    /// Whose.
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: Uuid,
    /// In base32, sealed with a key that is not in the database.
    pub secret: String,
    /// When it was made.
    pub created_at: i64,
    /// When a code proved that the app has it. Until then signing in doesn't ask for one.
    pub confirmed_at: Option<i64>,
    /// The newest time step (30 seconds since 1970) whose code was used. It and older ones are refused.
    pub last_step: Option<i64>,
    /// How many wrong codes came in a row.
    pub failures: i32,
    /// When the last of them came.
    pub failed_at: Option<i64>,
}

/// Leaves out the secret.
impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("second_factor::Model").field("user_id", &self.user_id).finish_non_exhaustive()
    }
}

/// Relations are not declared: the service joins nothing through the mapper.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
