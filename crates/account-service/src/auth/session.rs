//! Sessions and their refresh tokens: 256 random bits, kept as SHA-256, exchanged at every use.
//!
//! RFC 9700, section 4.14.2: when a token turns up that was exchanged before, someone else may have it, and the whole
//! family (the session) is ended. One exception makes this bearable on real networks: whoever never got the answer may ask
//! for it again. That is honoured for the immediate predecessor of the newest token, for a minute, and gives the successor
//! that was given then, never another one: so however often it is asked, a session has one newest token, and two who hold
//! it are found out as soon as both use it.
//!
//! Whether who asks again is who asked before, is told by what they sent with it. The app sends a random number with each
//! token, and the same one whenever it sends that token again: who has only the token doesn't know it. Without such a
//! number the exception holds once, from the same device's name, and not for two exchanges in a row: of a token that was
//! given twice, nobody knows whose it is.

use account_api::{ErrorCode, RefreshRequest};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, ExprTrait, QueryFilter};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::clock::{self, Millis};
use crate::error::{Error, Result};
use crate::key_file::random_token;
use crate::service::Service;
use crate::storage::Write;
use crate::storage::entity::{refresh_token, session, user};

/// What a client holds of its session.
pub struct Tokens {
    /// For `Authorization`.
    pub access: String,
    /// Seconds until it expires.
    pub expires_in: u64,
    /// For the next refresh.
    pub refresh: String,
}

/// The longest name of a device, in characters.
const DEVICE_NAME: usize = 100;

/// A session that was just opened. It is one only when its transaction has been committed.
pub struct Opened {
    user_id: Uuid,
    session_id: Uuid,
    refresh: String,
}

impl Opened {
    /// What the client gets.
    ///
    /// # Errors
    /// When signing fails, which it doesn't.
    pub fn tokens(self, app: &Service) -> Result<Tokens> {
        let (access, expires_in) = app.access_tokens.issue(self.user_id, self.session_id)?;
        Ok(Tokens { access, expires_in, refresh: self.refresh })
    }
}

/// Opens a session of a person who has proven who they are.
///
/// # Errors
/// When the database can't be reached.
pub async fn open(write: &Write, user_id: Uuid, device_name: Option<String>) -> Result<Opened> {
    let now = clock::now();
    let device_name = device_name
        .map(|name| name.chars().filter(|c| !c.is_control()).take(DEVICE_NAME).collect::<String>().trim().to_owned())
        .filter(|name| !name.is_empty());
    let session = session::ActiveModel {
        id: Set(Uuid::new_v4()),
        user_id: Set(user_id),
        device_name: Set(device_name),
        created_at: Set(now),
        last_used_at: Set(now),
        revoked_at: Set(None),
    }
    .insert(&**write)
    .await?;
    let refresh = random_token::<32>();
    add_token(write, session.id, &refresh, None).await?;
    Ok(Opened { user_id, session_id: session.id, refresh })
}

/// Exchanges a refresh token.
///
/// # Errors
/// [`ErrorCode::SessionEnded`] when the token is unknown or too old, or was exchanged before.
pub async fn refresh(app: &Service, request: &RefreshRequest) -> Result<Tokens> {
    let ended = || Error::new(ErrorCode::SessionEnded, "This session has ended. Sign in again.");
    let hash = hash(&request.refresh_token);
    let now = clock::now();
    let known = refresh_token::Entity::find_by_id(hash.clone()).one(app.database.read()).await?.ok_or_else(ended)?;

    let write = app.database.write().await?;
    // Locks the session, so that two exchanges of the same token come one after the other.
    session::Entity::update_many()
        .col_expr(session::Column::LastUsedAt, Expr::value(now))
        .filter(session::Column::Id.eq(known.session_id))
        .filter(session::Column::RevokedAt.is_null())
        .filter(session::Column::UserId.in_subquery(user::not_disabled()))
        .filter(session::Column::LastUsedAt.gt(now - app.sessions.idle.as_millis() as i64))
        .exec(&*write)
        .await
        .map_err(Error::from)
        .and_then(|done| if done.rows_affected == 1 { Ok(()) } else { Err(ended()) })?;
    let token = refresh_token::Entity::find_by_id(hash).one(&*write).await?.ok_or_else(ended)?;
    let session_id = token.session_id;

    let refresh = if token.replaced_at.is_none() {
        Some(exchange(&write, &token, request, now).await?)
    } else {
        once_more(app, &write, &token, request, now).await?
    };
    let Some(refresh) = refresh else {
        revoke(&write, session_id, now).await?;
        write.commit().await?;
        tracing::warn!(session = %session_id, "a used refresh token turned up: the session was ended");
        return Err(Error::new(
            ErrorCode::SessionEnded,
            "This session was ended, because one of its tokens was used twice. Sign in again.",
        ));
    };
    let user_id = session::Entity::find_by_id(session_id).one(&*write).await?.ok_or_else(ended)?.user_id;
    write.commit().await?;
    let (access, expires_in) = app.access_tokens.issue(user_id, session_id)?;
    Ok(Tokens { access, expires_in, refresh })
}

