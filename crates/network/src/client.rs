//! HTTP clients, as all parts of the product make them.

use std::sync::Arc;
use std::time::Duration;

use reqwest::{ClientBuilder, Method, Proxy};
use rustls::ClientConfig;
use url::Url;

use crate::provider::provider;
use crate::proxies::{Proxies, Way};
use crate::trust::SystemTrust;

const USER_AGENT: &str = concat!("image-manager/", env!("CARGO_PKG_VERSION"));

/// How long an idle connection is used again. Servers close them after a while, the most impatient of those in use after
/// five seconds (Node, uvicorn); a request that is sent in that very moment is lost.
const IDLE: Duration = Duration::from_secs(4);

/// The beginning of a client: proxies, trust and connections are decided, limits and redirects are the caller's.
///
/// Requests that may be repeated (RFC 9110, section 9.2.2) and whose connection ended before the first byte of an answer
/// are sent again by themselves, if their body is in memory.
pub fn client() -> ClientBuilder {
    client_through(Proxies::system())
}

/// The same through these proxies.
pub fn client_through(proxies: &Arc<Proxies>) -> ClientBuilder {
    with_protocols(&[b"h2", b"http/1.1"], proxies)
}

/// The same for servers that are spoken to in HTTP/1.1 only.
pub fn http1_client() -> ClientBuilder {
    with_protocols(&[b"http/1.1"], Proxies::system()).http1_only()
}

fn with_protocols(protocols: &[&[u8]], proxies: &Arc<Proxies>) -> ClientBuilder {
    let proxies = Arc::clone(proxies);
    reqwest::Client::builder()
        .user_agent(USER_AGENT)
        .tls_backend_preconfigured(tls(protocols))
        .proxy(Proxy::custom(move |url| way_to(&proxies, url)))
        .pool_idle_timeout(IDLE)
        // Bytes are taken as they come, unless somebody asks for them packed.
        .no_gzip()
        .retry(reqwest::retry::for_host(AnyHost).no_budget().classify_fn(|exchange| {
            let lost = exchange.error().and_then(|error| error.downcast_ref()).is_some_and(was_lost);
            if lost && is_idempotent(exchange.method()) { exchange.retryable() } else { exchange.success() }
        }))
}

fn way_to(proxies: &Proxies, url: &Url) -> Option<String> {
    match proxies.way_to(url) {
        Way::Direct => None,
        Way::Proxy(address) => Some(address.url().to_owned()),
        // Leads nowhere by definition (RFC 6761), so nothing is sent; `Trouble` says why.
        Way::Unusable(_) => Some("http://proxy.invalid".to_owned()),
    }
}

fn tls(protocols: &[&[u8]]) -> ClientConfig {
    let provider = provider();
    // The provider and the protocol versions that it always has belong together.
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let builder = builder.expect("the provider speaks the default versions of TLS");
    let mut config = builder.dangerous().with_custom_certificate_verifier(SystemTrust::shared()).with_no_client_auth();
    config.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
    config
}

fn is_idempotent(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::PUT | Method::DELETE | Method::OPTIONS)
}

/// Whether a request was sent and its connection ended before any of an answer came.
fn was_lost(error: &reqwest::Error) -> bool {
    error.is_request() && !error.is_connect() && !error.is_timeout()
}

/// The policy for repeating is the same for every host.
struct AnyHost;

impl PartialEq<&str> for AnyHost {
    fn eq(&self, _: &&str) -> bool {
        true
    }
}
