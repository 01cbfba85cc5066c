//! Accounts and sessions.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// Makes an account and signs in.
#[derive(Clone, Serialize, Deserialize)]
pub struct RegisterRequest {
    /// 1 to 64 characters: letters, digits, `.`, `_`, `-`; compared without regard to case.
    pub username: String,
    /// An e-mail address; used for recovery only.
    pub email: String,
    /// 8 to 128 characters, of any kind.
    pub password: String,
    /// What this device is called in the list of sessions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_name: Option<String>,
}

/// Signs in.
#[derive(Clone, Serialize, Deserialize)]
pub struct LoginRequest {
    /// The user name.
    pub username: String,
    /// The password.
    pub password: String,
    /// What this device is called in the list of sessions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_name: Option<String>,
}

/// The answer to registering and signing in.
#[derive(Clone, Serialize, Deserialize)]
pub struct AuthResponse {
    /// "User registered successfully" or "Login successful".
    pub message: String,
    /// A bearer token for `Authorization`, good for `expires_in` seconds.
    pub access_token: String,
    /// Seconds until the access token expires.
    pub expires_in: u64,
    /// Good for one use at `/api/auth/refresh`.
    pub refresh_token: String,
    /// Who signed in.
    pub user: User,
}

/// A person with an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// Opaque.
    pub id: String,
    /// As it was registered.
    pub username: String,
    /// As it was registered.
    pub email: String,
    /// When the account was made.
    pub created_at: Timestamp,
}

/// Exchanges a refresh token for a new pair (OAuth 2.0 Security BCP, RFC 9700, section 4.14).
#[derive(Clone, Serialize, Deserialize)]
pub struct RefreshRequest {
    /// The newest refresh token of the session.
    pub refresh_token: String,
}

/// A new pair of tokens. Store the refresh token before you use the access token.
#[derive(Clone, Serialize, Deserialize)]
pub struct RefreshResponse {
    /// A bearer token for `Authorization`.
    pub access_token: String,
    /// Seconds until the access token expires.
    pub expires_in: u64,
    /// Replaces the one that was sent.
    pub refresh_token: String,
}

/// A success that has nothing else to say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageResponse {
    /// A sentence.
    pub message: String,
}

macro_rules! redacted {
    ($($name:ident { $($shown:ident),* })*) => {$(
        /// Leaves out passwords and tokens.
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
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
}
