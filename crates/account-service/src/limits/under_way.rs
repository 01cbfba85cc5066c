//! How many requests of one address are worked on at the same time: for clients behind a proxy, whose connections can't be
//! told apart.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use account_api::ErrorCode;

use super::Source;
use crate::error::{Error, Result};

/// Counts requests by address.
pub struct Proxied {
    most: Option<usize>,
    counts: Arc<Mutex<HashMap<Source, usize>>>,
}

impl Proxied {
    /// At most so many of one address; none for any number.
    pub fn new(most: Option<usize>) -> Self {
        Self { most, counts: Arc::default() }
    }

    /// One more request of this address, until what is given is dropped.
    ///
    /// # Errors
    /// [`ErrorCode::RateLimited`].
    pub fn begin(&self, from: IpAddr) -> Result<UnderWay> {
        let source = Source::of(from);
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(source).or_default();
        if self.most.is_some_and(|most| *count >= most) {
            let message =
                "Too many requests of your address are being worked on. Try again when some have been answered.";
            return Err(Error::new(ErrorCode::RateLimited, message).retry_after(1));
        }
        *count += 1;
        Ok(UnderWay { source, counts: Arc::clone(&self.counts) })
    }
}

/// A request that is worked on until this is dropped.
pub struct UnderWay {
    source: Source,
    counts: Arc<Mutex<HashMap<Source, usize>>>,
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&self.source) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.source);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_so_many_at_a_time_and_others_have_theirs() {
        let proxied = Proxied::new(Some(2));
        let (one, other) = (IpAddr::from([192, 0, 2, 1]), IpAddr::from([192, 0, 2, 2]));
        let held: Vec<UnderWay> = (0..2).map(|_| proxied.begin(one).unwrap()).collect();
        assert_eq!(proxied.begin(one).err().map(|error| error.code()), Some(ErrorCode::RateLimited));
        assert!(proxied.begin(other).is_ok());
        drop(held);
        assert!(proxied.begin(one).is_ok() && proxied.counts.lock().unwrap().is_empty());
    }
}
