//! Why no answer came, in words. The names of Rust's types are for nobody.

use std::error::Error;
use std::fmt;
use std::io::ErrorKind;

use rustls::CertificateError;
use url::Url;

use crate::proxies::{Proxies, ProxyAddress, Way};

/// What TLS says where there is nothing to trust by.
pub(crate) const NO_AUTHORITIES: &str = "no certificate authorities";

/// Why no answer came. Shown, it completes "HOST can't be reached: …".
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// It is the proxy's.
    Proxy(ProxyTrouble),
    /// Nothing came in time.
    TimedOut {
        /// The proxy that it went through, whose silence it may be.
        through: Option<ProxyAddress>,
    },
    /// There is no such name, or nobody to ask.
    NoSuchName,
    /// Something is there, and nothing listens at the port.
    Refused,
    /// The certificate can't be trusted.
    Certificate(CertificateTrouble),
    /// No secure connection came about, for another reason than the certificate.
    NoTls(String),
    /// The request itself can't be sent.
    Unsendable(String),
    /// It leads from one address to the next, without end.
    Circles,
    /// There was no connection, for any other reason.
    NoConnection(String),
    /// The connection ended before the whole answer was there.
    Broken {
        /// What is known of it.
        why: String,
        /// The proxy that it went through.
        through: Option<ProxyAddress>,
    },
}

/// What is wrong with a proxy, or with what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProxyTrouble {
    /// It can't be reached itself.
    Unreachable {
        /// Which.
        proxy: ProxyAddress,
        /// Why.
        why: String,
    },
    /// It is set as one that speaks TLS, and doesn't.
    NoTls(ProxyAddress),
    /// It wants a name and a password, or others (407).
    SignIn(ProxyAddress),
    /// It doesn't make the connection.
    WontConnect {
        /// Which.
        proxy: ProxyAddress,
        /// What it said; empty when it didn't.
        why: String,
    },
    /// It answered for the server.
    Answered {
        /// Which.
        proxy: ProxyAddress,
        /// The HTTP status.
        status: u16,
    },
    /// It may have answered for the server: what came is nothing that the server says.
    Perhaps {
        /// Which.
        proxy: ProxyAddress,
        /// The HTTP status.
        status: u16,
    },
    /// The variable that is to name it doesn't.
    Unusable(&'static str),
}

/// What is wrong with a certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CertificateTrouble {
    /// Its time is over.
    Expired,
    /// Its time hasn't come.
    NotYetValid,
    /// It is for other names.
    OtherName,
    /// It has no names in the way that is required today.
    NoName,
    /// Nobody whom the system trusts vouches for it.
    Unknown,
    /// This computer has no list of whom to trust.
    NoAuthorities,
    /// Anything else.
    Unusable,
}

impl Trouble {
    /// What an error of a request means.
    pub fn of(error: &reqwest::Error) -> Self {
        Self::through(Proxies::system(), error)
    }

    /// What an error means that came with the bytes of an answer from there: such errors don't say from where.
    pub fn at(url: &Url, error: reqwest::Error) -> Self {
        Self::through_at(Proxies::system(), url, error)
    }

    /// The same, of an answer that came through these proxies.
    pub fn through_at(proxies: &Proxies, url: &Url, error: reqwest::Error) -> Self {
        let error = if error.url().is_some() { error } else { error.with_url(url.clone()) };
        Self::through(proxies, &error)
    }

    /// What an error of a request means that was sent through these proxies.
    pub fn through(proxies: &Proxies, error: &reqwest::Error) -> Self {
        Self::on(error, error.url().map_or(Way::Direct, |url| proxies.way_to(url)))
    }

    /// What silence means of whoever is behind this address.
    pub fn timed_out(url: &Url) -> Self {
        let through = match Proxies::system().way_to(url) {
            Way::Proxy(proxy) => Some(proxy),
            _ => None,
        };
        Self::TimedOut { through }
    }

    fn on(error: &reqwest::Error, way: Way) -> Self {
        if error.is_builder() {
            return Self::Unsendable(innermost(error));
        }
        if let Way::Unusable(variable) = way {
            return Self::Proxy(ProxyTrouble::Unusable(variable));
        }
        if error.is_redirect() {
            return Self::Circles;
        }
        let proxy = match way {
            Way::Proxy(address) => Some(address),
            _ => None,
        };
        if !error.is_connect() {
            return if error.is_timeout() {
                Self::TimedOut { through: proxy }
            } else {
                Self::Broken { why: innermost(error), through: proxy }
            };
        }
        match proxy {
            Some(proxy) => of_proxy(error, proxy),
            None if error.is_timeout() => Self::TimedOut { through: None },
            None => of_connecting(error),
        }
    }

