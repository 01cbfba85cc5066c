//! `/api/auth/recovery…`, `/api/auth/reset` and the page that a reset link opens.

use std::sync::LazyLock;

use account_api::{ErrorCode, MessageResponse, RecoverWithCodeRequest, RecoveryRequest, ResetPasswordRequest, route};
use axum::extract::State;
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY};
use axum::response::IntoResponse;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest, Sha256};

use crate::auth::{self, MailRequest};
use crate::error::{Error, Result};
use crate::extract::{ClientAddress, Json};
use crate::service::App;

/// Ask for a mail that sets a forgotten password
///
/// The same for everybody, whether there is such an account or not: what else happens, happens after the answer.
#[utoipa::path(
    post, path = route::RECOVERY, tag = "accounts", security(()), operation_id = "requestRecovery",
    request_body = RecoveryRequest,
    responses((status = 200, description = "If there is such an account, a mail is on its way.", body = MessageResponse)),
    extensions(("x-error-codes" = json!(["mail_not_configured", "forbidden"]))),
)]
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
#[utoipa::path(
    post, path = route::RECOVERY_CODE, tag = "accounts", security(()), operation_id = "recoverWithCode",
    request_body = RecoverWithCodeRequest,
    responses((status = 200, description = "The new password is set.", body = MessageResponse)),
    extensions(("x-error-codes" = json!(["invalid_credentials", "weak_password", "forbidden", "database_unavailable", "conflict"]))),
)]
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
#[utoipa::path(
    post, path = route::RESET, tag = "accounts", security(()), operation_id = "resetPassword",
    request_body = ResetPasswordRequest,
    responses((status = 200, description = "The new password is set.", body = MessageResponse)),
    extensions(("x-error-codes" = json!(["reset_link_gone", "weak_password", "forbidden", "database_unavailable", "conflict"]))),
)]
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
#[utoipa::path(
    get, path = route::RESET_PAGE, tag = "service", security(()), operation_id = "resetPage",
    responses((status = 200, description = "The page.", body = String, content_type = "text/html")),
)]
pub async fn page() -> impl IntoResponse {
    static POLICY: LazyLock<String> = LazyLock::new(|| policy(PAGE));
    with_policy(PAGE, &POLICY)
}

const PAGE: &str = include_str!("reset.html");

/// A page that holds nothing of anybody.
pub(super) fn with_policy(page: &'static str, policy: &'static str) -> impl IntoResponse {
    let headers = [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CONTENT_SECURITY_POLICY, policy),
        (REFERRER_POLICY, "no-referrer"),
    ];
    (headers, page)
}

/// Lets exactly the page's own script and style work, and lets nobody frame it.
pub(super) fn policy(page: &str) -> String {
    format!(
        "default-src 'none'; script-src 'sha256-{}'; style-src 'sha256-{}'; connect-src 'self'; form-action 'none'; \
         base-uri 'none'; frame-ancestors 'none'",
        hash_of(page, "script"),
        hash_of(page, "style")
    )
}

/// Of what stands between a tag's ends, as browsers compute it (CSP Level 3, section 2.3.1).
fn hash_of(page: &str, tag: &str) -> String {
    let inside = page
        .split_once(&format!("<{tag}>"))
        .and_then(|(_, rest)| rest.split_once(&format!("</{tag}>")))
        .map_or("", |(inside, _)| inside);
    BASE64_STANDARD.encode(Sha256::digest(inside.as_bytes()))
}
