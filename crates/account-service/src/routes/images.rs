//! `/api/images…`

use account_api::{
    AnalyzeRequest, ErrorDetail, Image, ImagePatch, ImageResponse, ImagesPage, ImagesQuery, MessageResponse,
};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};

use super::receive::receive;
use crate::auth::Caller;
use crate::error::Result;
use crate::extract::{Id, Json, OptionalJson, Query};
use crate::service::App;
use crate::{describing, images, uploads};

pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<ImagesQuery>,
) -> Result<Json<ImagesPage>> {
    Ok(Json(images::page(&app, caller.user_id, query).await?))
}

#[derive(Debug, Default, Deserialize)]
pub struct ShowQuery {
    #[serde(default)]
    trash: bool,
}

pub async fn show(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    Query(query): Query<ShowQuery>,
) -> Result<Json<Image>> {
    let row = images::find(&app, caller.user_id, id, query.trash).await?;
    Ok(Json(images::with_urls(&app, row).await?))
}

/// The picture, and why it has no description although one was asked for.
#[derive(Serialize)]
pub struct Uploaded {
    #[serde(flatten)]
    response: ImageResponse,
    #[serde(skip_serializing_if = "Option::is_none")]
    analyze_error: Option<ErrorDetail>,
}

pub async fn upload(State(app): State<App>, caller: Caller, request: Request) -> Result<(StatusCode, Json<Uploaded>)> {
    let form = receive(&app, request).await?;
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
    let response = ImageResponse { message: "Image uploaded successfully".to_owned(), image };
    Ok((StatusCode::CREATED, Json(Uploaded { response, analyze_error })))
}

pub async fn patch(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    Json(patch): Json<ImagePatch>,
) -> Result<Json<ImageResponse>> {
    let row = images::patch(&app, caller.user_id, id, patch).await?;
    let image = images::with_urls(&app, row).await?;
    Ok(Json(ImageResponse { message: "Image updated successfully".to_owned(), image }))
}

#[derive(Debug, Default, Deserialize)]
pub struct DeleteQuery {
    #[serde(default)]
    permanent: bool,
}

pub async fn delete(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    Query(query): Query<DeleteQuery>,
) -> Result<Json<MessageResponse>> {
    if query.permanent {
        images::remove(&app, caller.user_id, id).await?;
    } else {
        images::trash(&app, caller.user_id, id).await?;
    }
    Ok(Json(MessageResponse { message: "Image deleted successfully".to_owned() }))
}

pub async fn restore(State(app): State<App>, caller: Caller, Id(id): Id) -> Result<Json<ImageResponse>> {
    let row = images::restore(&app, caller.user_id, id).await?;
    let image = images::with_urls(&app, row).await?;
    Ok(Json(ImageResponse { message: "Image restored successfully".to_owned(), image }))
}

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
