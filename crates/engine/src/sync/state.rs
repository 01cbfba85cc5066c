//! What of sync the open library has in hand: who is at it, and what wakes it.

use tokio::sync::{Mutex, Notify};

use super::own_changes::{OwnChange, OwnChanges};

/// One library's sync.
#[derive(Default)]
pub struct Sync {
    /// One at a time: two would send the same edits twice.
    pub(super) running: Mutex<()>,
    pub(super) wake: Notify,
    pub(super) own: OwnChanges,
}

impl Sync {
    /// Says that there is something to send, or that it is worth trying again now.
    pub fn wake(&self) {
        self.wake.notify_one();
    }

    /// This computer is about to change the account and will have the answer itself: until this is dropped, there is no hurry to
    /// read the feed.
    pub(crate) fn own_change(&self) -> OwnChange {
        self.own.begin()
    }
}
