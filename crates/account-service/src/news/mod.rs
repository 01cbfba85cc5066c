//! The news that an account has changed: told to the streams of this process at once, and by PostgreSQL's NOTIFY to those of
//! the other instances.
//!
//! News may be lost, for instance while the database restarts; they say that there is something to look at and nothing more.
//! So whoever listens also looks from time to time, and after every connection that was lost.

#[cfg(feature = "hosted")]
mod relay;

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, broadcast};
use uuid::Uuid;

#[cfg(feature = "hosted")]
pub use relay::relay;

/// How often a stream looks by itself when news of other processes come by no other way: two programs on one SQLite file.
const LOOK_ALONE: Duration = Duration::from_secs(5);

/// How often a stream looks by itself when the database tells.
const LOOK_TOLD: Duration = Duration::from_secs(30);

/// Tells streams that an account has changed.
#[derive(Clone)]
pub struct News {
    /// An account, or everyone.
    heard: broadcast::Sender<Option<Uuid>>,
    outbox: Option<Arc<Outbox>>,
    look: Duration,
}

/// What the other instances are to hear. An account that changes often before it is sent is told of once.
#[derive(Default)]
struct Outbox {
    accounts: Mutex<HashSet<Uuid>>,
    filled: Notify,
}

impl News {
    /// For instances of a database that can tell the others, or for one process. Streams look by themselves as often as
    /// `look` says, if it says anything.
    pub fn new(relayed: bool, look: Option<Duration>) -> Self {
        Self {
            // Whoever lags behind is told so and looks for themselves: a small buffer is enough.
            heard: broadcast::Sender::new(1024),
            outbox: relayed.then(Arc::default),
            look: look.unwrap_or(if relayed { LOOK_TOLD } else { LOOK_ALONE }),
        }
    }

    /// This account has changed; call it after the commit.
    pub fn publish(&self, user_id: Uuid) {
        self.tell(Some(user_id));
        if let Some(outbox) = &self.outbox {
            outbox.accounts.lock().unwrap_or_else(PoisonError::into_inner).insert(user_id);
            outbox.filled.notify_one();
        }
    }

    fn tell(&self, whose: Option<Uuid>) {
        // An error only means that nobody listens.
        let _ = self.heard.send(whose);
    }

    /// From now on.
    pub fn subscribe(&self) -> Subscription {
        Subscription { heard: self.heard.subscribe(), look: self.look }
    }
}

/// Hears of changes.
pub struct Subscription {
    heard: broadcast::Receiver<Option<Uuid>>,
    look: Duration,
}

impl Subscription {
    /// Waits until some account has changed, and says which; none when changes may have been missed.
    pub async fn any(&mut self) -> Option<Uuid> {
        match self.heard.recv().await {
            Ok(changed) => changed,
            Err(broadcast::error::RecvError::Lagged(_)) => None,
            // The service is ending; whoever waits here hears of that elsewhere.
            Err(broadcast::error::RecvError::Closed) => std::future::pending().await,
        }
    }

    /// Waits until this account has changed, or may have, or it is time to look.
    pub async fn changed(&mut self, user_id: Uuid) {
        let look = self.look;
        let told = async { while self.any().await.is_some_and(|changed| changed != user_id) {} };
        let _ = tokio::time::timeout(look, told).await;
    }
}
