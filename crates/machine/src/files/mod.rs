//! Folders that only their owner may look into (0700), and files that only their owner may read (0600), also where they
//! were there before with other rights. On Windows the rights of the person's folder decide, which others can't read.

#[cfg(not(unix))]
mod elsewhere;
#[cfg(unix)]
mod unix;

use std::fs::{DirBuilder, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

#[cfg(not(unix))]
use elsewhere as system;
#[cfg(unix)]
use unix as system;

/// Makes a folder with its parents, for its owner only. One that is there is made so. A folder that is shared on purpose
/// (with the sticky bit, such as `/tmp`), or that belongs to somebody else, keeps its rights.
///
/// # Errors
/// When it can't be made.
pub fn folder(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    system::private_folder(&mut builder);
    builder.create(path)?;
    tighten(path);
    Ok(())
}

/// Options for opening a file that is made for its owner only, if it is made.
pub fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    system::private_file(&mut options);
    options
}

/// Takes other people's rights to a file or a folder away. What can't be done is logged: a disk may know no rights.
pub fn tighten(path: &Path) {
    if let Err(error) = system::tighten(path)
        && error.kind() != io::ErrorKind::NotFound
    {
        tracing::warn!(path = %path.display(), %error, "others may be able to read this");
    }
}

/// The same for these entries of a folder and all that is in them; what isn't there counts for nothing. An entry whose own
/// rights are right has been seen to before and is not looked into again, so this costs nothing from the second time on.
pub fn tighten_within(folder: &Path, is_ours: impl Fn(&str) -> bool) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_name().to_str().is_some_and(&is_ours) && system::is_loose(&entry.path()) {
            tighten_tree(&entry.path());
        }
    }
}

/// What is in it first, itself last: a walk that is broken off is done again. Links are not followed.
fn tighten_tree(path: &Path) {
    if path.symlink_metadata().is_ok_and(|facts| facts.is_dir()) {
        for entry in std::fs::read_dir(path).into_iter().flatten().flatten() {
            tighten_tree(&entry.path());
        }
    }
    tighten(path);
}

/// Makes an empty file for a SQLite database that isn't there yet, because SQLite itself would make one that others can
/// read, and tightens one that is there with what SQLite keeps beside it, which gets the rights of the database.
///
/// # Errors
/// When the file can't be made.
pub fn database(path: &Path) -> io::Result<()> {
    options().create(true).append(true).open(path)?;
    database_family(path).iter().for_each(|file| tighten(file));
    Ok(())
}

/// The file of a SQLite database, and what SQLite keeps beside it.
pub fn database_family(path: &Path) -> [PathBuf; 3] {
    let beside = |suffix: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        PathBuf::from(name)
    };
    [path.to_path_buf(), beside("-wal"), beside("-shm")]
}

/// Why an open file may have been written by somebody else than the person who runs this program: it belongs to another
/// one (other than the system's administrator), or others may write it. None when it can't have been.
///
/// # Errors
/// When the file's rights can't be read.
pub fn somebody_elses(file: &File) -> io::Result<Option<String>> {
    system::somebody_elses(file)
}

/// Whether two folders are on one disk, as far as that can be told.
pub(crate) fn same_disk(one: &Path, other: &Path) -> bool {
    system::same_disk(one, other).unwrap_or(false)
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs;
    use std::os::unix::fs::{MetadataExt, PermissionsExt};

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().mode() & 0o7777
    }

    fn set(path: &Path, mode: u32) {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn a_folder_that_was_there_before_becomes_its_owners() {
        let outer = tempfile::tempdir().unwrap();
        let inner = outer.path().join("a/b");
        folder(&inner).unwrap();
        assert_eq!((mode(&inner), mode(&outer.path().join("a"))), (0o700, 0o700));
        set(&inner, 0o755);
        folder(&inner).unwrap();
        assert_eq!(mode(&inner), 0o700);
    }

    #[test]
    fn a_folder_that_is_shared_on_purpose_stays_so() {
        let outer = tempfile::tempdir().unwrap();
        set(outer.path(), 0o1777);
        folder(outer.path()).unwrap();
        assert_eq!(mode(outer.path()), 0o1777);
    }

    #[test]
    fn what_is_ours_in_a_folder_becomes_private_and_nothing_else_does() {
        let outer = tempfile::tempdir().unwrap();
        for path in ["store/objects/p", "theirs"] {
            fs::create_dir_all(outer.path().join(path)).unwrap();
            set(&outer.path().join(path), 0o755);
            fs::write(outer.path().join(path).join("a.jpg"), "a").unwrap();
            set(&outer.path().join(path).join("a.jpg"), 0o644);
        }
        std::os::unix::fs::symlink(outer.path().join("theirs/a.jpg"), outer.path().join("store/link")).unwrap();
        set(&outer.path().join("store"), 0o755);
        tighten_within(outer.path(), |name| name == "store");
        for (path, expected) in [
            ("store", 0o700),
            ("store/objects/p", 0o700),
            ("store/objects/p/a.jpg", 0o600),
            ("theirs", 0o755),
            ("theirs/a.jpg", 0o644),
        ] {
            assert_eq!(mode(&outer.path().join(path)), expected, "{path}");
        }
    }

    #[test]
    fn a_database_is_its_owners_from_the_first_moment() {
        let outer = tempfile::tempdir().unwrap();
        let path = outer.path().join("a.db");
        database(&path).unwrap();
        assert_eq!(mode(&path), 0o600);
        let wal = outer.path().join("a.db-wal");
        fs::write(&path, "kept").unwrap();
        fs::write(&wal, "kept").unwrap();
        set(&path, 0o644);
        set(&wal, 0o664);
        database(&path).unwrap();
        assert_eq!((mode(&path), mode(&wal), fs::read(&path).unwrap()), (0o600, 0o600, b"kept".to_vec()));
    }

    #[test]
    fn a_file_that_others_may_write_is_somebody_elses() {
        let outer = tempfile::tempdir().unwrap();
        let path = outer.path().join(".env");
        fs::write(&path, "").unwrap();
        let told = |rights| {
            set(&path, rights);
            somebody_elses(&File::open(&path).unwrap()).unwrap()
        };
        assert_eq!((told(0o600), told(0o644)), (None, None));
        assert!(told(0o664).is_some() && told(0o646).is_some());
    }
}
