//! Invitations: codes that let one person each register with a service that is not open to everybody. They are kept as
//! SHA-256: so many random bits can't be guessed.

use std::time::Duration;

use account_api::{ErrorCode, Timestamp};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::written_code;
use crate::clock::{self, Millis};
use crate::error::{Error, Result};
use crate::storage::entity::invitation::{self, Column, Entity};
use crate::storage::{Database, Write};

/// An invitation that was just made.
pub struct Invitation {
    /// To be given to one person.
    pub code: String,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// Leaves out the code.
impl std::fmt::Debug for Invitation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Invitation").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}

/// Makes an invitation that is good for one person and for so long.
///
/// # Errors
/// When the database can't be reached.
pub async fn invite(database: &Database, good_for: Duration) -> Result<Invitation> {
    let code = written_code::new();
    let now = clock::now();
    let expires_at = now.saturating_add(i64::try_from(good_for.as_millis()).unwrap_or(i64::MAX / 2));
    let row = invitation::ActiveModel {
        code_hash: Set(hash(&code)),
        created_at: Set(now),
        expires_at: Set(expires_at),
        used_at: Set(None),
        used_by: Set(None),
    };
    let write = database.write().await?;
    Entity::insert(row).exec_without_returning(&*write).await?;
    write.commit().await?;
    Ok(Invitation { code, expires_at: clock::wire(expires_at) })
}

/// Checks a code before anything is done for whoever brings it.
///
/// # Errors
/// [`ErrorCode::InvitationRequired`] when there is none, or it is unknown, too old, or was used.
pub async fn check(read: &impl ConnectionTrait, code: Option<&str>) -> Result<()> {
    let Some(code) = code.filter(|code| !code.trim().is_empty()) else {
        return Err(Error::new(
            ErrorCode::InvitationRequired,
            "This service takes new accounts by invitation: enter the code that whoever runs it gave you.",
        ));
    };
    let found = Entity::find_by_id(hash(code))
        .filter(Column::UsedAt.is_null())
        .filter(Column::ExpiresAt.gt(clock::now()))
        .one(read)
        .await?;
    found.map(drop).ok_or_else(not_good)
}

/// Uses a code up, in the transaction that makes the account.
///
/// # Errors
/// As [`check`].
pub async fn use_up(write: &Write, code: &str, user_id: Uuid) -> Result<()> {
    let now: Millis = clock::now();
    let done = Entity::update_many()
        .col_expr(Column::UsedAt, Expr::value(now))
        .col_expr(Column::UsedBy, Expr::value(user_id))
        .filter(Column::CodeHash.eq(hash(code)))
        .filter(Column::UsedAt.is_null())
        .filter(Column::ExpiresAt.gt(now))
        .exec(&**write)
        .await?;
    if done.rows_affected == 1 { Ok(()) } else { Err(not_good()) }
}

fn not_good() -> Error {
    Error::new(
        ErrorCode::InvitationRequired,
        "This invitation is wrong, too old, or was used already. Check the code, or ask whoever runs the service for another.",
    )
}

fn hash(code: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(b"invitation\0");
    hash.update(written_code::canonical(code).as_bytes());
    hex::encode(hash.finalize())
}
