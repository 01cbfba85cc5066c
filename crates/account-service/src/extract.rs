//! Extractors whose refusals have the service's one error shape.

use std::net::{IpAddr, Ipv4Addr};

use account_api::ErrorCode;
use axum::body::Bytes;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::connections::is_too_slow;
use crate::error::Error;
use crate::form;

/// A JSON body, which is an object.
pub struct Json<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self, Error> {
        if !is_json(request.headers()) {
            let message = "Send JSON with the header `content-type: application/json`.";
            return Err(Error::new(ErrorCode::UnsupportedBody, message));
        }
        let bytes = read(request, state).await?;
        form::read_body(&bytes).map(Self).map_err(Error::invalid)
    }
}

/// Whether the body is said to be JSON, of whatever subtype (RFC 6839).
fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let subtype = kind.strip_prefix("application/");
    subtype.is_some_and(|subtype| subtype == "json" || subtype.ends_with("+json"))
}

async fn read<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, Error> {
    let bytes = Bytes::from_request(request, state).await;
    bytes.map_err(|rejection| match is_too_slow(&rejection) {
        true => too_slow(),
        false => from_status(rejection.status().as_u16(), "The request’s body broke off. Send it again.".to_owned()),
    })
}

impl<T: serde::Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}

/// The query string.
#[derive(FromRequestParts)]
#[from_request(via(axum::extract::Query), rejection(Error))]
pub struct Query<T>(pub T);

/// The variables of the path.
#[derive(FromRequestParts)]
#[from_request(via(axum::extract::Path), rejection(Error))]
pub struct Path<T>(pub T);

/// An identifier from the path. One that can't be an identifier becomes the nil one, which nothing ever has: so what never
/// existed, what is someone else's and what makes no sense are answered alike, each resource in its own words.
pub struct Id(pub Uuid);

impl<S: Send + Sync> FromRequestParts<S> for Id {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut axum::http::request::Parts, state: &S) -> Result<Self, Error> {
        let id = Path::<String>::from_request_parts(parts, state).await;
        Ok(Self(id.ok().and_then(|Path(id)| Uuid::try_parse(&id).ok()).unwrap_or_default()))
    }
}

/// Where the request comes from; see [`crate::limits::client_address`]. Unspecified when it came over no network.
#[derive(Debug, Clone, Copy)]
pub struct ClientAddress(pub IpAddr);

impl<S: Send + Sync> FromRequestParts<S> for ClientAddress {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut axum::http::request::Parts, _: &S) -> Result<Self, Error> {
        Ok(parts.extensions.get().copied().unwrap_or(Self(IpAddr::V4(Ipv4Addr::UNSPECIFIED))))
    }
}

/// A JSON body that may be left out.
pub struct OptionalJson<T>(pub T);

impl<T: DeserializeOwned + Default, S: Send + Sync> FromRequest<S> for OptionalJson<T> {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self, Error> {
        let bytes = read(request, state).await?;
        if matches!(bytes.trim_ascii(), b"" | b"null") {
            return Ok(Self(T::default()));
        }
        form::read_body(&bytes).map(Self).map_err(Error::invalid)
    }
}

impl From<QueryRejection> for Error {
    fn from(rejection: QueryRejection) -> Self {
        Self::invalid(form::of_query(&rejection.body_text()))
    }
}

impl From<PathRejection> for Error {
    fn from(_: PathRejection) -> Self {
        Self::invalid("The address is not as documented.")
    }
}

/// The error for a body that stopped coming, or came too slowly.
pub fn too_slow() -> Error {
    Error::new(ErrorCode::TimedOut, "The request’s body came too slowly and was given up. Send it again.")
}

/// The error for a refusal of axum's that is only known by its status.
pub fn from_status(status: u16, message: String) -> Error {
    match status {
        413 => Error::new(ErrorCode::TooLarge, "The request’s body is larger than this service takes."),
        415 => Error::new(ErrorCode::UnsupportedBody, message),
        500.. => Error::internal(message),
        _ => Error::invalid(message),
    }
}
