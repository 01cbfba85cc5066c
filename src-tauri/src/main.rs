//! The app's binary: a window, or with a subcommand one command in a terminal.

// A released app opens no console window beside its own. `image_manager::run` borrows the caller's console for commands.
#![cfg_attr(all(windows, not(debug_assertions)), windows_subsystem = "windows")]

use std::process::ExitCode;

fn main() -> ExitCode {
    if let Some(ended) = decoding::serve_if_asked() {
        return ended;
    }
    prefer_working_renderer();
    image_manager::run()
}

/// WebKitGTK's DMABUF renderer leaves windows blank with several graphics drivers; the older path always works. Whoever
/// sets the variable decides.
#[allow(unsafe_code, reason = "no other thread exists yet, so nothing can be reading the environment")]
fn prefer_working_renderer() {
    const VARIABLE: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";
    if cfg!(target_os = "linux") && std::env::var_os(VARIABLE).is_none() {
        // SAFETY: this is the first thing that `main` does; no thread has been started.
        unsafe { std::env::set_var(VARIABLE, "1") };
    }
}
