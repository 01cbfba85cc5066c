//! Which files are meant.

use std::collections::HashSet;
use std::path::PathBuf;

use catalogue::table::local_file;
use tokio::sync::mpsc::Sender;
use walkdir::WalkDir;

use crate::library::Library;
use crate::upload::path_from_bytes;
use crate::{EngineError, Result};

/// Which files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FreeSource {
    /// Those that were uploaded from this computer, whatever has become of the list of uploads.
    Uploaded,
    /// These, and what is in these folders.
    Paths(Vec<PathBuf>),
}

/// Remembered files that are read at a time.
const PAGE: usize = 500;

/// Hands every file to `out`, each once. Gives how many that were meant are not there any more.
///
/// # Errors
/// When the catalogue can't be read.
pub(super) async fn candidates(library: &Library, source: FreeSource, out: Sender<PathBuf>) -> Result<u32> {
    match source {
        FreeSource::Uploaded => uploaded(library, out).await,
        FreeSource::Paths(paths) => {
            let walked = tokio::task::spawn_blocking(move || walk(paths, &out));
            walked.await.map_err(|_| EngineError::fault())?;
            // One that is not there is told by whoever tries to read it.
            Ok(0)
        }
    }
}

/// Files that were uploaded from here and are still where they were.
async fn uploaded(library: &Library, out: Sender<PathBuf>) -> Result<u32> {
    let (mut after, mut gone) = (0, 0);
    loop {
        let page = library.catalogue.read(move |conn| local_file::after(conn, after, PAGE)).await?;
        let Some(last) = page.last() else { return Ok(gone) };
        after = last.id;
        for file in page {
            let path = path_from_bytes(&file.path);
            if path.symlink_metadata().is_err() {
                gone += 1;
            } else if out.send(path).await.is_err() {
                return Ok(gone);
            }
        }
    }
}

/// Files as given, and the files in folders; links in folders are not followed.
fn walk(paths: Vec<PathBuf>, out: &Sender<PathBuf>) {
    let mut seen = HashSet::new();
    for path in paths {
        let path = std::path::absolute(&path).unwrap_or(path);
        if !path.is_dir() || path.is_symlink() {
            if seen.insert(path.clone()) && out.blocking_send(path).is_err() {
                return;
            }
            continue;
        }
        for entry in WalkDir::new(&path).sort_by_file_name().into_iter().flatten() {
            if entry.file_type().is_file()
                && seen.insert(entry.path().to_owned())
                && out.blocking_send(entry.into_path()).is_err()
            {
                return;
            }
        }
    }
}
