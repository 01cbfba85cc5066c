//! Getting one object, or one part of it, into the store: with a permit, when the store can be reached, again when it breaks.

use std::sync::Arc;
use std::time::{Duration, Instant};

use account_api::PresignedPut;
use rand::Rng as _;

use crate::ErrorKind;
use crate::traffic::Traffic;
use crate::upload::intake::refusal::Refusal;
use crate::upload::schedule::circuit_breaker::{CircuitBreaker, Peer};
use crate::upload::schedule::concurrency_limit::ConcurrencyLimit;
use crate::upload::schedule::priority_semaphore::Rank;
use crate::upload::schedule::retry_budget::{Next, RetryBudget};
use crate::upload::transfer::body::{Content, Counter};
use crate::upload::transfer::put::{PutFault, Said, put};

/// A grant that is younger than this hasn't expired, whatever the store says of it.
const YOUNG: Duration = Duration::from_secs(5 * 60);

/// A grant that expires within this time is not used any more.
const NEARLY_EXPIRED: Duration = Duration::from_secs(30);

/// What delivering needs.
#[derive(Clone)]
pub(in crate::upload) struct StoreSender {
    /// Sends nothing but what it is told: no account token.
    pub(in crate::upload) http: reqwest::Client,
    /// How many send at a time.
    pub(in crate::upload) concurrency: ConcurrencyLimit,
    /// Whether the store can be reached.
    pub(in crate::upload) breaker: CircuitBreaker,
    /// How much may be sent.
    pub(in crate::upload) traffic: Traffic,
    /// Whether sending uses the network, which may be metered.
    pub(in crate::upload) network: bool,
}

/// A presigned PUT and when it was granted.
pub(in crate::upload) struct TimedGrant {
    put: PresignedPut,
    granted: Instant,
}

impl TimedGrant {
    /// Granted now.
    pub(in crate::upload) fn new(put: PresignedPut) -> Self {
        Self { put, granted: Instant::now() }
    }

    /// Granted a while ago.
    pub(in crate::upload) fn since(put: PresignedPut, granted: Instant) -> Self {
        Self { put, granted }
    }

    /// The header of this name, lower-case.
    pub(in crate::upload) fn header(&self, name: &str) -> Option<&str> {
        self.put.headers.get(name).map(String::as_str)
    }

    fn is_stale(&self) -> bool {
        let life = Duration::from_secs(self.put.expires_in);
        self.granted.elapsed() >= life.saturating_sub(NEARLY_EXPIRED).max(life / 2)
    }

    fn is_young(&self) -> bool {
        self.granted.elapsed() < YOUNG
    }

    fn host(&self) -> String {
        url::Url::parse(&self.put.url).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default()
    }
}

/// Why something wasn't delivered.
#[derive(Debug)]
pub(in crate::upload) enum Undelivered {
    /// The grant is too old to be used: get another one.
    Stale,
    /// The store refuses a grant that should be good: get another one, and believe it the second time.
    Denied(Said),
    /// The store got other bytes than were announced: look at the file.
    OtherBytes,
    /// The store has forgotten the multipart upload: begin anew.
    Gone,
    /// The file can't be read any more.
    Unreadable(std::io::Error),
    /// It has failed.
    Failed(Refusal),
}

