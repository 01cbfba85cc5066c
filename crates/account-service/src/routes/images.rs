//! `/api/images…`

use account_api::{
    AnalyzeRequest, DeleteQuery, ExaminationsRequest, ExaminationsResponse, Image, ImagePatch, ImageQuery,
    ImageResponse, ImagesPage, ImagesQuery, MessageResponse, ThumbnailUrlsRequest, ThumbnailUrlsResponse,
    UploadResponse, VerifyRequest, VerifyResponse,
};
use axum::extract::{Request, State};
use axum::http::StatusCode;

use super::receive::receive;
use crate::auth::Caller;
use crate::error::Result;
use crate::extract::{Id, Json, OptionalJson, Query};
use crate::service::App;
use crate::{describing, edits, images, uploads};

/// A page of pictures
///
/// Newest first, with addresses to read them from.
#[cfg_attr(feature = "hosted", utoipa::path(
    get, path = account_api::route::IMAGES, tag = "pictures", operation_id = "listImages",
    params(ImagesQuery),
    responses((status = 200, description = "A page of pictures.", body = ImagesPage)),
    extensions(("x-error-codes" = json!(["storage_unavailable"]))),
))]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<ImagesQuery>,
) -> Result<Json<ImagesPage>> {
    Ok(Json(images::page(&app, caller.user_id, query).await?))
}

/// One picture
#[cfg_attr(feature = "hosted", utoipa::path(
    get, path = account_api::route::IMAGE, tag = "pictures", operation_id = "getImage",
    params(("id" = String, Path, description = "The picture."), ImageQuery),
    responses((status = 200, description = "The picture.", body = Image)),
    extensions(("x-error-codes" = json!(["not_found", "storage_unavailable"]))),
))]
pub async fn show(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    Query(query): Query<ImageQuery>,
) -> Result<Json<Image>> {
    let row = images::find(&app, caller.user_id, id, query.trash).await?;
    Ok(Json(images::with_urls(&app, row).await?))
}

/// Upload a picture
///
/// The bytes pass through the service to the store, and the picture is the same as one that was sent with a grant. The same
/// bytes again give the picture that is there. With `analyze` the AI describes it at once; when that fails the picture is
/// safe all the same, and `analyze_error` says why.
#[cfg_attr(feature = "hosted", utoipa::path(
    post, path = account_api::route::IMAGES, tag = "pictures", operation_id = "uploadImage",
    request_body(content = super::receive::UploadForm, content_type = "multipart/form-data"),
    responses((status = 201, description = "The picture is stored and verified.", body = UploadResponse)),
    extensions(("x-error-codes" = json!([
        "unsupported_media", "quota_exceeded", "too_many_uploads", "conflict", "upload_gone", "upload_incomplete", "checksum_mismatch",
        "storage_unavailable"
    ]))),
))]
pub async fn upload(
    State(app): State<App>,
    caller: Caller,
    request: Request,
) -> Result<(StatusCode, Json<UploadResponse>)> {
    let form = receive(&app, caller.user_id, request).await?;
    describing::check_prompt(form.prompt.as_deref())?;
    let mut row = uploads::ingest(&app, caller.user_id, form.image).await?;
    let mut analyze_error = None;
    if form.analyze {
        // The picture is safe whatever the AI does.
        match describing::analyze(&app, caller.user_id, row.id, form.prompt.as_deref()).await {
            Ok(described) => row = described,
            Err(error) => analyze_error = Some(error.into_detail()),
        }
    }
    let image = images::with_urls(&app, row).await?;
    let message = "Image uploaded successfully".to_owned();
    Ok((StatusCode::CREATED, Json(UploadResponse { message, image, analyze_error })))
}

/// Change what is said of a picture
///
/// What the request doesn't name stays as it is.
#[cfg_attr(feature = "hosted", utoipa::path(
    patch, path = account_api::route::IMAGE, tag = "pictures", operation_id = "changeImage",
    params(("id" = String, Path, description = "The picture.")),
    request_body = ImagePatch,
    responses((status = 200, description = "The picture as it is now.", body = ImageResponse)),
    extensions(("x-error-codes" = json!(["not_found", "storage_unavailable"]))),
))]
pub async fn patch(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    Json(patch): Json<ImagePatch>,
) -> Result<Json<ImageResponse>> {
    let row = edits::patch(&app, caller.user_id, id, patch).await?;
    let image = images::with_urls(&app, row).await?;
    Ok(Json(ImageResponse { message: "Image updated successfully".to_owned(), image }))
}

