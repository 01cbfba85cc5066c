//! The engine's events, on their way to the window: most as tauri events, the two fast ones over channels.

use std::sync::{Arc, Mutex, PoisonError};

use engine::view::{AuditProgress, DescribeProgress, UploadsChange};
use engine::{Event, EventSink};
use serde::Serialize;
use tauri::ipc::Channel;
use tauri::{AppHandle, Emitter};

/// Where the window wants to hear of uploads and descriptions. There is one window, so a page that loads again takes the
/// place of the one before.
#[derive(Clone, Default)]
pub struct Watchers {
    inner: Arc<Inner>,
}

#[derive(Default)]
struct Inner {
    uploads: Mutex<Option<Channel<UploadsChange>>>,
    descriptions: Mutex<Option<Channel<DescribeProgress>>>,
    audit: Mutex<Option<Channel<AuditProgress>>>,
}

impl Watchers {
    /// Sends changes of the upload queue there from now on.
    pub fn watch_uploads(&self, channel: Channel<UploadsChange>) {
        replace(&self.inner.uploads, channel);
    }

    /// Sends progress of the check of all pictures there from now on.
    pub fn watch_audit(&self, channel: Channel<AuditProgress>) {
        replace(&self.inner.audit, channel);
    }

    /// Sends progress of descriptions there from now on.
    pub fn watch_descriptions(&self, channel: Channel<DescribeProgress>) {
        replace(&self.inner.descriptions, channel);
    }
}

fn replace<T>(slot: &Mutex<Option<Channel<T>>>, channel: Channel<T>) {
    *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(channel);
}

/// A channel whose page is gone is forgotten.
fn send<T: Serialize>(slot: &Mutex<Option<Channel<T>>>, message: T) {
    let mut slot = slot.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(channel) = slot.as_ref()
        && channel.send(message).is_err()
    {
        *slot = None;
    }
}

/// Hands events to the window.
pub struct WindowEvents {
    app: AppHandle,
    watchers: Watchers,
}

impl WindowEvents {
    /// Events into the window of `app`.
    pub fn new(app: AppHandle, watchers: Watchers) -> Self {
        Self { app, watchers }
    }

    fn emit(&self, name: &str, payload: impl Serialize + Clone) {
        if let Err(error) = self.app.emit(name, payload) {
            tracing::warn!(%error, name, "an event did not reach the window");
        }
    }
}

impl EventSink for WindowEvents {
    fn emit(&self, event: Event) {
        match event {
            Event::StateChanged(state) => self.emit("state-changed", state),
            Event::LibraryChanged => self.emit("library-changed", ()),
            Event::SettingsChanged(settings) => self.emit("settings-changed", settings),
            Event::Notice(notice) => self.emit("notice", notice),
            Event::Uploads(change) => send(&self.watchers.inner.uploads, change),
            Event::Audit(progress) => send(&self.watchers.inner.audit, progress),
            Event::Descriptions(progress) => send(&self.watchers.inner.descriptions, progress),
        }
    }
}
