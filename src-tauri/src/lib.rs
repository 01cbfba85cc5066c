//! The shell around the engine: a window with its tray, and a command line. The only Rust of this project that knows of
//! tauri.

// The command line's futures hold the whole service, whose nested layouts exceed the default of 128.
#![recursion_limit = "256"]

mod app;
mod cli;
mod clipboard;
mod commands;
mod console;
mod dropped;
#[cfg(target_os = "linux")]
mod dropped_linux;
mod ending;
mod error;
mod events;
mod handed;
mod leaving;
mod logging;
mod page_memory;
mod quick_upload;
mod state;
mod thumb_protocol;
mod tray;
#[cfg(target_os = "linux")]
mod tray_host;
mod window;

use std::process::ExitCode;

/// Runs what the arguments ask for: a command, or the window when there is none.
pub fn run() -> ExitCode {
    match cli::parse() {
        Ok(cli::Asked::Command(invocation)) => {
            console::borrow();
            cli::run(invocation)
        }
        Ok(cli::Asked::Window(files)) => app::run(files),
        Err(usage) => {
            console::borrow();
            usage.exit()
        }
    }
}
