//! `/api/auth/…`

use account_api::{
    AuthResponse, LoginRequest, MessageResponse, RefreshRequest, RefreshResponse, RegisterRequest, User,
};
use axum::extract::State;
use axum::http::StatusCode;
use sea_orm::EntityTrait;

use crate::auth::{self, Caller};
use crate::error::{Error, Result};
use crate::extract::Json;
use crate::service::App;
use crate::storage::entity::user;

pub async fn register(
    State(app): State<App>,
    Json(request): Json<RegisterRequest>,
) -> Result<(StatusCode, Json<AuthResponse>)> {
    Ok((StatusCode::CREATED, Json(auth::register(&app, request).await?)))
}

pub async fn log_in(State(app): State<App>, Json(request): Json<LoginRequest>) -> Result<Json<AuthResponse>> {
    Ok(Json(auth::log_in(&app, request).await?))
}

pub async fn me(State(app): State<App>, caller: Caller) -> Result<Json<User>> {
    let user = user::Entity::find_by_id(caller.user_id).one(app.database.read()).await?;
    Ok(Json(auth::wire_user(user.ok_or_else(|| Error::not_found("account"))?)))
}

pub async fn refresh(State(app): State<App>, Json(request): Json<RefreshRequest>) -> Result<Json<RefreshResponse>> {
    let tokens = auth::refresh(&app, &request.refresh_token).await?;
    Ok(Json(RefreshResponse {
        access_token: tokens.access,
        expires_in: tokens.expires_in,
        refresh_token: tokens.refresh,
    }))
}

pub async fn log_out(State(app): State<App>, caller: Caller) -> Result<Json<MessageResponse>> {
    auth::end(&app, caller.session_id).await?;
    Ok(Json(MessageResponse { message: "Logged out successfully".to_owned() }))
}
