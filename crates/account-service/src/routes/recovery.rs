//! `/api/auth/recovery…`, `/api/auth/reset` and the page that a reset link opens.

use account_api::{ErrorCode, MessageResponse, RecoverWithCodeRequest, RecoveryRequest, ResetPasswordRequest};
use axum::extract::State;
use axum::response::IntoResponse;

use super::page::RESET;
use crate::auth::{self, MailRequest};
use crate::error::{Error, Result};
use crate::extract::{ClientAddress, Json};
use crate::service::App;

/// Ask for a mail that sets a forgotten password
///
/// The same for everybody, whether there is such an account or not: what else happens, happens after the answer.
#[cfg_attr(feature = "hosted", utoipa::path(
    post, path = account_api::route::RECOVERY, tag = "accounts", security(()), operation_id = "requestRecovery",
    request_body = RecoveryRequest,
    responses((status = 200, description = "If there is such an account, a mail is on its way.", body = MessageResponse)),
    extensions(("x-error-codes" = json!(["mail_not_configured", "forbidden"]))),
))]
pub async fn by_mail(
    State(app): State<App>,
    ClientAddress(from): ClientAddress,
    Json(request): Json<RecoveryRequest>,
) -> Result<Json<MessageResponse>> {
    app.rates.credentials(from)?;
    let Some(mails) = &app.mail_requests else {
        return Err(Error::new(
            ErrorCode::MailNotConfigured,
            "This service sends no mail. Use a recovery code, or ask whoever runs the service for a link.",
        ));
    };
    // No name and no address is longer.
    let account = request.account.trim().chars().take(254).collect();
    mails.note(MailRequest::Recovery(account))?;
    let message = "If there is such an account, a mail with a link is on its way to its address.";
    Ok(Json(MessageResponse { message: message.to_owned() }))
}

/// Set a new password with a recovery code
///
/// Signs all devices out. Two-factor sign-in stays on.
#[cfg_attr(feature = "hosted", utoipa::path(
    post, path = account_api::route::RECOVERY_CODE, tag = "accounts", security(()), operation_id = "recoverWithCode",
    request_body = RecoverWithCodeRequest,
    responses((status = 200, description = "The new password is set.", body = MessageResponse)),
    extensions(("x-error-codes" = json!(["invalid_credentials", "weak_password", "forbidden", "database_unavailable", "conflict"]))),
))]
pub async fn with_code(
    State(app): State<App>,
    ClientAddress(from): ClientAddress,
    Json(request): Json<RecoverWithCodeRequest>,
) -> Result<Json<MessageResponse>> {
    app.rates.credentials(from)?;
    app.rates.guess(&request.account, from)?;
    auth::with_code(&app, &request.account, &request.recovery_code, request.new_password).await?;
    Ok(Json(changed()))
}

/// Set a new password with the token of a link
///
/// Signs all devices out. Two-factor sign-in stays on, unless the operator made the link to lift it.
#[cfg_attr(feature = "hosted", utoipa::path(
    post, path = account_api::route::RESET, tag = "accounts", security(()), operation_id = "resetPassword",
    request_body = ResetPasswordRequest,
    responses((status = 200, description = "The new password is set.", body = MessageResponse)),
    extensions(("x-error-codes" = json!(["reset_link_gone", "weak_password", "forbidden", "database_unavailable", "conflict"]))),
))]
pub async fn reset(
    State(app): State<App>,
    ClientAddress(from): ClientAddress,
    Json(request): Json<ResetPasswordRequest>,
) -> Result<Json<MessageResponse>> {
    app.rates.credentials(from)?;
    auth::reset(&app, &request.token, request.new_password).await?;
    Ok(Json(changed()))
}

fn changed() -> MessageResponse {
    MessageResponse { message: "The new password is set, and all devices are signed out.".to_owned() }
}

/// The page that a reset link opens
///
/// It holds nothing of anybody; its script reads the token from behind the `#`.
#[cfg_attr(feature = "hosted", utoipa::path(
    get, path = account_api::route::RESET_PAGE, tag = "service", security(()), operation_id = "resetPage",
    responses((status = 200, description = "The page.", body = String, content_type = "text/html")),
))]
pub async fn page() -> impl IntoResponse {
    RESET.answer()
}
