//! What went wrong with one request, and which of the errors for people that is.

use std::time::Duration;

use async_openai::error::OpenAIError;
use serde_json::Value;

use crate::DescribeError;
use crate::description::clean_line;

/// What went wrong with one request.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub(crate) enum Failure {
    /// The host answered with an error.
    #[error("HTTP status {}", .0.status)]
    Answered(Box<ErrorAnswer>),
    /// No answer in time.
    #[error("timed out")]
    TimedOut,
    /// No connection.
    #[error("{0}")]
    Offline(String),
    /// The connection ended in the middle of an exchange.
    #[error("the connection ended before the answer was complete")]
    CutOff,
    /// The host sends us elsewhere; a key is never carried along.
    #[error("redirected to {0}")]
    Redirected(String),
    /// An answer that isn't JSON, or far too long.
    #[error("{0}")]
    NotAnAnswer(String),
}

/// An error as a host answered it.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct ErrorAnswer {
    pub(crate) status: u16,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) code: String,
    pub(crate) kind: String,
    pub(crate) param: String,
    pub(crate) message: String,
}

impl ErrorAnswer {
    /// Reads the error objects of OpenAI and of the servers that imitate it, each in their own way:
    /// `{"error":{"message","type","param","code"}}`, `{"error":"…"}`, `{"message":"…"}`, `{"detail":"…"}`,
    /// `{"detail":[{"msg":"…"}]}`, or plain text.
    pub(crate) fn read(status: u16, retry_after: Option<Duration>, body: &[u8]) -> ErrorAnswer {
        let mut answer = ErrorAnswer { status, retry_after, ..ErrorAnswer::default() };
        let Ok(value) = serde_json::from_slice::<Value>(body) else {
            let text = String::from_utf8_lossy(&body[..body.len().min(4096)]).into_owned();
            if !text.trim_start().starts_with('<') {
                answer.message = clean_line(&text, 300);
            }
            return answer;
        };
        let error = value.get("error").filter(|error| !error.is_null()).unwrap_or(&value);
        let text = |name: &str| match error.get(name) {
            Some(Value::String(text)) => clean_line(text, 300),
            Some(Value::Number(number)) => number.to_string(),
            _ => String::new(),
        };
        answer.code = text("code");
        answer.kind = text("type");
        answer.param = text("param");
        answer.message = match (error, error.get("detail")) {
            (Value::String(message), _) => clean_line(message, 300),
            (_, Some(Value::String(detail))) => clean_line(detail, 300),
            (_, Some(Value::Array(details))) => {
                let messages: Vec<&str> = details.iter().filter_map(|d| d.get("msg")?.as_str()).collect();
                let places: Vec<String> = details.iter().filter_map(|d| Some(d.get("loc")?.to_string())).collect();
                answer.param = clean_line(&places.join(" "), 300);
                clean_line(&messages.join("; "), 300)
            }
            _ => text("message"),
        };
        answer
    }

    fn says(&self, words: &[&str]) -> bool {
        let all = format!("{} {} {} {}", self.code, self.kind, self.param, self.message).to_lowercase();
        words.iter().any(|word| all.contains(word))
    }

