//! Accepting connections and serving HTTP/1.1 on them, for the service and for the embedded store alike. Connections that
//! say nothing, or say it very slowly, are closed; the last requests are answered when the service ends.

use std::future::Future;
use std::net::SocketAddr;
use std::time::Duration;

use hyper::body::{Body, Incoming};
use hyper::service::Service;
use hyper::{Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How long a connection may take for a request's headers, and lie idle between requests. Longer than clients keep idle
/// connections (mostly 90 seconds), so that it's they who close and never find one closed that they are about to use.
const HEADERS: Duration = Duration::from_secs(100);

/// Serves each connection with what `service` makes for it, until `ending`. Then no more are accepted, and those that are
/// open end with the request they are at; whoever waits for `connections` waits for that.
pub async fn serve<S, B, E, F>(
    listener: TcpListener,
    service: impl Fn(SocketAddr) -> S,
    ending: CancellationToken,
    connections: TaskTracker,
) where
    S: Service<Request<Incoming>, Response = Response<B>, Error = E, Future = F> + Send + 'static,
    F: Future<Output = Result<Response<B>, E>> + Send + 'static,
    B: Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    E: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    loop {
        let (stream, peer) = tokio::select! {
            () = ending.cancelled() => return,
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    // Mostly too many open files: wait for some to be closed.
                    tracing::warn!(%error, "a connection can't be accepted");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    continue;
                }
            },
        };
        let _ = stream.set_nodelay(true);
        let service = service(peer);
        let ending = ending.clone();
        connections.spawn(async move {
            let mut builder = hyper::server::conn::http1::Builder::new();
            builder.timer(TokioTimer::new()).header_read_timeout(HEADERS);
            let mut connection = std::pin::pin!(builder.serve_connection(TokioIo::new(stream), service));
            let result = tokio::select! {
                result = connection.as_mut() => result,
                () = ending.cancelled() => {
                    connection.as_mut().graceful_shutdown();
                    connection.await
                }
            };
            if let Err(error) = result {
                tracing::debug!(%error, "a connection broke");
            }
        });
    }
}
