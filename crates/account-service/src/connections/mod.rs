//! Accepting connections and serving HTTP/1.1 on them, for the service, its metrics and the embedded store alike. Whoever
//! says nothing, or says it very slowly, is cut off and makes way for others; the last requests are answered when the
//! service ends.

mod body;
mod places;
mod refusal;
mod stream;

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper::body::{Body, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use ipnet::IpNet;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub use body::{Held, Paced, is_too_slow};
use places::{Place, Places};
pub use refusal::Refusals;
use stream::Watched;

use crate::config::ConnectionPolicy;

/// The most of a request's head, in bytes. Hyper itself would keep more than six times as much for each connection.
const HEAD: usize = 64 * 1024;

/// What is the same for all connections of a listener.
pub struct Terms {
    /// Who may stay for how long.
    pub policy: ConnectionPolicy,
    /// Addresses that speak for many people: they are not counted one by one.
    pub trusted_proxies: Vec<IpNet>,
    /// What those are told that can't be served.
    pub refusals: Refusals,
}

/// Serves each connection by calling `answer` with each of its requests, until `ending`. Then no more are accepted, and those
/// that are open end with the request they are at, whose answer says so (`Connection: close`); whoever waits for `open`
/// waits for that.
pub async fn serve<B, E, F>(
    listener: TcpListener,
    terms: Terms,
    answer: impl Fn(SocketAddr, Request<Paced>) -> F + Clone + Send + Sync + 'static,
    ending: CancellationToken,
    open: TaskTracker,
) where
    F: Future<Output = Result<Response<B>, E>> + Send + 'static,
    B: Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    E: Into<Box<dyn std::error::Error + Send + Sync>> + 'static,
{
    let terms = Arc::new(terms);
    let places = Places::new(&terms.policy, terms.trusted_proxies.clone());
    loop {
        let (stream, peer) = tokio::select! {
            () = ending.cancelled() => return,
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    // Mostly too many open files: close one that says nothing, and wait for others to be closed.
                    tracing::warn!(%error, "a connection can’t be accepted");
                    places.dismiss_one();
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    continue;
                }
            },
        };
        let _ = stream.set_nodelay(true);
        match places.take(peer.ip()) {
            Some(place) => {
                let serving = connection(stream, peer, place, Arc::clone(&terms), answer.clone(), ending.clone());
                open.spawn(serving);
            }
            None => refusal::turn_away(stream, &terms.refusals.full),
        }
    }
}

async fn connection<B, E, F>(
    stream: TcpStream,
    peer: SocketAddr,
    place: Place,
    terms: Arc<Terms>,
    answer: impl Fn(SocketAddr, Request<Paced>) -> F + Clone + Send + Sync + 'static,
    ending: CancellationToken,
) where
    F: Future<Output = Result<Response<B>, E>> + Send + 'static,
    B: Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    E: Into<Box<dyn std::error::Error + Send + Sync>> + 'static,
{
    let (place, policy) = (Arc::new(place), terms.policy.clone());
    let silent = Arc::clone(&place);
    let stream = Watched::new(stream, Arc::clone(&place), &terms.policy, terms.refusals.slow.clone());
    let dismissed = place.dismissed();
    let service = service_fn(move |request: Request<Incoming>| {
        // From here to the end of the answer it's not the client who keeps the connection waiting.
        let busy = place.busy();
        let request = Paced::of(request, &policy);
        let answered = answer(peer, request);
        async move { answered.await.map(|response| response.map(|body| Held::new(body, busy))) }
    });
    let mut builder = hyper::server::conn::http1::Builder::new();
    builder.max_buf_size(HEAD);
    let mut connection = std::pin::pin!(builder.serve_connection(TokioIo::new(stream), service));
    let result = tokio::select! {
        result = connection.as_mut() => result,
        () = dismissed.cancelled() => return tracing::debug!("a silent connection made way for another one"),
        // Whoever hasn't said anything yet has nothing to lose.
        () = ending.cancelled() => if silent.is_heard() {
            connection.as_mut().graceful_shutdown();
            connection.await
        } else {
            Ok(())
        },
    };
    if let Err(error) = result {
        tracing::debug!(%error, "a connection broke");
    }
}
