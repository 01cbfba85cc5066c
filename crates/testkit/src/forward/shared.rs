//! What the test and the proxy's connections share.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::net::TcpStream;

/// What went through, or tried to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passage {
    /// `CONNECT`, the method of a plain request, or `SOCKS`.
    pub method: String,
    /// The name that was asked for.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// The path of a plain request; empty otherwise.
    pub path: String,
}

#[derive(Debug, Default)]
pub(super) struct Shared {
    pub(super) state: Mutex<State>,
}

#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) leads: HashMap<String, SocketAddr>,
    pub(super) login: Option<(String, String)>,
    pub(super) answer: Option<u16>,
    pub(super) passages: Vec<Passage>,
}

impl Shared {
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes a request and connects it to where its host leads; `None` when it leads nowhere.
    pub(super) async fn connect(&self, passage: Passage) -> Option<TcpStream> {
        let leads_to = {
            let mut state = self.state();
            let leads_to = state.leads.get(&passage.host).copied();
            state.passages.push(passage);
            leads_to
        };
        TcpStream::connect(leads_to?).await.ok()
    }
}
