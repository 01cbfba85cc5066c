//! Whose request it is, by address: what the connection says, or what a proxy says that the operator trusts.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::http::HeaderMap;
use ipnet::IpNet;

/// An address as rates count it. One customer of a provider has a whole /64 of IPv6 (RFC 6177), so that counts as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Source {
    /// An address of its own.
    V4(Ipv4Addr),
    /// The upper half of an IPv6 address.
    V6(u64),
}

impl Source {
    /// What this address counts as; IPv4 written as IPv6 counts as IPv4.
    pub fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(address) => Self::V4(address),
            IpAddr::V6(address) => Self::V6((address.to_bits() >> 64) as u64),
        }
    }
}

/// The client's address. `X-Forwarded-For` counts as far as trusted proxies have written it: from its end backwards, up to
/// the first address that isn't one of theirs. What stands before that, anybody can have made up.
pub fn client_address(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.contains(&address));
    let mut client = peer.to_canonical();
    if !is_trusted(client) {
        return client;
    }
    // Several headers of this name are one list (RFC 9110, 5.3).
    let lines: Vec<&str> = headers.get_all("x-forwarded-for").iter().filter_map(|line| line.to_str().ok()).collect();
    for hop in lines.iter().flat_map(|line| line.split(',')).rev() {
        let Some(address) = parsed(hop.trim()) else { return client };
        client = address;
        if !is_trusted(client) {
            return client;
        }
    }
    client
}

/// An address, with or without a port; IPv6 with a port stands in brackets.
fn parsed(hop: &str) -> Option<IpAddr> {
    let plain = hop.trim_start_matches('[').trim_end_matches(']');
    let address = plain.parse().ok().or_else(|| hop.parse::<SocketAddr>().ok().map(|address| address.ip()));
    address.map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    // Nobody is trusted by default, and a client can write what it likes.
    #[case("203.0.113.9", "198.51.100.1", "203.0.113.9")]
    #[case("10.0.0.1", "198.51.100.1", "198.51.100.1")]
    // The last that isn't a proxy counts, whatever is claimed before it.
    #[case("10.0.0.1", "1.1.1.1, 198.51.100.1", "198.51.100.1")]
    #[case("10.0.0.1", "1.1.1.1, 198.51.100.1, 10.0.0.7", "198.51.100.1")]
    #[case("10.0.0.1", "198.51.100.1:4711", "198.51.100.1")]
    #[case("10.0.0.1", "[2001:db8::1]:4711", "2001:db8::1")]
    #[case("10.0.0.1", "2001:db8::1", "2001:db8::1")]
    #[case("10.0.0.1", "::ffff:198.51.100.1", "198.51.100.1")]
    // What can't be read ends the list.
    #[case("10.0.0.1", "198.51.100.1, unknown", "10.0.0.1")]
    #[case("10.0.0.1", "", "10.0.0.1")]
    #[case("::ffff:10.0.0.1", "198.51.100.1", "198.51.100.1")]
    fn the_client_is_the_first_that_no_proxy_of_ours_stands_for(
        #[case] peer: &str,
        #[case] header: &str,
        #[case] client: &str,
    ) {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", header.parse().unwrap());
        let trusted = ["10.0.0.0/8".parse().unwrap()];
        assert_eq!(client_address(peer.parse().unwrap(), &headers, &trusted), client.parse::<IpAddr>().unwrap());
    }

    #[test]
    fn several_headers_are_one_list() {
        let mut headers = HeaderMap::new();
        headers.append("x-forwarded-for", "1.1.1.1".parse().unwrap());
        headers.append("x-forwarded-for", "198.51.100.1".parse().unwrap());
        let trusted = ["10.0.0.0/8".parse().unwrap()];
        let client = client_address("10.0.0.1".parse().unwrap(), &headers, &trusted);
        assert_eq!(client, "198.51.100.1".parse::<IpAddr>().unwrap());
    }

    #[test]
    fn a_whole_64_counts_as_one() {
        let of = |text: &str| Source::of(text.parse().unwrap());
        assert_eq!(of("2001:db8:1:2::1"), of("2001:db8:1:2:ffff::9"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_eq!(of("::ffff:192.0.2.1"), of("192.0.2.1"));
    }
}
