//! Accounts and sessions.

use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// Makes an account and signs in: `POST /api/auth/register`, answered with 201 and an [`AuthResponse`].
///
/// Refused with [`InvalidRequest`](crate::ErrorCode::InvalidRequest) (a field is not as documented here),
/// [`WeakPassword`](crate::ErrorCode::WeakPassword), [`UsernameTaken`](crate::ErrorCode::UsernameTaken),
/// [`EmailTaken`](crate::ErrorCode::EmailTaken), [`RegistrationClosed`](crate::ErrorCode::RegistrationClosed),
/// [`InvitationRequired`](crate::ErrorCode::InvitationRequired), or [`Forbidden`](crate::ErrorCode::Forbidden) by a service
/// that is embedded in somebody's app.
#[derive(Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RegisterRequest {
    /// 1 to 64 characters: letters and digits of one script, `.`, `_`, `-`, at least one of them a letter or digit; compared
    /// without regard to case. One that can't be told from another account's is taken.
    #[cfg_attr(
        feature = "openapi",
        schema(min_length = 1, max_length = 64, pattern = r"^[\p{L}\p{N}._-][\p{L}\p{M}\p{N}._-]*$", example = "anna")
    )]
    pub username: String,
    /// An e-mail address, at most 254 characters; used for recovery only, and compared without regard to case.
    #[cfg_attr(
        feature = "openapi",
        schema(
            max_length = 254,
            pattern = r"^[^\s@\u0000-\u001f\u007f-\u009f]{1,64}@[^\s@\u0000-\u001f\u007f-\u009f]+$",
            example = "anna@example.com"
        )
    )]
    pub email: String,
    /// 8 to 128 characters, of any kind. The commonest passwords are refused.
    #[cfg_attr(feature = "openapi", schema(min_length = 8, max_length = 128, example = "correct horse battery"))]
    pub password: String,
    /// What this device is called in the list of sessions; what is beyond 100 characters is cut off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(example = "Anna's laptop"))]
    pub device_name: Option<String>,
    /// The code of an invitation, where the service takes new accounts by invitation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invitation: Option<String>,
}

/// Signs in: `POST /api/auth/login`, answered with 200 and an [`AuthResponse`].
///
/// Refused with [`InvalidCredentials`](crate::ErrorCode::InvalidCredentials), which doesn't say whether the name or the
/// password is wrong, nor by the time it takes; and with [`RateLimited`](crate::ErrorCode::RateLimited) when tries come
/// too fast. An account is never locked.
#[derive(Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LoginRequest {
    /// The user name, in any case.
    #[cfg_attr(feature = "openapi", schema(example = "anna"))]
    pub username: String,
    /// The password.
    #[cfg_attr(feature = "openapi", schema(example = "correct horse battery"))]
    pub password: String,
    /// What this device is called in the list of sessions; what is beyond 100 characters is cut off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(example = "Anna's laptop"))]
    pub device_name: Option<String>,
    /// The six digits that the authenticator app shows, after the answer
    /// [`TotpRequired`](crate::ErrorCode::TotpRequired). A code is good for one use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub totp_code: Option<String>,
    /// One of the account's recovery codes, in place of `totp_code`. A code is good for one use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recovery_code: Option<String>,
}

/// The answer to registering and signing in.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuthResponse {
    /// "User registered successfully" or "Login successful".
    #[cfg_attr(feature = "openapi", schema(example = "Login successful"))]
    pub message: String,
    /// A bearer token for `Authorization`, good for `expires_in` seconds. Opaque to clients.
    pub access_token: String,
    /// Seconds until the access token expires.
    #[cfg_attr(feature = "openapi", schema(example = 600))]
    pub expires_in: u64,
    /// Good for one use at `/api/auth/refresh`. Keep it as safe as a password.
    pub refresh_token: String,
    /// Who signed in.
    pub user: User,
}