/// Delete a picture
///
/// Moves it to the trash, where it stays until it is restored or deleted for good, or for as many days as the change feed
/// says in `trash`; with `permanent=true` it is gone for good at once.
#[cfg_attr(feature = "hosted", utoipa::path(
    delete, path = account_api::route::IMAGE, tag = "pictures", operation_id = "deleteImage",
    params(("id" = String, Path, description = "The picture."), DeleteQuery),
    responses((status = 200, description = "It is deleted.", body = MessageResponse)),
    extensions(("x-error-codes" = json!(["not_found"]))),
))]
pub async fn delete(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    Query(query): Query<DeleteQuery>,
) -> Result<Json<MessageResponse>> {
    if query.permanent {
        edits::remove(&app, caller.user_id, id).await?;
    } else {
        edits::trash(&app, caller.user_id, id).await?;
    }
    Ok(Json(MessageResponse { message: "Image deleted successfully".to_owned() }))
}

/// Take a picture out of the trash
///
/// One that isn't there stays as it is.
#[cfg_attr(feature = "hosted", utoipa::path(
    post, path = account_api::route::RESTORE, tag = "pictures", operation_id = "restoreImage",
    params(("id" = String, Path, description = "The picture.")),
    responses((status = 200, description = "The picture as it is now.", body = ImageResponse)),
    extensions(("x-error-codes" = json!(["not_found", "storage_unavailable"]))),
))]
pub async fn restore(State(app): State<App>, caller: Caller, Id(id): Id) -> Result<Json<ImageResponse>> {
    let row = edits::restore(&app, caller.user_id, id).await?;
    let image = images::with_urls(&app, row).await?;
    Ok(Json(ImageResponse { message: "Image restored successfully".to_owned(), image }))
}

/// Have the AI describe a picture
///
/// Replaces its description, alternative text, tags and text. When the AI fails the picture stays as it was.
#[cfg_attr(feature = "hosted", utoipa::path(
    post, path = account_api::route::ANALYZE, tag = "pictures", operation_id = "analyzeImage",
    params(("id" = String, Path, description = "The picture.")),
    request_body = Option<AnalyzeRequest>,
    responses((status = 200, description = "The picture with its description.", body = ImageResponse)),
    extensions(("x-error-codes" = json!([
        "not_found", "ai_not_configured", "ai_key_rejected", "ai_quota", "ai_refused", "ai_timed_out", "ai_unavailable",
        "ai_unsupported_picture", "storage_unavailable"
    ]))),
))]
pub async fn analyze(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    OptionalJson(request): OptionalJson<AnalyzeRequest>,
) -> Result<Json<ImageResponse>> {
    let row = describing::analyze(&app, caller.user_id, id, request.prompt.as_deref()).await?;
    let image = images::with_urls(&app, row).await?;
    Ok(Json(ImageResponse { message: "Image analyzed successfully".to_owned(), image }))
}

/// Ask the store again about a batch of pictures
///
/// At most 200, also ones in the trash. What is found wrong is written down with the picture, so that every device shows
/// it; uploading the same bytes again mends it.
#[cfg_attr(feature = "hosted", utoipa::path(
    post, path = account_api::route::VERIFY, tag = "pictures", operation_id = "verifyImages",
    request_body = VerifyRequest,
    responses((status = 200, description = "What the store said, in the order of the request.", body = VerifyResponse)),
))]
pub async fn verify(
    State(app): State<App>,
    caller: Caller,
    Json(request): Json<VerifyRequest>,
) -> Result<Json<VerifyResponse>> {
    Ok(Json(images::verify_batch(&app, caller.user_id, request).await?))
}

/// Where the thumbnails of a batch of pictures are
///
/// At most 200, also of ones in the trash, in the order of the request. Pictures that aren't yours, or have no thumbnail in
/// the store, are left out.
#[cfg_attr(feature = "hosted", utoipa::path(
    post, path = account_api::route::THUMBNAIL_URLS, tag = "pictures", operation_id = "thumbnailUrls",
    request_body = ThumbnailUrlsRequest,
    responses((status = 200, description = "Addresses of the thumbnails that are there.", body = ThumbnailUrlsResponse)),
    extensions(("x-error-codes" = json!(["storage_unavailable"]))),
))]
pub async fn thumbnails(
    State(app): State<App>,
    caller: Caller,
    Json(request): Json<ThumbnailUrlsRequest>,
) -> Result<Json<ThumbnailUrlsResponse>> {
    Ok(Json(images::thumbnail_urls(&app, caller.user_id, request).await?))
}

/// Say what a later look at pictures' bytes gave
///
/// Newer apps read more from a file, and show more formats: what they find takes the place of what was read before. A picture
/// that has no thumbnail in the store gets the address for one. What a person said stays.
#[cfg_attr(feature = "hosted", utoipa::path(
    post, path = account_api::route::EXAMINATIONS, tag = "pictures", operation_id = "noteExaminations",
    request_body = ExaminationsRequest,
    responses((status = 200, description = "The pictures as they are now.", body = ExaminationsResponse)),
    extensions(("x-error-codes" = json!(["quota_exceeded", "storage_unavailable"]))),
))]
pub async fn examinations(
    State(app): State<App>,
    caller: Caller,
    Json(request): Json<ExaminationsRequest>,
) -> Result<Json<ExaminationsResponse>> {
    Ok(Json(uploads::note_batch(&app, caller.user_id, request).await?))
}
