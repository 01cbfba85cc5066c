//! The terminal that started the app, on Windows.

/// Lets a command print to the terminal that it was typed into. A released app on Windows has no console of its own;
/// output that goes to a file or a pipe needs nothing of this.
#[cfg(windows)]
#[allow(unsafe_code, reason = "AttachConsole has no safe binding in the standard library")]
pub fn borrow() {
    /// `ATTACH_PARENT_PROCESS` of the Windows console documentation.
    const PARENT: u32 = u32::MAX;
    #[link(name = "kernel32")]
    unsafe extern "system" {
        fn AttachConsole(process: u32) -> i32;
    }
    // SAFETY: takes a number, touches no memory of ours; failing means that there is no console, which is fine.
    let _ = unsafe { AttachConsole(PARENT) };
}

/// Elsewhere every process has what its parent gave it.
#[cfg(not(windows))]
pub fn borrow() {}
