//! Addresses of this very computer, and of its neighbours.

use std::net::{IpAddr, Ipv6Addr};

use url::{Host, Url};

/// Whether this is an address of this very computer: `localhost` and names below it (RFC 6761), 127.0.0.0/8, `::1`, and
/// the addresses that stand for "here".
pub fn is_this_computer(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => {
            let name = name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
            name == "localhost" || name.ends_with(".localhost")
        }
        Some(Host::Ipv4(ip)) => is_here(IpAddr::V4(ip)),
        Some(Host::Ipv6(ip)) => is_here_v6(ip),
        None => false,
    }
}

/// Whether this is this computer or a private network, where servers mostly have no certificate.
pub fn is_near(url: &Url) -> bool {
    is_this_computer(url)
        || match url.host() {
            Some(Host::Domain(name)) => name.ends_with(".local"),
            Some(Host::Ipv4(ip)) => ip.is_private() || ip.is_link_local(),
            Some(Host::Ipv6(ip)) => ip.is_unique_local() || ip.is_unicast_link_local(),
            None => false,
        }
}

fn is_here_v6(ip: Ipv6Addr) -> bool {
    match ip.to_ipv4_mapped() {
        Some(v4) => is_here(IpAddr::V4(v4)),
        None => is_here(IpAddr::V6(ip)),
    }
}

fn is_here(ip: IpAddr) -> bool {
    ip.is_loopback() || ip.is_unspecified()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("http://localhost:3900", true)]
    #[case("http://LOCALHOST./", true)]
    #[case("https://store.localhost", true)]
    #[case("http://127.0.0.1:5000", true)]
    #[case("http://127.8.9.10", true)]
    #[case("http://[::1]:3900", true)]
    #[case("http://[::ffff:127.0.0.1]", true)]
    #[case("http://0.0.0.0:5000", true)]
    #[case("https://localhost.example.com", false)]
    #[case("http://192.168.1.4:9000", false)]
    #[case("http://128.0.0.1", false)]
    #[case("http://[fe80::1]", false)]
    fn this_computer_has_many_names(#[case] url: &str, #[case] here: bool) {
        assert_eq!(is_this_computer(&Url::parse(url).unwrap()), here);
    }
}
