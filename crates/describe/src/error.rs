//! Why there is no description, in words that are true.

use std::time::Duration;

/// Why there is no description. A closed list: [`code`](DescribeError::code) for programs, `Display` for people. Every
/// sentence names the host, never the key, and never the picture's contents.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DescribeError {
    /// No key was given, and this host wants one.
    #[error("No API key is set for {host}. Add one in Settings, under Descriptions.")]
    KeyMissing {
        /// Who would have been asked.
        host: String,
    },
    /// The host doesn't accept the key.
    #[error("{host} refused the API key. Check it in Settings, under Descriptions.{}", words(.said))]
    KeyRejected {
        /// Who was asked.
        host: String,
        /// The host's own words; may be empty.
        said: String,
    },
    /// The key is good, but not for this.
    #[error("{host} says that this API key may not do this: {reason}")]
    NoPermission {
        /// Who was asked.
        host: String,
        /// What the host said.
        reason: String,
    },
    /// There is no such model there, or not for this key.
    #[error("{host} has no model “{model}” for this API key. Choose another in Settings, under Descriptions.{}", words(.said))]
    ModelUnknown {
        /// Who was asked.
        host: String,
        /// The model asked for.
        model: String,
        /// The host's own words; may be empty.
        said: String,
    },
    /// The model takes no pictures.
    #[error(
        "The model “{model}” at {host} can't see pictures. Choose one that can in Settings, under Descriptions.{}",
        words(.said)
    )]
    ModelCannotSee {
        /// Who was asked.
        host: String,
        /// The model asked for.
        model: String,
        /// The host's own words, or the model's; may be empty.
        said: String,
        /// Whether the host says so. A model that says so of one picture may see the next.
        sure: bool,
    },
    /// Money or quota is used up; waiting doesn't help.
    #[error(
        "{host} says that the quota or credit of this API key is used up. Check the plan and billing there.{}",
        words(.said)
    )]
    QuotaExhausted {
        /// Who was asked.
        host: String,
        /// The host's own words; may be empty.
        said: String,
    },
    /// Too many requests; waiting helps.
    #[error("{host} takes no more requests for now.{}{}", after(.retry_after), words(.said))]
    RateLimited {
        /// Who was asked.
        host: String,
        /// The host's own words; may be empty.
        said: String,
        /// How long the host asked to wait.
        retry_after: Option<Duration>,
    },
    /// The model won't describe this picture.
    #[error("The AI refused to describe this picture: {reason}")]
    Refused {
        /// What it said.
        reason: String,
    },
    /// No answer in time.
    #[error("{host} didn't answer within {} seconds.", waited.as_secs())]
    TimedOut {
        /// Who was asked.
        host: String,
        /// How long was waited.
        waited: Duration,
    },
    /// The host can't be reached.
    #[error("{host} can't be reached: {reason}.")]
    Offline {
        /// Who was to be asked.
        host: String,
        /// Such as "the name can't be found" or "the connection was refused".
        reason: String,
    },
    /// There was an answer, but nothing to be used in it.
    #[error("{host} answered, but the answer can't be used: {why}")]
    Unusable {
        /// Who was asked.
        host: String,
        /// What is wrong with it.
        why: String,
    },
    /// The host has trouble of its own.
    #[error("{host} has trouble at the moment (HTTP status {status}). Try again later.{}", words(.said))]
    Unavailable {
        /// Who was asked.
        host: String,
        /// The host's own words; may be empty.
        said: String,
        /// The HTTP status.
        status: u16,
    },
    /// The settings make no request possible.
    #[error("The settings for descriptions can't be used: {why}.")]
    BadEndpoint {
        /// What is wrong with them.
        why: String,
    },
}

impl DescribeError {
    /// `key_missing`, `key_rejected`, `no_permission`, `model_unknown`, `model_cannot_see`, `quota_exhausted`,
    /// `rate_limited`, `refused`, `timed_out`, `offline`, `unusable`, `unavailable` or `bad_endpoint`.
    pub const fn code(&self) -> &'static str {
        match self {
            DescribeError::KeyMissing { .. } => "key_missing",
            DescribeError::KeyRejected { .. } => "key_rejected",
            DescribeError::NoPermission { .. } => "no_permission",
            DescribeError::ModelUnknown { .. } => "model_unknown",
            DescribeError::ModelCannotSee { .. } => "model_cannot_see",
            DescribeError::QuotaExhausted { .. } => "quota_exhausted",
            DescribeError::RateLimited { .. } => "rate_limited",
            DescribeError::Refused { .. } => "refused",
            DescribeError::TimedOut { .. } => "timed_out",
            DescribeError::Offline { .. } => "offline",
            DescribeError::Unusable { .. } => "unusable",
            DescribeError::Unavailable { .. } => "unavailable",
            DescribeError::BadEndpoint { .. } => "bad_endpoint",
        }
    }

    /// Whether the next picture would fare no better, so that a batch should stop: the settings, the key or the quota
    /// are at fault, or the host is away.
    pub const fn concerns_every_picture(&self) -> bool {
        !matches!(
            self,
            DescribeError::Refused { .. }
                | DescribeError::Unusable { .. }
                | DescribeError::TimedOut { .. }
                | DescribeError::ModelCannotSee { sure: false, .. }
        )
    }
}

/// What the host said, as a sentence of its own.
fn words(said: &str) -> String {
    if said.is_empty() { String::new() } else { format!(" It says: {said}.") }
}

fn after(wait: &Option<Duration>) -> String {
    match wait.map(|wait| wait.as_secs_f64().ceil() as u64) {
        None | Some(0) => " Try again in a while.".to_owned(),
        Some(1) => " Try again in a second.".to_owned(),
        Some(seconds @ 2..=90) => format!(" Try again in {seconds} seconds."),
        Some(seconds) => format!(" Try again in {} minutes.", seconds.div_ceil(60)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_are_told_in_words() {
        let message = |seconds| {
            DescribeError::RateLimited {
                host: "h".into(),
                retry_after: Some(Duration::from_secs(seconds)),
                said: String::new(),
            }
            .to_string()
        };
        assert_eq!(message(1), "h takes no more requests for now. Try again in a second.");
        assert_eq!(message(30), "h takes no more requests for now. Try again in 30 seconds.");
        assert_eq!(message(3600), "h takes no more requests for now. Try again in 60 minutes.");
    }
}
