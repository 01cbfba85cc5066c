//! `/api/edits`

use account_api::EditsResponse;
use axum::extract::State;
use serde::Deserialize;
use serde_json::Value;

use crate::auth::Caller;
use crate::edits;
use crate::error::Result;
use crate::extract::Json;
use crate::service::App;

/// The largest body, in bytes: a thousand operations, some of which carry long texts.
pub const BODY: usize = 8 * 1024 * 1024;

/// [`EditsRequest`], but that each operation is read by itself.
#[derive(Deserialize)]
pub struct Operations {
    operations: Vec<Value>,
}

/// Make edits
///
/// At most 1,000 operations, in one transaction. For each field, and for each pair of picture and tag or picture and album,
/// the operation with the later clock holds (of equal ones that of the greater device), and what a model says never takes
/// the place of what a person said. Each is answered by itself, and one that is sent again, by its `id`, gets the same
/// answer.
#[cfg_attr(feature = "hosted", utoipa::path(
    post, path = account_api::route::EDITS, tag = "pictures", operation_id = "makeEdits",
    request_body = account_api::EditsRequest,
    responses((status = 200, description = "What became of each, in their order.", body = EditsResponse)),
))]
pub async fn make(
    State(app): State<App>,
    caller: Caller,
    Json(request): Json<Operations>,
) -> Result<Json<EditsResponse>> {
    Ok(Json(edits::apply(&app, caller.user_id, request.operations).await?))
}
