//! The S3 client's way out: the HTTP client that everything else uses, too, so that the same proxies are gone through and
//! the same certificates trusted.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_sdk_s3::config::http::{HttpRequest, HttpResponse};
use aws_sdk_s3::config::{HttpClient, RuntimeComponents};
use aws_sdk_s3::error::{BoxError, ConnectorError};
use aws_sdk_s3::primitives::SdkBody;
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use network::{ProxyTrouble, Trouble};
use reqwest::redirect::Policy;
use reqwest::{Body, Client, Response};
use url::Url;

/// Most of a proxy's page that is read, in bytes.
const PAGE: usize = 64 * 1024;

/// Whether connections are used again, and the longest wait for one: all that clients differ in.
type Kind = (bool, Option<Duration>);

/// Makes connections as the S3 client asks for them. Clones share them.
#[derive(Debug, Clone)]
pub(super) struct Wire {
    reused: bool,
    clients: Arc<Mutex<HashMap<Kind, Client>>>,
}

impl Wire {
    /// Whose connections are used again.
    pub(super) fn pooled() -> Self {
        Self { reused: true, clients: Arc::default() }
    }

    /// With a connection for each request: none can be lost on one that the store just closes.
    pub(super) fn unpooled() -> Self {
        Self { reused: false, clients: Arc::default() }
    }

    fn client(&self, reused: bool, connect: Option<Duration>) -> reqwest::Result<Client> {
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = clients.get(&(reused, connect)) {
            return Ok(client.clone());
        }
        let mut builder = network::http1_client().redirect(Policy::none());
        if let Some(limit) = connect {
            builder = builder.connect_timeout(limit);
        }
        if !reused {
            builder = builder.pool_max_idle_per_host(0);
        }
        let client = builder.build()?;
        clients.insert((reused, connect), client.clone());
        Ok(client)
    }
}

impl HttpClient for Wire {
    fn http_connector(&self, settings: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        let client = |reused| self.client(reused, settings.connect_timeout()).map_err(|error| Trouble::of(&error));
        let (usual, fresh) = (client(self.reused), client(false));
        SharedHttpConnector::new(Connector { usual, fresh, answer: settings.read_timeout() })
    }
}

/// One kind of connection.
#[derive(Debug)]
struct Connector {
    usual: Result<Client, Trouble>,
    /// With a connection of its own for each request.
    fresh: Result<Client, Trouble>,
    /// The longest wait for the beginning of an answer.
    answer: Option<Duration>,
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let (usual, fresh, answer) = (self.usual.clone(), self.fresh.clone(), self.answer);
        HttpConnectorFuture::new(async move {
            let url = Url::parse(request.uri());
            let sending = send(usual.map_err(failed)?, fresh.map_err(failed)?, request);
            let silence = || url.as_ref().map_or(Trouble::TimedOut { through: None }, Trouble::timed_out);
            match answer {
                Some(limit) => tokio::time::timeout(limit, sending).await.unwrap_or_else(|_| Err(failed(silence()))),
                None => sending.await,
            }
        })
    }
}

async fn send(usual: Client, fresh: Client, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
    let request = request.try_into_http1x().map_err(unusable)?;
    let request = request.map(|body| match body.bytes() {
        // Can be sent again when the connection ends.
        Some(bytes) => Body::from(bytes.to_vec()),
        None => Body::wrap(body),
    });
    let request = reqwest::Request::try_from(request).map_err(|error| failed(Trouble::of(&error)))?;
    let again = request.try_clone();
    let answered = match (usual.execute(request).await, again) {
        // A store that closes one idle connection closes the others, too: the S3 client's own attempts would each meet one.
        (Err(error), Some(again)) if error.is_request() && !error.is_connect() && !error.is_timeout() => {
            fresh.execute(again).await
        }
        (answered, _) => answered,
    };
    let response = answered.map_err(|error| failed(Trouble::of(&error)))?;
    let response = from_beyond_the_proxy(response).await?;
    HttpResponse::try_from(response.map(SdkBody::from_body_1_x)).map_err(unusable)
}

/// The answer, unless it is the proxy's own.
async fn from_beyond_the_proxy(mut response: Response) -> Result<http::Response<Body>, ConnectorError> {
    let (url, status, headers) = (response.url().clone(), response.status(), response.headers().clone());
    let of_proxy = |is_stores| network::answered_by_proxy(&url, status, &headers, is_stores);
    if of_proxy(false).is_none() {
        return Ok(response.into());
    }
    let mut page = Vec::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        page.extend_from_slice(&chunk);
        if page.len() > PAGE {
            break;
        }
    }
    let is_stores = page.windows(6).any(|part| part == b"<Code>");
    if let Some(trouble) = of_proxy(is_stores) {
        return Err(failed(Trouble::Proxy(trouble)));
    }
    let mut answer = http::Response::new(Body::from(page));
    (*answer.status_mut(), *answer.headers_mut()) = (status, headers);
    Ok(answer)
}

/// As the S3 client sorts them, which decides what it tries again.
fn failed(trouble: Trouble) -> ConnectorError {
    match trouble {
        Trouble::TimedOut { .. } => ConnectorError::timeout(trouble.into()),
        Trouble::Unsendable(_) => ConnectorError::user(trouble.into()),
        Trouble::Certificate(_) | Trouble::Proxy(ProxyTrouble::SignIn(_) | ProxyTrouble::Unusable(_)) => {
            ConnectorError::other(trouble.into(), None)
        }
        _ => ConnectorError::io(trouble.into()),
    }
}

fn unusable(error: impl Into<BoxError>) -> ConnectorError {
    ConnectorError::user(error.into())
}
