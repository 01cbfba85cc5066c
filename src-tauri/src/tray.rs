//! The tray icon and its menu. On Linux trays fire no click events and may not exist, so everything is a menu item and
//! nothing depends on the icon being seen.

use std::panic::{AssertUnwindSafe, catch_unwind};

use engine::Engine;
use messages::Tray;
use tauri::menu::{MenuBuilder, MenuEvent};
use tauri::tray::TrayIconBuilder;
use tauri::{AppHandle, Manager};

use crate::{leaving, quick_upload, window};

const UPLOAD_FILES: &str = "upload-files";
const UPLOAD_CLIPBOARD: &str = "upload-clipboard";
const OPEN: &str = "open";
const QUIT: &str = "quit";
const ICON: &str = "image-manager";

/// Shows the icon where there is a tray; on Linux also as soon as one appears.
pub fn start(app: &AppHandle) {
    #[cfg(target_os = "linux")]
    crate::tray_host::watch(app.clone(), set_present);
    #[cfg(not(target_os = "linux"))]
    set_present(app, true);
}

/// A tray came or went. Must run on the main thread.
pub fn set_present(app: &AppHandle, present: bool) {
    let shown = present && (app.tray_by_id(ICON).is_some() || build(app));
    app.state::<Engine>().set_tray(shown);
    if !shown && app.get_webview_window(window::LABEL).is_some_and(|window| !window.is_visible().unwrap_or(true)) {
        // A hidden window could never be reached again.
        window::show(app);
    }
}

/// Whether the icon could be made. A desktop that lacks the tray's library is a desktop without a tray.
fn build(app: &AppHandle) -> bool {
    // The binding of libappindicator panics when the library is missing.
    match catch_unwind(AssertUnwindSafe(|| try_build(app))) {
        Ok(Ok(())) => true,
        Ok(Err(error)) => {
            tracing::warn!(%error, "no tray icon");
            false
        }
        Err(_) => {
            tracing::warn!("no tray icon: the desktop's library for them is missing");
            false
        }
    }
}

fn try_build(app: &AppHandle) -> tauri::Result<()> {
    let menu = MenuBuilder::new(app)
        .text(UPLOAD_FILES, Tray::UploadFiles.to_string())
        .text(UPLOAD_CLIPBOARD, Tray::UploadClipboard.to_string())
        .separator()
        .text(OPEN, Tray::Open.to_string())
        .text(QUIT, Tray::Quit.to_string())
        .build()?;
    let mut tray = TrayIconBuilder::with_id(ICON)
        .menu(&menu)
        .tooltip("Image Manager")
        .show_menu_on_left_click(true)
        .on_menu_event(on_menu_event);
    if let Some(icon) = app.default_window_icon() {
        tray = tray.icon(icon.clone());
    }
    tray.build(app)?;
    Ok(())
}

fn on_menu_event(app: &AppHandle, event: MenuEvent) {
    match event.id().as_ref() {
        UPLOAD_FILES => drop(tauri::async_runtime::spawn(quick_upload::files(app.clone()))),
        UPLOAD_CLIPBOARD => drop(tauri::async_runtime::spawn(quick_upload::clipboard(app.clone()))),
        OPEN => window::show(app),
        QUIT => leaving::begin(app),
        other => tracing::warn!(other, "unknown menu item"),
    }
}
