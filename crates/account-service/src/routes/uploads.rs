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

/// Announce files
///
/// For each file the service answers that the account has these bytes already, or with permission to store exactly them, or
/// why not. Asking again for the same bytes gives the same upload, with fresh addresses.
#[cfg_attr(feature = "hosted", utoipa::path(
    post, path = account_api::route::UPLOADS, tag = "uploads", operation_id = "grantUploads",
    request_body = GrantRequest,
    responses((status = 200, description = "An outcome for each file, in the order of the request.", body = GrantResponse)),
))]
pub async fn grant(
    State(app): State<App>,
    caller: Caller,
    Json(request): Json<GrantRequest>,
) -> Result<Json<GrantResponse>> {
    Ok(Json(uploads::grant_batch(&app, caller.user_id, request).await?))
}

/// Addresses for parts
///
/// Each is good for 15 minutes and for exactly this part: its length and MD5 are signed.
#[cfg_attr(feature = "hosted", utoipa::path(
    post, path = account_api::route::UPLOAD_PARTS, tag = "uploads", operation_id = "grantParts",
    params(("id" = String, Path, description = "The upload, from its grant.")),
    request_body = PartsRequest,
    responses((status = 200, description = "An address for each part, in the order of the request.", body = PartsResponse)),
    extensions(("x-error-codes" = json!(["upload_gone", "storage_unavailable"]))),
))]
pub async fn parts(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    Json(request): Json<PartsRequest>,
) -> Result<Json<PartsResponse>> {
    Ok(Json(uploads::presign_parts(&app, caller.user_id, id, request).await?))
}

/// Which parts the store has
///
/// For going on with an upload that was interrupted.
#[cfg_attr(feature = "hosted", utoipa::path(
    get, path = account_api::route::UPLOAD_STORED, tag = "uploads", operation_id = "listStoredParts",
    params(("id" = String, Path, description = "The upload, from its grant.")),
    responses((status = 200, description = "The parts that have arrived.", body = StoredPartsResponse)),
    extensions(("x-error-codes" = json!(["upload_gone", "conflict", "invalid_request", "storage_unavailable"]))),
))]
pub async fn stored(State(app): State<App>, caller: Caller, Id(id): Id) -> Result<Json<StoredPartsResponse>> {
    Ok(Json(uploads::stored_parts(&app, caller.user_id, id).await?))
}

/// Finish uploads
///
/// The service asks the store what it has and compares it with what was announced; only then the picture exists. Finishing
/// twice gives the same picture.
#[cfg_attr(feature = "hosted", utoipa::path(
    post, path = account_api::route::COMPLETE, tag = "uploads", operation_id = "completeUploads",
    request_body = CompleteRequest,
    responses((
        status = 200, description = "An outcome for each upload, in the order of the request.", body = CompleteResponse,
    )),
))]
pub async fn complete(
    State(app): State<App>,
    caller: Caller,
    Json(request): Json<CompleteRequest>,
) -> Result<Json<CompleteResponse>> {
    Ok(Json(uploads::complete_batch(&app, caller.user_id, request).await?))
}

/// Confirm thumbnails
///
/// After they have been stored at the addresses that finishing gave.
#[cfg_attr(feature = "hosted", utoipa::path(
    post, path = account_api::route::THUMBNAILS, tag = "uploads", operation_id = "confirmThumbnails",
    request_body = ThumbnailsRequest,
    responses((status = 200, description = "The pictures whose thumbnails are there.", body = ThumbnailsResponse)),
    extensions(("x-error-codes" = json!(["storage_unavailable"]))),
))]
pub async fn thumbnails(
    State(app): State<App>,
    caller: Caller,
    Json(request): Json<ThumbnailsRequest>,
) -> Result<Json<ThumbnailsResponse>> {
    Ok(Json(uploads::confirm(&app, caller.user_id, request).await?))
}

/// Abort an upload
///
/// What was sent is removed. One that is over already stays as it is.
#[cfg_attr(feature = "hosted", utoipa::path(
    delete, path = account_api::route::UPLOAD, tag = "uploads", operation_id = "abortUpload",
    params(("id" = String, Path, description = "The upload, from its grant.")),
    responses((status = 200, description = "It is over.", body = MessageResponse)),
    extensions(("x-error-codes" = json!(["upload_gone"]))),
))]
pub async fn abort(State(app): State<App>, caller: Caller, Id(id): Id) -> Result<Json<MessageResponse>> {
    uploads::close(&app, caller.user_id, id).await?;
    Ok(Json(MessageResponse { message: "Upload aborted successfully".to_owned() }))
}
