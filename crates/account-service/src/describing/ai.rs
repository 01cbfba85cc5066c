//! The AI of a service.

use std::time::Duration;

use describe::{DescribeError, Describer, Endpoint};

use crate::config::AiConfig;

/// The longest wait for one answer.
const ANSWER: Duration = Duration::from_secs(120);

/// The AI of this service.
pub struct Describing {
    pub(super) describer: Describer,
}

impl Describing {
    /// With this key and model.
    ///
    /// # Errors
    /// When the address can't be used.
    pub fn new(config: &AiConfig) -> Result<Self, DescribeError> {
        let endpoint = Endpoint {
            base_url: config.base_url.clone(),
            timeout: ANSWER,
            ..Endpoint::new(config.key.clone(), config.model.clone())
        };
        Ok(Self { describer: Describer::new(endpoint)? })
    }
}
