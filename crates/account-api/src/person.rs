//! Another e-mail address, and the end of an account.

use serde::{Deserialize, Serialize};

use crate::auth::redacted;

/// Changes the e-mail address: `POST /api/auth/email`.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EmailRequest {
    /// The address from now on.
    #[cfg_attr(
        feature = "openapi",
        schema(
            max_length = 254,
            pattern = r"^[^\s@\u0000-\u001f\u007f-\u009f]{1,64}@[^\s@\u0000-\u001f\u007f-\u009f]+$",
            example = "anna@example.org"
        )
    )]
    pub email: String,
    /// The account's password.
    pub password: String,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EmailResponse {
    /// What happens next, in a sentence.
    pub message: String,
    /// The address that was asked for.
    pub email: String,
    /// Whether it is the account's address already; else when the link in the mail is opened that was sent there.
    pub confirmed: bool,
}

/// Confirms an address with what the mail brought: `POST /api/auth/email/confirm`.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EmailConfirmRequest {
    /// From behind the `#` of the link.
    pub token: String,
}

/// Removes the account and all of it: `POST /api/auth/remove`.
#[derive(Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RemoveAccountRequest {
    /// The account's password.
    pub password: String,
    /// With two-factor sign-in on: what the authenticator app shows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub totp_code: Option<String>,
    /// One of the account's recovery codes, in place of `totp_code`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recovery_code: Option<String>,
}

redacted! {
    EmailRequest { email }
    EmailConfirmRequest {}
    RemoveAccountRequest {}
}
