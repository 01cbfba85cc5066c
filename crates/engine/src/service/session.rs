//! Where access tokens come from.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use account_api::{ErrorCode, RefreshRequest, RefreshResponse, route};
use futures::future::BoxFuture;
use reqwest::Method;
use secrecy::{ExposeSecret, SecretString};

use super::ServiceAddress;
use super::call::Call;
use super::failure::ServiceError;
use super::transport::{RetryPolicy, Transport};
use crate::secrets::private_file;
use crate::{EngineError, ErrorKind, Result};

/// A bearer token for the service.
#[derive(Clone)]
pub struct AccessToken {
    /// Goes into `Authorization`.
    pub token: SecretString,
    /// How long it is good from now on.
    pub expires_in: Duration,
}

/// Gives access tokens. Called by one at a time, and never cut off half-way.
pub trait TokenSource: Send + Sync + 'static {
    /// A new access token.
    ///
    /// The future's error is `SignedOut` when the session is over for good.
    fn fresh(self: Arc<Self>) -> BoxFuture<'static, Result<AccessToken, ServiceError>>;
}

/// Keeps the refresh token of one session, for all processes of this person.
pub trait RefreshTokens: Send + Sync + 'static {
    /// The newest token, as another process may have left it; `None` when signed out.
    fn newest(&self) -> BoxFuture<'_, Result<Option<SecretString>>>;

    /// Keeps a new token in place of the last. When this fails the new token is not used.
    fn keep(&self, token: SecretString) -> BoxFuture<'_, Result<()>>;

    /// Forgets the token, because its session is over.
    fn forget(&self) -> BoxFuture<'_, Result<()>>;
}

/// A session with a refresh token that changes at every use.
///
/// A used token that turns up again ends the session (RFC 9700, section 4.14.2). So the new one is kept before anything
/// is done with it, and a lock between processes makes one of them refresh at a time, with what the other one kept.
///
/// An answer may get lost, and then the service gives it once more to who proves to have asked before. The proof is a random
/// number that is chosen when a token is kept and is kept beside it: so it outlives a crash, and the other process, which
/// may be the one that asks again, has it, too.
pub struct StoredSession {
    transport: Transport,
    tokens: Arc<dyn RefreshTokens>,
    lock: PathBuf,
    /// A new token that could not be kept (the disk was full). It is kept before anything else happens.
    unkept: Mutex<Option<SecretString>>,
}

impl StoredSession {
    /// A session at `address`; `lock` names a file that all processes use for it.
    ///
    /// # Errors
    /// When secure connections can't be set up.
    pub fn new(
        address: ServiceAddress,
        retry: RetryPolicy,
        tokens: Arc<dyn RefreshTokens>,
        lock: PathBuf,
    ) -> Result<Self> {
        Ok(Self { transport: Transport::new(address, retry)?, tokens, lock, unkept: Mutex::default() })
    }

    async fn refresh(&self) -> Result<AccessToken, ServiceError> {
        let _lock = self.lock().await?;
        self.keep_unkept().await?;
        let mut token = self.tokens.newest().await?.ok_or_else(|| self.signed_out())?;
        loop {
            if Kept::of(&token).attempt.is_none() {
                // As it came from signing in, or from an older version.
                token = with_attempt(token.expose_secret());
                *self.unkept() = Some(token.clone());
                self.keep_unkept().await?;
            }
            match self.exchange(&token).await {
                Ok(answer) => {
                    *self.unkept() = Some(with_attempt(&answer.refresh_token));
                    self.keep_unkept().await?;
                    return Ok(AccessToken {
                        token: answer.access_token.into(),
                        expires_in: Duration::from_secs(answer.expires_in),
                    });
                }
                Err(error) if error.code() == Some(ErrorCode::SessionEnded) => {
                    // Signing in anew, in another process, doesn't take the lock.
                    match self.tokens.newest().await? {
                        Some(newer) if Kept::of(&newer).token != Kept::of(&token).token => token = newer,
                        _ => {
                            self.tokens.forget().await?;
                            return Err(error);
                        }
                    }
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Repeating this is safe for a minute: the service gives the same answer once more, for the same attempt.
    async fn exchange(&self, token: &SecretString) -> Result<RefreshResponse, ServiceError> {
        let Kept { token, attempt } = Kept::of(token);
        let request = RefreshRequest {
            refresh_token: token.to_owned(),
            attempt: attempt.map(str::to_owned),
            ..RefreshRequest::default()
        };
        let url = self.transport.address.route(route::REFRESH, &[]);
        let call = Call::new(Method::POST, url).json(&request)?.within(Duration::from_secs(20));
        self.transport.send(&call, None).await
    }

    async fn keep_unkept(&self) -> Result<()> {
        let unkept = self.unkept().clone();
        if let Some(token) = unkept {
            self.tokens.keep(token).await?;
            *self.unkept() = None;
        }
        Ok(())
    }

    fn unkept(&self) -> std::sync::MutexGuard<'_, Option<SecretString>> {
        self.unkept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Another process may hold it while it waits for the service, so no thread is kept busy with it.
    async fn lock(&self) -> Result<private_file::Lock> {
        loop {
            let path = self.lock.clone();
            let tried = tokio::task::spawn_blocking(move || private_file::try_lock(&path)).await;
            match tried.map_err(std::io::Error::other).and_then(|tried| tried) {
                Ok(Some(lock)) => return Ok(lock),
                Ok(None) => tokio::time::sleep(Duration::from_millis(50)).await,
                Err(error) => {
                    let message =
                        messages::Service::NotRenewed { path: self.lock.display().to_string(), why: error.to_string() };
                    return Err(EngineError::new(ErrorKind::Disk, message));
                }
            }
        }
    }

    fn signed_out(&self) -> EngineError {
        let message = messages::Place::SignedOut { host: self.transport.address.host() };
        EngineError::new(ErrorKind::SignedOut, message)
    }
}

/// What is kept: a refresh token, and behind a space the number that goes with it. No token has a space.
struct Kept<'a> {
    token: &'a str,
    attempt: Option<&'a str>,
}

impl<'a> Kept<'a> {
    fn of(kept: &'a SecretString) -> Self {
        match kept.expose_secret().split_once(' ') {
            Some((token, attempt)) => Self { token, attempt: Some(attempt) },
            None => Self { token: kept.expose_secret(), attempt: None },
        }
    }
}

fn with_attempt(token: &str) -> SecretString {
    format!("{token} {}", hex::encode(rand::random::<[u8; 16]>())).into()
}

impl TokenSource for StoredSession {
    fn fresh(self: Arc<Self>) -> BoxFuture<'static, Result<AccessToken, ServiceError>> {
        Box::pin(async move { self.refresh().await })
    }
}

/// No tokens at all, for a reason: a place that is open while its service can't be used, such as a bucket whose secret
/// is locked. Every call ends with the reason before anything is sent.
pub struct Unavailable(pub EngineError);

impl TokenSource for Unavailable {
    fn fresh(self: Arc<Self>) -> BoxFuture<'static, Result<AccessToken, ServiceError>> {
        Box::pin(std::future::ready(Err(self.0.clone().into())))
    }
}
