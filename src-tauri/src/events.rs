//! The engine's events, on their way to the window: most as tauri events; over channels the fast ones, and notices, none of
//! which may be lost because no page was there yet.

use std::sync::{Arc, Mutex, PoisonError};

use engine::view::{AuditProgress, DescribeProgress, Notice, UploadsChange};
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
    notices: Mutex<Notices>,
}

/// Where notices go, and those that nobody has heard yet: what happens while the app opens is told before any page listens.
#[derive(Default)]
struct Notices {
    channel: Option<Channel<Notice>>,
    unheard: Vec<Notice>,
}

impl Notices {
    /// The most that are kept; of more, the newest.
    const KEPT: usize = 20;

    /// Sends what nobody has heard, as far as a page is there to hear it.
    fn send(&mut self) {
        while let (Some(channel), Some(notice)) = (&self.channel, self.unheard.first()) {
            if channel.send(notice.clone()).is_err() {
                self.channel = None;
                return;
            }
            self.unheard.remove(0);
        }
        let many = self.unheard.len().saturating_sub(Self::KEPT);
        self.unheard.drain(..many);
    }
}

impl Watchers {
    /// Sends notices there from now on, beginning with those that nobody has heard.
    pub fn watch_notices(&self, channel: Channel<Notice>) {
        let mut notices = self.inner.notices.lock().unwrap_or_else(PoisonError::into_inner);
        notices.channel = Some(channel);
        notices.send();
    }

    fn notice(&self, notice: Notice) {
        let mut notices = self.inner.notices.lock().unwrap_or_else(PoisonError::into_inner);
        notices.unheard.push(notice);
        notices.send();
    }

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
            Event::StateChanged(state) => self.emit("state-changed", *state),
            Event::LibraryChanged => self.emit("library-changed", ()),
            Event::SettingsChanged(settings) => self.emit("settings-changed", settings),
            Event::Notice(notice) => self.watchers.notice(notice),
            Event::Uploads(change) => send(&self.watchers.inner.uploads, change),
            Event::Audit(progress) => send(&self.watchers.inner.audit, progress),
            Event::Descriptions(progress) => send(&self.watchers.inner.descriptions, progress),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use engine::view::NoticeKind;

    use super::*;

    #[test]
    fn what_is_told_before_a_page_listens_is_heard_once() {
        let watchers = Watchers::default();
        let notice = |message: &str| Notice { kind: NoticeKind::Warning, message: message.to_owned() };
        let (sender, heard) = mpsc::channel();
        let channel = || {
            let sender = sender.clone();
            Channel::new(move |body| {
                sender.send(body.deserialize::<serde_json::Value>()?["message"].to_string()).unwrap();
                Ok(())
            })
        };
        watchers.notice(notice("The list was damaged."));
        watchers.watch_notices(channel());
        watchers.notice(notice("Later."));
        // The page loads again.
        watchers.watch_notices(channel());
        assert_eq!(heard.try_iter().collect::<Vec<_>>(), ["\"The list was damaged.\"", "\"Later.\""]);
    }

    #[test]
    fn what_a_page_that_is_gone_could_not_hear_is_told_to_the_next_one() {
        let watchers = Watchers::default();
        watchers.watch_notices(Channel::new(|_| Err(std::io::Error::other("gone").into())));
        let (sender, heard) = mpsc::channel();
        (0..30).for_each(|number| watchers.notice(Notice { kind: NoticeKind::Info, message: number.to_string() }));
        watchers.watch_notices(Channel::new(move |_| {
            sender.send(()).unwrap();
            Ok(())
        }));
        assert_eq!(heard.try_iter().count(), Notices::KEPT);
    }
}
