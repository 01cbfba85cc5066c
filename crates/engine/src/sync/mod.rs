//! Keeps the catalogue and the account the same: waiting operations go out, the change feed comes in.

mod listen;
mod own_changes;
mod pull;
mod push;
mod watch;

use tokio::sync::{Mutex, Notify};

use crate::Result;
use crate::session::Session;

pub(crate) use listen::listen;
pub(crate) use own_changes::OwnChange;
use own_changes::OwnChanges;
use push::Pushed;
pub(crate) use watch::watch;

/// One library's sync.
#[derive(Default)]
pub struct Sync {
    /// One at a time: two would send the same edits twice.
    running: Mutex<()>,
    wake: Notify,
    own: OwnChanges,
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

/// Sends the operations that wait, then applies what has happened to the account since the last time.
pub(crate) async fn sync(session: &Session) -> Result<()> {
    let _turn = session.sync.running.lock().await;
    let result = async {
        // Whoever has only sent something knows what the feed would say.
        if push::push(session).await? == Pushed::Alone { Ok(()) } else { pull::pull(session).await }
    }
    .await;
    session.reached(&result);
    result
}
