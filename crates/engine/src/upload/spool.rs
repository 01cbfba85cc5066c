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
pub(super) fn new_path(spool: &Path) -> io::Result<PathBuf> {
    fs::create_dir_all(spool)?;
    Ok(spool.join(Uuid::new_v4().simple().to_string()))
}

/// Keeps bytes; they are on the disk when this returns.
pub(super) fn write(spool: &Path, bytes: &[u8]) -> io::Result<PathBuf> {
    let path = new_path(spool)?;
    let written = File::create_new(&path).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    if let Err(error) = written {
        let _ = fs::remove_file(&path);
        return Err(error);
    }
    Ok(path)
}

/// Removes a spooled file. Anything outside the spool is the person's and left alone.
pub(super) fn remove(spool: &Path, path: &Path) {
    if path.parent() == Some(spool)
        && let Err(error) = fs::remove_file(path)
        && error.kind() != io::ErrorKind::NotFound
    {
        tracing::warn!(path = %path.display(), %error, "a spooled file can't be removed");
    }
}

/// Removes old files that no row refers to.
pub(super) fn sweep(spool: &Path, referred: &HashSet<PathBuf>) -> io::Result<()> {
    let entries = match fs::read_dir(spool) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    for entry in entries {
        let entry = entry?;
        let old = entry
            .metadata()
            .and_then(|meta| meta.modified())
            .is_ok_and(|modified| SystemTime::now().duration_since(modified).is_ok_and(|age| age >= ABANDONED_AFTER));
        if old && !referred.contains(&entry.path()) {
            remove(spool, &entry.path());
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
        sweep(&spool, &HashSet::from([kept.clone()])).unwrap();
        assert!(kept.exists() && new.exists() && !old.exists());
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
