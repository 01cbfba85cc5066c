//! Whether a service is there, of which version, what time it is there, and whom it takes in.

use std::time::{Duration, Instant, SystemTime};

use account_api::{HealthResponse, Registration, route};

use super::failure::ServiceError;
use super::{ServiceAddress, http};

/// How long the answer is waited for.
const ANSWER: Duration = Duration::from_secs(15);

/// What a service says of itself.
#[derive(Debug, Clone)]
pub struct Health {
    /// Its version; old services don't say.
    pub version: Option<String>,
    /// How people come by an account; old services don't say, and there everybody may register.
    pub registration: Option<Registration>,
    /// Its clock.
    pub date: Option<SystemTime>,
    /// How long the answer took.
    pub took: Duration,
}

/// Asks a service whether it is there; once, because a person is waiting.
///
/// # Errors
/// What is wrong with the address, or what keeps it from being reached.
pub async fn health(address: &ServiceAddress) -> Result<Health, ServiceError> {
    let http = http::for_service()?;
    let began = Instant::now();
    let sent = http.get(address.route(route::HEALTHZ, &[])).timeout(ANSWER).send().await;
    let response = sent.map_err(|error| ServiceError::unreachable(address, &error))?;
    let took = began.elapsed();
    let status = response.status();
    let (headers, url) = (response.headers().clone(), response.url().clone());
    let date = response.headers().get(reqwest::header::DATE).and_then(|date| date.to_str().ok());
    let date = date.and_then(|date| httpdate::parse_http_date(date).ok());
    let location = response.headers().get(reqwest::header::LOCATION).and_then(|to| to.to_str().ok()).map(str::to_owned);
    match response.json::<HealthResponse>().await {
        Ok(health) if status.is_success() => {
            Ok(Health { version: health.version, registration: health.registration, date, took })
        }
        _ => Err(
            match network::answered_by_proxy(&url, status, &headers, false).or_else(|| page_of_proxy(&url, status)) {
                Some(trouble) => ServiceError::of_proxy(address, &trouble),
                None => ServiceError::foreign(
                    address,
                    status,
                    location.as_deref().filter(|_| status.is_redirection()),
                    None,
                ),
            },
        ),
    }
}

/// Some proxies put a page of theirs in the place of what was asked for, and call that a success.
fn page_of_proxy(url: &reqwest::Url, status: reqwest::StatusCode) -> Option<network::ProxyTrouble> {
    status.is_success().then(|| network::perhaps_by_proxy(url, status)).flatten()
}
