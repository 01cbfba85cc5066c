//! The extractor that every route with an account takes: who is calling.

use account_api::ErrorCode;
use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::service::{App, Service};
use crate::storage::entity::{session, user};

/// Who is calling: a person with an account, in a session that has not been ended.
#[derive(Debug, Clone, Copy)]
pub struct Caller {
    /// The person.
    pub user_id: Uuid,
    /// The session.
    pub session_id: Uuid,
    /// When the access token expires, in seconds since 1970.
    pub expires: i64,
}

impl FromRequestParts<App> for Caller {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let token = parts
            .headers
            .get(AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
            .map(|(_, token)| token.trim())
            .ok_or_else(|| Error::new(ErrorCode::Unauthorized, "Sign in: this needs an access token."))?;
        let claims = app.access_tokens.read(token)?;
        let caller = Self { user_id: claims.sub, session_id: claims.sid, expires: claims.exp };
        caller.still_signed_in(app).await?;
        // Last, so that nobody but the account itself uses up what it may ask.
        app.rates.account(caller.user_id)?;
        Ok(caller)
    }
}

impl Caller {
    /// Asks the database, because a session can be ended, and an account closed, while access tokens haven't expired.
    ///
    /// # Errors
    /// [`ErrorCode::Unauthorized`] when it has been.
    pub async fn still_signed_in(&self, app: &Service) -> Result<()> {
        let session = session::Entity::find_by_id(self.session_id)
            .filter(session::Column::UserId.in_subquery(user::not_disabled()))
            .one(app.database.read())
            .await?;
        match session {
            Some(session) if session.user_id == self.user_id && session.revoked_at.is_none() => Ok(()),
            _ => Err(Error::new(ErrorCode::Unauthorized, "This session has been ended. Sign in again.")),
        }
    }
}
