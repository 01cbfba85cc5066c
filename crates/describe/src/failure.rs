//! What went wrong with one request, and which of the errors for people that is.

use std::time::Duration;

use async_openai::error::OpenAIError;
use network::Trouble;
use url::Url;

use crate::DescribeError;
use crate::description::clean_line;
use crate::error_answer::ErrorAnswer;

/// What went wrong with one request.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub(crate) enum Failure {
    /// The host answered with an error.
    #[error("HTTP status {}", .0.status)]
    Answered(Box<ErrorAnswer>),
    /// No answer in time.
    #[error("timed out")]
    TimedOut {
        /// The proxy that it went through, whose silence it may be.
        through: Option<String>,
    },
    /// No connection.
    #[error("{0}")]
    Offline(String),
    /// The connection ended in the middle of an exchange; a sentence says how.
    #[error("{0}")]
    CutOff(String),
    /// An answer that breaks off, on a connection that was ended as if it were whole.
    #[error("it breaks off in the middle{}.", .through.as_ref().map(|proxy| format!(", on its way through the proxy at {proxy}")).unwrap_or_default())]
    Half {
        /// The proxy that it went through.
        through: Option<String>,
    },
    /// The host sends us elsewhere; a key is never carried along.
    #[error("redirected to {0}")]
    Redirected(String),
    /// An answer that isn't JSON, or far too long.
    #[error("{0}")]
    NotAnAnswer(String),
}

impl Failure {
    /// Unwraps what [`transport`](crate::transport) put into async-openai's error.
    pub(crate) fn from_client(error: OpenAIError) -> Failure {
        match error {
            OpenAIError::Boxed(inner) => match inner.downcast::<Failure>() {
                Ok(failure) => *failure,
                Err(other) => Failure::NotAnAnswer(other.to_string()),
            },
            OpenAIError::Reqwest(error) => Failure::from_http(&error),
            other => Failure::NotAnAnswer(clean_line(&other.to_string(), 300)),
        }
    }

    /// What became of a request that got no (whole) response.
    pub(crate) fn from_http(error: &reqwest::Error) -> Failure {
        Failure::from_trouble(Trouble::of(error))
    }

    /// The same, of one whose bytes broke off.
    pub(crate) fn from_body(url: &Url, error: reqwest::Error) -> Failure {
        match Trouble::at(url, error) {
            Trouble::Broken { through, .. } => Failure::Half { through: through.map(|proxy| proxy.to_string()) },
            trouble => Failure::from_trouble(trouble),
        }
    }

    /// An answer that its host ended as if it were whole.
    pub(crate) const fn half() -> Failure {
        Failure::Half { through: None }
    }

    fn from_trouble(trouble: Trouble) -> Failure {
        match trouble {
            Trouble::TimedOut { through } => Failure::TimedOut { through: through.map(|proxy| proxy.to_string()) },
            Trouble::Broken { through: None, .. } => {
                Failure::CutOff("the connection ended before the answer was complete".into())
            }
            Trouble::Broken { through: Some(proxy), .. } => Failure::CutOff(format!(
                "the connection through the proxy at {proxy} ended before the answer was complete"
            )),
            trouble => Failure::Offline(trouble.to_string()),
        }
    }

    /// Whether the same request may succeed in a moment.
    pub(crate) fn is_worth_a_retry(&self) -> bool {
        match self {
            Failure::Answered(answer) => match answer.status {
                429 => !answer.is_quota(),
                500 | 502 | 503 | 504 | 520..=524 | 529 => !answer.will_not_pass(),
                _ => false,
            },
            Failure::CutOff(_) | Failure::Half { .. } => true,
            Failure::TimedOut { .. } | Failure::Offline(_) | Failure::Redirected(_) | Failure::NotAnAnswer(_) => false,
        }
    }

