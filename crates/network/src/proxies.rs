//! Which request goes through which proxy: decided by `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY` (also in
//! lower case, as curl reads them), and where none of them is set by the system's settings on macOS and Windows.

use std::fmt;
use std::sync::{Arc, OnceLock};

use hyper_util::client::proxy::matcher::Matcher;
use url::Url;

use crate::near::is_this_computer;

/// Set by a computer's owner, each for the requests of one kind.
const VARIABLES: [&str; 3] = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"];

/// Which way requests go.
#[derive(Debug)]
pub struct Proxies {
    http: Rule,
    https: Rule,
    exceptions: Exceptions,
    /// What the system says, where no variable does.
    system: Option<Matcher>,
}

/// What holds for requests of one scheme.
#[derive(Debug, Clone)]
enum Rule {
    None,
    Proxy(ProxyAddress),
    /// The variable is set, and no proxy's address.
    Unusable(&'static str),
}

/// The way that one request goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Way {
    /// Straight to its host.
    Direct,
    /// Through a proxy.
    Proxy(ProxyAddress),
    /// Nowhere: this variable is to name a proxy and doesn't. Going directly is not what its owner wanted.
    Unusable(&'static str),
}

/// A proxy's address, with the name and password for it, which are never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct ProxyAddress {
    url: String,
    shown: String,
    set_by: &'static str,
}

impl ProxyAddress {
    /// Reads what a variable says. A scheme that is missing is `http`. Names are looked up by the proxy in any case: who
    /// needs one often can't look them up.
    fn read(text: &str, set_by: &'static str) -> Option<Self> {
        let (scheme, rest) = match text.split_once("://") {
            Some((scheme, rest)) => (scheme.to_ascii_lowercase(), rest),
            None => ("http".to_owned(), text),
        };
        let scheme = match &*scheme {
            "http" | "https" => scheme.as_str(),
            "socks" | "socks5" | "socks5h" => "socks5h",
            "socks4" | "socks4a" => "socks4a",
            _ => return None,
        };
        let rest = rest.trim_end_matches('/');
        let url = Url::parse(&format!("{scheme}://{rest}")).ok()?;
        let host = url.host_str().filter(|host| !host.is_empty())?;
        let port = url.port().unwrap_or(match scheme {
            "https" => 443,
            "http" => 80,
            _ => 1080,
        });
        Some(Self { shown: format!("{host}:{port}"), url: format!("{scheme}://{rest}"), set_by })
    }

    /// With the scheme that says how it is spoken to.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Whether requests for plain HTTP are answered by it, rather than tunnelled.
    pub(crate) fn answers(&self) -> bool {
        self.url.starts_with("http")
    }

    /// Whether it is spoken to with TLS.
    pub(crate) fn has_certificate(&self) -> bool {
        self.url.starts_with("https:")
    }
}

/// Host and port for people, and what it was set by.
impl fmt::Display for ProxyAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.shown, self.set_by)
    }
}

/// Shows no password.
impl fmt::Debug for ProxyAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ProxyAddress({self})")
    }
}

/// Hosts that are reached directly.
#[derive(Debug)]
struct Exceptions {
    hosts: Matcher,
    /// Those that hold for one port of a host only.
    with_port: Vec<(String, u16)>,
}

impl Exceptions {
    /// Reads `NO_PROXY`: hosts, domains, addresses and networks, with commas or blanks between.
    fn read(text: &str) -> Self {
        let (mut hosts, mut with_port) = (Vec::new(), Vec::new());
        for entry in text.split([',', ' ', ';']).map(str::trim).filter(|entry| !entry.is_empty()) {
            let entry = entry.strip_prefix("*.").map_or_else(|| entry.to_owned(), |rest| format!(".{rest}"));
            match entry.rsplit_once(':').map(|(host, port)| (host.to_owned(), port.parse::<u16>())) {
                Some((host, Ok(port))) if !host.contains(':') || host.ends_with(']') => {
                    with_port.push((in_ascii(&host), port));
                }
                _ => hosts.push(in_ascii(entry.trim_matches(['[', ']']).trim_end_matches('.'))),
            }
        }
        Self { hosts: everything_but(&hosts.join(",")), with_port }
    }

