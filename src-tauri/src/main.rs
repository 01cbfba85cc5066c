//! The app's binary: a window, or with a subcommand one command in a terminal.

// A released app opens no console window beside its own. `image_manager::run` borrows the caller's console for commands.
#![cfg_attr(all(windows, not(debug_assertions)), windows_subsystem = "windows")]

use std::process::ExitCode;

fn main() -> ExitCode {
    if let Some(ended) = decoding::serve_if_asked() {
        return ended;
    }
    prepare_the_page();
    image_manager::run()
}

/// What the processes of the page are told, unless whoever starts the app has decided otherwise.
const PAGE: [(&str, &str); 2] = [
    // WebKitGTK's DMABUF renderer leaves windows blank with several graphics drivers; the older path always works.
    ("WEBKIT_DISABLE_DMABUF_RENDERER", "1"),
    // JavaScriptCore lets garbage grow with the memory of the computer (`Options::forceRAMSize`, in bytes): with 24 GB the page
    // took 690 MB while 20,000 files came in, and takes 370 so.
    ("JSC_forceRAMSize", "268435456"),
];

#[allow(unsafe_code, reason = "no other thread exists yet, so nothing can be reading the environment")]
fn prepare_the_page() {
    for (variable, value) in PAGE {
        if cfg!(target_os = "linux") && std::env::var_os(variable).is_none() {
            // SAFETY: this is the first thing that `main` does; no thread has been started.
            unsafe { std::env::set_var(variable, value) };
        }
    }
}
