//! `/api/auth/password`, `/api/auth/sessions…`, `/api/auth/totp…` and `/api/auth/recovery-codes`: what people do with an
//! account that they are signed in to.

use account_api::{
    MessageResponse, PasswordCheck, PasswordRequest, RecoveryCodesResponse, SessionsResponse, TotpConfirmRequest,
    TotpEnrolment, TotpStatus,
};
use axum::extract::State;

use crate::auth::{self, Caller};
use crate::error::Result;
use crate::extract::{Id, Json};
use crate::service::App;

pub async fn change_password(
    State(app): State<App>,
    caller: Caller,
    Json(request): Json<PasswordRequest>,
) -> Result<Json<MessageResponse>> {
    auth::change_password(&app, &caller, request).await?;
    Ok(said("Password changed successfully"))
}

pub async fn list(State(app): State<App>, caller: Caller) -> Result<Json<SessionsResponse>> {
    Ok(Json(SessionsResponse { sessions: auth::list(&app, &caller).await? }))
}

pub async fn end_others(State(app): State<App>, caller: Caller) -> Result<Json<MessageResponse>> {
    auth::end_others(&app, &caller).await?;
    Ok(said("All other devices are signed out"))
}

pub async fn end_one(State(app): State<App>, caller: Caller, Id(id): Id) -> Result<Json<MessageResponse>> {
    auth::end_one(&app, &caller, id).await?;
    Ok(said("The device is signed out"))
}

pub async fn totp(State(app): State<App>, caller: Caller) -> Result<Json<TotpStatus>> {
    Ok(Json(auth::status(&app, caller.user_id).await?))
}

pub async fn enrol(
    State(app): State<App>,
    caller: Caller,
    Json(request): Json<PasswordCheck>,
) -> Result<Json<TotpEnrolment>> {
    Ok(Json(auth::enrol(&app, caller.user_id, request.password).await?))
}

pub async fn confirm(
    State(app): State<App>,
    caller: Caller,
    Json(request): Json<TotpConfirmRequest>,
) -> Result<Json<RecoveryCodesResponse>> {
    Ok(Json(auth::confirm(&app, caller.user_id, &request.code).await?))
}

pub async fn disable(
    State(app): State<App>,
    caller: Caller,
    Json(request): Json<PasswordCheck>,
) -> Result<Json<MessageResponse>> {
    auth::disable(&app, caller.user_id, request.password).await?;
    Ok(said("Two-factor sign-in is off"))
}

pub async fn recovery_codes(
    State(app): State<App>,
    caller: Caller,
    Json(request): Json<PasswordCheck>,
) -> Result<Json<RecoveryCodesResponse>> {
    Ok(Json(auth::new_recovery_codes(&app, caller.user_id, request.password).await?))
}

fn said(message: &str) -> Json<MessageResponse> {
    Json(MessageResponse { message: message.to_owned() })
}
