//! The two HTTP clients: one for the service, one for the store.

use std::time::Duration;

use reqwest::redirect::Policy;

use crate::{EngineError, ErrorKind, Result};

const USER_AGENT: &str = concat!("image-manager/", env!("CARGO_PKG_VERSION"));

/// For the service's JSON. Follows no redirects, so that neither a password nor a token goes anywhere but to the host
/// that was named. Each call sets its own time limit.
pub(super) fn for_service(loopback: bool) -> Result<reqwest::Client> {
    let builder = reqwest::Client::builder()
        .user_agent(USER_AGENT)
        .redirect(Policy::none())
        .connect_timeout(Duration::from_secs(10))
        .pool_idle_timeout(Duration::from_secs(50));
    build(builder, loopback)
}

/// For presigned URLs: HTTP/1.1, because several S3-compatible stores mishandle large bodies over HTTP/2; no token, no
/// cookies, no redirects (a signature is bound to its host). No time limit on the whole or on reading: reqwest's
/// reading limit would run while a body is being sent. Whoever sends watches the progress instead.
pub(super) fn for_objects(loopback: bool) -> Result<reqwest::Client> {
    let builder = reqwest::Client::builder()
        .user_agent(USER_AGENT)
        .http1_only()
        .redirect(Policy::none())
        .connect_timeout(Duration::from_secs(15))
        .pool_idle_timeout(Duration::from_secs(20));
    build(builder, loopback)
}

/// What is on this computer is reached directly, whatever proxy the system names.
fn build(builder: reqwest::ClientBuilder, loopback: bool) -> Result<reqwest::Client> {
    let builder = if loopback { builder.no_proxy() } else { builder };
    builder.build().map_err(|error| {
        EngineError::new(ErrorKind::Internal, format!("Secure connections can't be set up on this computer: {error}."))
    })
}