    /// Whether it may have gone otherwise a moment later.
    pub fn may_pass(&self) -> bool {
        !matches!(self, Self::Unsendable(_) | Self::Proxy(ProxyTrouble::Unusable(_)))
    }
}

/// A connection that was to go through a proxy.
fn of_proxy(error: &reqwest::Error, proxy: ProxyAddress) -> Trouble {
    let chain = chain(error);
    let says = |words: &str| chain.iter().any(|link| link.contains(words));
    let of_tls = tls_error(error).is_some();
    // Beyond the proxy it is the server's. A plain request speaks TLS with nobody else, and a tunnel first with the proxy.
    let is_plain = error.url().is_some_and(|url| url.scheme() == "http");
    let with_proxy = proxy.has_certificate() && (is_plain || says("failed to create underlying connection"));
    if of_tls && !with_proxy {
        return of_connecting(error);
    }
    if of_tls && !matches!(of_connecting(error), Trouble::Certificate(_)) {
        return Trouble::Proxy(ProxyTrouble::NoTls(proxy));
    }
    Trouble::Proxy(if says("proxy authorization required") || says("authentication") {
        ProxyTrouble::SignIn(proxy)
    } else if says("failed to create underlying connection") || says("io error during SOCKS handshake") {
        ProxyTrouble::Unreachable { proxy, why: told(error) }
    } else if let Some(answer) = chain.iter().find_map(|link| link.strip_prefix("SOCKS error: ")) {
        ProxyTrouble::WontConnect { proxy, why: answer.trim_start_matches("SOCKS V5 error: ").to_lowercase() }
    } else if says("tunnel error") {
        ProxyTrouble::WontConnect { proxy, why: String::new() }
    } else if !is_plain && !error.is_timeout() {
        // The tunnel was there, and broke before its other end had said who it is.
        return Trouble::Broken { why: innermost(error), through: Some(proxy) };
    } else {
        ProxyTrouble::Unreachable { proxy, why: told(error) }
    })
}

/// What is wrong at the other end, for a sentence about a proxy.
fn told(error: &reqwest::Error) -> String {
    match of_connecting(error) {
        _ if error.is_timeout() => Trouble::TimedOut { through: None }.to_string(),
        // What kept SOCKS from being spoken is not passed on.
        Trouble::NoConnection(why) if why.starts_with("SOCKS error") => "it takes no connection there".to_owned(),
        trouble => trouble.to_string(),
    }
}

/// A connection that didn't come about.
fn of_connecting(error: &reqwest::Error) -> Trouble {
    if let Some(error) = tls_error(error) {
        return of_tls(error);
    }
    if find::<std::io::Error>(error).is_some_and(|io| io.kind() == ErrorKind::ConnectionRefused) {
        return Trouble::Refused;
    }
    let chain = chain(error).join(" ").to_lowercase();
    if ["dns", "lookup", "name or service", "nodename", "no such host"].iter().any(|word| chain.contains(word)) {
        return Trouble::NoSuchName;
    }
    Trouble::NoConnection(innermost(error))
}

fn of_tls(error: &rustls::Error) -> Trouble {
    let trouble = match error {
        rustls::Error::InvalidCertificate(error) => match error {
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => CertificateTrouble::Expired,
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                CertificateTrouble::NotYetValid
            }
            CertificateError::NotValidForNameContext { presented, .. } if presented.is_empty() => {
                CertificateTrouble::NoName
            }
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                CertificateTrouble::OtherName
            }
            CertificateError::UnknownIssuer => CertificateTrouble::Unknown,
            CertificateError::Other(_) => CertificateTrouble::Unknown,
            _ => CertificateTrouble::Unusable,
        },
        rustls::Error::General(why) if why == NO_AUTHORITIES => CertificateTrouble::NoAuthorities,
        rustls::Error::AlertReceived(_) => return Trouble::NoTls("the other side ended it".to_owned()),
        _ => return Trouble::NoTls("what answers there doesn’t speak it".to_owned()),
    };
    Trouble::Certificate(trouble)
}

fn tls_error<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a rustls::Error> {
    find(error)
}