    fn contain(&self, url: &Url) -> bool {
        let named = uri(url).is_none_or(|uri| self.hosts.intercept(&uri).is_none());
        named
            || self.with_port.iter().any(|(host, port)| {
                url.port_or_known_default() == Some(*port)
                    && uri(url)
                        .is_none_or(|uri| everything_but(host.trim_matches(['[', ']'])).intercept(&uri).is_none())
            })
    }
}

/// A host's name as addresses have it: `bücher.example` is `xn--bcher-kva.example` in every request.
fn in_ascii(host: &str) -> String {
    let name = host.trim_start_matches('.');
    match url::Host::parse(name) {
        Ok(url::Host::Domain(ascii)) if !name.is_ascii() => format!("{}{ascii}", &host[..host.len() - name.len()]),
        _ => host.to_owned(),
    }
}

/// Matches every host but these, in curl's way of writing them.
fn everything_but(hosts: &str) -> Matcher {
    Matcher::builder().all("http://any").no(hosts).build()
}

impl Proxies {
    /// What this process was started with.
    pub fn system() -> &'static Arc<Self> {
        static SYSTEM: OnceLock<Arc<Proxies>> = OnceLock::new();
        SYSTEM.get_or_init(|| {
            let variables = Self::of(|name| std::env::var(name).ok());
            let set = VARIABLES.iter().any(|name| value(&|name| std::env::var(name).ok(), name).is_some());
            Arc::new(Self { system: (!set).then(Matcher::from_system), ..variables })
        })
    }

    /// From these variables.
    pub fn of(variable: impl Fn(&str) -> Option<String>) -> Self {
        // A program that a web server started gets this one from whoever asks (CVE-2016-5385).
        let is_cgi = variable("REQUEST_METHOD").is_some();
        let rule = |name: &'static str| match value(&variable, name) {
            Some(_) if is_cgi && name == "HTTP_PROXY" => None,
            Some(text) => Some(ProxyAddress::read(&text, name).map_or(Rule::Unusable(name), Rule::Proxy)),
            None => None,
        };
        let all = rule("ALL_PROXY").unwrap_or(Rule::None);
        Self {
            http: rule("HTTP_PROXY").unwrap_or_else(|| all.clone()),
            https: rule("HTTPS_PROXY").unwrap_or(all),
            exceptions: Exceptions::read(&value(&variable, "NO_PROXY").unwrap_or_default()),
            system: None,
        }
    }

    /// The way to an address. What is on this computer is reached directly, whatever is set.
    pub fn way_to(&self, url: &Url) -> Way {
        if is_this_computer(url) || self.exceptions.contain(url) {
            return Way::Direct;
        }
        let rule = match url.scheme() {
            "http" => &self.http,
            "https" => &self.https,
            _ => return Way::Direct,
        };
        match rule {
            Rule::Proxy(address) => Way::Proxy(address.clone()),
            Rule::Unusable(variable) => Way::Unusable(variable),
            Rule::None => self.system_way_to(url).map_or(Way::Direct, Way::Proxy),
        }
    }

    fn system_way_to(&self, url: &Url) -> Option<ProxyAddress> {
        let intercept = self.system.as_ref()?.intercept(&uri(url)?)?;
        ProxyAddress::read(&intercept.uri().to_string(), "the system’s settings")
    }
}

/// A variable's value, by its usual name or in lower case; an empty one is none.
fn value(variable: &impl Fn(&str) -> Option<String>, name: &str) -> Option<String> {
    let set = variable(name).or_else(|| variable(&name.to_ascii_lowercase()))?;
    Some(set.trim().to_owned()).filter(|text| !text.is_empty())
}

