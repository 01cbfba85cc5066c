//! How async-openai is told whom to ask. Its own configuration reads keys and addresses from the environment; this one
//! can't.

use async_openai::config::Config;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use crate::{DescribeError, Endpoint};

/// Everything that goes into a request besides its body.
#[derive(Debug, Clone)]
pub(crate) struct Direct {
    base: Url,
    base_path: String,
    query: Vec<(String, String)>,
    headers: HeaderMap,
    key: SecretString,
}

impl Direct {
    pub(crate) fn new(endpoint: &Endpoint) -> Result<Direct, DescribeError> {
        let mut base = endpoint.base()?;
        let query = base.query_pairs().into_owned().collect();
        base.set_query(None);
        let mut headers = HeaderMap::new();
        let key = endpoint.key.expose_secret().trim();
        if !key.is_empty() {
            let mut value = header(&format!("Bearer {key}"), "the API key")?;
            value.set_sensitive(true);
            headers.insert(AUTHORIZATION, value);
        }
        let own = |value: &Option<String>| value.as_deref().map(str::trim).filter(|v| !v.is_empty()).map(str::to_owned);
        if let Some(organisation) = own(&endpoint.organisation) {
            headers.insert("openai-organization", header(&organisation, "the organisation")?);
        }
        if let Some(project) = own(&endpoint.project) {
            headers.insert("openai-project", header(&project, "the project")?);
        }
        let base_path = base.as_str().trim_end_matches('/').to_owned();
        Ok(Direct { base, base_path, query, headers, key: key.to_owned().into() })
    }
}

fn header(value: &str, what: &str) -> Result<HeaderValue, DescribeError> {
    HeaderValue::from_str(value)
        .map_err(|_| DescribeError::BadEndpoint { why: format!("{what} contains characters that can’t be sent") })
}

impl Config for Direct {
    fn headers(&self) -> HeaderMap {
        self.headers.clone()
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base_path)
    }

    fn query(&self) -> Vec<(&str, &str)> {
        self.query.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
    }

    fn api_base(&self) -> &str {
        self.base.as_str()
    }

    fn api_key(&self) -> &SecretString {
        &self.key
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_carry_what_was_given_and_nothing_else() {
        let mut endpoint = Endpoint::new(" sk-1\n".into(), "m");
        endpoint.organisation = Some("org-1".into());
        endpoint.project = Some("  ".into());
        let direct = Direct::new(&endpoint).unwrap();
        assert_eq!(direct.url("/responses"), "https://api.openai.com/v1/responses");
        let headers = direct.headers();
        assert_eq!(headers[AUTHORIZATION], "Bearer sk-1");
        assert_eq!(headers["openai-organization"], "org-1");
        assert_eq!(headers.len(), 2);
        assert!(!format!("{direct:?}").contains("sk-1"));
    }

    #[test]
    fn no_key_means_no_header() {
        let base_url = Some(Url::parse("http://localhost:1/v1?api-version=3").unwrap());
        let direct = Direct::new(&Endpoint { base_url, ..Endpoint::new("".into(), "m") }).unwrap();
        assert!(direct.headers().is_empty());
        assert_eq!(direct.url("/chat/completions"), "http://localhost:1/v1/chat/completions");
        assert_eq!(direct.query(), [("api-version", "3")]);
    }

    #[test]
    fn a_key_that_no_header_can_carry() {
        assert_eq!(Direct::new(&Endpoint::new("sk\n1".into(), "m")).unwrap_err().code(), "bad_endpoint");
    }
}
