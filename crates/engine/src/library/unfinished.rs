//! Files that are being saved in folders of the person's. Whoever is killed while saving one leaves it there under a name of
//! its own: it is noted in the library's folder first, and removed when the library is opened next.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use uuid::Uuid;

use crate::upload::{path_from_bytes, path_to_bytes};

/// How the name of a file begins that isn't whole yet.
const PREFIX: &str = ".image-manager-";

/// The library's folder of notes.
const NOTES: &str = "unfinished";

/// A note that a file is being saved. Gone when it is dropped; locked until then, so that no other process takes it for
/// one that was left behind.
pub(super) struct Unfinished {
    note: PathBuf,
    _locked: File,
    /// The name of the file until it is whole.
    pub(super) name: String,
}

impl Unfinished {
    /// Notes that a file will be saved in a folder.
    pub(super) fn note(library: &Path, folder: &Path) -> io::Result<Self> {
        let notes = library.join(NOTES);
        fs::create_dir_all(&notes)?;
        let id = Uuid::new_v4().simple().to_string();
        let (note, name) = (notes.join(&id), format!("{PREFIX}{id}"));
        let mut locked = File::create_new(&note)?;
        locked.lock()?;
        locked.write_all(&path_to_bytes(&std::path::absolute(folder)?.join(&name)))?;
        Ok(Self { note, _locked: locked, name })
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.note);
    }
}

/// Removes what was left behind by a process that was killed.
pub(crate) fn remove_left_behind(library: &Path) {
    let Ok(notes) = fs::read_dir(library.join(NOTES)) else { return };
    for note in notes.flatten() {
        if let Err(error) = remove_one(&note.path()) {
            tracing::warn!(%error, note = %note.path().display(), "what an interrupted download left can't be removed");
        }
    }
}

fn remove_one(note: &Path) -> io::Result<()> {
    let mut file = File::open(note)?;
    if file.try_lock().is_err() {
        // Somebody is still saving it.
        return Ok(());
    }
    let mut path = Vec::new();
    file.read_to_end(&mut path)?;
    let path = path_from_bytes(&path);
    let ours = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(PREFIX));
    if ours && let Err(error) = fs::remove_file(&path) {
        // A drive that isn't there now may come back.
        if path.parent().is_some_and(Path::exists) && error.kind() != io::ErrorKind::NotFound {
            return Err(error);
        }
        if error.kind() == io::ErrorKind::NotFound && !path.parent().is_some_and(Path::exists) {
            return Ok(());
        }
    }
    fs::remove_file(note)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_nobody_saves_any_more_is_removed() {
        let (library, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let saving = Unfinished::note(library.path(), folder.path()).unwrap();
        let killed = Unfinished::note(library.path(), folder.path()).unwrap();
        let finished = Unfinished::note(library.path(), folder.path()).unwrap();
        for unfinished in [&saving, &killed] {
            fs::write(folder.path().join(&unfinished.name), b"half").unwrap();
        }
        fs::write(folder.path().join("mine.jpg"), b"whole").unwrap();
        drop(finished);
        // As when its process is gone: the lock ends, the note stays.
        let name = killed.name.clone();
        killed._locked.unlock().unwrap();
        std::mem::forget(killed);

        remove_left_behind(library.path());
        assert!(folder.path().join(&saving.name).exists() && folder.path().join("mine.jpg").exists());
        assert!(!folder.path().join(name).exists());
        assert_eq!(fs::read_dir(library.path().join(NOTES)).unwrap().count(), 1);
        drop(saving);
        assert_eq!(fs::read_dir(library.path().join(NOTES)).unwrap().count(), 0);
    }
}
