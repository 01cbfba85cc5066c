//! Whether a service is there.

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
}
