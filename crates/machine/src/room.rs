//! Room on a disk for what has to work when it is full: a file that takes up space and is given up when nothing else is
//! left, so that pictures can still be deleted. Everything that only takes space asks first and leaves that much alone.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::files;

/// What is kept at most, in bytes: thousands of deletions.
const MOST: u64 = 16 * 1024 * 1024;

/// A small disk gives up so much of itself at most.
const SHARE: u64 = 16;

/// It is given up in so many steps: what is given up at once somebody else may take at once.
const STEPS: u64 = 4;

/// The file's name.
const NAME: &str = "reserve";

/// Room that is kept free on the disk of a folder. Holds no state but the file itself, so several processes may keep the
/// same one.
#[derive(Debug, Clone)]
pub struct Room {
    file: PathBuf,
    folder: PathBuf,
    size: u64,
}

impl Room {
    /// Keeps room on the disk of this folder, which has to be there. On a disk that is full already, whatever was kept
    /// before is given up, so that what is about to be opened can be.
    pub fn keep(folder: &Path) -> Self {
        let whole = fs4::total_space(folder).unwrap_or(u64::MAX);
        let room = Self { file: folder.join(NAME), folder: folder.to_owned(), size: (whole / SHARE).min(MOST) };
        if !room.make_way() {
            room.refill();
        }
        room
    }

    /// Whether a folder is on the same disk, so that what is kept here is kept for it, too.
    pub fn covers(&self, folder: &Path) -> bool {
        files::same_disk(&self.folder, folder)
    }

    /// Before something that has to work: when next to nothing is free, gives up a part of what is kept. Whether that was so.
    pub fn make_way(&self) -> bool {
        let Some(free) = self.free() else { return false };
        if !is_low(free, self.size) {
            return false;
        }
        let kept = self.kept();
        if kept > 0 {
            let rest = after_a_step(kept, self.size);
            match File::options().write(true).open(&self.file).and_then(|file| file.set_len(rest)) {
                Ok(()) => {
                    tracing::warn!(folder = %self.folder.display(), "the disk is full; what was kept for that is used")
                }
                Err(error) => tracing::warn!(%error, "the room kept for a full disk can’t be given up"),
            }
        }
        true
    }

    /// Before so many bytes are taken in: whether what has to work on a full disk still has its room afterwards.
    ///
    /// # Errors
    /// Of kind [`StorageFull`](io::ErrorKind::StorageFull), with a sentence for people.
    pub fn take(&self, bytes: u64) -> io::Result<()> {
        let Some(free) = self.free() else { return Ok(()) };
        let kept = self.kept();
        if kept < self.size {
            self.refill();
        }
        if free.saturating_add(kept) >= bytes.saturating_add(self.size) {
            return Ok(());
        }
        let left = free.saturating_add(kept).saturating_sub(self.size) / (1024 * 1024);
        let sentence = format!("the disk is full: {left} MiB are left that pictures may take");
        Err(io::Error::new(io::ErrorKind::StorageFull, sentence))
    }

    /// Keeps the room again, once there is plenty.
    fn refill(&self) {
        let missing = self.size.saturating_sub(self.kept());
        if missing == 0 || self.free().is_none_or(|free| free < 2 * missing + self.size) {
            return;
        }
        if let Err(error) = self.fill() {
            tracing::debug!(%error, "no room is kept for a full disk");
            let _ = std::fs::remove_file(&self.file);
        }
    }

    fn fill(&self) -> io::Result<()> {
        let mut file = files::options().create(true).truncate(false).write(true).open(&self.file)?;
        if fs4::FileExt::allocate(&file, self.size).is_ok() {
            return file.set_len(self.size);
        }
        // A file system that can't promise room is given something to keep.
        let block = vec![0xA5; 64 * 1024];
        let mut left = self.size;
        while left > 0 {
            let step = left.min(block.len() as u64);
            file.write_all(&block[..usize::try_from(step).unwrap_or(block.len())])?;
            left -= step;
        }
        Ok(())
    }

    fn kept(&self) -> u64 {
        std::fs::metadata(&self.file).map_or(0, |facts| facts.len().min(self.size))
    }

    /// None where the system doesn't tell: then nothing is refused for it.
    fn free(&self) -> Option<u64> {
        fs4::available_space(&self.folder).ok()
    }
}

/// Whether less is free than one step gives.
fn is_low(free: u64, size: u64) -> bool {
    free < size / STEPS
}

/// What is kept after one step of so much.
fn after_a_step(kept: u64, size: u64) -> u64 {
    kept.saturating_sub(size.div_ceil(STEPS))
}

/// Whether something failed because there is no room: the disk is full, or the person's share of it.
pub fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_is_kept_and_nothing_larger_than_the_rest_is_taken_in() {
        let folder = tempfile::tempdir().unwrap();
        let room = Room::keep(folder.path());
        assert_eq!(room.kept(), room.size);
        assert!(!room.make_way(), "there is plenty");
        room.take(1).unwrap();
        let error = room.take(u64::MAX / 2).unwrap_err();
        assert!(is_full(&error) && error.to_string().starts_with("the disk is full"), "{error}");
        assert_eq!(Room::keep(folder.path()).kept(), room.size, "another process keeps the same");
    }

    #[test]
    fn what_is_kept_is_not_given_up_all_at_once() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!((after_a_step(4096, 4096), after_a_step(3072, 4096), after_a_step(7, 4096)), (3072, 2048, 0));
        // So large that the disk counts as full.
        let full = Room { file: folder.path().join(NAME), folder: folder.path().to_owned(), size: 1 << 62 };
        std::fs::write(&full.file, vec![0; 4096]).unwrap();
        let small = Room { size: 4096, ..full.clone() };
        assert!(!small.make_way(), "there is plenty");
        assert_eq!(small.kept(), 4096);
        assert!(full.make_way());
        assert_eq!(full.kept(), 0);
        assert!(is_low(1023, 4096) && !is_low(1024, 4096));
    }

    #[cfg(unix)]
    #[test]
    fn what_is_kept_really_takes_space() {
        let folder = tempfile::tempdir().unwrap();
        let room = Room::keep(folder.path());
        let blocks = std::os::unix::fs::MetadataExt::blocks(&std::fs::metadata(&room.file).unwrap());
        assert!(blocks * 512 >= room.size, "{blocks} blocks");
    }
}
