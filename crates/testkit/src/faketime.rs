//! What the program `faketime`, by which a clock goes wrong, leaves behind.

use std::fs;
use std::path::Path;

/// Removes what it has left in shared memory for processes that were killed. Its names there carry the number of the process;
/// numbers come again, and it refuses to start when a name is taken.
pub fn forget_ended() {
    let Ok(entries) = fs::read_dir("/dev/shm") else { return };
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let process = name.strip_prefix("sem.faketime_sem_").or_else(|| name.strip_prefix("faketime_shm_"));
        if process.is_some_and(|process| !Path::new("/proc").join(process).exists()) {
            let _ = fs::remove_file(entry.path());
        }
    }
}
