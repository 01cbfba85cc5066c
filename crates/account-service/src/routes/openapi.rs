//! `/api/openapi.json`

use account_api::route;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::IntoResponse;

use super::document;

/// This document
#[utoipa::path(
    get, path = route::OPENAPI, tag = "service", operation_id = "getOpenApi", security(()),
    responses((status = 200, description = "An OpenAPI 3.1 document.", content_type = "application/json", body = Object)),
)]
pub async fn openapi() -> impl IntoResponse {
    // The same for everyone, for as long as the service isn't replaced.
    ([(CONTENT_TYPE, "application/json"), (CACHE_CONTROL, "public, max-age=60")], document::text())
}
