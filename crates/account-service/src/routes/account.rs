//! `/api/auth/password`, `/api/auth/sessions…`, `/api/auth/totp…` and `/api/auth/recovery-codes`: what people do with an
//! account that they are signed in to.

use std::net::IpAddr;

use account_api::{
    MessageResponse, PasswordCheck, PasswordRequest, RecoveryCodesResponse, SessionsResponse, TotpConfirmRequest,
    TotpEnrolment, TotpStatus,
};
use axum::extract::State;

use crate::auth::{self, Caller};
use crate::error::Result;
use crate::extract::{ClientAddress, Id, Json};
use crate::service::{App, Service};

/// Change the password
///
/// Signs all other devices out.
#[cfg_attr(feature = "hosted", utoipa::path(
    post, path = account_api::route::PASSWORD, tag = "accounts", operation_id = "changePassword",
    request_body = PasswordRequest,
    responses((status = 200, description = "The password is changed.", body = MessageResponse)),
    extensions(("x-error-codes" = json!(["invalid_credentials", "weak_password", "forbidden", "not_found"]))),
))]
pub async fn change_password(
    State(app): State<App>,
    caller: Caller,
    ClientAddress(from): ClientAddress,
    Json(request): Json<PasswordRequest>,
) -> Result<Json<MessageResponse>> {
    may_try(&app, &caller, from)?;
    auth::change_password(&app, &caller, request).await?;
    Ok(said("Password changed successfully"))
}

/// The devices that are signed in
///
/// The most recently used one first.
#[cfg_attr(feature = "hosted", utoipa::path(
    get, path = account_api::route::SESSIONS, tag = "accounts", operation_id = "listSessions",
    responses((status = 200, description = "All sessions that can still be used.", body = SessionsResponse)),
))]
pub async fn list(State(app): State<App>, caller: Caller) -> Result<Json<SessionsResponse>> {
    Ok(Json(SessionsResponse { sessions: auth::list(&app, &caller).await? }))
}

/// Sign all other devices out
#[cfg_attr(feature = "hosted", utoipa::path(
    delete, path = account_api::route::SESSIONS, tag = "accounts", operation_id = "endOtherSessions",
    responses((status = 200, description = "Only the session that asked is left.", body = MessageResponse)),
))]
pub async fn end_others(State(app): State<App>, caller: Caller) -> Result<Json<MessageResponse>> {
    auth::end_others(&app, &caller).await?;
    Ok(said("All other devices are signed out"))
}

/// Sign one device out
#[cfg_attr(feature = "hosted", utoipa::path(
    delete, path = account_api::route::SESSION, tag = "accounts", operation_id = "endSession",
    params(("id" = String, Path, description = "The session.")),
    responses((status = 200, description = "Its access tokens stop at once, its refresh token for good.", body = MessageResponse)),
    extensions(("x-error-codes" = json!(["not_found"]))),
))]
pub async fn end_one(State(app): State<App>, caller: Caller, Id(id): Id) -> Result<Json<MessageResponse>> {
    auth::end_one(&app, &caller, id).await?;
    Ok(said("The device is signed out"))
}

/// Whether two-factor sign-in is on
#[cfg_attr(feature = "hosted", utoipa::path(
    get, path = account_api::route::TOTP, tag = "accounts", operation_id = "getTotp",
    responses((status = 200, description = "Whether it is on.", body = TotpStatus)),
))]
pub async fn totp(State(app): State<App>, caller: Caller) -> Result<Json<TotpStatus>> {
    Ok(Json(auth::status(&app, caller.user_id).await?))
}

/// Begin to switch two-factor sign-in on
///
/// Nothing changes before a code made with the secret has been confirmed; asking again replaces it.
#[cfg_attr(feature = "hosted", utoipa::path(
    post, path = account_api::route::TOTP, tag = "accounts", operation_id = "enrolTotp",
    request_body = PasswordCheck,
    responses((status = 200, description = "A secret for an authenticator app.", body = TotpEnrolment)),
    extensions(("x-error-codes" = json!(["invalid_credentials", "forbidden", "conflict", "not_found"]))),
))]
pub async fn enrol(
    State(app): State<App>,
    caller: Caller,
    ClientAddress(from): ClientAddress,
    Json(request): Json<PasswordCheck>,
) -> Result<Json<TotpEnrolment>> {
    may_try(&app, &caller, from)?;
    Ok(Json(auth::enrol(&app, caller.user_id, request.password).await?))
}

/// Switch two-factor sign-in on
#[cfg_attr(feature = "hosted", utoipa::path(
    post, path = account_api::route::TOTP_CONFIRM, tag = "accounts", operation_id = "confirmTotp",
    request_body = TotpConfirmRequest,
    responses((status = 200, description = "It is on. The recovery codes are shown only now.", body = RecoveryCodesResponse)),
    extensions(("x-error-codes" = json!(["totp_invalid", "second_factor_unavailable", "forbidden", "conflict"]))),
))]
pub async fn confirm(
    State(app): State<App>,
    caller: Caller,
    Json(request): Json<TotpConfirmRequest>,
) -> Result<Json<RecoveryCodesResponse>> {
    Ok(Json(auth::confirm(&app, caller.user_id, &request.code).await?))
}

/// Switch two-factor sign-in off
#[cfg_attr(feature = "hosted", utoipa::path(
    post, path = account_api::route::TOTP_DISABLE, tag = "accounts", operation_id = "disableTotp",
    request_body = PasswordCheck,
    responses((status = 200, description = "It is off.", body = MessageResponse)),
    extensions(("x-error-codes" = json!(["invalid_credentials", "forbidden", "not_found"]))),
))]
pub async fn disable(
    State(app): State<App>,
    caller: Caller,
    ClientAddress(from): ClientAddress,
    Json(request): Json<PasswordCheck>,
) -> Result<Json<MessageResponse>> {
    may_try(&app, &caller, from)?;
    auth::disable(&app, caller.user_id, request.password).await?;
    Ok(said("Two-factor sign-in is off"))
}

/// New recovery codes in place of the old ones
///
/// Also without two-factor sign-in: each sets a new password when the old one is forgotten.
#[cfg_attr(feature = "hosted", utoipa::path(
    post, path = account_api::route::RECOVERY_CODES, tag = "accounts", operation_id = "newRecoveryCodes",
    request_body = PasswordCheck,
    responses((status = 200, description = "The codes, which are shown only now.", body = RecoveryCodesResponse)),
    extensions(("x-error-codes" = json!(["invalid_credentials", "forbidden", "not_found"]))),
))]
pub async fn recovery_codes(
    State(app): State<App>,
    caller: Caller,
    ClientAddress(from): ClientAddress,
    Json(request): Json<PasswordCheck>,
) -> Result<Json<RecoveryCodesResponse>> {
    may_try(&app, &caller, from)?;
    Ok(Json(auth::new_recovery_codes(&app, caller.user_id, request.password).await?))
}

/// Whoever has an access token of somebody's must not go through passwords with it.
pub(super) fn may_try(app: &Service, caller: &Caller, from: IpAddr) -> Result<()> {
    app.rates.credentials(from)?;
    app.rates.guess(&caller.user_id.to_string(), from)
}

/// A success that has nothing else to say.
pub(super) fn said(message: &str) -> Json<MessageResponse> {
    Json(MessageResponse { message: message.to_owned() })
}
