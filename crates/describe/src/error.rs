//! Why there is no description, in words that are true.

use std::time::Duration;

use messages::{Ai, Message};

/// Why there is no description. A closed list: [`code`](DescribeError::code) for programs, [`message`](DescribeError::message)
/// for people. Every sentence names the host, never the key, and never the picture's contents.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.message())]
pub enum DescribeError {
    /// No key was given, and this host wants one.
    KeyMissing {
        /// Who would have been asked.
        host: String,
    },
    /// The host doesn't accept the key.
    KeyRejected {
        /// Who was asked.
        host: String,
        /// The host's own words; may be empty.
        said: String,
    },
    /// The key is good, but not for this.
    NoPermission {
        /// Who was asked.
        host: String,
        /// What the host said.
        reason: String,
    },
    /// There is no such model there, or not for this key.
    ModelUnknown {
        /// Who was asked.
        host: String,
        /// The model asked for.
        model: String,
        /// The host's own words; may be empty.
        said: String,
    },
    /// The model takes no pictures.
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
    QuotaExhausted {
        /// Who was asked.
        host: String,
        /// The host's own words; may be empty.
        said: String,
    },
    /// Too many requests; waiting helps.
    RateLimited {
        /// Who was asked.
        host: String,
        /// The host's own words; may be empty.
        said: String,
        /// How long the host asked to wait.
        retry_after: Option<Duration>,
    },
    /// The model won't describe this picture.
    Refused {
        /// What it said.
        reason: String,
    },
    /// No answer in time.
    TimedOut {
        /// Who was asked.
        host: String,
        /// How long was waited.
        waited: Duration,
        /// The proxy that it went through, whose silence it may be.
        through: Option<String>,
    },
    /// The host can't be reached.
    Offline {
        /// Who was to be asked.
        host: String,
        /// Such as "the name can't be found" or "the connection was refused".
        reason: String,
    },
    /// There was an answer, but nothing to be used in it.
    Unusable {
        /// Who was asked.
        host: String,
        /// What is wrong with it.
        why: String,
    },
    /// The host has trouble of its own.
    Unavailable {
        /// Who was asked.
        host: String,
        /// The host's own words; may be empty.
        said: String,
        /// The HTTP status.
        status: u16,
    },
    /// The settings make no request possible.
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

impl DescribeError {
    /// The sentence for people, with its reason.
    pub fn message(&self) -> Message {
        match self.clone() {
            DescribeError::KeyMissing { host } => Ai::KeyMissing { host }.into(),
            DescribeError::KeyRejected { host, said } => Ai::KeyRejected { host, said: words(said) }.into(),
            DescribeError::NoPermission { host, reason } => Ai::NoPermission { host, why: reason }.into(),
            DescribeError::ModelUnknown { host, model, said } => {
                Ai::ModelUnknown { host, model, said: words(said) }.into()
            }
            DescribeError::ModelCannotSee { host, model, said, sure: true } => {
                Ai::ModelCannotSee { host, model, said: words(said) }.into()
            }
            DescribeError::ModelCannotSee { host, model, said, sure: false } => {
                Ai::ModelSawNothing { host, model, said: words(said) }.into()
            }
            DescribeError::QuotaExhausted { host, said } => Ai::QuotaExhausted { host, said: words(said) }.into(),
            DescribeError::RateLimited { host, said, retry_after } => rate_limited(host, words(said), retry_after),
            DescribeError::Refused { reason } => Ai::Refused { why: reason }.into(),
            DescribeError::TimedOut { host, waited, through } => {
                let seconds = waited.as_secs().to_string();
                match through {
                    None => Ai::TimedOut { host, seconds }.into(),
                    Some(proxy) => Ai::TimedOutThrough { host, seconds, proxy }.into(),
                }
            }
            DescribeError::Offline { host, reason } => Ai::Offline { host, why: reason }.into(),
            DescribeError::Unusable { host, why } => Ai::Unusable { host, why }.into(),
            DescribeError::Unavailable { host, said, status } => {
                Ai::Unavailable { host, status: status.to_string(), said: words(said) }.into()
            }
            DescribeError::BadEndpoint { why } => Ai::BadEndpoint { why }.into(),
        }
    }
}

/// What the host said, as a sentence of its own behind another.
fn words(said: String) -> String {
    if said.is_empty() { said } else { format!(" {}", Ai::Says { said }) }
}

/// Longest wait that is passed on, in seconds: a week.
const LONGEST_TOLD: u64 = 7 * 86_400;

fn rate_limited(host: String, said: String, wait: Option<Duration>) -> Message {
    match wait.map(|wait| wait.as_secs_f64().ceil() as u64) {
        None | Some(0) => Ai::Busy { host, said }.into(),
        Some(count @ 1..=90) => Ai::BusyForSeconds { count, host, said }.into(),
        Some(seconds @ 91..=5_400) => Ai::BusyForMinutes { count: seconds.div_ceil(60), host, said }.into(),
        Some(seconds @ 5_401..=LONGEST_TOLD) => Ai::BusyForHours { count: seconds.div_ceil(3_600), host, said }.into(),
        // Nobody means that.
        Some(_) => Ai::Busy { host, said }.into(),
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
        assert_eq!(message(86_400), "h takes no more requests for now. Try again in 24 hours.");
        assert_eq!(message(347_153_100), "h takes no more requests for now. Try again in a while.");
    }
}
