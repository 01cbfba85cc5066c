//! The HTTP clients: for the service, and for the store.

use std::time::Duration;

use reqwest::redirect::Policy;

use crate::{EngineError, ErrorKind, Result};

/// For the service's JSON. Follows no redirects, so that neither a password nor a token goes anywhere but to the host
/// that was named. Each call sets its own time limit.
pub(super) fn for_service() -> Result<reqwest::Client> {
    build(for_service_with())
}

/// The same with a connection of its own for each call, so that none is lost on one that the service just closes: for
/// calls that must not be sent twice.
pub(super) fn for_service_once() -> Result<reqwest::Client> {
    build(for_service_with().pool_max_idle_per_host(0))
}

fn for_service_with() -> reqwest::ClientBuilder {
    network::client().redirect(Policy::none()).connect_timeout(Duration::from_secs(10))
}

/// For presigned URLs: HTTP/1.1, because several S3-compatible stores mishandle large bodies over HTTP/2; no token, no
/// cookies, no redirects (a signature is bound to its host). No time limit on the whole or on reading: reqwest's
/// reading limit would run while a body is being sent. Whoever sends watches the progress instead.
pub(super) fn for_objects() -> Result<reqwest::Client> {
    build(network::http1_client().redirect(Policy::none()).connect_timeout(Duration::from_secs(15)))
}

fn build(builder: reqwest::ClientBuilder) -> Result<reqwest::Client> {
    builder.build().map_err(|error| {
        EngineError::new(ErrorKind::Internal, messages::Service::NoConnections { why: error.to_string() })
    })
}