    /// How long the host asked to wait.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        match self {
            Failure::Answered(answer) => answer.retry_after,
            _ => None,
        }
    }

    /// The answer that holds the error, when there was one.
    pub(crate) fn answer(&self) -> Option<&ErrorAnswer> {
        match self {
            Failure::Answered(answer) => Some(answer),
            _ => None,
        }
    }

    /// Takes a secret out of what the host said: some quote the key that they refuse.
    pub(crate) fn without(mut self, secret: &str) -> Failure {
        if let (Failure::Answered(answer), false) = (&mut self, secret.is_empty()) {
            answer.message = answer.message.replace(secret, "…");
        }
        self
    }

    /// The error for people.
    pub(crate) fn explain(self, host: &str, model: &str, waited: Duration) -> DescribeError {
        let host = host.to_owned();
        match self {
            Failure::TimedOut { through } => DescribeError::TimedOut { host, waited, through },
            Failure::Offline(reason) | Failure::CutOff(reason) => DescribeError::Offline { host, reason },
            Failure::Redirected(to) => DescribeError::BadEndpoint {
                why: format!("{host} redirects to {to}; enter that address if you trust it, the key isn’t sent along"),
            },
            half @ Failure::Half { .. } => DescribeError::Unusable { host, why: half.to_string() },
            Failure::NotAnAnswer(why) => DescribeError::Unusable { host, why },
            Failure::Answered(answer) => explain_answer(*answer, host, model),
        }
    }
}

