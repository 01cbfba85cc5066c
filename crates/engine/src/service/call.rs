//! One call, ready to be sent and sent again.

use std::time::Duration;

use reqwest::Method;
use serde::Serialize;
use url::Url;

use crate::{EngineError, ErrorKind};

/// How long most calls may take.
const USUAL: Duration = Duration::from_secs(60);

/// One call.
#[derive(Debug, Clone)]
pub(super) struct Call {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) body: Option<Vec<u8>>,
    /// For the whole call, from connecting to the answer's last byte.
    pub(super) limit: Duration,
    /// Whether sending it twice does no more than sending it once.
    pub(super) repeatable: bool,
}

impl Call {
    pub(super) fn new(method: Method, url: Url) -> Self {
        Self { method, url, body: None, limit: USUAL, repeatable: true }
    }

    /// With a JSON body.
    pub(super) fn json(mut self, body: &impl Serialize) -> Result<Self, EngineError> {
        let body = serde_json::to_vec(body).map_err(|error| {
            EngineError::new(ErrorKind::Internal, messages::Error::Unexpected { why: error.to_string() })
        })?;
        self.body = Some(body);
        Ok(self)
    }

    /// With a query, from a flat struct.
    pub(super) fn query(mut self, query: &impl Serialize) -> Result<Self, EngineError> {
        let pairs = serde_json::to_value(query).map_err(|error| {
            EngineError::new(ErrorKind::Internal, messages::Error::Unexpected { why: error.to_string() })
        })?;
        if let Some(pairs) = pairs.as_object().filter(|pairs| !pairs.is_empty()) {
            let mut url = self.url.query_pairs_mut();
            for (name, value) in pairs {
                match value {
                    serde_json::Value::Null => {}
                    serde_json::Value::String(text) => _ = url.append_pair(name, text),
                    other => _ = url.append_pair(name, &other.to_string()),
                }
            }
        }
        Ok(self)
    }

    /// With another time limit.
    pub(super) fn within(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }

    /// Not to be sent twice.
    pub(super) fn once(mut self) -> Self {
        self.repeatable = false;
        self
    }
}