/// The first exchange of a token.
async fn exchange(
    write: &Write,
    token: &refresh_token::Model,
    request: &RefreshRequest,
    now: Millis,
) -> Result<String> {
    let salt = random_token::<32>();
    let refresh = successor(&request.refresh_token, &salt);
    // A session has one newest token. One of the time when it could have several ends all others here.
    refresh_token::Entity::update_many()
        .col_expr(refresh_token::Column::ReplacedAt, Expr::value(now))
        .filter(refresh_token::Column::SessionId.eq(token.session_id))
        .filter(refresh_token::Column::ReplacedAt.is_null())
        .exec(&**write)
        .await?;
    refresh_token::Entity::update_many()
        .col_expr(refresh_token::Column::SuccessorSalt, Expr::value(salt))
        .col_expr(refresh_token::Column::ExchangedBy, Expr::value(exchanged_by(request)))
        .filter(refresh_token::Column::TokenHash.eq(&*token.token_hash))
        .exec(&**write)
        .await?;
    add_token(write, token.session_id, &refresh, Some(token.token_hash.clone())).await?;
    Ok(refresh)
}

/// The answer to the exchange of a token once more, for whoever never got it; none when this is somebody else, or may be.
async fn once_more(
    app: &Service,
    write: &Write,
    token: &refresh_token::Model,
    request: &RefreshRequest,
    now: Millis,
) -> Result<Option<String>> {
    let in_time = token.replaced_at.is_some_and(|at| now - at < app.sessions.grace.as_millis() as i64);
    let Some(salt) = token.successor_salt.as_deref().filter(|_| in_time) else { return Ok(None) };
    if token.exchanged_by.as_deref() != Some(&*exchanged_by(request)) {
        return Ok(None);
    }
    // Nobody but who asked before knows the attempt; where there was none, this may be said of them once.
    if request.attempt.is_none() && (token.honoured > 0 || was_given_twice(write, token).await?) {
        return Ok(None);
    }
    let refresh = successor(&request.refresh_token, salt);
    let newest = refresh_token::Entity::find_by_id(hash(&refresh)).one(&**write).await?;
    if newest.is_none_or(|newest| newest.replaced_at.is_some()) {
        return Ok(None);
    }
    refresh_token::Entity::update_many()
        .col_expr(refresh_token::Column::Honoured, Expr::col(refresh_token::Column::Honoured).add(1))
        .filter(refresh_token::Column::TokenHash.eq(&*token.token_hash))
        .exec(&**write)
        .await?;
    Ok(Some(refresh))
}

/// Whether somebody else may hold this very token, because it was given twice.
async fn was_given_twice(write: &Write, token: &refresh_token::Model) -> Result<bool> {
    let Some(parent) = &token.parent_hash else { return Ok(false) };
    let parent = refresh_token::Entity::find_by_id(parent).one(&**write).await?;
    Ok(parent.is_some_and(|parent| parent.honoured > 0))
}

/// The token that comes after another one. The service keeps what it takes to say it again but for the token that was sent:
/// who reads the database learns neither.
fn successor(token: &str, salt: &str) -> String {
    let mut hash = Sha256::new();
    for part in ["the refresh token after", token, salt] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    BASE64_URL_SAFE_NO_PAD.encode(hash.finalize())
}

/// What a client says of itself with an exchange, as it is kept.
fn exchanged_by(request: &RefreshRequest) -> String {
    let mut hash = Sha256::new();
    for part in [&request.device_name, &request.attempt] {
        let part = part.as_deref();
        hash.update(part.map_or(u64::MAX, |part| part.len() as u64).to_be_bytes());
        hash.update(part.unwrap_or_default().as_bytes());
    }
    hex::encode(hash.finalize())
}

/// Ends a session: its access tokens stop at once, its refresh tokens for good.
///
/// # Errors
/// When the database can't be reached.
pub async fn end(app: &Service, session_id: Uuid) -> Result<()> {
    let write = app.database.write().await?;
    revoke(&write, session_id, clock::now()).await?;
    Ok(write.commit().await?)
}

async fn revoke(write: &Write, session_id: Uuid, now: i64) -> Result<()> {
    session::Entity::update_many()
        .col_expr(session::Column::RevokedAt, Expr::value(now))
        .filter(session::Column::Id.eq(session_id))
        .filter(session::Column::RevokedAt.is_null())
        .exec(&**write)
        .await?;
    Ok(())
}

async fn add_token(write: &Write, session_id: Uuid, token: &str, parent_hash: Option<String>) -> Result<()> {
    refresh_token::ActiveModel {
        token_hash: Set(hash(token)),
        session_id: Set(session_id),
        parent_hash: Set(parent_hash),
        created_at: Set(clock::now()),
        replaced_at: Set(None),
        successor_salt: Set(None),
        exchanged_by: Set(None),
        honoured: Set(0),
    }
    .insert(&**write)
    .await?;
    Ok(())
}

/// What is kept of a token that has too many random bits to be guessed.
pub(super) fn hash(token: &str) -> String {
    hex::encode(Sha256::digest(token.as_bytes()))
}
