//! The typed client of the account service.
//!
//! [`Client`] carries a session: it has an access token in memory, renews it when need be, and repeats calls that can
//! be repeated. [`auth`] opens a session. Bytes of pictures never go this way: they go to the store by presigned URLs
//! with [`Client::object_http`], which carries no token.

mod address;
pub mod auth;
mod call;
mod client;
mod failure;
mod health;
mod http;
mod news;
mod routes;
mod session;
mod transport;

pub use address::ServiceAddress;
pub(crate) use address::{is_mistyped, web_address};
pub use client::{Client, ClientOptions};
pub(crate) use failure::PROXY;
pub use failure::{ServiceError, kind_of};
pub use health::{Health, health};
pub use news::News;
pub use session::{AccessToken, RefreshTokens, StoredSession, TokenSource, Unavailable};
pub use transport::RetryPolicy;
