//! Whether anything answers at an address, before keys and buckets matter.

use std::time::{Duration, SystemTime};

use network::{CertificateTrouble, Trouble};
use reqwest::redirect::Policy;
use url::Url;

use super::super::bucket::BucketConfig;
use super::super::endpoint;
use super::explain::{ProbeCode, Problem, problem};

/// S3 refuses signatures that are further off than this (`RequestTimeTooSkewed`).
const CLOCK: Duration = Duration::from_secs(15 * 60);

/// Something answers.
pub struct Connection {
    /// What was found.
    pub message: String,
    /// The answer's `Date`.
    pub date: Option<SystemTime>,
}

/// Asks for the store's root, without a key. Any answer that a store could give will do; the other scheme is tried when
/// there is none.
///
/// # Errors
/// Why nothing answers, or why what answers is no store.
pub async fn connect(bucket: &BucketConfig, patience: Duration) -> Result<Connection, Problem> {
    let address = match &bucket.endpoint {
        Some(endpoint) => endpoint.clone(),
        None => format!("https://s3.{}.amazonaws.com", bucket.region),
    };
    let url = Url::parse(&address).map_err(|error| problem(ProbeCode::InvalidAddress, error))?;
    let http = network::client().timeout(patience).redirect(Policy::none()).pool_max_idle_per_host(0).build();
    let http = http.map_err(|error| unanswered(&Trouble::of(&error), "Nothing can be sent"))?;
    let host = url.host_str().unwrap_or_default().to_owned();
    let response = match http.get(url.clone()).send().await {
        Ok(response) => response,
        Err(error) => return Err(explain(&http, &url, bucket, patience, &error).await),
    };
    let date = response
        .headers()
        .get(reqwest::header::DATE)
        .and_then(|date| date.to_str().ok())
        .and_then(|date| httpdate::parse_http_date(date).ok());
    let status = response.status();
    let headers = response.headers().clone();
    let names_store = is_stores(&headers);
    let leads_to = response
        .headers()
        .get(reqwest::header::LOCATION)
        .and_then(|location| location.to_str().ok())
        .and_then(|location| url.join(location).ok());
    let is_page = response
        .headers()
        .get(reqwest::header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .is_some_and(|kind| kind.starts_with("text/html"));
    if let Some(to) = &leads_to
        && to.scheme() != url.scheme()
        && to.host_str() == url.host_str()
    {
        return Err(other_scheme(&url, to.scheme()));
    }
    let body = response.text().await.unwrap_or_default();
    let answers = Connection { message: format!("{host} answers."), date };
    let is_s3 = names_store || body.contains("<Error>");
    // What stands before a store may have pages of its own beside the bucket, and the bucket is what is used.
    if !is_s3 && (is_page || status.is_client_error()) && bucket_is_s3(&http, &url, bucket).await {
        return Ok(answers);
    }
    if let Some(trouble) = network::answered_by_proxy(&url, status, &headers, is_s3) {
        return Err(unanswered(&Trouble::Proxy(trouble), &format!("{host} can’t be reached")));
    }
    if wants_tls(&body) {
        return Err(other_scheme(&url, "https"));
    }
    if is_page && status.is_server_error() && !is_s3 {
        let said = page_says(&body).map_or_else(String::new, |said| format!(", “{said}”"));
        return Err(problem(
            ProbeCode::StoreFault,
            format!(
                "{host} answers with a fault of its own or of what stands before it (HTTP status {}{said}). Try again; if it \
                 stays so, ask whoever runs it.",
                status.as_u16()
            ),
        ));
    }
    if let Some(trouble) = network::perhaps_by_proxy(&url, status).filter(|_| is_page && !is_s3) {
        return Err(unanswered(
            &Trouble::Proxy(trouble),
            &format!("{host} answers with a web page, not as an S3 store"),
        ));
    }
    // AWS leads whoever asks without a key to its advertisement; a page of its own is a console or a website.
    if is_page && !status.is_redirection() && !is_s3 {
        return Err(problem(
            ProbeCode::NotS3,
            format!(
                "{host} answers with a web page, not as an S3 store. Use the address of its S3 API; consoles often have \
                 another port or host name."
            ),
        ));
    }
    Ok(answers)
}

/// Whether what answers for an object of the bucket does so as S3 stores do. There is no such object, and no key is shown.
async fn bucket_is_s3(http: &reqwest::Client, endpoint: &Url, bucket: &BucketConfig) -> bool {
    let mut url = endpoint.clone();
    let placed = match url.path_segments_mut() {
        Ok(mut path) => {
            path.pop_if_empty();
            if bucket.path_style {
                path.push(&bucket.bucket);
            }
            path.push("image-manager-check");
            true
        }
        Err(()) => false,
    };
    if !bucket.path_style
        && let Some(host) = endpoint.host_str()
        && url.set_host(Some(&format!("{}.{host}", bucket.bucket))).is_err()
    {
        return false;
    }
    if !placed {
        return false;
    }
    match http.get(url).send().await {
        Ok(response) => {
            is_stores(response.headers()) || response.text().await.is_ok_and(|body| body.contains("<Error>"))
        }
        Err(_) => false,
    }
}

/// What a page says in its title, or else in its first heading: a line of text.
fn page_says(page: &str) -> Option<String> {
    // The same bytes at the same places.
    let lower = page.to_ascii_lowercase();
    let inside = |from: &str, to: &str| {
        let start = lower.find(from)? + from.len();
        let end = lower[start..].find(to)? + start;
        let words: Vec<&str> = page[start..end].split_whitespace().collect();
        Some(words.join(" ").chars().filter(|letter| !letter.is_control()).take(120).collect::<String>())
    };
    inside("<title>", "</title>").or_else(|| inside("<h1>", "</h1>")).filter(|text| !text.is_empty())
}

/// Whether headers are those that only S3 stores send.
fn is_stores(headers: &reqwest::header::HeaderMap) -> bool {
    headers.keys().any(|name| name.as_str().starts_with("x-amz-") || name.as_str().starts_with("x-minio-"))
}

/// How servers of TLS answer to those who speak plain HTTP: nginx and Go's in words, others not at all.
fn wants_tls(body: &str) -> bool {
    let body = body.to_ascii_lowercase();
    body.contains("http request to an https server") || body.contains("plain http request was sent to https port")
}

async fn explain(
    http: &reqwest::Client,
    url: &Url,
    bucket: &BucketConfig,
    patience: Duration,
    error: &reqwest::Error,
) -> Problem {
    let host = url.host_str().unwrap_or_default();
    let port = url.port_or_known_default().unwrap_or_default();
    let trouble = Trouble::of(error);
    let message = match &trouble {
        Trouble::Certificate(what) => return certificate(host, what),
        Trouble::Proxy(_) | Trouble::TimedOut { through: Some(_) } => {
            return unanswered(&trouble, &format!("{host} can’t be reached"));
        }
        Trouble::TimedOut { through: None } => format!(
            "{host} didn’t answer within {} seconds. Check the address and the port, the network and firewalls, and \
             that the store is not stuck.",
            patience.as_secs()
        ),
        Trouble::NoSuchName => {
            let shorter = bucket.endpoint.as_deref().map(|address| endpoint::without_bucket(address, &bucket.bucket));
            let shorter =
                shorter.and_then(|addresses| addresses.into_iter().next()).map_or_else(String::new, |address| {
                    format!(" It begins with the bucket’s name: if that is not part of the address, use {address}.")
                });
            format!(
                "There is no host named {host}. Check the address for typing errors, and that you are online.{shorter}"
            )
        }
        Trouble::Refused => {
            format!(
                "{host} is there, but nothing listens on port {port}. Check the port, and that the store is running."
            )
        }
        _ => {
            if bucket.endpoint.is_some()
                && let Some(scheme) = speaks_the_other(http, url).await
            {
                return other_scheme(url, scheme);
            }
            format!("{host} can’t be reached: {trouble}. Check the address, and the network between here and there.")
        }
    };
    problem(ProbeCode::Unreachable, message)
}

/// What to do when no answer comes; `what` begins the sentence.
pub(super) fn unanswered(trouble: &Trouble, what: &str) -> Problem {
    match trouble {
        Trouble::Proxy(_) | Trouble::TimedOut { through: Some(_) } => problem(
            ProbeCode::Proxy,
            format!("{what}: {trouble}. Check the proxy, or name the store’s host in NO_PROXY if none is needed."),
        ),
        _ => problem(
            ProbeCode::Unreachable,
            format!("{what}: {trouble}. Check the network and firewalls between here and there."),
        ),
    }
}

/// The other scheme, when somebody answers to that.
async fn speaks_the_other(http: &reqwest::Client, url: &Url) -> Option<&'static str> {
    let scheme = if url.scheme() == "https" { "http" } else { "https" };
    let mut other = url.clone();
    // With a port that goes without saying, https would be asked for at the port of http.
    other.set_scheme(scheme).ok()?;
    match http.get(other).send().await {
        Ok(response) => (!wants_tls(&response.text().await.unwrap_or_default())).then_some(scheme),
        // It speaks TLS; whether its certificate is any good is the next question.
        Err(error) => matches!(Trouble::of(&error), Trouble::Certificate(_)).then_some(scheme),
    }
}

