//! Answers that a proxy gives in place of the server.

use http::{HeaderMap, StatusCode};
use url::Url;

use crate::proxies::{Proxies, Way};
use crate::trouble::ProxyTrouble;

/// Headers that only a proxy sends with an error of its own (RFC 9110, section 11.7.1; RFC 9209; Squid).
const MARKS: [&str; 3] = ["proxy-authenticate", "proxy-status", "x-squid-error"];

/// Whether an answer is an error of the proxy on the way to `url`, rather than of the server. Only requests in plain HTTP
/// can be answered so: the others are tunnelled, and what fails there is a [`Trouble`](crate::Trouble).
///
/// `is_servers` says that the answer is in the form which only the server has.
pub fn answered_by_proxy(url: &Url, status: StatusCode, headers: &HeaderMap, is_servers: bool) -> Option<ProxyTrouble> {
    let Way::Proxy(proxy) = Proxies::system().way_to(url) else { return None };
    if url.scheme() != "http" || !proxy.answers() {
        return None;
    }
    if status == StatusCode::PROXY_AUTHENTICATION_REQUIRED {
        return Some(ProxyTrouble::SignIn(proxy));
    }
    let marked = status.as_u16() >= 400 && MARKS.iter().any(|name| headers.contains_key(*name));
    let stands_between = matches!(status.as_u16(), 502..=504) && !is_servers;
    (marked || stands_between).then(|| ProxyTrouble::Answered { proxy, status: status.as_u16() })
}
