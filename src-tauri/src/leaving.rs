//! Leaving: the page is asked first to keep what was typed into it, and is not waited for long.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tauri::{AppHandle, Emitter, Manager};

use crate::window;

/// How long the page may take to keep what was typed.
const PATIENCE: Duration = Duration::from_secs(3);

/// How long closing a second time leaves at once, after the page has said that it could not keep everything.
const SECOND_TIME: Duration = Duration::from_secs(15);

/// What the page listens to.
const EVENT: &str = "leaving";

/// Whether the page has been asked.
#[derive(Default)]
pub struct Leaving {
    asked: AtomicBool,
    /// Whether the page wants to stay.
    staying: AtomicBool,
    /// Whether it may not: the system wants the app to end.
    must: AtomicBool,
}

/// Leaves because the system wants it, such as when the computer is shut down: the page keeps what it can, and nobody is asked
/// to stay.
pub fn end(app: &AppHandle) {
    app.state::<Leaving>().must.store(true, Ordering::Release);
    begin(app);
}

/// Begins to leave: the page answers with the command `leave`. Whoever asks again meanwhile leaves at once.
pub fn begin(app: &AppHandle) {
    let again = app.state::<Leaving>().asked.swap(true, Ordering::AcqRel);
    if again || app.emit_to(window::LABEL, EVENT, ()).is_err() {
        app.exit(0);
        return;
    }
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        tokio::time::sleep(PATIENCE).await;
        let leaving = app.state::<Leaving>();
        if !leaving.staying.swap(false, Ordering::AcqRel) {
            tracing::warn!("the page did not answer before leaving");
            app.exit(0);
        }
        tokio::time::sleep(SECOND_TIME).await;
        leaving.asked.store(false, Ordering::Release);
    });
}

/// The page's answer: everything is kept, or something is not, and the person should see it first.
pub fn answer(app: &AppHandle, stay: bool) {
    let leaving = app.state::<Leaving>();
    if stay && !leaving.must.load(Ordering::Acquire) {
        leaving.staying.store(true, Ordering::Release);
    } else {
        app.exit(0);
    }
}

/// Whether there is still a page to be asked.
pub fn is_due(app: &AppHandle) -> bool {
    !app.state::<Leaving>().asked.load(Ordering::Acquire) && app.get_webview_window(window::LABEL).is_some()
}