fn certificate(host: &str, trouble: &CertificateTrouble) -> Problem {
    let message = match trouble {
        CertificateTrouble::Expired => {
            format!("The certificate of {host} has expired. Have it renewed, or check this computer’s clock.")
        }
        CertificateTrouble::NotYetValid => {
            format!("The certificate of {host} is not valid yet, by this computer’s clock. Set the clock right.")
        }
        CertificateTrouble::OtherName => {
            format!("The certificate of {host} is for another name. Use the name that it was made for.")
        }
        CertificateTrouble::NoName => format!(
            "The certificate of {host} names no host (it has no subjectAltName). Make one that names {host} there, and have \
             the system trust it."
        ),
        CertificateTrouble::NoAuthorities => {
            "This computer has no list of certificate authorities, so no certificate can be trusted. Install \
             ca-certificates."
                .to_owned()
        }
        CertificateTrouble::Unknown | CertificateTrouble::Unusable => format!(
            "{host} shows a certificate that this computer doesn’t trust, such as one it made itself. Have the system \
             trust it or its issuer, or give the store a certificate of a known one."
        ),
    };
    problem(ProbeCode::Certificate, message)
}

fn other_scheme(url: &Url, right: &str) -> Problem {
    let host = url.host_str().unwrap_or_default();
    problem(
        ProbeCode::WrongScheme,
        format!("{host} speaks {right} there, not {}. Begin the address with {right}://.", url.scheme()),
    )
}

