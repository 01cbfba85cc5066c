//! Asking for a description.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_openai::Client;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use secrecy::ExposeSecret;
use serde_json::Value;

use crate::answer::{self, Reply, Useless};
use crate::config::Direct;
use crate::dialect::{Dialect, Learnt};
use crate::failure::Failure;
use crate::{Api, DescribeError, Description, Endpoint, Reached, chat, prompt, responses, retry, transport};

/// How long is waited in all between tries of one request, unless told otherwise.
const PATIENCE: Duration = Duration::from_secs(20);

/// Asks one endpoint for descriptions. Cheap to clone; clones share connections and what they learn of the endpoint.
#[derive(Debug, Clone)]
pub struct Describer {
    endpoint: Arc<Endpoint>,
    client: Client<Direct>,
    learnt: Arc<Learnt>,
    patience: Duration,
    on_wait: OnWait,
}

/// Hears of waits.
#[derive(Clone, Default)]
struct OnWait(Option<Arc<dyn Fn(DescribeError, Duration) + Send + Sync>>);

impl fmt::Debug for OnWait {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "OnWait(told)" } else { "OnWait" })
    }
}

impl Describer {
    /// Prepares requests; sends nothing yet.
    ///
    /// # Errors
    /// [`DescribeError::KeyMissing`] when OpenAI itself is to be asked without a key, [`DescribeError::BadEndpoint`] when
    /// the settings make no request possible.
    pub fn new(endpoint: Endpoint) -> Result<Describer, DescribeError> {
        if endpoint.is_openai() && endpoint.key.expose_secret().trim().is_empty() {
            return Err(DescribeError::KeyMissing { host: endpoint.host() });
        }
        if endpoint.model.trim().is_empty() {
            return Err(DescribeError::BadEndpoint { why: "no model is chosen".into() });
        }
        let config = Direct::new(&endpoint)?;
        let http = transport::client(endpoint.timeout)?;
        let client = Client::build(http.clone(), config).with_http_service(transport::service(http));
        Ok(Describer {
            endpoint: Arc::new(endpoint),
            client,
            learnt: Arc::default(),
            patience: PATIENCE,
            on_wait: OnWait::default(),
        })
    }

    /// Waits at most this long in all between tries after "too many requests" and server errors (20 s otherwise). Zero
    /// means one try.
    #[must_use]
    pub fn with_patience(mut self, patience: Duration) -> Describer {
        self.patience = patience;
        self
    }

    /// Tells why and how long is waited before a request is tried again, when a wait begins.
    #[must_use]
    pub fn telling_waits(mut self, on_wait: impl Fn(DescribeError, Duration) + Send + Sync + 'static) -> Describer {
        self.on_wait = OnWait(Some(Arc::new(on_wait)));
        self
    }

    /// The host that gets the pictures.
    pub fn host(&self) -> String {
        self.endpoint.host()
    }

    /// The model that is asked.
    pub fn model(&self) -> &str {
        self.endpoint.model.trim()
    }

    /// Describes one picture.
    ///
    /// `jpeg` is sent as it is: give it a small one without metadata (`pictures::rendition` at 1,024 pixels makes such).
    /// `prompt` replaces [`default_prompt`](crate::default_prompt); the form of the answer stays.
    ///
    /// # Errors
    /// See [`DescribeError`].
    pub async fn describe(&self, jpeg: &[u8], prompt: Option<&str>) -> Result<Description, DescribeError> {
        let data_url = format!("data:image/jpeg;base64,{}", STANDARD.encode(jpeg));
        let task = prompt::task(prompt);
        let mut dialect = self.learnt.dialect();
        let reply = loop {
            let asked = retry::with_patience(
                self.patience,
                |failure, wait| self.tell_wait(failure, wait),
                || self.ask(&task, &data_url, dialect),
            );
            let failure = match asked.await {
                Ok(reply) => break reply,
                Err(failure) => failure,
            };
            let less = failure.answer().and_then(|refused| dialect.without(refused, self.endpoint.is_openai()));
            let Some(less) = less else {
                return Err(self.explain(failure));
            };
            tracing::debug!(%failure, ?less, "asking in a simpler way");
            dialect = less;
        };
        self.learnt.works_with(dialect);
        reply.and_then(|reply| answer::read(reply, self.model())).map_err(|useless| match useless {
            Useless::Refused(reason) => DescribeError::Refused { reason },
            Useless::Unusable(why) => DescribeError::Unusable { host: self.host(), why },
            Useless::Blind(said) => {
                let said = format!("“{}”", said.trim_end_matches('.'));
                DescribeError::ModelCannotSee { host: self.host(), model: self.model().to_owned(), said, sure: false }
            }
        })
    }

    /// Asks the endpoint what models it has: whether it is there and takes the key, without a picture being sent and without
    /// cost. Servers that have no such list are there all the same.
    ///
    /// # Errors
    /// See [`DescribeError`]; those that concern a key, an address, or a connection.
    pub async fn reach(&self) -> Result<Reached, DescribeError> {
        let answer: Result<Value, _> = self.client.models().list_byot().await;
        match answer.map_err(Failure::from_client) {
            Ok(list) => Ok(Reached::of(&list, self.model())),
            // 403: OpenAI's restricted keys may describe pictures and not list models.
            Err(Failure::Answered(answer)) if matches!(answer.status, 403 | 404 | 405 | 501) => Ok(Reached::NoList),
            Err(failure) => Err(self.explain(failure)),
        }
    }

    fn explain(&self, failure: Failure) -> DescribeError {
        let failure = failure.without(self.endpoint.key.expose_secret().trim());
        failure.explain(&self.host(), self.model(), self.endpoint.timeout)
    }

    fn tell_wait(&self, failure: &Failure, wait: Duration) {
        if let Some(on_wait) = &self.on_wait.0 {
            on_wait(self.explain(failure.clone()), wait);
        }
    }

    async fn ask(&self, task: &str, data_url: &str, dialect: Dialect) -> Result<Result<Reply, Useless>, Failure> {
        let (task, data_url) = (task.to_owned(), data_url.to_owned());
        let read: fn(&Value) -> Result<Reply, Useless>;
        let answer: Result<Value, _> = if self.endpoint.spoken_api() == Api::Responses {
            read = responses::reply;
            let request = responses::request(self.model(), task, data_url, dialect);
            self.client.responses().create_byot(request).await
        } else {
            read = chat::reply;
            let request = chat::request(self.model(), task, data_url, dialect);
            self.client.chat().create_byot(request).await
        };
        Ok(read(&answer.map_err(Failure::from_client)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn openai_wants_a_key_and_others_may_not() {
        assert_eq!(Describer::new(Endpoint::new(" ".into(), "m")).unwrap_err().code(), "key_missing");
        let local = Endpoint { base_url: Some("http://localhost:1".parse().unwrap()), ..Endpoint::new("".into(), "m") };
        assert_eq!(Describer::new(local).unwrap().host(), "localhost:1");
    }

    #[test]
    fn it_can_run_on_any_thread() {
        fn sendable<T: Send + 'static>(_: T) {}
        let describer = Describer::new(Endpoint::new("k".into(), "m")).unwrap();
        sendable(async move { describer.describe(b"", None).await });
    }

    #[test]
    fn a_model_is_needed() {
        assert_eq!(Describer::new(Endpoint::new("k".into(), " ")).unwrap_err().code(), "bad_endpoint");
    }
}
