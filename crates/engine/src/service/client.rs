//! The client: one session, many calls.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use account_api::ErrorCode;
use reqwest::Response;
use secrecy::SecretString;
use serde::de::DeserializeOwned;
use tokio::sync::watch;

use super::call::Call;
use super::failure::{ServiceError, of_detail};
use super::session::{AccessToken, TokenSource};
use super::transport::{RetryPolicy, Transport};
use super::{ServiceAddress, http};
use crate::{EngineError, ErrorKind, Result};

/// How long before its end a token is replaced.
const EARLY: Duration = Duration::from_secs(30);

/// How a client is made.
pub struct ClientOptions {
    /// Where the service is.
    pub address: ServiceAddress,
    /// Where access tokens come from.
    pub tokens: Arc<dyn TokenSource>,
    /// How hard calls are tried.
    pub retry: RetryPolicy,
    /// Where links of the service should point, when that is not `address`: an embedded service may run on another port
    /// this time, while its links are to stay good.
    pub links_at: Option<ServiceAddress>,
}

/// The account service, for one session. Clones are cheap and share the session.
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
}

struct Inner {
    transport: Transport,
    objects: reqwest::Client,
    tokens: Arc<dyn TokenSource>,
    access: Mutex<Option<Access>>,
    issued: AtomicU64,
    renewing: tokio::sync::Mutex<()>,
    signed_in: watch::Sender<bool>,
    links_at: Option<ServiceAddress>,
}

#[derive(Clone)]
struct Access {
    token: SecretString,
    good_until: Instant,
    /// Which one it is since the start; a service may well give the same text twice.
    number: u64,
}

impl Client {
    /// A client. Sends nothing yet.
    ///
    /// # Errors
    /// When secure connections can't be set up.
    pub fn new(options: ClientOptions) -> Result<Self> {
        let transport = Transport::new(options.address, options.retry)?;
        Ok(Self {
            inner: Arc::new(Inner {
                transport,
                objects: http::for_objects()?,
                tokens: options.tokens,
                access: Mutex::default(),
                issued: AtomicU64::default(),
                renewing: tokio::sync::Mutex::default(),
                signed_in: watch::Sender::new(true),
                links_at: options.links_at,
            }),
        })
    }

    /// Starts with a token that was just given, as by signing in.
    #[must_use]
    pub fn with_access(self, access: AccessToken) -> Self {
        self.put(access);
        self
    }

    /// Where the service is.
    pub fn address(&self) -> &ServiceAddress {
        &self.inner.transport.address
    }

    /// For presigned URLs: HTTP/1.1 only, with no token, no cookies, no redirects and no time limit of its own.
    pub fn object_http(&self) -> reqwest::Client {
        self.inner.objects.clone()
    }

    /// Whether the session was alive when last heard of. False only after the service said that it has ended.
    pub fn is_signed_in(&self) -> bool {
        *self.inner.signed_in.borrow()
    }

    /// Follows [`is_signed_in`](Self::is_signed_in).
    pub fn signed_in(&self) -> watch::Receiver<bool> {
        self.inner.signed_in.subscribe()
    }

    /// Whether another process answers the links of this service, which runs embedded in this one: then they live on when
    /// this one has ended.
    pub async fn links_are_answered_elsewhere(&self) -> bool {
        match &self.inner.links_at {
            Some(address) => super::health(address).await.is_ok(),
            None => false,
        }
    }

    /// A link of the service, at the address where it stays good.
    pub(super) fn lasting(&self, link: String) -> String {
        let Some(links_at) = &self.inner.links_at else { return link };
        match link.strip_prefix(&self.address().to_string()) {
            Some(path) if path.starts_with('/') => format!("{links_at}{path}"),
            _ => link,
        }
    }

    /// What the service said about one item of a batch, as the engine's error.
    pub fn explain(&self, detail: &account_api::ErrorDetail) -> EngineError {
        of_detail(self.address(), detail)
    }

    /// A call with a token; once more with another one when the service doesn't take it.
    pub(super) async fn call<T: DeserializeOwned>(&self, call: &Call) -> Result<T, ServiceError> {
        let access = self.token(None).await?;
        match self.inner.transport.send(call, Some(&access.token)).await {
            Err(error) if refuses_token(&error) => {
                let again = async {
                    let access = self.token(Some(access.number)).await?;
                    self.note(self.inner.transport.send(call, Some(&access.token)).await)
                };
                again.await.map_err(|second: ServiceError| second.or_made(error.may_be_made()))
            }
            result => result,
        }
    }