/// Whether this computer's clock is near enough to the store's.
///
/// # Errors
/// By how much it is off.
pub fn compare_clocks(date: Option<SystemTime>) -> Result<(), Problem> {
    let Some(theirs) = date else { return Ok(()) };
    let ours = SystemTime::now();
    let (off, direction) = match ours.duration_since(theirs) {
        Ok(ahead) => (ahead, "ahead of"),
        Err(behind) => (behind.duration(), "behind"),
    };
    if off <= CLOCK {
        return Ok(());
    }
    let minutes = off.as_secs() / 60;
    Err(problem(
        ProbeCode::ClockSkew,
        format!(
            "This computer’s clock is {minutes} minutes {direction} the store’s, and S3 allows 15. Set the clock, best \
             by having it set itself."
        ),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_may_be_off_by_a_quarter_of_an_hour() {
        let now = SystemTime::now();
        assert!(compare_clocks(None).is_ok());
        assert!(compare_clocks(Some(now - Duration::from_secs(14 * 60))).is_ok());
        let ahead = compare_clocks(Some(now - Duration::from_secs(61 * 60))).unwrap_err();
        assert!(ahead.message.contains("61 minutes ahead of"), "{}", ahead.message);
        let behind = compare_clocks(Some(now + Duration::from_secs(3600 * 24))).unwrap_err();
        assert!(behind.message.contains("minutes behind"), "{}", behind.message);
    }
}
