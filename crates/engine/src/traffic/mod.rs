//! What uploads may use of the network: how many bytes a second, and whether a connection that is paid by the byte.

mod metered;
#[cfg_attr(target_os = "linux", path = "metered_linux.rs")]
#[cfg_attr(not(target_os = "linux"), path = "metered_unknown.rs")]
mod system;
mod throttle;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::watch;

pub use metered::Metered;
pub(crate) use throttle::Throttle;

/// Shared by everything that sends. Clones are cheap and share it.
#[derive(Clone)]
pub(crate) struct Traffic {
    inner: Arc<Inner>,
}

struct Inner {
    throttle: Throttle,
    conditions: watch::Sender<Conditions>,
    asked: AtomicBool,
}

/// What decides whether uploads wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Conditions {
    /// The person wants uploads to wait on a metered connection.
    wait_on_metered: bool,
    /// What the system says; nothing until it has been asked.
    metered: Option<Metered>,
}

impl Conditions {
    fn hold(self) -> bool {
        self.wait_on_metered && self.metered != Some(Metered::No) && self.metered != Some(Metered::Unknown)
    }
}

impl Traffic {
    /// No limits, and the system has not been asked yet.
    pub(crate) fn new() -> Self {
        let conditions = watch::Sender::new(Conditions { wait_on_metered: false, metered: None });
        let inner = Inner { throttle: Throttle::new(), conditions, asked: AtomicBool::new(false) };
        Self { inner: Arc::new(inner) }
    }

    /// Takes over what the person has set; applies at once, to what is under way, too.
    pub(crate) fn set(&self, bytes_a_second: Option<u64>, wait_on_metered: bool) {
        self.inner.throttle.set(bytes_a_second);
        self.inner.conditions.send_if_modified(|known| {
            let changed = known.wait_on_metered != wait_on_metered;
            known.wait_on_metered = wait_on_metered;
            changed
        });
    }

    /// The bandwidth limit.
    pub(crate) fn throttle(&self) -> &Throttle {
        &self.inner.throttle
    }

    /// Asks the system about the connection, from now on. Calling it again changes nothing.
    pub(crate) fn follow_system(&self) {
        if self.inner.asked.swap(true, Ordering::AcqRel) {
            return;
        }
        let conditions = self.inner.conditions.clone();
        tokio::spawn(async move {
            system::follow(|now| {
                tracing::debug!(?now, "metered connection");
                conditions.send_modify(|known| known.metered = Some(now));
            })
            .await;
        });
    }

    /// Whether the connection is known to be metered, and the person wants uploads to wait for another one.
    pub(crate) fn waits(&self) -> bool {
        let now = *self.inner.conditions.borrow();
        now.hold() && now.metered.is_some()
    }

    /// Ends when uploads may go.
    pub(crate) async fn may_go(&self) {
        self.until(|now| !now.hold()).await;
    }

    /// Ends when uploads have to wait.
    pub(crate) async fn must_wait(&self) {
        self.until(Conditions::hold).await;
    }

    async fn until(&self, so: impl Fn(Conditions) -> bool) {
        let mut conditions = self.inner.conditions.subscribe();
        // The sender lives as long as this.
        let _ = conditions.wait_for(|now| so(*now)).await;
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;

    use futures::poll;

    use super::*;

    impl Traffic {
        fn system_says(&self, metered: Metered) {
            self.inner.conditions.send_modify(|known| known.metered = Some(metered));
        }
    }

    #[tokio::test]
    async fn uploads_wait_on_a_metered_connection_unless_the_person_says_otherwise() {
        let traffic = Traffic::new();
        traffic.may_go().await;
        traffic.set(None, true);
        let mut early = pin!(traffic.may_go());
        assert!(poll!(early.as_mut()).is_pending(), "the system has not answered yet");
        assert!(!traffic.waits(), "which is nothing to tell people");
        traffic.system_says(Metered::Unknown);
        early.await;

        traffic.system_says(Metered::Yes);
        traffic.must_wait().await;
        assert!(traffic.waits());
        let mut held = pin!(traffic.may_go());
        assert!(poll!(held.as_mut()).is_pending());
        traffic.set(None, false);
        held.await;
        assert!(!traffic.waits());
    }
}
