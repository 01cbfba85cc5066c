//! `/api/openapi.json`

use axum::Extension;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::IntoResponse;

/// What makes the document.
#[derive(Clone, Copy)]
pub struct Document(pub fn() -> &'static str);

/// This document
#[utoipa::path(
    get, path = account_api::route::OPENAPI, tag = "service", operation_id = "getOpenApi", security(()),
    responses((status = 200, description = "An OpenAPI 3.1 document.", content_type = "application/json", body = Object)),
)]
pub async fn openapi(Extension(Document(text)): Extension<Document>) -> impl IntoResponse {
    // The same for everyone, for as long as the service isn't replaced.
    ([(CONTENT_TYPE, "application/json"), (CACHE_CONTROL, "public, max-age=60")], text())
}