    fn is_quota(&self) -> bool {
        self.status == 402
            || self.says(&["insufficient_quota", "billing_hard_limit", "billing_not_active", "insufficient credit"])
    }
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
        if error.is_timeout() {
            return Failure::TimedOut;
        }
        let mut causes = Vec::new();
        let mut source: Option<&dyn std::error::Error> = Some(error);
        while let Some(cause) = source {
            causes.push(cause.to_string().to_lowercase());
            source = cause.source();
        }
        let all = causes.join(" ");
        let said = |words: &[&str]| words.iter().any(|word| all.contains(word));
        if error.is_connect() {
            let reason = if said(&["dns", "resolve", "name or service", "nodename", "no such host"]) {
                "its name can't be found (is this computer online?)"
            } else if said(&["refused"]) {
                "nothing listens there (the connection was refused)"
            } else if said(&["certificate", "tls", "handshake"]) {
                "no secure connection could be made (its certificate isn't trusted, or it doesn't speak TLS)"
            } else {
                "no connection could be made"
            };
            return Failure::Offline(reason.to_owned());
        }
        Failure::CutOff
    }

    /// Whether the same request may succeed in a moment.
    pub(crate) fn is_worth_a_retry(&self) -> bool {
        match self {
            Failure::Answered(answer) => match answer.status {
                429 => !answer.is_quota(),
                500 | 502 | 503 | 504 | 520..=524 | 529 => true,
                _ => false,
            },
            Failure::CutOff => true,
            Failure::TimedOut | Failure::Offline(_) | Failure::Redirected(_) | Failure::NotAnAnswer(_) => false,
        }
    }

    /// How long the host asked to wait.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        match self {
            Failure::Answered(answer) => answer.retry_after,
            _ => None,
        }
    }

    /// Whether the host objects to the form in which the answer was asked.
    pub(crate) fn is_about_structure(&self) -> bool {
        let Failure::Answered(answer) = self else { return false };
        matches!(answer.status, 400 | 404 | 415 | 422 | 500 | 501)
            && answer.says(&[
                "response_format",
                "text.format",
                "json_schema",
                "json_object",
                "json schema",
                "structured output",
                "guided",
                "grammar",
            ])
    }

    /// Whether the host objects to `store`.
    pub(crate) fn is_about_store(&self) -> bool {
        let Failure::Answered(answer) = self else { return false };
        matches!(answer.status, 400 | 422) && answer.says(&["store"])
    }

    /// Whether the host refuses the request's form in words that nobody here knows.
    pub(crate) fn is_unexplained_refusal(&self) -> bool {
        let Failure::Answered(answer) = self else { return false };
        matches!(answer.status, 400 | 422) && !answer.says(&["model", "image", "context", "token", "filter", "policy"])
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
            Failure::TimedOut => DescribeError::TimedOut { host, waited },
            Failure::Offline(reason) => DescribeError::Offline { host, reason },
            Failure::CutOff => {
                DescribeError::Offline { host, reason: "the connection ended before the answer was complete".into() }
            }
            Failure::Redirected(to) => DescribeError::BadEndpoint {
                why: format!("{host} redirects to {to}; enter that address if you trust it, the key isn't sent along"),
            },
            Failure::NotAnAnswer(why) => DescribeError::Unusable { host, why },
            Failure::Answered(answer) => explain_answer(*answer, host, model),
        }
    }
}

fn explain_answer(answer: ErrorAnswer, host: String, model: &str) -> DescribeError {
    let said = if answer.message.is_empty() {
        format!("it answered with HTTP status {}.", answer.status)
    } else {
        format!("“{}” (HTTP status {}).", answer.message.trim_end_matches('.'), answer.status)
    };
    if answer.is_quota() {
        return DescribeError::QuotaExhausted { host };
    }
    let model_unknown =
        answer.says(&["model_not_found", "unknown model", "unknown_model", "invalid model", "no such model"])
            || (matches!(answer.status, 403 | 404) && answer.message.to_lowercase().contains("model"));
    match answer.status {
        401 if answer.says(&["organization", "project"]) => DescribeError::NoPermission { host, reason: said },
        401 => DescribeError::KeyRejected { host },
        400 | 403 | 404 | 422 if model_unknown => DescribeError::ModelUnknown { host, model: model.to_owned() },
        400 | 403 if answer.says(&["content_policy", "content_filter", "moderation", "safety"]) => {
            DescribeError::Refused { reason: said }
        }
        400 if answer.says(&["invalid_api_key", "api key not valid", "api_key_invalid"]) => {
            DescribeError::KeyRejected { host }
        }
        403 => DescribeError::NoPermission { host, reason: said },
        404 | 405 => DescribeError::BadEndpoint {
            why: format!(
                "there is nothing at that address of {host} (HTTP status {}); a base address usually ends in /v1",
                answer.status
            ),
        },
        429 => DescribeError::RateLimited { host, retry_after: answer.retry_after },
        500.. => DescribeError::Unavailable { host, status: answer.status },
        _ => DescribeError::Unusable { host, why: said },
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

    #[test]
    fn what_the_host_said_is_quoted() {
        let message = explained(422, r#"{"detail":[{"loc":["body","store"],"msg":"Extra inputs are not permitted"}]}"#);
        assert_eq!(
            message.to_string(),
            "h.example answered, but the answer can't be used: “Extra inputs are not permitted” (HTTP status 422)."
        );
    }

    #[test]
    fn objections_are_told_apart() {
        let failure = |body: &str| Failure::Answered(Box::new(ErrorAnswer::read(400, None, body.as_bytes())));
        assert!(failure(r#"{"error":{"message":"Unsupported","param":"response_format"}}"#).is_about_structure());
        assert!(failure(r#"{"error":{"message":"Unknown parameter: 'store'."}}"#).is_about_store());
        assert!(failure(r#"{"error":{"message":"bad request"}}"#).is_unexplained_refusal());
        assert!(!failure(r#"{"error":{"message":"Invalid image"}}"#).is_unexplained_refusal());
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
        assert!(!Failure::TimedOut.is_worth_a_retry());
    }
}
