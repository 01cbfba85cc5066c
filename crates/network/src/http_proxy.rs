//! Answers that a proxy gives in place of the server.

use http::header::LOCATION;
use http::{HeaderMap, StatusCode};
use url::Url;

use crate::proxies::{Proxies, ProxyAddress, Way};
use crate::trouble::ProxyTrouble;

/// Headers that only a proxy sends with an error of its own (RFC 9110, section 11.7.1; RFC 9209; Squid).
const MARKS: [&str; 3] = ["proxy-authenticate", "proxy-status", "x-squid-error"];

/// What the headers of stores begin with, in all their answers.
const OF_STORES: [&str; 5] = ["x-amz-", "x-minio-", "x-goog-", "x-oss-", "x-rgw"];

/// Whether an answer is an error of the proxy on the way to `url`, rather than of the server. Only requests in plain HTTP
/// can be answered so: the others are tunnelled, and what fails there is a [`Trouble`](crate::Trouble). Many proxies refuse
/// without a word of who they are: then it is said that it may be theirs.
///
/// `is_servers` says that the answer is in the form which only the server has.
pub fn answered_by_proxy(url: &Url, status: StatusCode, headers: &HeaderMap, is_servers: bool) -> Option<ProxyTrouble> {
    answered_by(on_the_way(url)?, url, status, headers, is_servers)
}

/// The proxy that may have given an answer which the server behind `url` would not give, such as a page.
pub fn perhaps_by_proxy(url: &Url, status: StatusCode) -> Option<ProxyTrouble> {
    on_the_way(url).map(|proxy| ProxyTrouble::Perhaps { proxy, status: status.as_u16() })
}

/// Whether an answer is data and no page for people: stores give errors as XML and services as JSON, proxies give pages.
pub fn is_data(headers: &HeaderMap) -> bool {
    let kind = headers.get(http::header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    kind.ends_with("/xml") || kind.ends_with("/json") || kind.ends_with("+json")
}

/// The proxy that could answer a request.
fn on_the_way(url: &Url) -> Option<ProxyAddress> {
    match Proxies::system().way_to(url) {
        Way::Proxy(proxy) if url.scheme() == "http" && proxy.answers() => Some(proxy),
        _ => None,
    }
}

fn answered_by(
    proxy: ProxyAddress,
    url: &Url,
    status: StatusCode,
    headers: &HeaderMap,
    is_servers: bool,
) -> Option<ProxyTrouble> {
    if status == StatusCode::PROXY_AUTHENTICATION_REQUIRED {
        return Some(ProxyTrouble::SignIn(proxy));
    }
    let number = status.as_u16();
    if number >= 400 && MARKS.iter().any(|name| headers.contains_key(*name)) {
        return Some(ProxyTrouble::Answered { proxy, status: number });
    }
    let of_a_store = headers.keys().any(|name| OF_STORES.iter().any(|begin| name.as_str().starts_with(begin)));
    if is_servers || of_a_store {
        return None;
    }
    match number {
        // A server leads to another address of its own, a proxy to its page.
        300..=399 => leads_away(url, headers).then_some(ProxyTrouble::Perhaps { proxy, status: number }),
        400.. => Some(ProxyTrouble::Perhaps { proxy, status: number }),
        _ => None,
    }
}

fn leads_away(url: &Url, headers: &HeaderMap) -> bool {
    let to = headers.get(LOCATION).and_then(|to| to.to_str().ok()).and_then(|to| url.join(to).ok());
    to.is_some_and(|to| to.host_str() != url.host_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(status: u16, headers: &[(&'static str, &str)], is_servers: bool) -> Option<String> {
        let proxies = Proxies::of(|name| (name == "HTTP_PROXY").then(|| "http://proxy.example.com:3128".to_owned()));
        let url = Url::parse("http://store.example.com/b/k").unwrap();
        let Way::Proxy(proxy) = proxies.way_to(&url) else { panic!() };
        let headers = headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
        let status = StatusCode::from_u16(status).unwrap();
        answered_by(proxy, &url, status, &headers, is_servers).map(|trouble| trouble.to_string())
    }

    #[test]
    fn who_refuses_without_a_word_of_itself_may_be_the_proxy() {
        let told = judged(403, &[("content-type", "text/html")], false).unwrap();
        assert_eq!(
            told,
            "the proxy at proxy.example.com:3128 (HTTP_PROXY) may have answered 403 Forbidden in its place"
        );
        assert!(judged(451, &[], false).is_some());
        assert!(judged(302, &[("location", "http://blocked.example.com/")], false).is_some());
        let told = judged(403, &[("x-squid-error", "ERR_ACCESS_DENIED 0")], false).unwrap();
        assert!(told.contains("answers 403"), "{told}");
    }

    #[test]
    fn what_only_a_server_says_is_the_servers() {
        assert_eq!(judged(403, &[], true), None);
        assert_eq!(judged(403, &[("x-amz-request-id", "1")], false), None);
        assert_eq!(judged(301, &[("location", "https://store.example.com/b/k")], false), None);
        assert_eq!(judged(200, &[], false), None);
        assert!(
            judged(502, &[], false).unwrap().contains("may have answered 502"),
            "a server’s own page looks the same"
        );
    }

    #[test]
    fn data_is_told_from_pages() {
        let kind =
            |kind: &'static str| is_data(&HeaderMap::from_iter([(http::header::CONTENT_TYPE, kind.parse().unwrap())]));
        assert!(kind("application/xml") && kind("application/problem+json; charset=utf-8") && kind("text/xml"));
        assert!(!kind("text/html; charset=utf-8") && !is_data(&HeaderMap::new()));
    }
}
