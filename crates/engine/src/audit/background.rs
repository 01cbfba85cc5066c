//! The check that a window starts and watches.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio_util::sync::CancellationToken;

use super::run::{self, AuditOptions};
use crate::Result;
use crate::events::{Event, Events};
use crate::session::Session;
use crate::view::AuditProgress;

/// The check of one library in this process.
pub struct Audit {
    events: Events,
    at_work: Mutex<Option<CancellationToken>>,
}

impl Audit {
    pub(crate) fn new(events: Events) -> Self {
        Self { events, at_work: Mutex::default() }
    }

    /// Starts it, or goes on with it; progress comes as events. One that is running goes on as it is.
    pub(crate) fn start(&self, session: &Arc<Session>, options: AuditOptions) {
        let stop = session.closing.child_token();
        {
            let mut at_work = self.at_work();
            if at_work.is_some() {
                return;
            }
            *at_work = Some(stop.clone());
        }
        let session = Arc::clone(session);
        tokio::spawn(async move {
            let events = session.audit.events.clone();
            let mut tell = |progress: &AuditProgress| events.emit(Event::Audit(progress.clone()));
            if let Ok(progress) = run::progress(&session, true).await {
                tell(&progress);
            }
            let result = tokio::select! {
                () = stop.cancelled() => Ok(()),
                result = run::run(&session, options, &mut tell) => result.map(drop),
            };
            *session.audit.at_work() = None;
            match run::progress(&session, false).await {
                Ok(mut progress) => {
                    progress.stopped = result.err().map(|error| error.message);
                    tell(&progress);
                }
                Err(error) => tracing::warn!(%error, "how far the check is can't be told"),
            }
        });
    }

    /// Stops it; what was asked about is kept.
    pub(crate) fn cancel(&self) {
        if let Some(stop) = self.at_work().as_ref() {
            stop.cancel();
        }
    }

    /// How far it is.
    ///
    /// # Errors
    /// When the catalogue can't be read.
    pub(crate) async fn progress(&self, session: &Session) -> Result<AuditProgress> {
        let running = self.at_work().is_some();
        run::progress(session, running).await
    }

    fn at_work(&self) -> MutexGuard<'_, Option<CancellationToken>> {
        self.at_work.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
