//! Changes that this computer is making, whose answers it gets itself.

use tokio::sync::watch;

/// How many are being made.
pub(super) struct OwnChanges {
    number: watch::Sender<usize>,
}

impl Default for OwnChanges {
    fn default() -> Self {
        Self { number: watch::Sender::new(0) }
    }
}

/// One that is being made, until this is dropped.
pub(crate) struct OwnChange {
    number: watch::Sender<usize>,
}

impl OwnChanges {
    pub(super) fn begin(&self) -> OwnChange {
        self.number.send_modify(|number| *number += 1);
        OwnChange { number: self.number.clone() }
    }

    /// Waits until none is being made.
    pub(super) async fn made(&self) {
        // Fails when there is no sender any more, and there is one here.
        let _ = self.number.subscribe().wait_for(|number| *number == 0).await;
    }
}

impl Drop for OwnChange {
    fn drop(&mut self) {
        self.number.send_modify(|number| *number -= 1);
    }
}
