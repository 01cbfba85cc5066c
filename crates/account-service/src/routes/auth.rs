//! `/api/auth/…`

use account_api::{
    AuthResponse, LoginRequest, MessageResponse, RefreshRequest, RefreshResponse, RegisterRequest, User,
};
use axum::extract::State;
use axum::http::StatusCode;
use sea_orm::EntityTrait;

use crate::auth::{self, Caller};
use crate::error::{Error, Result};
use crate::extract::{ClientAddress, Json};
use crate::service::App;
use crate::storage::entity::user;

/// Make an account
///
/// Signs in at once. `GET /healthz` says whether everybody may, or needs an `invitation`, or nobody may. A service that is
/// embedded in somebody's app refuses with `forbidden`.
#[cfg_attr(feature = "hosted", utoipa::path(
    post, path = account_api::route::REGISTER, tag = "accounts", operation_id = "register", security(()),
    request_body = RegisterRequest,
    responses((status = 201, description = "The account exists, and this device is signed in.", body = AuthResponse)),
    extensions(("x-error-codes" = json!([
        "username_taken", "email_taken", "weak_password", "forbidden", "registration_closed", "invitation_required",
        "database_unavailable", "conflict"
    ]))),
))]
pub async fn register(
    State(app): State<App>,
    ClientAddress(from): ClientAddress,
    Json(request): Json<RegisterRequest>,
) -> Result<(StatusCode, Json<AuthResponse>)> {
    app.rates.credentials(from)?;
    Ok((StatusCode::CREATED, Json(auth::register(&app, request).await?)))
}

/// Sign in
///
/// Opens a session. With two-factor sign-in on, the answer to a right password alone is `totp_required`: sign in again with
/// `totp_code` or `recovery_code`, too. Tries that come too fast are slowed down (429 with `Retry-After`); an account is never locked.
#[cfg_attr(feature = "hosted", utoipa::path(
    post, path = account_api::route::LOGIN, tag = "accounts", operation_id = "logIn", security(()),
    request_body = LoginRequest,
    responses((status = 200, description = "This device is signed in.", body = AuthResponse)),
    extensions(("x-error-codes" = json!([
        "invalid_credentials", "totp_required", "totp_invalid", "second_factor_unavailable", "forbidden", "database_unavailable"
    ]))),
))]
pub async fn log_in(
    State(app): State<App>,
    ClientAddress(from): ClientAddress,
    Json(request): Json<LoginRequest>,
) -> Result<Json<AuthResponse>> {
    app.rates.credentials(from)?;
    app.rates.guess(&request.username, from)?;
    Ok(Json(auth::log_in(&app, request).await?))
}

/// Who is signed in
///
/// With what the account holds and may hold.
#[cfg_attr(feature = "hosted", utoipa::path(
    get, path = account_api::route::ME, tag = "accounts", operation_id = "getMe",
    responses((status = 200, description = "The person of the access token.", body = User)),
))]
pub async fn me(State(app): State<App>, caller: Caller) -> Result<Json<User>> {
    let user = user::Entity::find_by_id(caller.user_id).one(app.database.read()).await?;
    // Sessions go with their account, so this is an account that has just been removed.
    let user = user.ok_or_else(|| Error::new(account_api::ErrorCode::Unauthorized, "This account is gone."))?;
    Ok(Json(auth::wire_user(&app, user)))
}

/// Exchange the refresh token
///
/// Needs no access token. Store the new refresh token before the new access token is used: the old one has had its use.
/// A token that is used a second time ends its session. One exception is for an answer that got lost: the immediate
/// predecessor of the newest token is honoured for 60 seconds, gives the same newest token again, and only to who sends
/// what was sent before, with the same `device_name` and `attempt`. Without an `attempt` it is honoured once, and not twice
/// in a row.
#[cfg_attr(feature = "hosted", utoipa::path(
    post, path = account_api::route::REFRESH, tag = "accounts", operation_id = "refreshTokens", security(()),
    request_body = RefreshRequest,
    responses((status = 200, description = "A new pair of tokens.", body = RefreshResponse)),
    extensions(("x-error-codes" = json!(["session_ended", "database_unavailable"]))),
))]
pub async fn refresh(State(app): State<App>, Json(request): Json<RefreshRequest>) -> Result<Json<RefreshResponse>> {
    let tokens = auth::refresh(&app, &request).await?;
    Ok(Json(RefreshResponse {
        access_token: tokens.access,
        expires_in: tokens.expires_in,
        refresh_token: tokens.refresh,
    }))
}

/// End this session
///
/// Its access tokens stop at once, its refresh token for good.
#[cfg_attr(feature = "hosted", utoipa::path(
    post, path = account_api::route::LOGOUT, tag = "accounts", operation_id = "logOut",
    responses((status = 200, description = "The session has ended.", body = MessageResponse)),
))]
pub async fn log_out(State(app): State<App>, caller: Caller) -> Result<Json<MessageResponse>> {
    auth::end(&app, caller.session_id).await?;
    Ok(Json(MessageResponse { message: "Logged out successfully".to_owned() }))
}
