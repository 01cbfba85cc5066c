//! Where an account service is, from what people type.

use std::fmt;

use url::Url;

use crate::{EngineError, ErrorKind, Result};

/// The base address of an account service, such as `https://pictures.example.com`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ServiceAddress {
    url: Url,
    /// Whether this process runs it: its port then says nothing to people.
    own: bool,
}

impl ServiceAddress {
    /// Reads what a person typed: blanks and trailing slashes go, and a missing scheme becomes `https`, or `http` on
    /// this computer and in private networks, where services mostly have no certificate.
    ///
    /// # Errors
    /// `InvalidInput` when it can't be an address.
    pub fn parse(typed: &str) -> Result<Self> {
        let typed = typed.trim();
        if typed.is_empty() {
            return Err(EngineError::new(ErrorKind::InvalidInput, messages::Service::NoAddress));
        }
        web_address(typed).map(|url| Self { url, own: false }).ok_or_else(|| {
            let message = messages::Service::BadAddress { typed: typed.to_string() };
            EngineError::new(ErrorKind::InvalidInput, message)
        })
    }

    /// The address of a service that this process runs.
    pub fn of(url: &Url) -> Self {
        Self { url: url.clone(), own: true }
    }

    /// The host, with its port when that is not the usual one; for people. A service that this process runs is called
    /// that.
    pub fn host(&self) -> String {
        if self.own {
            return messages::Service::Own.to_string();
        }
        let host = self.url.host_str().unwrap_or_default();
        self.url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }

    /// Whether this process runs the service.
    pub(super) fn is_own(&self) -> bool {
        self.own
    }

    /// The URL of a route, whose `{…}` are replaced by `arguments`, in order.
    pub(super) fn route(&self, template: &str, arguments: &[&str]) -> Url {
        let mut url = self.url.clone();
        let mut arguments = arguments.iter();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty();
            for segment in template.split('/').filter(|segment| !segment.is_empty()) {
                let argument = if segment.starts_with('{') { arguments.next() } else { None };
                segments.push(argument.copied().unwrap_or(segment));
            }
        }
        url
    }
}

/// Without a trailing slash.
impl fmt::Display for ServiceAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.url.as_str().trim_end_matches('/'))
    }
}

/// An `http` or `https` URL with a host, no user, query or fragment, and no trailing slash in its path.
pub(crate) fn web_address(typed: &str) -> Option<Url> {
    if is_mistyped(typed) {
        return None;
    }
    let mut url = match typed.split_once("://") {
        Some(_) => Url::parse(typed).ok()?,
        None => {
            let url = Url::parse(&format!("https://{typed}")).ok()?;
            if network::is_near(&url) { Url::parse(&format!("http://{typed}")).ok()? } else { url }
        }
    };
    let bare = url.username().is_empty() && url.password().is_none();
    if !matches!(url.scheme(), "http" | "https") || url.host().is_none() || !bare {
        return None;
    }
    url.set_query(None);
    url.set_fragment(None);
    let path = url.path().trim_end_matches('/').to_owned();
    url.set_path(&path);
    Some(url)
}

/// Whether what was typed has a slip in it that would pass for a host: `htp:/foo`, `http;//host`, `https//host`,
/// `http://https://host`.
pub(crate) fn is_mistyped(typed: &str) -> bool {
    let (begun, rest) = match typed.split_once("://") {
        Some((_, rest)) => (true, rest),
        None => (false, typed),
    };
    let (host, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
    // Brackets and a colon belong to IPv6 addresses, an @ to what is refused in words of its own.
    let odd = |c: char| c.is_whitespace() || (c.is_ascii_punctuation() && !"-._:[]@%".contains(c));
    let scheme_again = host.ends_with(':') || (!begun && path.starts_with("//"));
    host.contains(odd) || scheme_again
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("pictures.example.com", "https://pictures.example.com")]
    #[case(" https://pictures.example.com/ ", "https://pictures.example.com")]
    #[case("http://pictures.example.com:8080/base/?a=b#c", "http://pictures.example.com:8080/base")]
    #[case("localhost:5000", "http://localhost:5000")]
    #[case("127.0.0.1:5000", "http://127.0.0.1:5000")]
    #[case("192.168.1.4", "http://192.168.1.4")]
    #[case("[::1]:5000", "http://[::1]:5000")]
    #[case("nas.local", "http://nas.local")]
    #[case("https://localhost", "https://localhost")]
    #[case("nas/pictures", "https://nas/pictures")]
    #[case("https://xn--mnchen-3ya.example", "https://xn--mnchen-3ya.example")]
    #[case("https://bilder.münchen.example", "https://bilder.xn--mnchen-3ya.example")]
    fn what_is_typed_becomes_what_is_meant(#[case] typed: &str, #[case] meant: &str) {
        assert_eq!(ServiceAddress::parse(typed).unwrap().to_string(), meant);
    }

    #[rstest]
    #[case("")]
    #[case("ftp://pictures.example.com")]
    #[case("https://anna:secret@pictures.example.com")]
    #[case("no address at all")]
    #[case("htp:/foo")]
    #[case("http;//pictures.example.com")]
    #[case("https//pictures.example.com")]
    #[case("http:/pictures.example.com")]
    #[case("https://http://pictures.example.com")]
    #[case("https://pictures,example.com")]
    fn what_can_not_be_an_address_is_refused(#[case] typed: &str) {
        assert_eq!(ServiceAddress::parse(typed).unwrap_err().code, ErrorKind::InvalidInput);
    }

    #[test]
    fn routes_keep_the_base_and_escape_arguments() {
        let address = ServiceAddress::parse("https://example.com/pictures/").unwrap();
        let url = address.route("/api/images/{id}/analyze", &["a/../b?c"]);
        assert_eq!(url.as_str(), "https://example.com/pictures/api/images/a%2F..%2Fb%3Fc/analyze");
        assert_eq!(address.host(), "example.com");
        assert_eq!(ServiceAddress::parse("localhost:5000").unwrap().host(), "localhost:5000");
        let own = ServiceAddress::of(&Url::parse("http://127.0.0.1:43211").unwrap());
        assert!(!own.host().contains("43211"), "a port of the app's own says nothing to people");
    }
}
