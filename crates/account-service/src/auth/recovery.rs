//! Ways back into an account whose password is forgotten: a recovery code, a link by mail, a link from the operator.
//!
//! None of them tells whether an account exists, by its answer or by the time it takes. All of them end every session,
//! and leave the second factor on.

use std::time::Duration;

use account_api::{ErrorCode, Timestamp};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use secrecy::SecretString;
use url::Url;
use uuid::Uuid;

use super::{devices, recovery_codes, second_factor, session, users};
use crate::clock::{self, Millis};
use crate::error::{Error, Result};
use crate::key_file::random_token;
use crate::service::Service;
use crate::storage::entity::reset_link::{self, Column, Entity};
use crate::storage::entity::user;
use crate::storage::{Database, Write};

/// How long a link from the operator is good: it may have to be passed on by telephone or by hand.
const FROM_OPERATOR: Duration = Duration::from_secs(24 * 60 * 60);

/// A link that sets a new password, once.
#[derive(Clone)]
pub struct ResetLink {
    /// To be opened in a browser. The token stands behind the `#`, which browsers send nowhere, so no log has it.
    pub url: String,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// Leaves out the link, which is as good as a password.
impl std::fmt::Debug for ResetLink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ResetLink").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}

/// Makes a link for somebody who can't get in any more, to be given to them by the operator. It is good for a day and for
/// one use. Several links may be open; the first that is used ends the others. `service` is where people reach the service.
///
/// # Errors
/// [`ErrorCode::NotFound`] when there is no such account.
pub async fn reset_link(
    database: &Database,
    service: &Url,
    account: &str,
    lift_second_factor: bool,
) -> Result<ResetLink> {
    let user = users::by_name_or_email(database.read(), account).await?;
    let user = user
        .filter(|user| user.password_hash.is_some())
        .ok_or_else(|| Error::new(ErrorCode::NotFound, "There is no account with this name."))?;
    if user.disabled_at.is_some() {
        let message = format!(
            "This account is closed: a new password would open nothing. `account-service user enable {}` first.",
            user.username
        );
        return Err(Error::new(ErrorCode::Conflict, message));
    }
    let write = database.write().await?;
    let link = make_link(&write, service, user.id, FROM_OPERATOR, lift_second_factor).await?;
    write.commit().await?;
    Ok(link)
}

/// It works once the transaction has been committed.
pub(super) async fn make_link(
    write: &Write,
    service: &Url,
    user_id: Uuid,
    good_for: Duration,
    lifts_second_factor: bool,
) -> Result<ResetLink> {
    let token = random_token::<32>();
    let now = clock::now();
    let expires_at = now + good_for.as_millis() as i64;
    let row = reset_link::ActiveModel {
        token_hash: Set(session::hash(&token)),
        user_id: Set(user_id),
        lifts_second_factor: Set(lifts_second_factor),
        created_at: Set(now),
        expires_at: Set(expires_at),
        used_at: Set(None),
    };
    Entity::insert(row).exec_without_returning(&**write).await?;
    let url = format!("{}{}#{token}", service.as_str().trim_end_matches('/'), account_api::route::RESET_PAGE);
    Ok(ResetLink { url, expires_at: clock::wire(expires_at) })
}

/// Sets a new password with a link's token.
///
/// # Errors
/// [`ErrorCode::ResetLinkGone`] when it is unknown, too old or was used; [`ErrorCode::WeakPassword`], and
/// [`ErrorCode::Forbidden`] when the operator has closed the account: neither uses the link up.
pub async fn reset(app: &Service, token: &str, new_password: String) -> Result<()> {
    users::open_to_all(app)?;
    let token_hash = session::hash(token.trim());
    // Before the password is hashed, which costs: nobody guesses a token, so the time it takes tells nothing.
    usable(app.database.read(), &token_hash, clock::now()).await?;
    let password_hash = app.passwords.hash(SecretString::from(new_password)).await?;

    let now = clock::now();
    let write = app.database.write().await?;
    let link = usable(&*write, &token_hash, now).await?;
    let used = Entity::update_many()
        .col_expr(Column::UsedAt, Expr::value(now))
        .filter(Column::TokenHash.eq(token_hash))
        .filter(Column::UsedAt.is_null())
        .exec(&*write)
        .await?;
    if used.rows_affected != 1 {
        return Err(gone());
    }
    // The transaction is dropped, so the link stays good for when the account is opened again.
    not_closed(&write, link.user_id).await?;
    if link.lifts_second_factor {
        second_factor::remove(&write, link.user_id).await?;
    }
    take_over(&write, link.user_id, password_hash).await?;
    write.commit().await?;
    tracing::info!(user = %link.user_id, "a reset link set a new password");
    Ok(())
}

/// Sets a new password with a recovery code.
///
/// # Errors
/// [`ErrorCode::InvalidCredentials`], which doesn't say whether the account or the code is wrong, nor by the time it
/// takes; [`ErrorCode::WeakPassword`], and to a right code [`ErrorCode::Forbidden`] when the operator has closed the account:
/// neither uses the code up.
pub async fn with_code(app: &Service, account: &str, code: &str, new_password: String) -> Result<()> {
    users::open_to_all(app)?;
    // All that costs comes before anything depends on the account.
    let password_hash = app.passwords.hash(SecretString::from(new_password)).await?;
    let user = users::by_name_or_email(app.database.read(), account).await?;
    let user_id = user.map_or(Uuid::nil(), |user| user.id);
    let write = app.database.write().await?;
    if !recovery_codes::use_up(&write, user_id, code).await? {
        return Err(Error::new(
            ErrorCode::InvalidCredentials,
            "The account or the recovery code is wrong, or the code was used already. Nothing was changed.",
        ));
    }
    // Only to whoever has brought one of the account's codes, which stays good.
    not_closed(&write, user_id).await?;
    take_over(&write, user_id, password_hash).await?;
    write.commit().await?;
    tracing::info!(user = %user_id, "a recovery code set a new password");
    Ok(())
}

/// Refuses to set a password that would open nothing.
async fn not_closed(write: &Write, user_id: Uuid) -> Result<()> {
    let user = user::Entity::find_by_id(user_id).one(&**write).await?;
    match user {
        Some(user) if user.disabled_at.is_some() => Err(users::closed()),
        _ => Ok(()),
    }
}

/// A new password for somebody who came in by another way: whatever was opened with the old one ends.
async fn take_over(write: &Write, user_id: Uuid, password_hash: String) -> Result<()> {
    users::set_password(write, user_id, password_hash).await?;
    devices::end_all(write, user_id, None).await
}

async fn usable(read: &impl ConnectionTrait, token_hash: &str, now: Millis) -> Result<reset_link::Model> {
    let link = Entity::find_by_id(token_hash)
        .filter(Column::UsedAt.is_null())
        .filter(Column::ExpiresAt.gt(now))
        .one(read)
        .await?;
    link.ok_or_else(gone)
}

fn gone() -> Error {
    Error::new(
        ErrorCode::ResetLinkGone,
        "This link was used already, or is too old. Nothing was changed; ask for another one.",
    )
}
