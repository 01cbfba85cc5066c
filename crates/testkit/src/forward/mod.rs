//! Proxies as companies and people have them: HTTP (tunnels by CONNECT, plain requests by absolute URL; RFC 9110, section
//! 9.3.6, and RFC 9112, section 3.2.2) and SOCKS5 (RFC 1928 and 1929). Unlike [`FaultProxy`](crate::proxy::FaultProxy)
//! they stand in front of no server: they are told where each name leads, and record who went where.
//!
//! What is on this computer is never to be reached through a proxy, so tests use names of hosts that exist nowhere but in
//! the proxy's own list.

mod http;
mod shared;
mod socks;

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::TcpStream;
use tokio::task::JoinHandle;

pub use shared::Passage;

use crate::runtime::{listen, runtime};
use shared::Shared;

/// A running proxy, on a free port of 127.0.0.1. It ends when it is dropped.
#[derive(Debug)]
pub struct ForwardProxy {
    address: SocketAddr,
    scheme: &'static str,
    shared: Arc<Shared>,
    accepting: JoinHandle<()>,
}

impl ForwardProxy {
    /// One that speaks HTTP.
    pub fn http() -> Self {
        Self::start("http", |client, shared| Box::pin(async move { http::serve(client, &shared).await }))
    }

    /// One that speaks SOCKS5.
    pub fn socks() -> Self {
        Self::start("socks5", |client, shared| Box::pin(async move { socks::serve(client, &shared).await }))
    }

    fn start(
        scheme: &'static str,
        serve: fn(TcpStream, Arc<Shared>) -> futures::future::BoxFuture<'static, Option<()>>,
    ) -> Self {
        let shared = Arc::<Shared>::default();
        let (listener, address) = listen(0);
        let accepted = Arc::clone(&shared);
        let accepting = runtime().spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                runtime().spawn(serve(client, Arc::clone(&accepted)));
            }
        });
        Self { address, scheme, shared, accepting }
    }

    /// Has a name lead to a server such as `http://127.0.0.1:3900`. Names that lead nowhere are refused.
    ///
    /// # Panics
    /// When that is no URL with an address of this computer.
    #[must_use]
    pub fn leading(self, host: &str, server: &str) -> Self {
        let url = url::Url::parse(server).expect("the server's address is a URL");
        let mut found = url.socket_addrs(|| None).expect("on this computer").into_iter();
        let address = found.find(SocketAddr::is_ipv4).expect("by IPv4");
        self.shared.state().leads.insert(host.to_owned(), address);
        self
    }

    /// Wants a user name and a password.
    #[must_use]
    pub fn with_login(self, user: &str, password: &str) -> Self {
        self.shared.state().login = Some((user.to_owned(), password.to_owned()));
        self
    }

    /// Answers every request with this status from now on, as one does that is broken itself; `None` ends it.
    pub fn answer_with(&self, status: Option<u16>) {
        self.shared.state().answer = status;
    }

    /// The address for `HTTP_PROXY` and its kin.
    pub fn url(&self) -> String {
        format!("{}://{}", self.scheme, self.address)
    }

    /// The address with a user name and a password.
    pub fn url_with(&self, user: &str, password: &str) -> String {
        format!("{}://{user}:{password}@{}", self.scheme, self.address)
    }

    /// Host and port, as messages name it.
    pub fn address(&self) -> String {
        self.address.to_string()
    }

    /// What went through so far, in the order of arrival.
    pub fn passages(&self) -> Vec<Passage> {
        self.shared.state().passages.clone()
    }

    /// The hosts that were asked for so far, each once, sorted.
    pub fn hosts(&self) -> Vec<String> {
        let mut hosts: Vec<String> = self.passages().into_iter().map(|passage| passage.host).collect();
        hosts.sort_unstable();
        hosts.dedup();
        hosts
    }
}

impl Drop for ForwardProxy {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}