    /// The same for a response that is read piece by piece.
    pub(super) async fn open(&self, call: &Call) -> Result<Response, ServiceError> {
        let access = self.token(None).await?;
        match self.inner.transport.open(call, Some(&access.token)).await {
            Err(error) if refuses_token(&error) => {
                let access = self.token(Some(access.number)).await?;
                self.note(self.inner.transport.open(call, Some(&access.token)).await)
            }
            result => result,
        }
    }

    /// A call that needs no token.
    pub(super) async fn plain<T: DeserializeOwned>(&self, call: &Call) -> Result<T, ServiceError> {
        self.inner.transport.send(call, None).await
    }

    fn note<T>(&self, result: Result<T, ServiceError>) -> Result<T, ServiceError> {
        if let Err(error) = &result
            && error.kind() == ErrorKind::SignedOut
        {
            self.inner.signed_in.send_replace(false);
        }
        result
    }

    /// A token that is good for a while and isn't the one that was `refused`. Whoever comes while it is being renewed
    /// waits for the same.
    async fn token(&self, refused: Option<u64>) -> Result<Access, ServiceError> {
        if let Some(access) = self.usable(refused) {
            return Ok(access);
        }
        let _renewing = self.inner.renewing.lock().await;
        if let Some(access) = self.usable(refused) {
            return Ok(access);
        }
        // A task of its own: a caller who gives up half-way must not lose a refresh token that was just exchanged.
        let fresh = tokio::spawn(Arc::clone(&self.inner.tokens).fresh()).await;
        let fresh = fresh.map_err(|error| {
            EngineError::new(ErrorKind::Internal, messages::Error::Unexpected { why: error.to_string() })
        })?;
        let access = self.put(self.note(fresh)?);
        self.inner.signed_in.send_if_modified(|signed_in| !std::mem::replace(signed_in, true));
        Ok(access)
    }

    fn usable(&self, refused: Option<u64>) -> Option<Access> {
        let mut access = self.access();
        if access.as_ref().is_some_and(|access| Some(access.number) == refused || Instant::now() >= access.good_until) {
            *access = None;
        }
        access.clone()
    }

    fn put(&self, fresh: AccessToken) -> Access {
        // Service clocks differ from ours; only the length is taken. A very short one is used for half of its life.
        let good_for = fresh.expires_in.saturating_sub(EARLY).max(fresh.expires_in / 2);
        let number = self.inner.issued.fetch_add(1, Ordering::Relaxed);
        let access = Access { token: fresh.token, good_until: Instant::now() + good_for, number };
        *self.access() = Some(access.clone());
        access
    }

    fn access(&self) -> std::sync::MutexGuard<'_, Option<Access>> {
        self.inner.access.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Shows no token.
impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client").field("address", self.address()).finish_non_exhaustive()
    }
}

fn refuses_token(error: &ServiceError) -> bool {
    matches!(error.code(), Some(ErrorCode::TokenExpired | ErrorCode::Unauthorized))
}

#[cfg(test)]
mod tests {
    use super::super::Unavailable;
    use super::*;

    #[test]
    fn links_point_to_where_they_stay_good() {
        let address = |typed| ServiceAddress::parse(typed).unwrap();
        let client = Client::new(ClientOptions {
            address: address("http://127.0.0.1:4000"),
            tokens: Arc::new(Unavailable(EngineError::new(ErrorKind::SignedOut, messages::Message::words("No.")))),
            retry: RetryPolicy::default(),
            links_at: Some(address("http://127.0.0.1:5000")),
        })
        .unwrap();
        let lasting = |link: &str| client.lasting(link.to_owned());
        assert_eq!(lasting("http://127.0.0.1:4000/i/token"), "http://127.0.0.1:5000/i/token");
        assert_eq!(lasting("http://127.0.0.1:40001/i/token"), "http://127.0.0.1:40001/i/token");
        assert_eq!(lasting("https://s3.example.com/a"), "https://s3.example.com/a");
    }
}
