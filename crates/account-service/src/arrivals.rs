//! What is on its way through the service to the store: pictures that are received to disk before they are sent on. They
//! have no row yet, so they are counted here, by account and together.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use uuid::Uuid;

/// What is on its way through the service to one account.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Arriving {
    /// Bytes that have arrived, or are announced.
    pub bytes: u64,
    /// Pictures.
    pub pictures: u64,
}

/// Counts what is on its way in this process, whose disk it is.
#[derive(Clone, Default)]
pub struct Arrivals(Arc<Mutex<HashMap<Uuid, Arriving>>>);

impl Arrivals {
    /// Changes what is on its way to an account, and gives what that is now.
    pub fn change(&self, user_id: Uuid, change: impl FnOnce(&mut Arriving)) -> Arriving {
        let mut accounts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = accounts.entry(user_id).or_default();
        change(entry);
        let now = *entry;
        if now == Arriving::default() {
            accounts.remove(&user_id);
        }
        now
    }

    /// What is on its way to an account.
    pub fn of(&self, user_id: Uuid) -> Arriving {
        self.change(user_id, |_| {})
    }

    /// The bytes that are on their way to anybody.
    pub fn bytes_of_all(&self) -> u64 {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).values().map(|arriving| arriving.bytes).sum()
    }
}
