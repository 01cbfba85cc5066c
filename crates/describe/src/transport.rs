//! One HTTP exchange, below async-openai: bounded, without redirects, and with what its own transport hides
//! (`Retry-After`, and the error objects of other servers).

use std::time::{Duration, SystemTime};

use async_openai::error::OpenAIError;
use async_openai::middleware::HttpRequestFactory;
use reqwest::header::{HeaderMap, LOCATION, RETRY_AFTER};
use reqwest::{Client, Response};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;
use tower::Service;

use crate::error_answer::ErrorAnswer;
use crate::failure::Failure;
use crate::{DescribeError, body};

/// Longest answer taken, in bytes. A description is a few thousand.
const MAX_ANSWER: usize = 4 << 20;

/// A client that waits at most `timeout` for a whole exchange and follows no redirects.
pub(crate) fn client(timeout: Duration) -> Result<Client, DescribeError> {
    network::client()
        .timeout(timeout)
        .connect_timeout(timeout.min(Duration::from_secs(15)))
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .map_err(|error| DescribeError::BadEndpoint { why: format!("no HTTP client could be made ({error})") })
}

/// The exchange as async-openai wants it. It never retries.
pub(crate) fn service(
    http: Client,
) -> impl Service<HttpRequestFactory, Response = Response, Error = OpenAIError, Future: Send> + Clone + Send + Sync {
    tower::service_fn(move |factory: HttpRequestFactory| {
        let http = http.clone();
        async move { exchange(&http, factory).await.map_err(|failure| OpenAIError::Boxed(Box::new(failure))) }
    })
}

async fn exchange(http: &Client, factory: HttpRequestFactory) -> Result<Response, Failure> {
    let request = factory.build().await.map_err(Failure::from_client)?;
    let mut response = http.execute(request).await.map_err(|error| Failure::from_http(&error))?;
    let status = response.status();
    let (headers, url) = (response.headers().clone(), response.url().clone());
    if status.is_redirection() {
        // A proxy leads to a page of its own, such as to sign in to a network.
        if let Some(trouble) = network::answered_by_proxy(&url, status, &headers, false) {
            return Err(Failure::Offline(trouble.to_string()));
        }
        let to = headers.get(LOCATION).and_then(|to| to.to_str().ok()).and_then(|to| url.join(to).ok());
        let to = to.map_or_else(|| "an unnamed address".to_owned(), |to| to.to_string());
        return Err(Failure::Redirected(crate::description::clean_line(&to, 200)));
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| Failure::from_body(&url, error))? {
        if body.len() + chunk.len() > MAX_ANSWER {
            return Err(Failure::NotAnAnswer("it is far too long for a description.".into()));
        }
        body.extend_from_slice(&chunk);
    }
    let body = body::unpacked(body, MAX_ANSWER);
    if let Some(trouble) = network::answered_by_proxy(&url, status, &headers, is_json(&body)) {
        return Err(Failure::Offline(trouble.to_string()));
    }
    let answered = |status| Failure::Answered(Box::new(ErrorAnswer::read(status, retry_after(&headers), &body)));
    if !status.is_success() {
        return Err(answered(status.as_u16()));
    }
    let body = body::read(&body)?.to_string();
    Ok(http::Response::builder().status(status).body(body).map_err(|e| Failure::NotAnAnswer(e.to_string()))?.into())
}

/// Whether it is in the form of these servers: a proxy's own errors are pages for people.
fn is_json(body: &[u8]) -> bool {
    serde_json::from_slice::<serde::de::IgnoredAny>(body).is_ok()
}

/// `Retry-After` in seconds or as a date (RFC 9110, 10.2.3), or OpenAI's `retry-after-ms`.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = |name: &str| headers.get(name)?.to_str().ok().map(str::trim);
    if let Some(milliseconds) = text("retry-after-ms").and_then(|ms| ms.parse::<f64>().ok()) {
        return Duration::try_from_secs_f64(milliseconds / 1000.0).ok();
    }
    let value = text(RETRY_AFTER.as_str())?;
    if let Ok(seconds) = value.parse::<f64>() {
        return Duration::try_from_secs_f64(seconds).ok();
    }
    let date: SystemTime = OffsetDateTime::parse(value, &Rfc2822).ok()?.into();
    Some(date.duration_since(SystemTime::now()).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: &'static str, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(name.parse().unwrap(), value.parse().unwrap())])
    }

    #[test]
    fn waits_in_all_their_forms() {
        assert_eq!(retry_after(&headers("retry-after", "7")), Some(Duration::from_secs(7)));
        assert_eq!(retry_after(&headers("retry-after-ms", "250")), Some(Duration::from_millis(250)));
        assert_eq!(retry_after(&headers("retry-after", "Sun, 06 Nov 1994 08:49:37 GMT")), Some(Duration::ZERO));
        assert!(retry_after(&headers("retry-after", "Fri, 31 Dec 9998 23:59:59 GMT")) > Some(Duration::from_secs(1)));
        assert_eq!(retry_after(&headers("retry-after", "soon")), None);
        assert_eq!(retry_after(&headers("retry-after", "-1")), None);
    }
}
