//! Files by key in a folder, up to a number of bytes; the least recently used go first. Everything in here can be fetched
//! or made again, so nothing that goes wrong with it is worth an error.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, SystemTime};

use tempfile::NamedTempFile;

/// How files begin that are being filled.
const PART: &str = ".part-";

/// How old such a file is when nobody fills it any more.
const LEFT_OVER: Duration = Duration::from_secs(24 * 60 * 60);

/// A folder with a cap. The functions block.
pub(super) struct DiskCache {
    folder: PathBuf,
    cap: u64,
    /// Bytes in the folder as far as this process knows; none before the first look. Another process may add some: the
    /// next look finds them.
    size: Mutex<Option<u64>>,
}

impl DiskCache {
    pub(super) fn new(folder: PathBuf, cap: u64) -> Self {
        Self { folder, cap, size: Mutex::new(None) }
    }

    /// The file of a key, if it is there whole.
    pub(super) fn get(&self, key: &str, size: Option<u64>) -> Option<PathBuf> {
        let path = self.path(key)?;
        let facts = fs::metadata(&path).ok()?;
        if facts.len() == 0 || size.is_some_and(|size| size != facts.len()) {
            let _ = fs::remove_file(&path);
            return None;
        }
        if let Ok(file) = File::options().append(true).open(&path) {
            // When it was used last; a file system that doesn't keep it forgets the oldest instead.
            let _ = file.set_modified(SystemTime::now());
        }
        Some(path)
    }

    /// A file to fill, for [`DiskCache::keep`].
    pub(super) fn temporary(&self) -> io::Result<NamedTempFile> {
        machine::files::folder(&self.folder)?;
        NamedTempFile::with_prefix_in(PART, &self.folder)
    }

    /// Gives a filled file its place, whole or not at all, and makes room.
    pub(super) fn keep(&self, key: &str, file: NamedTempFile) -> io::Result<PathBuf> {
        let path = self.path(key).ok_or(io::ErrorKind::InvalidInput)?;
        if let Some(folder) = path.parent() {
            machine::files::folder(folder)?;
        }
        let added = file.as_file().metadata()?.len();
        file.persist(&path).map_err(|error| error.error)?;
        self.make_room(added, &path);
        Ok(path)
    }

    /// Deletes whatever is kept of a picture: what has this key, and what has it up to a dot.
    pub(super) fn forget(&self, key: &str) {
        let folder = self.path(key).and_then(|path| fs::read_dir(path.parent()?).ok());
        for entry in folder.into_iter().flatten().flatten() {
            let name = entry.file_name();
            let rest = name.to_str().and_then(|name| name.strip_prefix(key));
            if rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.')) {
                let _ = fs::remove_file(entry.path());
            }
        }
    }

    /// `ab/abcdef…`: no folder gets very large. Keys come from elsewhere: only what can be no path is taken.
    fn path(&self, key: &str) -> Option<PathBuf> {
        let plain = key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.');
        (plain && key.len() > 2 && !key.starts_with('.')).then(|| self.folder.join(&key[..2]).join(key))
    }

    fn make_room(&self, added: u64, newest: &Path) {
        let mut size = self.size.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let total = match *size {
            Some(size) => size + added,
            None => {
                self.delete_leftovers();
                self.files().iter().map(|file| file.size).sum()
            }
        };
        *size = Some(if total > self.cap { self.delete_oldest(newest) } else { total });
    }

    /// Leaves nine tenths of the cap, and the newest file whatever its size. Gives the bytes that are left.
    fn delete_oldest(&self, newest: &Path) -> u64 {
        let mut files = self.files();
        files.sort_by_key(|file| file.used);
        let mut total: u64 = files.iter().map(|file| file.size).sum();
        for file in files.iter().filter(|file| file.path != newest) {
            if total <= self.cap / 10 * 9 {
                break;
            }
            if fs::remove_file(&file.path).is_ok() {
                total -= file.size;
            }
        }
        total
    }

    /// Deletes what a crash has left half-written. A day is longer than any transfer of another process.
    fn delete_leftovers(&self) {
        for entry in fs::read_dir(&self.folder).into_iter().flatten().flatten() {
            let is_part = entry.file_name().to_string_lossy().starts_with(PART);
            let age = entry.metadata().ok().and_then(|facts| facts.modified().ok()?.elapsed().ok());
            if is_part && age.is_some_and(|age| age > LEFT_OVER) {
                let _ = fs::remove_file(entry.path());
            }
        }
    }

    fn files(&self) -> Vec<Kept> {
        let entries = |folder: &Path| fs::read_dir(folder).into_iter().flatten().flatten();
        entries(&self.folder)
            .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()))
            .flat_map(|folder| entries(&folder.path()))
            .filter_map(|entry| {
                let facts = entry.metadata().ok()?;
                let used = facts.modified().unwrap_or(SystemTime::UNIX_EPOCH);
                facts.is_file().then(|| Kept { path: entry.path(), size: facts.len(), used })
            })
            .collect()
    }
}

struct Kept {
    path: PathBuf,
    size: u64,
    used: SystemTime,
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn keep(cache: &DiskCache, key: &str, size: usize) -> PathBuf {
        let mut file = cache.temporary().unwrap();
        file.write_all(&vec![7; size]).unwrap();
        cache.keep(key, file).unwrap()
    }

    fn aged(path: &Path, seconds: u64) {
        let file = File::options().append(true).open(path).unwrap();
        file.set_modified(SystemTime::now() - Duration::from_secs(seconds)).unwrap();
    }

    #[test]
    fn the_least_recently_used_go_first() {
        let folder = tempfile::tempdir().unwrap();
        let cache = DiskCache::new(folder.path().into(), 1000);
        aged(&keep(&cache, "aaaa", 400), 300);
        aged(&keep(&cache, "bbbb", 400), 200);
        assert!(cache.get("aaaa", Some(400)).is_some());
        keep(&cache, "cccc", 400);
        assert!(cache.get("aaaa", Some(400)).is_some());
        assert!(cache.get("bbbb", Some(400)).is_none());
        assert!(cache.get("cccc", Some(400)).is_some());
    }

    #[test]
    fn a_file_that_was_cut_is_not_given_out() {
        let folder = tempfile::tempdir().unwrap();
        let cache = DiskCache::new(folder.path().into(), 1000);
        let path = keep(&cache, "aaaa", 10);
        assert!(cache.get("aaaa", Some(11)).is_none());
        assert!(!path.exists());
    }

    #[test]
    fn nothing_stays_of_a_picture_that_is_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let cache = DiskCache::new(folder.path().into(), 1000);
        let of_it = ["aaaa", "aaaa.jpg", "aaaa.2.jpg"].map(|key| keep(&cache, key, 10));
        let other = keep(&cache, "aaaab.jpg", 10);
        cache.forget("aaaa");
        assert!(of_it.iter().all(|path| !path.exists()) && other.exists());
    }

    #[test]
    fn keys_are_no_paths() {
        let folder = tempfile::tempdir().unwrap();
        let cache = DiskCache::new(folder.path().join("cache"), 1000);
        let file = cache.temporary().unwrap();
        assert!(cache.keep("../x", file).is_err());
        assert!(cache.get("../../etc/passwd", None).is_none());
    }
}
