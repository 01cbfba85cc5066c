//! Small files that only their owner may read, replaced as a whole, and shared by several processes.

use std::fs::{File, TryLockError};
use std::io::{self, Write};
use std::path::Path;

/// Reads a file; `None` when there is none.
pub(crate) fn read(path: &Path) -> io::Result<Option<Vec<u8>>> {
    match std::fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Replaces a file by writing another beside it and renaming: a reader, and a crash, meet the old bytes or the new
/// ones, never a part. The file is readable by its owner only (mode 0600); on Windows the folder's rights decide.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
    let mut file = tempfile::Builder::new().prefix(".replacing-").tempfile_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    // Without this the rename itself may be lost with the power. Folders can't be opened for that on Windows.
    #[cfg(unix)]
    File::open(folder)?.sync_all()?;
    Ok(())
}

/// A lock between processes and between threads, held until dropped. The operating system frees it when a process dies.
#[derive(Debug)]
pub(crate) struct Lock(#[allow(dead_code, reason = "holding it is its use")] File);

fn lock_file(path: &Path) -> io::Result<File> {
    machine::files::options().create(true).truncate(false).write(true).open(path)
}

/// Waits for the lock. Only for locks that are held for moments.
pub(crate) fn lock(path: &Path) -> io::Result<Lock> {
    let file = lock_file(path)?;
    file.lock()?;
    Ok(Lock(file))
}

/// Takes the lock if nobody has it.
pub(crate) fn try_lock(path: &Path) -> io::Result<Option<Lock>> {
    let file = lock_file(path)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(Lock(file))),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_replaced_file_is_its_owners_only() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        assert_eq!(read(&path).unwrap(), None);
        std::fs::write(&path, "old").unwrap();
        replace(&path, b"new").unwrap();
        assert_eq!(read(&path).unwrap().unwrap(), b"new");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
        #[cfg(unix)]
        assert_eq!(std::os::unix::fs::MetadataExt::mode(&std::fs::metadata(&path).unwrap()) & 0o777, 0o600);
    }

    #[test]
    fn one_holder_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        let held = lock(&path).unwrap();
        assert!(try_lock(&path).unwrap().is_none());
        drop(held);
        assert!(try_lock(&path).unwrap().is_some());
    }
}
