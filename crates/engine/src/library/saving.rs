//! A file that is being saved in a folder of the person's, until it is whole.

use std::io;
use std::path::{Path, PathBuf};

use machine::UnnamedFile;
use tempfile::NamedTempFile;

use super::unfinished::Unfinished;

/// What a killed process leaves of it: nothing where the system has files without names, else a file whose note has the
/// next process remove it.
pub(super) struct Saving {
    file: File,
    noted: Unfinished,
    folder: PathBuf,
}

enum File {
    Unnamed(UnnamedFile),
    Named(NamedTempFile),
}

impl Saving {
    /// Begins a file in a folder; the library's folder takes the note.
    pub(super) fn begin(library: &Path, folder: &Path) -> io::Result<Self> {
        let noted = Unfinished::note(library, folder)?;
        let file = match UnnamedFile::new_in(folder)? {
            Some(file) => File::Unnamed(file),
            None => File::Named(temporary_file(folder, &noted.name)?),
        };
        Ok(Self { file, noted, folder: folder.to_owned() })
    }

    /// Where its bytes are written to.
    pub(super) fn path(&self) -> PathBuf {
        match &self.file {
            File::Unnamed(file) => file.path(),
            File::Named(file) => file.path().to_owned(),
        }
    }

    /// It is whole: gives it its name, in place of the file that may have it now.
    pub(super) fn replace(self, to: &Path) -> io::Result<()> {
        match self.file {
            File::Unnamed(file) => file.replace(&self.folder.join(&self.noted.name), to),
            File::Named(file) => file.persist(to).map(drop).map_err(|error| error.error),
        }
    }

    /// It is whole: gives it the first of these names that no file of its folder has. None when others have them all.
    pub(super) fn take_free_name(
        self,
        names: impl Iterator<Item = String>,
    ) -> Result<Option<PathBuf>, (PathBuf, io::Error)> {
        let mut file = self.file;
        for path in names.map(|name| self.folder.join(name)) {
            let taken = match file {
                File::Unnamed(unnamed) => unnamed.link(&path).map_err(|error| (error, File::Unnamed(unnamed))),
                File::Named(named) => match named.persist_noclobber(&path) {
                    Ok(_) => Ok(()),
                    Err(error) => Err((error.error, File::Named(error.file))),
                },
            };
            file = match taken {
                Ok(()) => return Ok(Some(path)),
                Err((error, again)) if error.kind() == io::ErrorKind::AlreadyExists => again,
                Err((error, _)) => return Err((path, error)),
            };
        }
        Ok(None)
    }
}

/// A temporary file is usually this person's alone; a saved picture has the permissions that new files have.
fn temporary_file(folder: &Path, name: &str) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(name).rand_bytes(0);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // The system takes off what the person's umask forbids.
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> =
            std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    fn begin(library: &Path, folder: &Path, named: bool) -> Saving {
        let mut saving = Saving::begin(library, folder).unwrap();
        if named {
            saving.file = File::Named(temporary_file(folder, &saving.noted.name).unwrap());
        }
        std::fs::write(saving.path(), b"whole").unwrap();
        saving
    }

    #[rstest::rstest]
    fn a_name_of_others_is_taken_only_when_asked_for(#[values(false, true)] named: bool) {
        let (library, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let (mine, theirs) = (folder.path().join("b.jpg"), folder.path().join("a.jpg"));
        std::fs::write(&theirs, b"theirs").unwrap();
        let candidates = || ["a.jpg", "b.jpg"].into_iter().map(str::to_owned);

        let taken = begin(library.path(), folder.path(), named).take_free_name(candidates()).unwrap();
        assert_eq!(taken.as_ref(), Some(&mine));
        assert_eq!(begin(library.path(), folder.path(), named).take_free_name(candidates()).unwrap(), None);
        assert_eq!(std::fs::read(&theirs).unwrap(), b"theirs");

        begin(library.path(), folder.path(), named).replace(&theirs).unwrap();
        assert_eq!(std::fs::read(&theirs).unwrap(), b"whole");
        assert_eq!(names(folder.path()), ["a.jpg", "b.jpg"]);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn what_is_half_written_can_not_be_seen() {
        let (library, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        if UnnamedFile::new_in(folder.path()).unwrap().is_none() {
            return;
        }
        let saving = begin(library.path(), folder.path(), false);
        assert!(names(folder.path()).is_empty(), "as a process that is killed now would leave it");
        drop(saving);
    }
}
