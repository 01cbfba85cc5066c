//! The second factor: codes of an authenticator app (TOTP, RFC 6238), and recovery codes for when it is lost.

use serde::{Deserialize, Serialize};

use crate::auth::redacted;

/// Asks for the password once more, before something that changes how the account is opened.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PasswordCheck {
    /// The account's password.
    pub password: String,
}

/// Whether the second factor is on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TotpStatus {
    /// Whether signing in asks for a code.
    pub enabled: bool,
    /// How many recovery codes have not been used.
    pub recovery_codes_left: u32,
}

/// A new secret for an authenticator app. It does nothing until a code made with it has been confirmed; asking again
/// replaces it.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TotpEnrolment {
    /// 160 bits in base32 without padding, for typing into an authenticator app.
    pub secret: String,
    /// The same with everything around it, for a QR code: `otpauth://totp/…` with SHA-1, six digits and 30 seconds.
    pub otpauth_uri: String,
}

/// Proves that the authenticator app has the secret.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TotpConfirmRequest {
    /// The six digits that it shows.
    pub code: String,
}

/// New recovery codes. They are shown this one time; the service keeps hashes. All earlier ones stop to work.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RecoveryCodesResponse {
    /// A sentence.
    pub message: String,
    /// Each is good for one use: at sign-in in place of a TOTP code, or to set a new password when the old one is
    /// forgotten. Case, hyphens and blanks don't matter.
    pub recovery_codes: Vec<String>,
}

redacted! {
    PasswordCheck {}
    TotpEnrolment {}
    TotpConfirmRequest {}
    RecoveryCodesResponse { message }
}
