//! What only a service for people elsewhere has: mails that go out, numbers for Prometheus, news of other instances.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use url::Url;

use crate::auth::{self, MailRequest, MailRequests};
use crate::config::Config;
use crate::mail::Mailer;
use crate::metrics::Exposed;
use crate::news;
use crate::service::App;
use crate::start_error::StartError;

/// All of it, before the service runs.
pub struct Hosted {
    metrics: Option<Exposed>,
    outgoing: Option<Outgoing>,
}

/// Mails that go out, once the service runs.
struct Outgoing {
    mailer: Mailer,
    service: Url,
    requests: mpsc::Receiver<MailRequest>,
}

impl Hosted {
    /// Binds the address for Prometheus and makes ready what sends mails; beside it the way in for requests for mails, when
    /// there is a server that sends them. `address` is where the service listens.
    ///
    /// # Errors
    /// When the address can't be bound, or mail can't be sent with the settings.
    pub async fn bind(config: &Config, address: SocketAddr) -> Result<(Self, Option<MailRequests>), StartError> {
        let metrics = match config.metrics_listen {
            Some(address) => {
                let exposed = Exposed::bind(address).await;
                Some(exposed.map_err(|source| StartError::Listen { address, source })?)
            }
            None => None,
        };
        let (mail_requests, outgoing) = mail(config, address)?.unzip();
        Ok((Self { metrics, outgoing }, mail_requests))
    }

    /// Where Prometheus can read, when it can.
    pub fn metrics_address(&self) -> Option<SocketAddr> {
        self.metrics.as_ref().map(|metrics| metrics.address)
    }

    /// Works until the service ends. Each has a name for the log.
    pub fn start(self, app: &App) -> Vec<(&'static str, JoinHandle<()>)> {
        let relay = ("telling other instances", tokio::spawn(news::relay(Arc::clone(app))));
        let metrics = self.metrics.map(|metrics| ("showing metrics", tokio::spawn(metrics.serve(Arc::clone(app)))));
        let mails = self.outgoing.map(|Outgoing { mailer, service, requests }| {
            ("sending mails", tokio::spawn(auth::send_mails(Arc::clone(app), mailer, service, requests)))
        });
        [Some(relay), metrics, mails].into_iter().flatten().collect()
    }
}

/// The way in for requests for mails, and what sends them.
fn mail(config: &Config, address: SocketAddr) -> Result<Option<(MailRequests, Outgoing)>, StartError> {
    let Some(settings) = &config.mail else { return Ok(None) };
    let mailer = Mailer::new(settings).map_err(|error| StartError::Other(format!("mail can’t be sent: {error}")))?;
    let service = match &config.public_url {
        Some(url) => url.clone(),
        None => {
            // Never the request's Host, which whoever asks for somebody else's mail chooses.
            tracing::warn!("PUBLIC_URL is not set: links in mails lead to http://{address}");
            Url::parse(&format!("http://{address}")).map_err(|error| StartError::Other(error.to_string()))?
        }
    };
    let (mail_requests, requests) = MailRequests::new();
    Ok(Some((mail_requests, Outgoing { mailer, service, requests })))
}
