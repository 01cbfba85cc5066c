//! The check that a window starts and watches.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio_util::sync::CancellationToken;

use super::run::{self, AuditOptions};
use crate::Result;
use crate::events::{Event, Events};
use crate::library::Library;
use crate::view::AuditProgress;

/// The check of one library in this process.
pub struct Audit {
    events: Events,
    at_work: Arc<Mutex<Option<CancellationToken>>>,
}

impl Audit {
    pub(crate) fn new(events: Events) -> Self {
        Self { events, at_work: Arc::default() }
    }

    /// Starts it, or goes on with it; progress comes as events. One that is running goes on as it is.
    pub(crate) fn start(&self, library: &Arc<Library>, options: AuditOptions) {
        let stop = library.closing.child_token();
        {
            let mut at_work = self.at_work();
            if at_work.is_some() {
                return;
            }
            *at_work = Some(stop.clone());
        }
        let (library, events, at_work) = (Arc::clone(library), self.events.clone(), Arc::clone(&self.at_work));
        tokio::spawn(async move {
            let mut tell = |progress: &AuditProgress| events.emit(Event::Audit(progress.clone()));
            if let Ok(progress) = run::progress(&library, true).await {
                tell(&progress);
            }
            let result = tokio::select! {
                () = stop.cancelled() => Ok(()),
                result = run::run(&library, options, &mut tell) => result.map(drop),
            };
            *held(&at_work) = None;
            match run::progress(&library, false).await {
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
    pub(crate) async fn progress(&self, library: &Library) -> Result<AuditProgress> {
        let running = self.at_work().is_some();
        run::progress(library, running).await
    }

    fn at_work(&self) -> MutexGuard<'_, Option<CancellationToken>> {
        held(&self.at_work)
    }
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
