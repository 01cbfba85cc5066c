//! Whether a service is there, and who it is for.

use serde::{Deserialize, Serialize};

/// `GET /healthz`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HealthResponse {
    /// A word.
    pub message: String,
    /// The service's version; absent in answers of old ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// How people come by an account; absent in answers of old services, where everybody may register.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registration: Option<Registration>,
}

/// How people come by an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Registration {
    /// Everybody may register.
    Open,
    /// Whoever has an invitation may register.
    Invitation,
    /// The operator makes accounts, and nobody else.
    #[serde(other)]
    Closed,
}
