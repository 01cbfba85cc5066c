//! Sends calls, reads answers, and tries again where that helps.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use account_api::ErrorBody;
use backon::{ExponentialBuilder, Retryable};
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, LOCATION, RETRY_AFTER};
use reqwest::{Response, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;

use super::call::Call;
use super::failure::ServiceError;
use super::{ServiceAddress, http};
use crate::Result;

/// How hard a call is tried.
#[derive(Debug, Clone, Copy)]
pub struct RetryPolicy {
    /// How often a call is sent again at most.
    pub repeats: usize,
    /// The wait before the first repetition; doubles with each, and is spread at random.
    pub first_wait: Duration,
    /// The longest `Retry-After` that is waited for; a longer one is told instead.
    pub longest_wait: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self { repeats: 3, first_wait: Duration::from_millis(250), longest_wait: Duration::from_secs(20) }
    }
}

/// A service's address and the way there.
#[derive(Debug, Clone)]
pub(super) struct Transport {
    /// For calls that may be sent again.
    repeatable: reqwest::Client,
    /// For the others.
    once: reqwest::Client,
    pub(super) address: ServiceAddress,
    pub(super) retry: RetryPolicy,
}

impl Transport {
    /// The way to a service. Sends nothing yet.
    ///
    /// # Errors
    /// When connections can't be set up.
    pub(super) fn new(address: ServiceAddress, retry: RetryPolicy) -> Result<Self> {
        Ok(Self { repeatable: http::for_service()?, once: http::for_service_once()?, address, retry })
    }

    /// Sends a call, again where that helps, and reads its answer.
    pub(super) async fn send<T: DeserializeOwned>(
        &self,
        call: &Call,
        token: Option<&SecretString>,
    ) -> Result<T, ServiceError> {
        let retry = self.retry;
        let backoff = ExponentialBuilder::default()
            .with_min_delay(retry.first_wait)
            .with_max_delay(retry.longest_wait)
            .with_max_times(if call.repeatable { retry.repeats } else { 0 })
            .with_jitter();
        // What an earlier attempt may have done holds for the call as a whole.
        let may_be_made = AtomicBool::new(false);
        (|| async {
            self.send_once(call, token).await.inspect_err(|error| {
                may_be_made.fetch_or(error.may_be_made(), Ordering::Relaxed);
            })
        })
        .retry(backoff)
        .when(|error: &ServiceError| error.worth_repeating)
        .adjust(|error, wait| match (wait, error.retry_after()) {
            (Some(wait), Some(asked)) => (asked <= retry.longest_wait).then_some(asked.max(wait)),
            (wait, _) => wait,
        })
        .notify(|error, wait| tracing::debug!(url = %call.url, %error, ?wait, "trying again"))
        .await
        .map_err(|error| error.or_made(may_be_made.load(Ordering::Relaxed)))
    }

    async fn send_once<T: DeserializeOwned>(
        &self,
        call: &Call,
        token: Option<&SecretString>,
    ) -> Result<T, ServiceError> {
        let response = self.open(call, token).await?;
        let (status, url) = (response.status(), response.url().clone());
        let bytes = response.bytes().await.map_err(|error| ServiceError::unreachable(&self.address, &error))?;
        serde_json::from_slice(&bytes).map_err(|error| {
            tracing::warn!(url = %call.url, %status, %error, "an answer can't be read");
            match network::perhaps_by_proxy(&url, status) {
                Some(trouble) => ServiceError::of_proxy(&self.address, &trouble),
                None => ServiceError::foreign(&self.address, status, None, None),
            }
        })
    }

    /// Sends a call and gives the response when it is a success, its body unread.
    pub(super) async fn open(&self, call: &Call, token: Option<&SecretString>) -> Result<Response, ServiceError> {
        let http = if call.repeatable { &self.repeatable } else { &self.once };
        let mut request =
            http.request(call.method.clone(), call.url.clone()).timeout(call.limit).header(ACCEPT, "application/json");
        if let Some(token) = token {
            request = request.bearer_auth(token.expose_secret());
        }
        if let Some(body) = &call.body {
            request = request.header(CONTENT_TYPE, "application/json").body(body.clone());
        }
        let response = request.send().await.map_err(|error| ServiceError::unreachable(&self.address, &error))?;
        if response.status().is_success() { Ok(response) } else { Err(self.refusal(response).await) }
    }

    async fn refusal(&self, response: Response) -> ServiceError {
        let (status, headers, url) = (response.status(), response.headers().clone(), response.url().clone());
        let retry_after = retry_after(status, &headers);
        match response.bytes().await {
            Ok(bytes) => match serde_json::from_slice::<ErrorBody>(&bytes) {
                Ok(body) => ServiceError::answered(&self.address, body.error, retry_after),
                Err(_) => {
                    if let Some(trouble) = network::answered_by_proxy(&url, status, &headers, false) {
                        return ServiceError::of_proxy(&self.address, &trouble);
                    }
                    let location = headers.get(LOCATION).and_then(|value| value.to_str().ok());
                    ServiceError::foreign(
                        &self.address,
                        status,
                        location.filter(|_| status.is_redirection()),
                        retry_after,
                    )
                }
            },
            Err(error) => ServiceError::unreachable(&self.address, &error),
        }
    }
}

/// `Retry-After` in seconds (RFC 9110, section 10.2.3); the form with a date is left to the usual backoff.
fn retry_after(status: StatusCode, headers: &HeaderMap) -> Option<Duration> {
    if !matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE) {
        return None;
    }
    let seconds: u64 = headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}
