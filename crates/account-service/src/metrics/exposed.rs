//! Where Prometheus reads: an address of its own, because numbers about everyone's use are nobody's business but the operator's.

use std::net::SocketAddr;

use account_api::ErrorCode;
use axum::Router;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::http::{Request, Uri};
use axum::response::IntoResponse;
use tokio::net::TcpListener;
use tokio_util::task::TaskTracker;
use tower::Service as _;

use crate::config::ConnectionPolicy;
use crate::connections::{self, Paced, Refusals, Terms};
use crate::error::{Error, Result};
use crate::service::App;

/// The listener for Prometheus: `/metrics` and nothing else.
pub struct Exposed {
    listener: TcpListener,
    /// The address that is bound.
    pub address: SocketAddr,
}

impl Exposed {
    /// Binds the address.
    ///
    /// # Errors
    /// When another program has the port, or the address is not one of this computer.
    pub async fn bind(address: SocketAddr) -> std::io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        Ok(Self { listener, address })
    }

    /// Answers until the service ends.
    pub async fn serve(self, app: App) {
        let ending = app.ending.clone();
        // No part of the API, whose routes all have their documentation.
        let router = Router::new().fallback(show).with_state(app);
        let answer = move |_, request: Request<Paced>| router.clone().call(request);
        // Whoever watches is few.
        let policy = ConnectionPolicy { most: 64, most_by_address: None, ..ConnectionPolicy::default() };
        let terms = Terms { policy, trusted_proxies: Vec::new(), refusals: Refusals::of_the_api() };
        let open = TaskTracker::new();
        connections::serve(self.listener, terms, answer, ending, open.clone()).await;
        open.close();
        open.wait().await;
    }
}

async fn show(State(app): State<App>, address: Uri) -> Result<impl IntoResponse> {
    if address.path() != "/metrics" {
        return Err(Error::new(ErrorCode::NotFound, "There is nothing here but /metrics."));
    }
    let text = app.metrics.text(&app.database)?;
    Ok(([(CONTENT_TYPE, "application/openmetrics-text; version=1.0.0; charset=utf-8")], text))
}
