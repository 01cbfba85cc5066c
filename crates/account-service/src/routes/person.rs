//! `/api/auth/email…` and `/api/auth/remove`: another address, and the end of an account.

use account_api::{EmailConfirmRequest, EmailRequest, EmailResponse, MessageResponse, RemoveAccountRequest};
use axum::extract::State;
use axum::response::IntoResponse;

use super::account::{may_try, said};
use super::page::EMAIL;
use crate::auth::{self, Caller};
use crate::error::Result;
use crate::extract::{ClientAddress, Json};
use crate::service::App;

/// Change the e-mail address
///
/// A service that sends mail sends a link to the new address, and changes it when that is opened; another one at once.
#[cfg_attr(feature = "hosted", utoipa::path(
    post, path = account_api::route::EMAIL, tag = "accounts", operation_id = "changeEmail",
    request_body = EmailRequest,
    responses((status = 200, description = "It is changed, or a mail is on its way.", body = EmailResponse)),
    extensions(("x-error-codes" = json!(["invalid_credentials", "email_taken", "forbidden", "not_found"]))),
))]
pub async fn change_email(
    State(app): State<App>,
    caller: Caller,
    ClientAddress(from): ClientAddress,
    Json(request): Json<EmailRequest>,
) -> Result<Json<EmailResponse>> {
    may_try(&app, &caller, from)?;
    Ok(Json(auth::change_email(&app, caller.user_id, request).await?))
}

/// Confirm an e-mail address with the token of a link
#[cfg_attr(feature = "hosted", utoipa::path(
    post, path = account_api::route::EMAIL_CONFIRM, tag = "accounts", security(()), operation_id = "confirmEmail",
    request_body = EmailConfirmRequest,
    responses((status = 200, description = "The address is changed.", body = MessageResponse)),
    extensions(("x-error-codes" = json!(["reset_link_gone", "email_taken", "forbidden", "database_unavailable", "conflict"]))),
))]
pub async fn confirm_email(
    State(app): State<App>,
    ClientAddress(from): ClientAddress,
    Json(request): Json<EmailConfirmRequest>,
) -> Result<Json<MessageResponse>> {
    app.rates.credentials(from)?;
    auth::confirm_email(&app, &request.token).await?;
    Ok(said("The e-mail address is changed."))
}

/// The page that opens from a mail to a new address
///
/// It holds nothing of anybody; its script reads the token from behind the `#`.
#[cfg_attr(feature = "hosted", utoipa::path(
    get, path = account_api::route::EMAIL_PAGE, tag = "service", security(()), operation_id = "emailPage",
    responses((status = 200, description = "The page.", body = String, content_type = "text/html")),
))]
pub async fn email_page() -> impl IntoResponse {
    EMAIL.answer()
}

/// Remove the account
///
/// All of it, for good: pictures, thumbnails, the journal, links, and all sessions. The bytes go as fast as the store removes
/// them.
#[cfg_attr(feature = "hosted", utoipa::path(
    post, path = account_api::route::REMOVE_ACCOUNT, tag = "accounts", operation_id = "removeAccount",
    request_body = RemoveAccountRequest,
    responses((status = 200, description = "There is no such account any more.", body = MessageResponse)),
    extensions(("x-error-codes" = json!([
        "invalid_credentials", "totp_required", "totp_invalid", "second_factor_unavailable", "forbidden", "not_found"
    ]))),
))]
pub async fn remove(
    State(app): State<App>,
    caller: Caller,
    ClientAddress(from): ClientAddress,
    Json(request): Json<RemoveAccountRequest>,
) -> Result<Json<MessageResponse>> {
    may_try(&app, &caller, from)?;
    auth::remove_own(&app, caller.user_id, request).await?;
    Ok(said("The account and everything in it is removed."))
}
