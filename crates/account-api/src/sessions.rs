//! The devices that are signed in.

use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// One sign-in of a device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Opaque; the `sid` of the session's access tokens.
    pub id: String,
    /// What the device called itself when it signed in.
    pub device_name: Option<String>,
    /// When it signed in.
    pub created_at: Timestamp,
    /// When it last refreshed its tokens, which a device in use does every few minutes.
    pub last_used_at: Timestamp,
    /// Whether it is the session of the access token that asks.
    pub current: bool,
}

/// All sessions of the account that can still be used, the most recently used one first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionsResponse {
    /// The sessions.
    pub sessions: Vec<Session>,
}
