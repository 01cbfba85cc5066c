//! `/api/uploads…`

use account_api::{
    CompleteRequest, CompleteResponse, GrantRequest, GrantResponse, MessageResponse, PartsRequest, PartsResponse,
    StoredPartsResponse, ThumbnailsRequest, ThumbnailsResponse,
};
use axum::extract::State;

use crate::auth::Caller;
use crate::error::Result;
use crate::extract::{Id, Json};
use crate::service::App;
use crate::uploads;

pub async fn grant(
    State(app): State<App>,
    caller: Caller,
    Json(request): Json<GrantRequest>,
) -> Result<Json<GrantResponse>> {
    Ok(Json(uploads::grant_batch(&app, caller.user_id, request).await?))
}

pub async fn parts(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    Json(request): Json<PartsRequest>,
) -> Result<Json<PartsResponse>> {
    Ok(Json(uploads::presign_parts(&app, caller.user_id, id, request).await?))
}

pub async fn stored(State(app): State<App>, caller: Caller, Id(id): Id) -> Result<Json<StoredPartsResponse>> {
    Ok(Json(uploads::stored_parts(&app, caller.user_id, id).await?))
}

pub async fn complete(
    State(app): State<App>,
    caller: Caller,
    Json(request): Json<CompleteRequest>,
) -> Result<Json<CompleteResponse>> {
    Ok(Json(uploads::complete_batch(&app, caller.user_id, request).await?))
}

pub async fn thumbnails(
    State(app): State<App>,
    caller: Caller,
    Json(request): Json<ThumbnailsRequest>,
) -> Result<Json<ThumbnailsResponse>> {
    Ok(Json(uploads::confirm(&app, caller.user_id, request).await?))
}

pub async fn abort(State(app): State<App>, caller: Caller, Id(id): Id) -> Result<Json<MessageResponse>> {
    uploads::close(&app, caller.user_id, id).await?;
    Ok(Json(MessageResponse { message: "Upload aborted successfully".to_owned() }))
}
