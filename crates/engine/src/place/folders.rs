//! The folders of a place.

use std::path::{Path, PathBuf};

use machine::files;

use crate::{EngineError, ErrorKind, Result};

/// The folder of a place's catalogue, made if need be.
pub(super) fn library(data_dir: &Path, id: &str) -> Result<PathBuf> {
    made(library_path(data_dir, id))
}

/// The same, whether or not it is there.
pub(super) fn library_path(data_dir: &Path, id: &str) -> PathBuf {
    data_dir.join("libraries").join(id)
}

/// The folder of a place's embedded service, made if need be.
pub(super) fn service(data_dir: &Path, id: &str) -> Result<PathBuf> {
    made(service_path(data_dir, id))
}

/// The same, whether or not it is there.
pub(super) fn service_path(data_dir: &Path, id: &str) -> PathBuf {
    match id.strip_prefix("bucket-") {
        Some(digest) => data_dir.join("buckets").join(digest),
        None => data_dir.join(id),
    }
}

/// The app's own folder, made if need be. What others could read in there before, they can't any more.
pub(crate) fn app(data_dir: &Path) -> Result<()> {
    made(data_dir.to_owned())?;
    files::tighten_within(data_dir, is_the_apps);
    Ok(())
}

/// What the app makes in its folder. The person may have chosen one that holds other things, too.
fn is_the_apps(name: &str) -> bool {
    ["libraries", "buckets", "this-computer", "webview", "window.json", "reserve"].contains(&name)
        || ["settings", "secrets", "image-manager"].iter().any(|beginning| name.starts_with(beginning))
}

/// Only their owner may look into them: there are pictures and names of pictures.
fn made(folder: PathBuf) -> Result<PathBuf> {
    files::folder(&folder).map_err(|error| {
        let (path, why) = (folder.display().to_string(), machine::why(&error));
        let message = match machine::is_full(&error) {
            true => messages::Place::NoRoomForFolder { path, why },
            false => messages::Place::FolderNotMade { path, why },
        };
        EngineError::new(ErrorKind::Disk, message)
    })?;
    Ok(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_the_owners() {
        let data_dir = tempfile::tempdir().unwrap();
        let folder = library(data_dir.path(), "this-computer").unwrap();
        assert_eq!(folder, data_dir.path().join("libraries/this-computer"));
        let served = service(data_dir.path(), "bucket-0123456789abcdef").unwrap();
        assert_eq!(served, data_dir.path().join("buckets/0123456789abcdef"));
        #[cfg(unix)]
        assert_eq!(std::os::unix::fs::MetadataExt::mode(&std::fs::metadata(&folder).unwrap()) & 0o777, 0o700);
    }
}
