//! Mails that people ask for. Everything that depends on whether an account exists happens after the answer.

use account_api::ErrorCode;
use tokio::sync::mpsc;

use crate::error::{Error, Result};

/// How many requests for mails may wait.
const WAITING: usize = 256;

/// A mail that is asked for.
pub enum MailRequest {
    /// A link that sets a new password, for whoever has this name or address, if anybody has.
    Recovery(String),
    /// About a change of address.
    Address(AddressMail),
}

/// A mail about a change of address.
pub enum AddressMail {
    /// To the new address: a link that changes it.
    Confirm {
        /// Whose account.
        username: String,
        /// The new address.
        to: String,
        /// What the link brings.
        token: String,
    },
    /// To the old address: that it is the account's no more.
    Changed {
        /// Whose account.
        username: String,
        /// The old address.
        to: String,
        /// The new address.
        now: String,
    },
}

/// Requests for mails, as they come in.
pub struct MailRequests {
    queue: mpsc::Sender<MailRequest>,
}

impl MailRequests {
    /// The way in, and what is read by whatever sends them.
    pub fn new() -> (Self, mpsc::Receiver<MailRequest>) {
        let (queue, requests) = mpsc::channel(WAITING);
        (Self { queue }, requests)
    }

    /// Notes a request.
    ///
    /// # Errors
    /// [`ErrorCode::RateLimited`] when too many wait.
    pub fn note(&self, request: MailRequest) -> Result<()> {
        self.queue.try_send(request).map_err(|_| {
            Error::new(ErrorCode::RateLimited, "Too many people ask for mails right now. Try again in a minute.")
                .retry_after(60)
        })
    }
}
