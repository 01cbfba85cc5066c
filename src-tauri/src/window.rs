//! The one window.

use tauri::{AppHandle, Manager};

/// Its label.
pub const LABEL: &str = "main";

/// Brings the window to the front.
pub fn show(app: &AppHandle) {
    if let Some(window) = app.get_webview_window(LABEL) {
        let shown = window.show().and_then(|()| window.unminimize()).and_then(|()| window.set_focus());
        if let Err(error) = shown {
            tracing::warn!(%error, "the window did not come to the front");
        }
    }
}
