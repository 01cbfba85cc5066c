//! The client: one session, many calls.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use account_api::ErrorCode;
use reqwest::Response;
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use tokio::sync::watch;

use super::call::Call;
use super::failure::{ServiceError, of_detail};
use super::session::{AccessToken, TokenSource};
use super::transport::{Patience, Transport};
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
    pub patience: Patience,
    /// Whether the store is on this computer, so that no proxy stands between.
    pub store_is_local: bool,
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
    renewing: tokio::sync::Mutex<()>,
    signed_in: watch::Sender<bool>,
    links_at: Option<ServiceAddress>,
}

#[derive(Clone)]
struct Access {
    token: SecretString,
    good_until: Instant,
}

impl Client {
    /// A client. Sends nothing yet.
    ///
    /// # Errors
    /// When secure connections can't be set up.
    pub fn new(options: ClientOptions) -> Result<Self> {
        let loopback = options.address.is_loopback();
        let transport =
            Transport { http: http::for_service(loopback)?, address: options.address, patience: options.patience };
        Ok(Self {
            inner: Arc::new(Inner {
                transport,
                objects: http::for_objects(options.store_is_local)?,
                tokens: options.tokens,
                access: Mutex::default(),
                renewing: tokio::sync::Mutex::default(),
                signed_in: watch::Sender::new(true),
                links_at: options.links_at,
            }),
        })
    }

    /// Starts with a token that was just given, as by signing in.
    #[must_use]
    pub fn with_access(self, access: AccessToken) -> Self {
        *self.access() = Some(Access::of(access));
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
        let token = self.token(None).await?;
        match self.inner.transport.send(call, Some(&token)).await {
            Err(error) if refuses_token(&error) => {
                let token = self.token(Some(&token)).await?;
                self.note(self.inner.transport.send(call, Some(&token)).await)
            }
            result => result,
        }
    }

    /// The same for a response that is read piece by piece.
    pub(super) async fn open(&self, call: &Call) -> Result<Response, ServiceError> {
        let token = self.token(None).await?;
        match self.inner.transport.open(call, Some(&token)).await {
            Err(error) if refuses_token(&error) => {
                let token = self.token(Some(&token)).await?;
                self.note(self.inner.transport.open(call, Some(&token)).await)
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

    /// A token that is good for a while and isn't `refused`. Whoever comes while it is being renewed waits for the same.
    async fn token(&self, refused: Option<&SecretString>) -> Result<SecretString, ServiceError> {
        if let Some(token) = self.usable(refused) {
            return Ok(token);
        }
        let _renewing = self.inner.renewing.lock().await;
        if let Some(token) = self.usable(refused) {
            return Ok(token);
        }
        // A task of its own: a caller who gives up half-way must not lose a refresh token that was just exchanged.
        let fresh = tokio::spawn(Arc::clone(&self.inner.tokens).fresh()).await;
        let fresh = fresh.map_err(|error| EngineError::new(ErrorKind::Internal, error.to_string()))?;
        let access = self.note(fresh).map(Access::of)?;
        self.inner.signed_in.send_if_modified(|signed_in| !std::mem::replace(signed_in, true));
        *self.access() = Some(access.clone());
        Ok(access.token)
    }

    fn usable(&self, refused: Option<&SecretString>) -> Option<SecretString> {
        let access = self.access().clone()?;
        let is_refused = refused.is_some_and(|refused| refused.expose_secret() == access.token.expose_secret());
        (!is_refused && Instant::now() < access.good_until).then_some(access.token)
    }

    fn access(&self) -> std::sync::MutexGuard<'_, Option<Access>> {
        self.inner.access.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Access {
    fn of(access: AccessToken) -> Self {
        // Service clocks differ from ours; only the length is taken. A very short one is used for half of its life.
        let good_for = access.expires_in.saturating_sub(EARLY).max(access.expires_in / 2);
        Self { token: access.token, good_until: Instant::now() + good_for }
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
