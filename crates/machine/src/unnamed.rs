//! Files that have no name until they are whole: whoever is killed while writing one leaves nothing behind.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

/// A file in a folder, without a name. Gone when it is dropped, and with its process, however that ends. Linux has such
/// files (`O_TMPFILE`, see open(2)), on most of its file systems.
#[derive(Debug)]
pub struct UnnamedFile {
    #[cfg_attr(not(target_os = "linux"), allow(dead_code, reason = "no other system has one"))]
    file: File,
}

impl UnnamedFile {
    /// Makes one in a folder, with the rights that new files have. None where the system or the file system has none.
    ///
    /// # Errors
    /// When the folder can't be written to.
    pub fn new_in(folder: &Path) -> io::Result<Option<Self>> {
        system::new_in(folder).map(|file| file.map(|file| Self { file }))
    }

    /// Where it can be opened, by this process only.
    pub fn path(&self) -> PathBuf {
        system::path(&self.file)
    }

    /// Gives it a name that no file has.
    ///
    /// # Errors
    /// `AlreadyExists`, or when the folder can't be written to.
    pub fn link(&self, to: &Path) -> io::Result<()> {
        system::link(&self.file, to)
    }

    /// Gives it a name, in place of the file that may have it now. `between` is a name that no file has, in the same folder:
    /// the file carries it for a moment, since only a file with a name can take the place of another.
    ///
    /// # Errors
    /// When the folder can't be written to.
    pub fn replace(&self, between: &Path, to: &Path) -> io::Result<()> {
        match self.link(to) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            done => return done,
        }
        self.link(between)?;
        fs::rename(between, to).inspect_err(|_| {
            let _ = fs::remove_file(between);
        })
    }
}

#[cfg(target_os = "linux")]
mod system {
    use std::fs::File;
    use std::io;
    use std::os::fd::AsRawFd as _;
    use std::path::{Path, PathBuf};

    use rustix::fs::{AtFlags, CWD, Mode, OFlags, linkat, open};
    use rustix::io::Errno;

    pub(super) fn new_in(folder: &Path) -> io::Result<Option<File>> {
        // The system takes off what the person's umask forbids.
        let made = open(folder, OFlags::TMPFILE | OFlags::RDWR | OFlags::CLOEXEC, Mode::from_raw_mode(0o666));
        let file = match made {
            Ok(file) => File::from(file),
            // What systems and file systems without such files answer; an old kernel takes the folder for the file.
            Err(Errno::OPNOTSUPP | Errno::INVAL | Errno::ISDIR | Errno::NOENT | Errno::NOSYS) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        // Without /proc it could never be given a name.
        Ok(path(&file).exists().then_some(file))
    }

    pub(super) fn path(file: &File) -> PathBuf {
        PathBuf::from(format!("/proc/self/fd/{}", file.as_raw_fd()))
    }

    pub(super) fn link(file: &File, to: &Path) -> io::Result<()> {
        Ok(linkat(CWD, path(file), CWD, to, AtFlags::SYMLINK_FOLLOW)?)
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    use std::fs::File;
    use std::io;
    use std::path::{Path, PathBuf};

    pub(super) fn new_in(_: &Path) -> io::Result<Option<File>> {
        Ok(None)
    }

    pub(super) fn path(_: &File) -> PathBuf {
        PathBuf::new()
    }

    pub(super) fn link(_: &File, _: &Path) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn it_has_no_name_until_it_is_given_one() {
        let folder = tempfile::tempdir().unwrap();
        // Some file systems of containers have no such files.
        let Some(file) = UnnamedFile::new_in(folder.path()).unwrap() else { return };
        fs::write(file.path(), b"whole").unwrap();
        assert!(names(folder.path()).is_empty());

        let (name, other) = (folder.path().join("a.jpg"), folder.path().join("b.jpg"));
        fs::write(&other, b"theirs").unwrap();
        assert_eq!(file.link(&other).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        file.link(&name).unwrap();
        assert_eq!((fs::read(&name).unwrap(), fs::read(&other).unwrap()), (b"whole".to_vec(), b"theirs".to_vec()));

        file.replace(&folder.path().join("between"), &other).unwrap();
        assert_eq!(fs::read(&other).unwrap(), b"whole");
        assert_eq!(names(folder.path()), ["a.jpg", "b.jpg"]);
    }

    #[test]
    fn one_that_is_dropped_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let file = UnnamedFile::new_in(folder.path()).unwrap();
        if let Some(file) = &file {
            fs::write(file.path(), b"half").unwrap();
        }
        drop(file);
        assert!(names(folder.path()).is_empty());
    }

    #[test]
    fn a_folder_that_is_not_there_is_told_by_whoever_makes_a_named_one() {
        assert!(UnnamedFile::new_in(Path::new("/no/such/folder")).unwrap().is_none());
    }
}