/// A person with an account: `GET /api/auth/me`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct User {
    /// Opaque.
    #[cfg_attr(feature = "openapi", schema(example = "5b8f7c55-6f0a-4a5e-9f7e-0f6f6a3f2c11"))]
    pub id: String,
    /// As it was registered.
    #[cfg_attr(feature = "openapi", schema(example = "anna"))]
    pub username: String,
    /// As it was registered.
    #[cfg_attr(feature = "openapi", schema(example = "anna@example.com"))]
    pub email: String,
    /// When the account was made.
    #[cfg_attr(
        feature = "openapi",
        schema(value_type = String, format = DateTime, example = "2026-03-01T12:00:00.000Z")
    )]
    pub created_at: Timestamp,
    /// What the account holds and may hold. Absent from older services.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage: Option<Usage>,
}

/// What an account holds, and what it may hold.
///
/// Counted are the originals and their thumbnails, those in the trash and those of uploads that are under way included, and
/// for some minutes those that were removed or aborted while they could still be sent.
/// What would go beyond a quota is refused with [`QuotaExceeded`](crate::ErrorCode::QuotaExceeded) before a byte is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Usage {
    /// Bytes held.
    #[cfg_attr(feature = "openapi", schema(example = 734_003_200))]
    pub bytes: u64,
    /// Pictures held.
    #[cfg_attr(feature = "openapi", schema(example = 214))]
    pub pictures: u64,
    /// The most bytes; absent when there is no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(example = 10_737_418_240_u64))]
    pub quota_bytes: Option<u64>,
    /// The most pictures; absent when there is no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(example = 50_000))]
    pub quota_pictures: Option<u64>,
}

/// Exchanges a refresh token for a new pair: `POST /api/auth/refresh` (RFC 9700, section 4.14).
///
/// Refused with [`SessionEnded`](crate::ErrorCode::SessionEnded) when the token is unknown, too old, or was used before;
/// the last ends the session, except for who asks again for an answer that got lost: within 60 seconds, with the same
/// `device_name` and `attempt`, and before the newest token was used. They get the same newest token again.
#[derive(Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RefreshRequest {
    /// The newest refresh token of the session.
    pub refresh_token: String,
    /// What this device is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_name: Option<String>,
    /// A random number that the client chooses for each refresh token before it is first sent, and sends again with it: it
    /// proves that who asks again is who asked before. Without one the answer is given again once at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attempt: Option<String>,
}

/// A new pair of tokens. Store the refresh token before you use the access token.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RefreshResponse {
    /// A bearer token for `Authorization`.
    pub access_token: String,
    /// Seconds until the access token expires.
    #[cfg_attr(feature = "openapi", schema(example = 600))]
    pub expires_in: u64,
    /// Replaces the one that was sent.
    pub refresh_token: String,
}

/// Changes the password and ends all other sessions.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PasswordRequest {
    /// The password until now.
    pub current_password: String,
    /// The password from now on: 8 to 128 characters of any kind, and none of the commonest.
    #[cfg_attr(feature = "openapi", schema(min_length = 8, max_length = 128, example = "correct horse battery"))]
    pub new_password: String,
}

/// A success that has nothing else to say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MessageResponse {
    /// A sentence, such as "Image deleted successfully".
    #[cfg_attr(feature = "openapi", schema(example = "Image deleted successfully"))]
    pub message: String,
}

/// Gives types with passwords, tokens and codes in them a `Debug` that shows only the named fields.
macro_rules! redacted {
    ($($name:ident { $($shown:ident),* })*) => {$(
        /// Leaves out passwords, tokens and codes.
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($name))$(.field(stringify!($shown), &self.$shown))*.finish_non_exhaustive()
            }
        }
    )*};
}

redacted! {
    RegisterRequest { username, device_name }
    LoginRequest { username, device_name }
    AuthResponse { message, expires_in, user }
    RefreshRequest {}
    RefreshResponse { expires_in }
    PasswordRequest {}
}

pub(crate) use redacted;
