//! Extractors whose refusals have the service's one error shape.

use std::net::{IpAddr, Ipv4Addr};

use account_api::ErrorCode;
use axum::body::Bytes;
use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::connections::is_too_slow;
use crate::error::Error;

/// A JSON body. As what is asked for, an object: serde would also take an array of a type's fields in their order.
pub struct Json<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self, Error> {
        let (parts, body) = request.into_parts();
        let bytes = read(Request::from_parts(parts.clone(), body), state).await?;
        let is_list = bytes.trim_ascii_start().starts_with(b"[");
        let axum::Json(value) = axum::Json::from_request(Request::from_parts(parts, bytes.into()), state).await?;
        if is_list {
            return Err(Error::invalid("The body is a JSON array where an object is expected."));
        }
        Ok(Self(value))
    }
}

async fn read<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, Error> {
    let bytes = Bytes::from_request(request, state).await;
    bytes.map_err(|rejection| match is_too_slow(&rejection) {
        true => too_slow(),
        false => from_status(rejection.status().as_u16(), rejection.body_text()),
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
        if bytes.trim_ascii().is_empty() {
            return Ok(Self(T::default()));
        }
        if bytes.trim_ascii_start().starts_with(b"[") {
            return Err(Error::invalid("The body is a JSON array where an object is expected."));
        }
        serde_json::from_slice::<Option<T>>(&bytes)
            .map(|body| Self(body.unwrap_or_default()))
            .map_err(|error| Error::invalid(format!("The body is not the expected JSON: {error}.")))
    }
}

impl From<JsonRejection> for Error {
    fn from(rejection: JsonRejection) -> Self {
        match rejection {
            JsonRejection::MissingJsonContentType(_) => {
                Self::new(ErrorCode::UnsupportedBody, "Send JSON with the header `content-type: application/json`.")
            }
            other => from_status(other.status().as_u16(), other.body_text()),
        }
    }
}

impl From<QueryRejection> for Error {
    fn from(rejection: QueryRejection) -> Self {
        Self::invalid(rejection.body_text())
    }
}

impl From<PathRejection> for Error {
    fn from(rejection: PathRejection) -> Self {
        Self::invalid(rejection.body_text())
    }
}

/// The error for a body that stopped coming, or came too slowly.
pub fn too_slow() -> Error {
    Error::new(ErrorCode::TimedOut, "The request's body came too slowly and was given up. Send it again.")
}

/// The error for a refusal of axum's that is only known by its status.
pub fn from_status(status: u16, message: String) -> Error {
    match status {
        413 => Error::new(ErrorCode::TooLarge, "The request's body is larger than this service takes."),
        415 => Error::new(ErrorCode::UnsupportedBody, message),
        500.. => Error::internal(message),
        _ => Error::invalid(message),
    }
}
