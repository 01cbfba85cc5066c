//! How much anybody may ask for: rates by address and by account.
//!
//! Nothing here is a lockout. Every refusal says after how many seconds the next try has a chance, and guessing at one
//! account's password slows the guesser down, not the owner: see [`Rates::guess`].

mod address;
mod keyed;
mod under_way;

use std::net::IpAddr;
use std::time::Duration;

use account_api::ErrorCode;
use uuid::Uuid;

pub use address::{Source, client_address};
use keyed::Keyed;
pub use under_way::Proxied;

use crate::config::{Rate, RatePolicy};
use crate::error::{Error, Result};

/// Tries to sign in to one account, from wherever they come.
const GUESSES: Rate = Rate { burst: 10, per_minute: 6 };

/// Tries that each address has all the same when the others have been used up by somebody else.
const RESERVE: Rate = Rate { burst: 3, per_minute: 2 };

/// Counts requests, or doesn't: an embedded service has one person only. Each instance of the service counts for itself.
pub struct Rates(Option<Counters>);

struct Counters {
    by_address: Keyed<Source>,
    by_account: Keyed<Uuid>,
    credentials: Keyed<Source>,
    guesses: Keyed<String>,
    reserve: Keyed<(String, Source)>,
}

impl Rates {
    /// Counts by this policy; without one, not at all.
    pub fn new(policy: Option<&RatePolicy>) -> Self {
        Self(policy.map(|policy| Counters {
            by_address: Keyed::new(policy.address),
            by_account: Keyed::new(policy.account),
            credentials: Keyed::new(policy.credentials),
            guesses: Keyed::new(GUESSES),
            reserve: Keyed::new(RESERVE),
        }))
    }

    /// One request from this address.
    ///
    /// # Errors
    /// [`ErrorCode::RateLimited`].
    pub fn address(&self, from: IpAddr) -> Result<()> {
        let Some(counters) = &self.0 else { return Ok(()) };
        counters.by_address.check(Source::of(from)).map_err(|wait| too_fast("Requests from your address", wait))
    }

    /// One request of this account.
    ///
    /// # Errors
    /// [`ErrorCode::RateLimited`].
    pub fn account(&self, user_id: Uuid) -> Result<()> {
        let Some(counters) = &self.0 else { return Ok(()) };
        counters.by_account.check(user_id).map_err(|wait| too_fast("Requests of your account", wait))
    }

    /// One request from this address that has a password worked on, or could be a guess.
    ///
    /// # Errors
    /// [`ErrorCode::RateLimited`].
    pub fn credentials(&self, from: IpAddr) -> Result<()> {
        let Some(counters) = &self.0 else { return Ok(()) };
        let checked = counters.credentials.check(Source::of(from));
        checked.map_err(|wait| too_fast("Tries to sign in from your address", wait))
    }

    /// One try to sign in to this account, which need not exist. All addresses together have some tries; when those are used
    /// up every address has a few of its own, so that whoever guesses from elsewhere doesn't keep the owner out.
    ///
    /// # Errors
    /// [`ErrorCode::RateLimited`].
    pub fn guess(&self, username: &str, from: IpAddr) -> Result<()> {
        let Some(counters) = &self.0 else { return Ok(()) };
        // As it is compared; no name is longer.
        let name: String = crate::auth::name_key(username).chars().take(64).collect();
        let Err(shared) = counters.guesses.check(name.clone()) else { return Ok(()) };
        let own = counters.reserve.check((name, Source::of(from)));
        own.map_err(|wait| too_fast("Tries to sign in to this account", wait.min(shared)))
    }

    /// Forgets whoever has been quiet for long enough; what is remembered is bounded in between as well.
    pub fn forget(&self) {
        let Some(counters) = &self.0 else { return };
        counters.by_address.forget();
        counters.by_account.forget();
        counters.credentials.forget();
        counters.guesses.forget();
        counters.reserve.forget();
    }
}

fn too_fast(what: &str, wait: Duration) -> Error {
    let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
    let seconds = seconds.max(1);
    let unit = if seconds == 1 { "second" } else { "seconds" };
    Error::new(ErrorCode::RateLimited, format!("{what} come too fast. Try again in {seconds} {unit}."))
        .retry_after(seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(last: u8) -> IpAddr {
        IpAddr::from([192, 0, 2, last])
    }

    #[test]
    fn guessing_slows_the_guesser_down_and_not_the_owner() {
        let rates = Rates::new(Some(&RatePolicy::default()));
        let guesses = (0..100).filter(|_| rates.guess("Anna", address(1)).is_ok()).count();
        assert_eq!(guesses, (GUESSES.burst + RESERVE.burst) as usize);
        assert!(rates.guess("anna", address(1)).is_err(), "names are compared without regard to case");
        assert!(rates.guess("anna", address(2)).is_ok(), "the owner, from somewhere else");
        assert!(rates.guess("bert", address(1)).is_ok(), "another account");
    }

    #[test]
    fn a_refusal_says_when_to_come_back() {
        let policy = RatePolicy { account: Rate { burst: 1, per_minute: 6 }, ..RatePolicy::default() };
        let rates = Rates::new(Some(&policy));
        let user = Uuid::new_v4();
        rates.account(user).unwrap();
        let error = rates.account(user).unwrap_err();
        assert_eq!(error.code(), ErrorCode::RateLimited);
        assert_eq!(error.to_string(), "rate_limited: Requests of your account come too fast. Try again in 10 seconds.");
        assert!(rates.account(Uuid::new_v4()).is_ok());
    }
}