fn explain_answer(answer: ErrorAnswer, host: String, model: &str) -> DescribeError {
    let said = answer.quoted();
    // An error inside a success has no status of its own.
    let status = if answer.status >= 400 { format!(" (HTTP status {})", answer.status) } else { String::new() };
    let reason = match (said.is_empty(), status.is_empty()) {
        (false, _) => format!("{said}{status}."),
        (true, false) => format!("it answered with HTTP status {}.", answer.status),
        (true, true) => "it is an error without a reason.".to_owned(),
    };
    let model = model.to_owned();
    if answer.is_blind() {
        return DescribeError::ModelCannotSee { host, model, said, sure: true };
    }
    if answer.is_quota() {
        return DescribeError::QuotaExhausted { host, said };
    }
    let model_unknown = answer.says(&[
        "model_not_found",
        "unknown model",
        "unknown_model",
        "invalid model",
        "no such model",
        "not a valid model",
        "no endpoints found for",
    ]) || (matches!(answer.status, 403 | 404) && answer.message.to_lowercase().contains("model"));
    match answer.status {
        401 if answer.says(&["organization", "project"]) => DescribeError::NoPermission { host, reason },
        401 => DescribeError::KeyRejected { host, said },
        400 | 403 | 404 | 422 if model_unknown => DescribeError::ModelUnknown { host, model, said },
        400 | 403 if answer.says(&["content_policy", "content_filter", "moderation", "safety", "flagged"]) => {
            DescribeError::Refused { reason }
        }
        400 if answer.says(&["invalid_api_key", "api key not valid", "api_key_invalid"]) => {
            DescribeError::KeyRejected { host, said }
        }
        403 => DescribeError::NoPermission { host, reason },
        404 | 405 => {
            let said = if said.is_empty() { said } else { format!(", {said}") };
            let why = format!(
                "there is nothing at that address of {host} (HTTP status {}{said}); a base address usually ends in /v1",
                answer.status
            );
            DescribeError::BadEndpoint { why }
        }
        429 => DescribeError::RateLimited { host, retry_after: answer.retry_after, said },
        500.. if !answer.will_not_pass() => DescribeError::Unavailable { host, status: answer.status, said },
        _ => DescribeError::Unusable { host, why: reason },
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn explained(status: u16, body: &str) -> DescribeError {
        let answer = ErrorAnswer::read(status, None, body.as_bytes());
        Failure::Answered(Box::new(answer)).explain("h.example", "gpt-9", Duration::from_secs(1))
    }

    #[rstest]
    #[case(401, r#"{"error":{"message":"Incorrect API key provided: sk-ab***yz.","type":"invalid_request_error","param":null,"code":"invalid_api_key"}}"#, "key_rejected")]
    #[case(401, r#"{"error":{"message":"You must be a member of an organization to use the API","type":"invalid_request_error"}}"#, "no_permission")]
    #[case(403, r#"{"error":{"message":"Country, region, or territory not supported","code":"unsupported_country_region_territory"}}"#, "no_permission")]
    #[case(
        403,
        r#"{"error":{"message":"Project `p` does not have access to model `gpt-9`","code":"model_not_found"}}"#,
        "model_unknown"
    )]
    #[case(404, r#"{"error":{"message":"The model `gpt-9` does not exist or you do not have access to it.","type":"invalid_request_error","param":null,"code":"model_not_found"}}"#, "model_unknown")]
    #[case(404, r#"{"error":"model 'gpt-9' not found, try pulling it first"}"#, "model_unknown")]
    #[case(404, "404 page not found", "bad_endpoint")]
    #[case(429, r#"{"error":{"message":"You exceeded your current quota","type":"insufficient_quota","param":null,"code":"insufficient_quota"}}"#, "quota_exhausted")]
    #[case(402, r#"{"error":{"message":"Insufficient credits","code":402}}"#, "quota_exhausted")]
    #[case(
        429,
        r#"{"error":{"message":"Rate limit reached","type":"requests","code":"rate_limit_exceeded"}}"#,
        "rate_limited"
    )]
    #[case(
        400,
        r#"{"error":{"message":"flagged","type":"invalid_request_error","code":"content_policy_violation"}}"#,
        "refused"
    )]
    #[case(
        400,
        r#"{"error":{"message":"Invalid image data","type":"invalid_request_error","code":"invalid_image"}}"#,
        "unusable"
    )]
    #[case(503, "<html>Service unavailable</html>", "unavailable")]
    #[case(529, r#"{"error":{"type":"overloaded_error","message":"Overloaded"}}"#, "unavailable")]
    fn each_answer_has_its_error(#[case] status: u16, #[case] body: &str, #[case] code: &str) {
        assert_eq!(explained(status, body).code(), code);
    }

    #[rstest]
    #[case(404, r#"{"error":{"message":"No endpoints found that support image input","code":404}}"#)]
    #[case(500, r#"{"error":{"code":500,"message":"image input is not supported","type":"server_error"}}"#)]
    fn a_model_that_sees_nothing(#[case] status: u16, #[case] body: &str) {
        let error = explained(status, body);
        assert_eq!(error.code(), "model_cannot_see");
        let message = error.to_string();
        assert!(message.starts_with("The model “gpt-9” at h.example can’t see pictures. "), "{message}");
        assert!(message.contains("support"), "{message}");
    }

    #[rstest]
    #[case(401, "No auth credentials found")]
    #[case(402, "This request requires more credits")]
    #[case(403, "Country not supported")]
    #[case(404, "The model `gpt-9` does not exist")]
    #[case(404, "No endpoints found matching your data policy")]
    #[case(429, "gpt-9 is temporarily rate-limited upstream")]
    #[case(500, "CUDA error: out of memory")]
    #[case(500, "the request exceeds the available context size")]
    #[case(503, "Loading the weights")]
    #[case(418, "I am a teapot")]
    fn every_sentence_has_the_hosts_own_reason(#[case] status: u16, #[case] reason: &str) {
        let behind = serde_json::json!({"error": {"message": "Provider returned error", "code": status,
            "metadata": {"raw": format!(r#"{{"error":{{"message":"{reason}"}}}}"#), "provider_name": "Somebody"}}});
        let message = explained(status, &behind.to_string()).to_string();
        assert!(message.contains(&format!("“{reason}”")), "{message}");
    }

    #[test]
    fn what_the_host_said_is_quoted() {
        let message = explained(422, r#"{"detail":[{"loc":["body","store"],"msg":"Extra inputs are not permitted"}]}"#);
        assert_eq!(
            message.to_string(),
            "h.example answered, but the answer can’t be used: “Extra inputs are not permitted” (HTTP status 422)."
        );
    }

    #[test]
    fn only_what_may_pass_is_tried_again() {
        let answered =
            |status, body: &str| Failure::Answered(Box::new(ErrorAnswer::read(status, None, body.as_bytes())));
        assert!(answered(429, "{}").is_worth_a_retry());
        assert!(answered(503, "").is_worth_a_retry());
        assert!(!answered(429, r#"{"error":{"code":"insufficient_quota"}}"#).is_worth_a_retry());
        assert!(!answered(401, "{}").is_worth_a_retry());
        assert!(!answered(400, "{}").is_worth_a_retry());
        assert!(!Failure::TimedOut { through: None }.is_worth_a_retry());
        for reason in ["image input is not supported", "System role not supported", "failed to parse grammar"] {
            assert!(!answered(500, &format!(r#"{{"error":{{"message":"{reason}"}}}}"#)).is_worth_a_retry(), "{reason}");
        }
        assert!(
            answered(500, r#"{"error":{"message":"The server had an error while processing it."}}"#).is_worth_a_retry()
        );
    }
}
