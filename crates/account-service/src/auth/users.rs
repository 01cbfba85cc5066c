//! People as the database knows them: found by name, known by their password, and the refusals that go with it.

use account_api::ErrorCode;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};
use secrecy::SecretString;
use uuid::Uuid;

use super::spelling;
use crate::config::Accounts;
use crate::error::{Error, Result};
use crate::service::Service;
use crate::storage::Write;
use crate::storage::entity::user;

/// The refusal of an account that its operator has closed; only to whoever has proven to be its owner.
pub(super) fn closed() -> Error {
    Error::new(
        ErrorCode::Forbidden,
        "This account has been closed by the operator of this service. Nothing of it was removed; ask them.",
    )
}

pub(super) fn wrong_credentials() -> Error {
    Error::new(ErrorCode::InvalidCredentials, "User name or password are wrong.")
}

/// Refuses where nobody has a password.
pub(super) fn open_to_all(app: &Service) -> Result<()> {
    match app.accounts {
        Accounts::Open => Ok(()),
        Accounts::LocalPerson => {
            Err(Error::new(ErrorCode::Forbidden, "This library belongs to the person at this computer only."))
        }
    }
}

/// Somebody who is signed in and has just typed their password once more.
///
/// # Errors
/// [`ErrorCode::InvalidCredentials`] when it is wrong.
pub(super) async fn with_password(app: &Service, user_id: Uuid, password: String) -> Result<user::Model> {
    open_to_all(app)?;
    let user = user::Entity::find_by_id(user_id).one(app.database.read()).await?;
    let user = user.ok_or_else(|| Error::not_found("account"))?;
    if app.passwords.verify(SecretString::from(password), user.password_hash.clone()).await? {
        return Ok(user);
    }
    Err(Error::new(ErrorCode::InvalidCredentials, "The password is wrong. Nothing was changed."))
}

/// Holds a person's row, so that of a sign-in and a new password at the same moment one comes after the other: no session
/// is opened with a password that has just been changed.
///
/// # Errors
/// [`ErrorCode::InvalidCredentials`] when the password isn't any more what was verified.
pub(super) async fn lock(write: &Write, verified: &user::Model) -> Result<()> {
    let now = user::Entity::find_by_id(verified.id).lock_exclusive().one(&**write).await?;
    match now {
        Some(now) if now.password_hash == verified.password_hash => Ok(()),
        _ => Err(wrong_credentials()),
    }
}

pub(super) async fn set_password(write: &Write, user_id: Uuid, hash: String) -> Result<()> {
    user::Entity::update_many()
        .col_expr(user::Column::PasswordHash, Expr::value(hash))
        .filter(user::Column::Id.eq(user_id))
        .exec(&**write)
        .await?;
    Ok(())
}

/// The person of this name, in whatever case and however its letters are composed.
///
/// # Errors
/// When the database can't be reached.
pub async fn by_name(read: &impl ConnectionTrait, username: &str) -> Result<Option<user::Model>> {
    // No name has one, and PostgreSQL takes no text that has.
    if username.contains('\0') {
        return Ok(None);
    }
    let keys = spelling::keys(username);
    let found = user::Entity::find().filter(user::Column::UsernameKey.is_in(keys.clone())).all(read).await?;
    let place = |user: &user::Model| keys.iter().position(|key| *key == user.username_key);
    Ok(found.into_iter().min_by_key(place))
}

/// By user name, or by e-mail address: no user name has an `@`.
pub(super) async fn by_name_or_email(read: &impl ConnectionTrait, account: &str) -> Result<Option<user::Model>> {
    if !account.contains('@') || account.contains('\0') {
        return by_name(read, account).await;
    }
    let keys = spelling::keys(account);
    let found = user::Entity::find().filter(user::Column::EmailKey.is_in(keys.clone())).all(read).await?;
    let place = |user: &user::Model| keys.iter().position(|key| *key == user.email_key);
    Ok(found.into_iter().min_by_key(place))
}
