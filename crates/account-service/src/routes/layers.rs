//! The router and what surrounds every route: identifiers, logs, limits, and errors of one shape.

use std::any::Any;
use std::time::Duration;

use account_api::{ErrorCode, route};
use axum::Router;
use axum::extract::{DefaultBodyLimit, MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::request_id::{MakeRequestUuid, PropagateRequestIdLayer, RequestId, SetRequestIdLayer};
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::trace::TraceLayer;

use super::{auth, changes, health, images, links, uploads};
use crate::error::Error;
use crate::service::App;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// All routes.
pub fn router(app: App) -> Router {
    let quick = Router::new()
        .route(route::REGISTER, post(auth::register))
        .route(route::LOGIN, post(auth::log_in))
        .route(route::ME, get(auth::me))
        .route(route::REFRESH, post(auth::refresh))
        .route(route::LOGOUT, post(auth::log_out))
        .route(route::IMAGE, get(images::show).patch(images::patch).delete(images::delete))
        .route(route::RESTORE, post(images::restore))
        .route(route::UPLOADS, post(uploads::grant))
        .route(route::UPLOAD_PARTS, post(uploads::parts))
        .route(route::UPLOAD_STORED, get(uploads::stored))
        .route(route::THUMBNAILS, post(uploads::thumbnails))
        .route(route::UPLOAD, axum::routing::delete(uploads::abort))
        .route(route::CHANGES, get(changes::page))
        .route(route::CHANGES_STREAM, get(changes::stream))
        .route(route::LINKS, post(links::links))
        .route(route::SHARED, get(links::follow))
        .route(route::HEALTHZ, get(health::alive))
        .route(route::READYZ, get(health::ready))
        .route_layer(middleware::from_fn_with_state(app.limits.request, in_time));
    let slow = Router::new()
        .route(
            route::IMAGES,
            // The limit on JSON bodies doesn't hold for pictures; the form's reader has its own.
            get(images::list).post(images::upload).layer(DefaultBodyLimit::disable()),
        )
        .route(route::ANALYZE, post(images::analyze))
        .route(route::COMPLETE, post(uploads::complete))
        .route_layer(middleware::from_fn_with_state(app.limits.transfer, in_time));
    let around = ServiceBuilder::new()
        .layer(SetRequestIdLayer::new(REQUEST_ID, MakeRequestUuid))
        .layer(
            TraceLayer::new_for_http()
                .make_span_with(span)
                .on_request(())
                .on_response(tower_http::trace::DefaultOnResponse::new().level(tracing::Level::DEBUG))
                .on_failure(()),
        )
        .layer(PropagateRequestIdLayer::new(REQUEST_ID))
        .layer(SetResponseHeaderLayer::if_not_present(
            HeaderName::from_static("x-content-type-options"),
            HeaderValue::from_static("nosniff"),
        ))
        // Answers hold tokens, private facts and URLs that open pictures.
        .layer(SetResponseHeaderLayer::if_not_present(
            axum::http::header::CACHE_CONTROL,
            HeaderValue::from_static("no-store"),
        ))
        .layer(CatchPanicLayer::custom(panicked));
    quick
        .merge(slow)
        .fallback(nowhere)
        .method_not_allowed_fallback(wrong_method)
        .layer(DefaultBodyLimit::max(app.limits.json_body))
        .layer(around)
        .with_state(app)
}

async fn nowhere() -> Error {
    Error::new(ErrorCode::NotFound, "This service has nothing at this address.")
}

async fn wrong_method() -> Error {
    Error::new(ErrorCode::MethodNotAllowed, "This address doesn't take this method.")
}

async fn in_time(State(limit): State<Duration>, request: Request, next: Next) -> Response {
    match tokio::time::timeout(limit, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Error::new(ErrorCode::TimedOut, "This took too long and was given up. Try again.").into_response(),
    }
}

/// With the route's pattern rather than the path: a path can hold a link's token.
fn span<B>(request: &axum::http::Request<B>) -> tracing::Span {
    let route = request.extensions().get::<MatchedPath>().map_or("-", MatchedPath::as_str);
    let id = request.extensions().get::<RequestId>().and_then(|id| id.header_value().to_str().ok()).unwrap_or("-");
    tracing::info_span!("request", method = %request.method(), route, id)
}

fn panicked(panic: Box<dyn Any + Send>) -> Response {
    let message = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("panic");
    Error::internal(message).into_response()
}
