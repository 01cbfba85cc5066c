//! The devices that are signed in.

use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// One sign-in of a device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Session {
    /// Opaque; the `sid` of the session's access tokens.
    pub id: String,
    /// What the device called itself when it signed in.
    pub device_name: Option<String>,
    /// When it signed in.
    #[cfg_attr(
        feature = "openapi",
        schema(value_type = String, format = DateTime, example = "2026-03-01T12:00:00.000Z")
    )]
    pub created_at: Timestamp,
    /// When it last refreshed its tokens, which a device in use does every few minutes.
    #[cfg_attr(
        feature = "openapi",
        schema(value_type = String, format = DateTime, example = "2026-03-01T12:00:00.000Z")
    )]
    pub last_used_at: Timestamp,
    /// Whether it is the session of the access token that asks.
    pub current: bool,
}

/// All sessions of the account that can still be used, the most recently used one first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SessionsResponse {
    /// The sessions.
    pub sessions: Vec<Session>,
}
