//! Bytes that have no file of the person's: pasted or fetched, kept here until they are verified.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use uuid::Uuid;

/// How old a file must be that no row refers to: another process may be about to write the row.
const ABANDONED_AFTER: Duration = Duration::from_secs(24 * 60 * 60);

/// A new path in the spool.
pub(in crate::upload) fn new_path(spool: &Path) -> io::Result<PathBuf> {
    machine::files::folder(spool)?;
    Ok(spool.join(Uuid::new_v4().simple().to_string()))
}

/// The ending of a file that is still being written.
const UNFINISHED: &str = "part";

/// A file of the spool that is being written: under a name of its own, and locked, so that the next start knows one that
/// was left behind by a process that was killed. Removed when it is dropped.
pub(in crate::upload) struct Unfinished {
    path: PathBuf,
    /// To write to.
    pub(in crate::upload) file: File,
}

impl Unfinished {
    /// A new one.
    pub(in crate::upload) fn create(spool: &Path) -> io::Result<Self> {
        let path = new_path(spool)?.with_extension(UNFINISHED);
        let file = machine::files::options().create_new(true).write(true).open(&path)?;
        file.lock()?;
        Ok(Self { path, file })
    }

    /// Where it is while it is being written.
    pub(in crate::upload) fn path(&self) -> &Path {
        &self.path
    }

    /// Gives it its place in the spool; it is on the disk when this returns.
    pub(in crate::upload) fn keep(self) -> io::Result<PathBuf> {
        self.file.sync_all()?;
        let path = self.path.with_extension("");
        fs::rename(&self.path, &path)?;
        Ok(path)
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        // Not there any more when it was kept.
        let _ = fs::remove_file(&self.path);
    }
}

/// Keeps bytes; they are on the disk when this returns.
pub(in crate::upload) fn write(spool: &Path, bytes: &[u8]) -> io::Result<PathBuf> {
    let mut unfinished = Unfinished::create(spool)?;
    unfinished.file.write_all(bytes)?;
    unfinished.keep()
}

/// Removes a spooled file. Anything outside the spool is the person's and left alone.
pub(in crate::upload) fn remove(spool: &Path, path: &Path) {
    if path.parent() == Some(spool)
        && let Err(error) = fs::remove_file(path)
        && error.kind() != io::ErrorKind::NotFound
    {
        tracing::warn!(path = %path.display(), %error, "a spooled file can't be removed");
    }
}

/// Removes old files that no row refers to, and files of whatever age that were never finished.
pub(in crate::upload) fn sweep(spool: &Path, referred: &HashSet<PathBuf>) -> io::Result<()> {
    let entries = match fs::read_dir(spool) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    for entry in entries {
        let entry = entry?;
        let path = entry.path();
        if path.extension().is_some_and(|ending| ending == UNFINISHED) {
            // Nobody holds the lock: whoever wrote it is gone.
            if File::open(&path).is_ok_and(|file| file.try_lock().is_ok()) {
                remove(spool, &path);
            }
            continue;
        }
        let old = entry
            .metadata()
            .and_then(|meta| meta.modified())
            .is_ok_and(|modified| SystemTime::now().duration_since(modified).is_ok_and(|age| age >= ABANDONED_AFTER));
        if old && !referred.contains(&path) {
            remove(spool, &path);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_old_files_that_nobody_refers_to_are_swept() {
        let folder = tempfile::tempdir().unwrap();
        let spool = folder.path().join("spool");
        let (kept, new, old) =
            (write(&spool, b"a").unwrap(), write(&spool, b"b").unwrap(), write(&spool, b"c").unwrap());
        for path in [&kept, &old] {
            File::options().write(true).open(path).unwrap().set_modified(SystemTime::UNIX_EPOCH).unwrap();
        }
        let writing = Unfinished::create(&spool).unwrap();
        let killed = spool.join("killed.part");
        fs::write(&killed, b"half").unwrap();
        sweep(&spool, &HashSet::from([kept.clone()])).unwrap();
        assert!(kept.exists() && new.exists() && !old.exists());
        assert!(writing.path().exists() && !killed.exists());
        drop(writing);
        assert_eq!(fs::read_dir(&spool).unwrap().count(), 2, "what fails leaves nothing behind");
    }

    #[test]
    fn files_outside_the_spool_are_never_removed() {
        let folder = tempfile::tempdir().unwrap();
        let mine = folder.path().join("mine.jpg");
        fs::write(&mine, b"a").unwrap();
        remove(&folder.path().join("spool"), &mine);
        assert!(mine.exists());
    }
}
