//! What the page's process keeps of what it has shown.

/// Keeps no picture that is no longer shown. The browser would keep tens of thousands of small ones, at 13 kB each beside what it
/// counts, for a page that gets any of them again within milliseconds, from this process.
#[cfg(target_os = "linux")]
pub fn spare(window: &tauri::WebviewWindow) {
    use webkit2gtk::{CacheModel, WebContextExt, WebViewExt};
    let spared = window.with_webview(|webview| {
        if let Some(context) = webview.inner().context() {
            context.set_cache_model(CacheModel::DocumentViewer);
        }
    });
    if let Err(error) = spared {
        tracing::warn!(%error, "the page keeps pictures that it doesn't show");
    }
}

/// Elsewhere the system's web view decides.
#[cfg(not(target_os = "linux"))]
pub fn spare(_: &tauri::WebviewWindow) {}
