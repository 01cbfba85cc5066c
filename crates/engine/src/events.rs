//! What the engine tells its host without being asked.

use std::fmt::Display;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::runtime::Handle;

use crate::view::{AppState, AuditProgress, DescribeProgress, Notice, NoticeKind, Settings, UploadsChange};

/// Something happened.
#[derive(Debug, Clone)]
pub enum Event {
    /// Place, connection, secrets, or whether pictures can be described.
    StateChanged(Box<AppState>),
    /// Pictures were added, changed or removed: ask for the layout again.
    LibraryChanged,
    /// The upload queue moved.
    Uploads(UploadsChange),
    /// A batch of descriptions moved.
    Descriptions(DescribeProgress),
    /// The check of all pictures moved.
    Audit(AuditProgress),
    /// Settings were changed, here or by another process.
    SettingsChanged(Settings),
    /// Something that the person should hear of.
    Notice(Notice),
}

/// Takes events. Called from the engine's tasks: return soon and never call back into the engine from it.
pub trait EventSink: Send + Sync + 'static {
    /// Takes one event.
    fn emit(&self, event: Event);
}

/// How long changes of the library are gathered before the host hears of them once.
const GATHER: Duration = Duration::from_millis(100);

/// The engine's end of an [`EventSink`]. Clones are cheap and share the sink.
#[derive(Clone)]
pub struct Events {
    inner: Arc<Inner>,
}

struct Inner {
    sink: Arc<dyn EventSink>,
    runtime: Handle,
    library_pending: AtomicBool,
}

impl Events {
    /// Events into `sink`; deferred ones are sent from `runtime`.
    pub fn new(sink: Arc<dyn EventSink>, runtime: Handle) -> Self {
        Self { inner: Arc::new(Inner { sink, runtime, library_pending: AtomicBool::new(false) }) }
    }

    /// Sends an event now.
    pub fn emit(&self, event: Event) {
        self.inner.sink.emit(event);
    }

    /// Says soon, once for many calls, that the library changed.
    pub fn library_changed(&self) {
        if self.inner.library_pending.swap(true, Ordering::AcqRel) {
            return;
        }
        let inner = Arc::clone(&self.inner);
        self.inner.runtime.spawn(async move {
            tokio::time::sleep(GATHER).await;
            inner.library_pending.store(false, Ordering::Release);
            inner.sink.emit(Event::LibraryChanged);
        });
    }

    /// Tells the person something.
    pub fn notice(&self, kind: NoticeKind, message: impl Display) {
        self.emit(Event::Notice(Notice { kind, message: machine::in_words(&message.to_string()) }));
    }
}
