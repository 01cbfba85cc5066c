//! A worker's sign of life: a file that it keeps locked. The system unlocks it when the process ends in whatever way, so
//! that what a dead worker had claimed can be taken over at once, and never while it lives, sleeps or hangs.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use uuid::Uuid;

/// The folder of the lock files, in a library's folder.
const FOLDER: &str = "workers";

/// A living worker. Dropping it is its end.
pub(crate) struct WorkerLock {
    name: String,
    path: PathBuf,
    _file: File,
}

impl WorkerLock {
    /// Begins a worker with a name of its own.
    pub(crate) fn take(library: &Path) -> io::Result<Self> {
        let folder = library.join(FOLDER);
        machine::files::folder(&folder)?;
        let name = format!("{}-{}", std::process::id(), Uuid::new_v4().simple());
        let path = folder.join(&name);
        let file = machine::files::options().create_new(true).write(true).open(&path)?;
        file.lock()?;
        Ok(Self { name, path, _file: file })
    }

    /// Its name, as claims have it.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }
}

impl Drop for WorkerLock {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

/// Whether the worker with this name has ended. Its file is removed then.
pub(crate) fn has_ended(library: &Path, name: &str) -> bool {
    // The name comes from the database; it must not lead elsewhere.
    if name.is_empty() || name.contains(['/', '\\']) {
        return true;
    }
    let path = library.join(FOLDER).join(name);
    let file = match File::open(&path) {
        Ok(file) => file,
        Err(error) => return error.kind() == io::ErrorKind::NotFound,
    };
    match file.try_lock() {
        Ok(()) => {
            let _ = fs::remove_file(&path);
            true
        }
        Err(TryLockError::WouldBlock) => false,
        Err(TryLockError::Error(error)) => {
            tracing::warn!(%error, "a worker's lock can't be tried");
            false
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_worker_is_alive_until_its_lock_goes() {
        let folder = tempfile::tempdir().unwrap();
        let worker = WorkerLock::take(folder.path()).unwrap();
        let name = worker.name().to_owned();
        assert!(!has_ended(folder.path(), &name));
        drop(worker);
        assert!(has_ended(folder.path(), &name));
    }

    #[test]
    fn a_file_that_a_killed_worker_left_is_no_sign_of_life() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join(FOLDER)).unwrap();
        let left = folder.path().join(FOLDER).join("1-dead");
        fs::write(&left, b"").unwrap();
        assert!(has_ended(folder.path(), "1-dead"));
        assert!(!left.exists());
        assert!(has_ended(folder.path(), "../elsewhere"));
    }
}