impl StoreSender {
    /// Delivers when it is the row's turn, waiting as long as the store can't be reached, and gives the entity tag.
    ///
    /// # Errors
    /// See [`Undelivered`].
    pub(in crate::upload) async fn deliver(
        &self,
        rank: &Arc<Rank>,
        grant: &TimedGrant,
        content: &Content,
        counter: &Counter,
        budget: &mut RetryBudget,
    ) -> Result<Option<String>, Undelivered> {
        loop {
            if self.network {
                self.traffic.may_go().await;
            }
            let permit = self.concurrency.enter(rank).await;
            let attempt = self.breaker.attempt(Peer::Store).await;
            if grant.is_stale() {
                return Err(Undelivered::Stale);
            }
            let young = grant.is_young();
            let sending = put(&self.http, &grant.put, content.clone(), counter, self.traffic.throttle());
            let sent = tokio::select! {
                sent = sending => sent,
                () = self.traffic.must_wait(), if self.network => continue,
            };
            let fault = match sent {
                Ok(etag) => {
                    attempt.succeeded();
                    self.concurrency.succeeded(content.size());
                    return Ok(etag);
                }
                Err(fault) => fault,
            };
            drop(permit);
            let others = self.breaker.stored();
            let (reason, after, next) = match fault {
                PutFault::Away(why) => {
                    (messages::Store::Away { host: grant.host(), why }, None, budget.put_off(others))
                }
                // However many smaller ones there is room for.
                PutFault::Full(said) => (messages::Store::Full { said }, None, Next::WaitWithAll),
                PutFault::Busy { reason: said, after } => {
                    (messages::Store::Busy { said }, after, budget.put_off(others))
                }
                PutFault::Broken(why) => {
                    (messages::Store::BreaksOff { host: grant.host(), why }, None, budget.broken(others))
                }
                PutFault::Denied(said) => {
                    attempt.answered();
                    return Err(if young { Undelivered::Denied(said) } else { Undelivered::Stale });
                }
                PutFault::OtherBytes => {
                    attempt.answered();
                    return Err(Undelivered::OtherBytes);
                }
                PutFault::Gone => {
                    attempt.answered();
                    return Err(Undelivered::Gone);
                }
                PutFault::Refused(said) => {
                    attempt.answered();
                    return Err(Undelivered::Failed(refused(&said)));
                }
                PutFault::Unreadable(error) => return Err(Undelivered::Unreadable(error)),
            };
            self.concurrency.troubled();
            match next {
                Next::Again(pause) => {
                    drop(attempt);
                    let jitter = rand::rng().random_range(0.5..1.5);
                    tokio::time::sleep(pause.mul_f64(jitter)).await;
                }
                Next::WaitWithAll => attempt.failed(ErrorKind::StoreUnreachable, &reason.to_string(), after),
                Next::GiveUp => {
                    drop(attempt);
                    return Err(Undelivered::Failed(Refusal::for_now(
                        ErrorKind::StoreUnreachable,
                        messages::Store::GaveUp { why: reason.to_string() },
                    )));
                }
            }
        }
    }
}

/// The sentence for a store that refuses.
pub(in crate::upload) fn refused(said: &Said) -> Refusal {
    use messages::Store;
    let what = match (said.code.as_str(), said.message.as_str()) {
        ("", "") => String::new(),
        (code, "") => code.to_owned(),
        ("", message) => message.to_owned(),
        (code, message) => format!("{code}: {message}"),
    };
    // People search for the number.
    let what = if said.status == 0 { what } else { format!("{} {what}", said.status) };
    let what = what.trim_end().to_owned();
    let expired = said.message.to_ascii_lowercase();
    let expired = expired.contains("expir") || expired.contains("date is too old");
    let sentence = match said.code.as_str() {
        // Of a URL that was made minutes ago.
        _ if expired => Store::RefusedClock { said: what },
        "RequestTimeTooSkewed" => Store::RefusedClock { said: what },
        "InvalidAccessKeyId" | "SignatureDoesNotMatch" | "InvalidToken" => Store::RefusedKey { said: what },
        "AccessDenied" | "AllAccessDisabled" => Store::RefusedRights { said: what },
        "NoSuchBucket" => Store::RefusedBucket { said: what },
        "PermanentRedirect" | "AuthorizationHeaderMalformed" | "TemporaryRedirect" => {
            Store::RefusedRegion { said: what }
        }
        "EntityTooLarge" => return Refusal::for_now(ErrorKind::TooLarge, Store::RefusedSize { said: what }),
        "QuotaExceeded" => Store::RefusedQuota { said: what },
        _ => Store::Refused { said: what },
    };
    Refusal::for_now(ErrorKind::StoreRefused, sentence)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grant_is_not_used_to_its_last_second() {
        let put = |expires_in| PresignedPut {
            url: "http://s3.example.com/b/k".into(),
            headers: Default::default(),
            expires_in,
        };
        assert!(!TimedGrant::new(put(900)).is_stale());
        assert!(TimedGrant::new(put(0)).is_stale());
        let old = TimedGrant { put: put(900), granted: Instant::now().checked_sub(Duration::from_secs(880)).unwrap() };
        assert!(old.is_stale());
        assert_eq!(old.host(), "s3.example.com");
    }

    #[test]
    fn a_refusal_says_what_to_check() {
        let said = Said { status: 403, code: "SignatureDoesNotMatch".into(), message: String::new() };
        let refusal = refused(&said);
        assert_eq!((refusal.error.code, refusal.error.reason), (ErrorKind::StoreRefused, Some("store_refused_key")));
    }
}
