//! `/api/links` and `/i/{token}`

use account_api::{LinksRequest, LinksResponse};
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, HOST, LOCATION, REFERRER_POLICY};
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::response::IntoResponse;
use url::Url;
use uuid::Uuid;

use crate::auth::Caller;
use crate::error::{Error, Result};
use crate::extract::{Json, Path};
use crate::service::{App, Service};
use crate::{links, uploads};

/// Links to give to others
///
/// The same picture keeps the same link. It opens without signing in, until the picture is removed.
#[cfg_attr(feature = "hosted", utoipa::path(
    post, path = account_api::route::LINKS, tag = "links", operation_id = "createLinks",
    request_body = LinksRequest,
    responses((status = 200, description = "Links of the pictures that are there.", body = LinksResponse)),
    extensions(("x-error-codes" = json!(["not_found", "storage_unavailable"]))),
))]
pub async fn links(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    Json(request): Json<LinksRequest>,
) -> Result<Json<LinksResponse>> {
    uploads::check_batch(request.image_ids.len())?;
    let base = base(&app, &headers)?;
    let ids: Vec<Uuid> = request.image_ids.iter().filter_map(|id| Uuid::try_parse(id).ok()).collect();
    Ok(Json(LinksResponse { links: links::links(&app, caller.user_id, &ids, &base).await? }))
}

/// Open a link
///
/// Redirects to the picture's bytes, at an address that is good for 15 minutes.
#[cfg_attr(feature = "hosted", utoipa::path(
    get, path = account_api::route::SHARED, tag = "links", operation_id = "followLink", security(()),
    params(("token" = String, Path, description = "The link’s token, as the service gave it.")),
    responses((
        status = 302,
        description = "The picture’s bytes are there.",
        headers(("location" = String, description = "A presigned address.")),
    )),
    extensions(("x-error-codes" = json!(["not_found", "invalid_request", "storage_unavailable", "database_unavailable"]))),
))]
pub async fn follow(State(app): State<App>, Path(token): Path<String>) -> Result<impl IntoResponse> {
    let url = links::follow(&app, &token).await?;
    // The address behind is good for minutes only, so nobody may keep it.
    Ok((
        StatusCode::FOUND,
        [
            (LOCATION, url),
            (CACHE_CONTROL, "no-store".into()),
            (REFERRER_POLICY, "no-referrer".into()),
            // Other people's pages may show it: that's what a link is for.
            (HeaderName::from_static("cross-origin-resource-policy"), "cross-origin".into()),
        ],
    ))
}

/// How the service is reached: as it was told, else as the caller reached it.
fn base(app: &Service, headers: &HeaderMap) -> Result<Url> {
    if let Some(url) = &app.public_url {
        return Ok(url.clone());
    }
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let url = Url::parse(&format!("http://{host}")).ok().filter(|url| url.path() == "/" && url.username().is_empty());
    url.ok_or_else(|| Error::invalid("The request has no Host that a link could begin with."))
}