/// The first link of a chain that is of this type. Errors of I/O hold others inside that they don't name as source.
fn find<'a, T: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a T> {
    let mut link = Some(error);
    while let Some(error) = link {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        let inside = error.downcast_ref::<std::io::Error>().and_then(|io| io.get_ref());
        link = match inside {
            Some(inside) => Some(inside as &(dyn Error + 'static)),
            None => error.source(),
        };
    }
    None
}

fn chain(error: &(dyn Error + 'static)) -> Vec<String> {
    let (mut links, mut link) = (Vec::new(), Some(error));
    while let Some(error) = link {
        links.push(error.to_string());
        link = error.source();
    }
    links
}

/// The last link of an error's chain says what happened; the first ones only where, with the whole address.
fn innermost(error: &(dyn Error + 'static)) -> String {
    let chain = chain(error);
    let said = match chain.len() {
        0 | 1 => "the connection broke",
        _ => chain.last().map_or("", |last| last.as_str()),
    };
    // " (os error 111)" is for nobody.
    let said = said.split(" (os error").next().unwrap_or(said);
    plain(said)
}

/// hyper's own words for what people know under others.
fn plain(said: &str) -> String {
    match said {
        "connection closed before message completed" => "it was closed before the answer was there".to_owned(),
        "tls handshake eof" | "unexpected EOF during handshake" => "it was closed before it was secure".to_owned(),
        _ if said.starts_with("invalid HTTP ") => "what came is no answer in HTTP".to_owned(),
        _ => {
            let mut letters = said.chars();
            // "Connection reset by peer" in the middle of a sentence.
            match (letters.next(), said.chars().nth(1)) {
                (Some(first), Some(second)) if second.is_lowercase() => {
                    first.to_lowercase().chain(letters).collect::<String>()
                }
                _ => said.to_owned(),
            }
        }
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Proxy(trouble) => trouble.fmt(f),
            Self::TimedOut { through: None } => f.write_str("no answer comes in time"),
            Self::TimedOut { through: Some(proxy) } => {
                write!(f, "no answer comes in time through the proxy at {proxy}")
            }
            Self::NoSuchName => f.write_str("its name can’t be found (is this computer online?)"),
            Self::Refused => f.write_str("nothing listens there, so the connection was refused"),
            Self::Certificate(trouble) => trouble.fmt(f),
            Self::NoTls(why) => write!(f, "no secure connection could be made: {why}"),
            Self::Unsendable(why) => write!(f, "the request can’t be sent: {why}"),
            Self::Circles => f.write_str("it leads from one address to the next without end"),
            Self::NoConnection(why) => write!(f, "no connection could be made ({why})"),
            Self::Broken { why, through: None } => write!(f, "the connection broke ({why})"),
            Self::Broken { why, through: Some(proxy) } => {
                write!(f, "the connection through the proxy at {proxy} broke ({why})")
            }
        }
    }
}

impl Error for Trouble {}

impl fmt::Display for ProxyTrouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreachable { proxy, why } => write!(f, "the proxy at {proxy} can’t be reached: {why}"),
            Self::NoTls(proxy) => write!(
                f,
                "the proxy at {proxy} can’t be reached: it is set as an https:// address, and what answers there doesn’t \
                 speak TLS. Most proxies are set as http://"
            ),
            Self::SignIn(proxy) => write!(
                f,
                "the proxy at {proxy} wants a user name and a password, or doesn’t take those that it was given (407)"
            ),
            Self::WontConnect { proxy, why } if why.is_empty() => {
                write!(f, "the proxy at {proxy} doesn’t make the connection")
            }
            Self::WontConnect { proxy, why } => write!(f, "the proxy at {proxy} doesn’t make the connection: {why}"),
            Self::Answered { proxy, status } => {
                write!(f, "the proxy at {proxy} answers {} in its place", named(*status))
            }
            Self::Perhaps { proxy, status } => {
                write!(f, "the proxy at {proxy} may have answered {} in its place", named(*status))
            }
            Self::Unusable(variable) => {
                write!(f, "{variable} is set, but not to a proxy’s address such as http://proxy.example.com:3128")
            }
        }
    }
}

/// `403 Forbidden`.
fn named(status: u16) -> String {
    let name = http::StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason());
    name.map_or_else(|| status.to_string(), |name| format!("{status} {name}"))
}

impl fmt::Display for CertificateTrouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Expired => "its certificate has expired",
            Self::NotYetValid => "its certificate is not valid yet, by this computer’s clock",
            Self::OtherName => "its certificate is for another name",
            Self::NoName => "its certificate names no host (it has no subjectAltName)",
            Self::Unknown => "this computer doesn’t trust its certificate",
            Self::NoAuthorities => "this computer has no list of certificate authorities (install ca-certificates)",
            Self::Unusable => "its certificate can’t be used",
        })
    }
}
