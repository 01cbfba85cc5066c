//! What is dragged over a GTK window.

use gtk::prelude::*;
use tauri::WebviewWindow;

use crate::dropped::Dropped;

/// Notes from now on what is dragged over a window.
pub fn watch(window: &WebviewWindow, dropped: Dropped) {
    let watched = window.with_webview(move |webview| {
        webview.inner().connect_drag_data_received(move |_, _, _, _, data, _, _| {
            let addresses: Vec<String> = data.uris().iter().map(|address| address.to_string()).collect();
            if !addresses.is_empty() {
                dropped.note(addresses);
            }
        });
    });
    if let Err(error) = watched {
        tracing::warn!(%error, "addresses that are dropped are taken with their escapes undone");
    }
}
