//! Sessions and their refresh tokens: 256 random bits, kept as SHA-256, exchanged at every use.
//!
//! RFC 9700, section 4.14.2: when a token turns up that was exchanged before, someone else may have it, and the whole
//! family (the session) is ended. One exception makes this bearable on real networks: the immediate predecessor of the
//! newest token is honoured for a minute, for the client that never got the answer, and for two programs of one person
//! that refresh at the same moment. Of the tokens that are given so, the first one that is used wins: the others are
//! predecessors from then on.

use account_api::ErrorCode;
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::clock;
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
    let refresh = add_token(write, session.id, None).await?;
    Ok(Opened { user_id, session_id: session.id, refresh })
}

/// Exchanges a refresh token.
///
/// # Errors
/// [`ErrorCode::SessionEnded`] when the token is unknown or too old, or was exchanged before.
pub async fn refresh(app: &Service, token: &str) -> Result<Tokens> {
    let ended = || Error::new(ErrorCode::SessionEnded, "This session has ended. Sign in again.");
    let hash = hash(token);
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
    let token = refresh_token::Entity::find_by_id(hash.clone()).one(&*write).await?.ok_or_else(ended)?;

    if let Some(replaced_at) = token.replaced_at {
        let in_time = now - replaced_at < app.sessions.grace.as_millis() as i64;
        if !in_time || !is_immediate_predecessor(&write, &hash).await? {
            revoke(&write, token.session_id, now).await?;
            write.commit().await?;
            tracing::warn!(session = %token.session_id, "a used refresh token turned up: the session was ended");
            return Err(Error::new(
                ErrorCode::SessionEnded,
                "This session was ended, because one of its tokens was used twice. Sign in again.",
            ));
        }
    } else {
        // With it ends every other token that was given and not used: one of two that were given for the same token, of
        // which a thief may have the other.
        refresh_token::Entity::update_many()
            .col_expr(refresh_token::Column::ReplacedAt, Expr::value(now))
            .filter(refresh_token::Column::SessionId.eq(token.session_id))
            .filter(refresh_token::Column::ReplacedAt.is_null())
            .exec(&*write)
            .await?;
    }
    let refresh = add_token(&write, token.session_id, Some(hash)).await?;
    let user_id = session::Entity::find_by_id(token.session_id).one(&*write).await?.ok_or_else(ended)?.user_id;
    write.commit().await?;
    let (access, expires_in) = app.access_tokens.issue(user_id, token.session_id)?;
    Ok(Tokens { access, expires_in, refresh })
}

/// Whether nothing that was given for this token has been exchanged itself.
async fn is_immediate_predecessor(write: &Write, hash: &str) -> Result<bool> {
    let exchanged = refresh_token::Entity::find()
        .filter(refresh_token::Column::ParentHash.eq(hash))
        .filter(refresh_token::Column::ReplacedAt.is_not_null())
        .count(&**write)
        .await?;
    Ok(exchanged == 0)
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

async fn add_token(write: &Write, session_id: Uuid, parent_hash: Option<String>) -> Result<String> {
    let token = random_token::<32>();
    refresh_token::ActiveModel {
        token_hash: Set(hash(&token)),
        session_id: Set(session_id),
        parent_hash: Set(parent_hash),
        created_at: Set(clock::now()),
        replaced_at: Set(None),
    }
    .insert(&**write)
    .await?;
    Ok(token)
}

/// What is kept of a token that has too many random bits to be guessed.
pub(super) fn hash(token: &str) -> String {
    hex::encode(Sha256::digest(token.as_bytes()))
}
