//! A program whose clock is wrong, by the library of `faketime`.

use std::fs;
use std::path::Path;

/// The variables of the environment with which a program sees a clock that is off by that, such as `+1h` or `-6d`. Only the
/// time of day is: timers go on as they are.
///
/// The command `faketime` sets the same, and stays as the program's parent: what ends the one leaves the other behind.
pub fn off_by(shift: &str) -> [(&'static str, String); 4] {
    forget_ended();
    [
        // The loader puts the system's folder of libraries in place of `$LIB` (ld.so(8)).
        ("LD_PRELOAD", "/usr/$LIB/faketime/libfaketime.so.1".to_owned()),
        ("FAKETIME", shift.to_owned()),
        ("FAKETIME_DONT_FAKE_MONOTONIC", "1".to_owned()),
        ("DONT_FAKE_MONOTONIC", "1".to_owned()),
    ]
}

/// Removes what the library has left in shared memory for processes that were killed. Its names there carry the number of the
/// process; numbers come again, and it refuses to start when a name is taken.
fn forget_ended() {
    let Ok(entries) = fs::read_dir("/dev/shm") else { return };
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let process = name.strip_prefix("sem.faketime_sem_").or_else(|| name.strip_prefix("faketime_shm_"));
        if process.is_some_and(|process| !Path::new("/proc").join(process).exists()) {
            let _ = fs::remove_file(entry.path());
        }
    }
}