/// Without its path: that may hold characters which the other type doesn't take.
fn uri(url: &Url) -> Option<http::Uri> {
    let host = url.host_str()?.trim_end_matches('.');
    http::Uri::builder().scheme(url.scheme()).authority(host).path_and_query("/").build().ok()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn way(variables: &[(&str, &str)], url: &str) -> String {
        let set = |name: &str| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        match Proxies::of(set).way_to(&Url::parse(url).unwrap()) {
            Way::Direct => "direct".to_owned(),
            Way::Proxy(address) => format!("{address} {}", address.url()),
            Way::Unusable(variable) => format!("unusable {variable}"),
        }
    }

    const HTTP: (&str, &str) = ("HTTP_PROXY", "http://proxy.example:3128");
    const HTTPS: (&str, &str) = ("https_proxy", "Proxy.example:3129/");
    const ALL: (&str, &str) = ("all_proxy", "socks5://anna:geheim@proxy.example");

    #[rstest]
    #[case::none(&[], "https://s3.example.com", "direct")]
    #[case::http(&[HTTP, HTTPS, ALL], "http://s3.example.com", "proxy.example:3128 (HTTP_PROXY) http://proxy.example:3128")]
    #[case::https(&[HTTP, HTTPS], "https://s3.example.com", "proxy.example:3129 (HTTPS_PROXY) http://Proxy.example:3129")]
    #[case::socks(&[ALL], "https://a.example", "proxy.example:1080 (ALL_PROXY) socks5h://anna:geheim@proxy.example")]
    #[case::gnome(&[("all_proxy", "socks://10.0.0.1:9050/")], "http://a.example", "10.0.0.1:9050 (ALL_PROXY) socks5h://10.0.0.1:9050")]
    #[case::other_scheme(&[HTTP], "https://s3.example.com", "direct")]
    #[case::empty(&[("HTTP_PROXY", ""), ("http_proxy", "other:1")], "http://s3.example.com", "direct")]
    #[case::no_address(&[("ALL_PROXY", "ftp://proxy")], "https://s3.example.com", "unusable ALL_PROXY")]
    #[case::loopback(&[HTTP, ALL], "http://127.0.0.1:3900", "direct")]
    #[case::localhost(&[HTTP, ALL], "https://localhost", "direct")]
    #[case::v6(&[HTTP, ALL], "http://[::1]:3900", "direct")]
    fn variables_decide(#[case] set: &[(&str, &str)], #[case] url: &str, #[case] expected: &str) {
        assert_eq!(way(set, url), expected);
    }

    #[rstest]
    #[case("s3.example.com", "http://s3.example.com", true)]
    #[case("example.com", "http://s3.Example.com.", true)]
    #[case(".example.com", "http://s3.example.com", true)]
    #[case("*.example.com", "http://s3.example.com", true)]
    #[case("ample.com", "http://s3.example.com", false)]
    #[case("*", "http://s3.example.com", true)]
    #[case("a.example, 10.0.0.0/8", "http://10.1.2.3:9000", true)]
    #[case("a.example b.example", "http://b.example", true)]
    #[case("bücher.example, .müller.de", "http://s3.xn--bcher-kva.example", true)]
    #[case("bücher.example, .müller.de", "http://s3.müller.de", true)]
    #[case("bücher.example:9000", "http://xn--bcher-kva.example:9000", true)]
    #[case("[2001:db8::1]", "http://[2001:db8::1]:9000", true)]
    #[case("nas.lan:9000", "http://nas.lan:9000", true)]
    #[case("nas.lan:9000", "http://nas.lan", false)]
    #[case("", "http://nas.lan", false)]
    fn exceptions_are_read_in_all_the_usual_ways(#[case] no: &str, #[case] url: &str, #[case] direct: bool) {
        assert_eq!(way(&[HTTP, ("no_proxy", no)], url) == "direct", direct);
    }

    #[test]
    fn a_password_is_not_shown() {
        let proxies = Proxies::of(|name| (name == "ALL_PROXY").then(|| ALL.1.to_owned()));
        let way = proxies.way_to(&Url::parse("https://a.example").unwrap());
        assert!(!format!("{proxies:?} {way:?}").contains("geheim"));
    }
}
