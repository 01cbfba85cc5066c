//! The router and what surrounds every route: identifiers, logs, limits, and errors of one shape.

use std::any::Any;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use account_api::{ErrorCode, route};
#[cfg(feature = "hosted")]
use axum::Extension;
use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, DefaultBodyLimit, MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::request_id::{MakeRequestUuid, PropagateRequestIdLayer, RequestId, SetRequestIdLayer};
use tower_http::trace::TraceLayer;

use super::receive::BESIDE;
#[cfg(feature = "hosted")]
use super::{document, openapi::Document};
use super::{edits, operations};
use crate::config::{Accounts, Limits};
use crate::connections::Held;
use crate::error::Error;
use crate::extract::ClientAddress;
use crate::limits::client_address;
use crate::reasons;
use crate::service::App;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// All routes, each with its bounds.
fn api(limits: &Limits) -> Router<App> {
    let quick = operations::quick::routes();
    #[cfg(feature = "hosted")]
    let quick = quick.merge(operations::about::routes().layer(Extension(Document(document::text))));
    // The limit on JSON bodies doesn't hold for a picture.
    let form = usize::try_from(limits.file_size.saturating_add(BESIDE)).unwrap_or(usize::MAX);
    let slow = operations::slow::routes()
        .merge(operations::form::routes().layer(DefaultBodyLimit::max(form)))
        .merge(operations::batch::routes().layer(DefaultBodyLimit::max(edits::BODY)));
    quick
        .route_layer(middleware::from_fn_with_state(limits.request, in_time))
        .merge(slow.route_layer(middleware::from_fn_with_state(limits.transfer, in_time)))
}

/// The routes and what surrounds them.
pub fn router(app: App) -> Router {
    let around = ServiceBuilder::new()
        .layer(SetRequestIdLayer::new(REQUEST_ID, MakeRequestUuid))
        .layer(TraceLayer::new_for_http().make_span_with(span).on_request(()).on_response(()).on_failure(()))
        .layer(middleware::from_fn_with_state(Arc::clone(&app), measure))
        .layer(PropagateRequestIdLayer::new(REQUEST_ID))
        .layer(middleware::from_fn_with_state(encrypted(&app), security_headers))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn_with_state(Arc::clone(&app), with_reasons))
        .layer(middleware::from_fn_with_state(Arc::clone(&app), by_address));
    api(&app.limits)
        .fallback(nowhere)
        .method_not_allowed_fallback(wrong_method)
        .layer(DefaultBodyLimit::max(app.limits.json_body))
        .layer(around)
        .with_state(app)
}

/// Counts the request by its address, and notes that for handlers that count by themselves.
async fn by_address(State(app): State<App>, mut request: Request, next: Next) -> Response {
    if let Some(ConnectInfo(peer)) = request.extensions().get::<ConnectInfo<SocketAddr>>().copied() {
        let client = client_address(peer.ip(), request.headers(), &app.trusted_proxies);
        request.extensions_mut().insert(ClientAddress(client));
        if let Err(error) = app.rates.address(client) {
            return error.into_response();
        }
        // Connections are counted when they are opened, except for those of proxies, whose clients are known only now.
        if client != peer.ip().to_canonical() {
            return match app.proxied.begin(client) {
                Ok(under_way) => next.run(request).await.map(|body| Body::new(Held::new(body, under_way))),
                Err(error) => error.into_response(),
            };
        }
    }
    next.run(request).await
}

/// On somebody's own computer the person who asks is the one who runs the service.
async fn with_reasons(State(app): State<App>, request: Request, next: Next) -> Response {
    match app.accounts {
        Accounts::LocalPerson => reasons::telling(next.run(request)).await,
        Accounts::Open => next.run(request).await,
    }
}

/// What browsers are told of every answer, unless it says otherwise itself: they are data for programs, not pages. They hold
/// tokens, private facts and URLs that open pictures, so nobody keeps them.
const HEADERS: [(HeaderName, &str); 6] = [
    (header::CACHE_CONTROL, "no-store"),
    (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

async fn security_headers(State(encrypted): State<bool>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if encrypted {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
    response
}

/// Whether people reach this service over TLS.
fn encrypted(app: &App) -> bool {
    app.public_url.as_ref().is_some_and(|url| url.scheme() == "https")
}

async fn nowhere() -> Error {
    Error::new(ErrorCode::NotFound, "This service has nothing at this address.")
}

async fn wrong_method() -> Error {
    Error::new(ErrorCode::MethodNotAllowed, "This address doesn’t take this method.")
}

async fn in_time(State(limit): State<Duration>, request: Request, next: Next) -> Response {
    match tokio::time::timeout(limit, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Error::new(ErrorCode::TimedOut, "This took too long and was given up. Try again.").into_response(),
    }
}

/// Counts a request, and logs how it was answered.
async fn measure(State(app): State<App>, request: Request, next: Next) -> Response {
    let began = Instant::now();
    let _in_flight = app.metrics.in_flight();
    // Clients may call their methods what they like; each name would be kept for ever.
    let method = match request.method().as_str() {
        known @ ("GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS") => known.to_owned(),
        _ => "other".to_owned(),
    };
    let matched = request.extensions().get::<MatchedPath>().cloned();
    let pattern = matched.as_ref().map_or("-", MatchedPath::as_str);
    let response = next.run(request).await;
    let (status, took) = (response.status().as_u16(), began.elapsed());
    app.metrics.answered(&method, pattern, status, took.as_secs_f64());
    if let Some(code) = response.extensions().get::<ErrorCode>() {
        app.metrics.failed(*code);
    }
    let milliseconds = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    // Load balancers ask every few seconds.
    if [route::HEALTHZ, route::READYZ].contains(&pattern) && status < 500 {
        tracing::debug!(status, milliseconds, "answered");
    } else {
        tracing::info!(status, milliseconds, "answered");
    }
    response
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
