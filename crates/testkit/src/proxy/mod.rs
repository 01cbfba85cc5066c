//! A proxy that breaks things, in front of a real S3 server or any other HTTP/1.1 server.
//!
//! Presigned URLs sign the `Host` header, so the app's endpoint is the proxy's address, and the proxy hands requests on
//! as they are: the server behind it sees, and checks, the proxy's address as host. Only hop-by-hop `Connection` headers
//! change: every request has a connection of its own, so that a fault hits one request and no other.

mod connection;
mod fault;
mod head;
mod shared;

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::watch;
use tokio::task::JoinHandle;
use url::Url;

pub use fault::{CannedAnswer, Fault, When};
pub(crate) use head::Head;
pub use shared::Exchange;

use crate::runtime::{listen, runtime};
use shared::{Progress, Rule, Shared};

/// A running proxy, on a free port of 127.0.0.1. It ends, and breaks its connections, when it is dropped.
#[derive(Debug)]
pub struct FaultProxy {
    address: SocketAddr,
    shared: Arc<Shared>,
    accepting: Mutex<Option<JoinHandle<()>>>,
}

impl FaultProxy {
    /// Starts a proxy in front of a server such as `http://127.0.0.1:3900`.
    ///
    /// # Panics
    /// When that is no `http://` URL.
    pub fn start(upstream: &str) -> Self {
        let url = Url::parse(upstream).expect("the server's address is a URL");
        assert_eq!(url.scheme(), "http", "the proxy speaks plain HTTP");
        let host = url.host_str().expect("the server's address has a host");
        let upstream = format!("{host}:{}", url.port().unwrap_or(80));
        let shared = Arc::new(Shared {
            upstream,
            script: Mutex::default(),
            progress: watch::channel(Progress::default()).0,
            broken: watch::channel(0).0,
            released: watch::channel(0).0,
            closes_on_reuse: AtomicBool::default(),
        });
        let (listener, address) = listen(0);
        let accepting = Mutex::new(Some(accept(listener, shared.clone())));
        Self { address, shared, accepting }
    }

    /// The address to use as endpoint: `http://127.0.0.1:PORT`, without a trailing slash.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Does this to the next request.
    pub fn next(&self, fault: Fault) {
        self.next_when(When::any(), fault);
    }

    /// Does this to the next request that fits.
    pub fn next_when(&self, when: When, fault: Fault) {
        self.times(1, when, fault);
    }

    /// Does this to the next `times` requests that fit.
    pub fn times(&self, times: usize, when: When, fault: Fault) {
        if times > 0 {
            self.shared.script().rules.push_back(Rule { when, fault, left: Some(times) });
        }
    }

    /// Does this to every request that fits, until [`FaultProxy::clear`].
    pub fn always(&self, when: When, fault: Fault) {
        self.shared.script().rules.push_back(Rule { when, fault, left: None });
    }

    /// Forgets all orders; faults under way go on.
    pub fn clear(&self) {
        self.shared.script().rules.clear();
    }

    /// From now on keeps connections open after an answer, and closes each without a word in the moment in which it is used
    /// again, as a server does whose patience with an idle connection ends just then. What was sent on it is lost.
    pub fn close_on_reuse(&self) {
        self.shared.closes_on_reuse.store(true, Ordering::Relaxed);
    }

    /// How many requests were lost so.
    pub fn lost(&self) -> usize {
        self.shared.progress.borrow().lost
    }

    /// Goes down: connections are reset, new ones refused.
    pub fn down(&self) {
        let accepting = self.accepting.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(accepting) = accepting {
            accepting.abort();
            // The port is free once the task, which runs on other threads than this one, has let go of the socket.
            let _ = futures::executor::block_on(accepting);
        }
        self.break_connections();
    }

    /// Comes up again at the same address.
    ///
    /// # Panics
    /// When another process has taken the port in between.
    pub fn up(&self) {
        let mut accepting = self.accepting.lock().unwrap_or_else(PoisonError::into_inner);
        if accepting.is_none() {
            let (listener, _) = listen(self.address.port());
            *accepting = Some(accept(listener, self.shared.clone()));
        }
    }

    /// Resets every open connection; new ones are taken.
    pub fn break_connections(&self) {
        self.shared.broken.send_modify(|times| *times += 1);
    }

    /// Lets every stalled connection go on.
    pub fn release(&self) {
        self.shared.released.send_modify(|times| *times += 1);
    }

    /// Every request so far, in the order of arrival.
    pub fn exchanges(&self) -> Vec<Exchange> {
        self.shared.script().exchanges.clone()
    }

    /// The largest number of requests that were under way at the same time.
    pub fn most_at_once(&self) -> usize {
        self.shared.progress.borrow().most_at_once
    }

    /// How many requests have arrived so far.
    pub fn arrivals(&self) -> usize {
        self.shared.progress.borrow().arrived
    }

    /// How many bytes of requests' bodies have been handed on so far.
    pub fn bytes(&self) -> u64 {
        self.shared.progress.borrow().bytes
    }

    /// Waits until so many bytes of requests' bodies have been handed on, since the start.
    pub async fn sent(&self, bytes: u64) {
        self.until(|progress| progress.bytes >= bytes).await;
    }

    /// Waits until as many requests have arrived.
    pub async fn arrived(&self, count: usize) {
        self.until(|progress| progress.arrived >= count).await;
    }

    /// Waits until as many requests have ended, in whatever way.
    pub async fn finished(&self, count: usize) {
        self.until(|progress| progress.finished >= count).await;
    }

    /// Waits until as many requests have come to a stop at [`Fault::StallAfter`], since the start.
    pub async fn stalled(&self, count: usize) {
        self.until(|progress| progress.stalled >= count).await;
    }

    async fn until(&self, done: impl Fn(&Progress) -> bool) {
        // The sender lives as long as `self`.
        let _ = self.shared.progress.subscribe().wait_for(|progress| done(progress)).await;
    }
}

impl Drop for FaultProxy {
    fn drop(&mut self) {
        self.down();
    }
}

fn accept(listener: tokio::net::TcpListener, shared: Arc<Shared>) -> JoinHandle<()> {
    runtime().spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            // Subscribed here: a connection that is taken must not miss a break that comes before it is served.
            let broken = shared.broken.subscribe();
            runtime().spawn(connection::serve(client, shared.clone(), broken));
        }
    })
}
