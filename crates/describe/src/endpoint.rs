//! Who is asked, and with which key.

use std::time::Duration;

use secrecy::SecretString;
use url::Url;

use crate::DescribeError;

/// The host of OpenAI itself.
pub const OPENAI_HOST: &str = "api.openai.com";

/// Where descriptions come from. Nothing of it is ever taken from the environment.
#[derive(Debug, Clone)]
pub struct Endpoint {
    /// Base address such as `https://api.openai.com/v1` or `http://localhost:11434/v1`; `None` means OpenAI itself.
    pub base_url: Option<Url>,
    /// The API key. May be empty for servers that want none, never for OpenAI itself.
    pub key: SecretString,
    /// The model's name, such as `gpt-5-mini`.
    pub model: String,
    /// `OpenAI-Organization`, for people who belong to several.
    pub organisation: Option<String>,
    /// `OpenAI-Project`.
    pub project: Option<String>,
    /// Longest wait for one answer. Retries after "too many requests" come on top, see [`Describer`](crate::Describer).
    pub timeout: Duration,
    /// Which of OpenAI's two APIs to speak.
    pub api: Api,
}

/// Which of OpenAI's two APIs to speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Api {
    /// Responses for OpenAI itself, Chat Completions for every other host.
    #[default]
    Auto,
    /// `POST /responses`.
    Responses,
    /// `POST /chat/completions`.
    ChatCompletions,
}

impl Endpoint {
    /// OpenAI itself, two minutes for an answer.
    pub fn new(key: SecretString, model: impl Into<String>) -> Endpoint {
        Endpoint {
            base_url: None,
            key,
            model: model.into(),
            organisation: None,
            project: None,
            timeout: Duration::from_secs(120),
            api: Api::Auto,
        }
    }

    /// The host that gets the pictures, with its port when that is not the usual one.
    pub fn host(&self) -> String {
        let Some(url) = &self.base_url else { return OPENAI_HOST.to_owned() };
        let host = url.host_str().unwrap_or_default();
        url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }

    /// Whether this is OpenAI itself.
    pub fn is_openai(&self) -> bool {
        self.base_url.as_ref().is_none_or(|url| url.host_str() == Some(OPENAI_HOST))
    }

    /// Which API will be spoken; never [`Api::Auto`].
    pub fn spoken_api(&self) -> Api {
        match self.api {
            Api::Auto if self.is_openai() => Api::Responses,
            Api::Auto => Api::ChatCompletions,
            chosen => chosen,
        }
    }

    /// The base address without a trailing slash. People paste all sorts of addresses: a missing `/v1` is added when
    /// there is no path at all, and a pasted `/chat/completions` or `/responses` is taken off.
    pub(crate) fn base(&self) -> Result<Url, DescribeError> {
        let Some(given) = &self.base_url else {
            let openai = format!("https://{OPENAI_HOST}/v1");
            return Url::parse(&openai).map_err(|error| DescribeError::BadEndpoint { why: error.to_string() });
        };
        if !matches!(given.scheme(), "http" | "https") || given.host_str().is_none() {
            return Err(DescribeError::BadEndpoint {
                why: format!("“{given}” is no web address; it should begin with https:// or http://"),
            });
        }
        let mut url = given.clone();
        url.set_fragment(None);
        let mut path = given.path().trim_end_matches('/');
        for call in ["/chat/completions", "/responses"] {
            path = path.strip_suffix(call).unwrap_or(path);
        }
        let path = if path.is_empty() { "/v1" } else { path }.to_owned();
        url.set_path(&path);
        Ok(url)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn endpoint(base_url: &str) -> Endpoint {
        Endpoint { base_url: Some(Url::parse(base_url).unwrap()), ..Endpoint::new("k".into(), "m") }
    }

    #[rstest]
    #[case("https://api.openai.com", "https://api.openai.com/v1")]
    #[case("https://api.openai.com/v1/", "https://api.openai.com/v1")]
    #[case("http://localhost:11434", "http://localhost:11434/v1")]
    #[case("http://localhost:11434/v1/chat/completions", "http://localhost:11434/v1")]
    #[case("https://openrouter.ai/api/v1/", "https://openrouter.ai/api/v1")]
    #[case("https://x.example/v1/responses?api-version=2", "https://x.example/v1?api-version=2")]
    fn addresses_as_people_paste_them(#[case] given: &str, #[case] base: &str) {
        assert_eq!(endpoint(given).base().unwrap().as_str(), base);
    }

    #[test]
    fn other_schemes_are_refused() {
        assert_eq!(endpoint("ftp://x.example/v1").base().unwrap_err().code(), "bad_endpoint");
    }

    #[rstest]
    #[case("https://api.openai.com/v1", "api.openai.com", Api::Responses)]
    #[case("http://127.0.0.1:8080/v1", "127.0.0.1:8080", Api::ChatCompletions)]
    #[case("https://openrouter.ai/api/v1", "openrouter.ai", Api::ChatCompletions)]
    fn the_host_decides_the_api(#[case] base: &str, #[case] host: &str, #[case] api: Api) {
        assert_eq!(endpoint(base).host(), host);
        assert_eq!(endpoint(base).spoken_api(), api);
    }

    #[test]
    fn no_address_means_openai() {
        let openai = Endpoint::new("k".into(), "m");
        assert_eq!((openai.host().as_str(), openai.spoken_api()), (OPENAI_HOST, Api::Responses));
        let chosen = Endpoint { api: Api::ChatCompletions, ..openai };
        assert_eq!(chosen.spoken_api(), Api::ChatCompletions);
    }

    #[test]
    fn the_key_is_not_printed() {
        let shown = format!("{:?}", Endpoint::new("sk-very-secret".into(), "m"));
        assert!(!shown.contains("sk-very-secret"), "{shown}");
    }
}
