//! Changing an account's e-mail address: after the password, and where the service sends mail, after the new address has
//! been proven to be the person's.

use std::time::Duration;

use account_api::{EmailRequest, EmailResponse, ErrorCode};
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use uuid::Uuid;

use super::mails::{AddressMail, MailRequest};
use super::{accounts, pending, session, spelling, users};
use crate::clock;
use crate::error::{Error, Result};
use crate::key_file::random_token;
use crate::service::Service;
use crate::storage::Write;
use crate::storage::entity::email_change::{self, Column, Entity};
use crate::storage::entity::user;

/// How long the link in the mail is good.
const GOOD_FOR: Duration = Duration::from_secs(24 * 60 * 60);

/// How long after a mail the next one is sent for the same account.
const BETWEEN_MAILS: Duration = Duration::from_secs(60);

/// Changes the address, or sends a mail to the new one that does.
///
/// # Errors
/// [`ErrorCode::InvalidCredentials`] for a wrong password, [`ErrorCode::EmailTaken`], [`ErrorCode::RateLimited`] when a mail
/// was sent a moment ago.
pub async fn change(app: &Service, user_id: Uuid, request: EmailRequest) -> Result<EmailResponse> {
    let email = accounts::checked_email(&request.email)?;
    let user = users::with_password(app, user_id, request.password).await?;
    let write = app.database.write().await?;
    users::lock(&write, &user).await?;
    let key = spelling::key(&email);
    let others = user::Entity::find().filter(user::Column::EmailKey.eq(&*key)).filter(user::Column::Id.ne(user_id));
    if others.count(&*write).await? > 0 {
        return Err(taken());
    }
    let Some(mails) = app.mail_requests.as_ref().filter(|_| key != user.email_key) else {
        set(&write, user_id, &email).await?;
        write.commit().await?;
        let message = "The e-mail address is changed.".to_owned();
        return Ok(EmailResponse { message, email, confirmed: true });
    };
    let now = clock::now();
    let recently = Entity::find()
        .filter(Column::UserId.eq(user_id))
        .filter(Column::CreatedAt.gt(now - BETWEEN_MAILS.as_millis() as i64))
        .count(&*write)
        .await?;
    if recently > 0 {
        let message = "A mail was sent a moment ago. Look for it, or try again in a minute; nothing was changed.";
        return Err(Error::new(ErrorCode::RateLimited, message).retry_after(BETWEEN_MAILS.as_secs()));
    }
    // The newest one counts.
    Entity::delete_many().filter(Column::UserId.eq(user_id)).exec(&*write).await?;
    let token = random_token::<32>();
    let row = email_change::ActiveModel {
        token_hash: Set(session::hash(&token)),
        user_id: Set(user_id),
        email: Set(email.clone()),
        created_at: Set(now),
        expires_at: Set(now + GOOD_FOR.as_millis() as i64),
    };
    Entity::insert(row).exec_without_returning(&*write).await?;
    write.commit().await?;
    mails.note(MailRequest::Address(AddressMail::Confirm { username: user.username, to: email.clone(), token }))?;
    let message =
        format!("A mail is on its way to {email}. The address is changed when the link in it is opened, within a day.");
    Ok(EmailResponse { message, email, confirmed: false })
}

/// Changes the address for whoever got the mail there.
///
/// # Errors
/// [`ErrorCode::ResetLinkGone`] when the token is unknown, too old or was used; [`ErrorCode::EmailTaken`].
pub async fn confirm(app: &Service, token: &str) -> Result<()> {
    users::open_to_all(app)?;
    let write = app.database.write().await?;
    let waiting = Entity::find_by_id(session::hash(token.trim()))
        .filter(Column::ExpiresAt.gt(clock::now()))
        .one(&*write)
        .await?
        .ok_or_else(gone)?;
    let used = Entity::delete_by_id(&waiting.token_hash).exec(&*write).await?;
    if used.rows_affected != 1 {
        return Err(gone());
    }
    let user = user::Entity::find_by_id(waiting.user_id).one(&*write).await?.ok_or_else(gone)?;
    if user.disabled_at.is_some() {
        return Err(users::closed());
    }
    set(&write, user.id, &waiting.email).await?;
    write.commit().await?;
    tracing::info!(user = %user.id, "an e-mail address was changed");
    if let Some(mails) = &app.mail_requests {
        // Whoever it was taken from should know. That the queue is full is no reason to say that it wasn't changed.
        let told = AddressMail::Changed { username: user.username, to: user.email, now: waiting.email };
        if let Err(error) = mails.note(MailRequest::Address(told)) {
            tracing::warn!(%error, "nobody is told at the address that was an account’s until now");
        }
    }
    Ok(())
}

/// Links that went to the old address end with it.
async fn set(write: &Write, user_id: Uuid, email: &str) -> Result<()> {
    let change =
        user::ActiveModel { email: Set(email.to_owned()), email_key: Set(spelling::key(email)), ..Default::default() };
    user::Entity::update_many().set(change).filter(user::Column::Id.eq(user_id)).exec(&**write).await?;
    pending::end(write, user_id).await
}

fn taken() -> Error {
    Error::new(
        ErrorCode::EmailTaken,
        "Another account has this e-mail address. Nothing was changed; use another address.",
    )
}

fn gone() -> Error {
    Error::new(
        ErrorCode::ResetLinkGone,
        "This link was used already, is too old, or ended with a new password or by signing out everywhere. Nothing was \
         changed; change the address in Settings once more.",
    )
}
