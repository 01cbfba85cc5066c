//! Which files are meant.

use std::collections::HashSet;
use std::path::PathBuf;

use catalogue::table::upload;
use tokio::sync::mpsc::Sender;
use walkdir::WalkDir;

use super::FreeSource;
use crate::session::Session;
use crate::upload::path_from_bytes;
use crate::{EngineError, Result};

/// Rows of the ledger that are read at a time.
const PAGE: usize = 500;

/// Hands every file to `out`, each once.
///
/// # Errors
/// When the catalogue can't be read.
pub(super) async fn candidates(session: &Session, source: FreeSource, out: Sender<PathBuf>) -> Result<()> {
    match source {
        FreeSource::Uploaded => uploaded(session, out).await,
        FreeSource::Paths(paths) => {
            let walked = tokio::task::spawn_blocking(move || walk(paths, &out));
            walked.await.map_err(|_| EngineError::fault())
        }
    }
}

/// Files of the queue that are still where they were.
async fn uploaded(session: &Session, out: Sender<PathBuf>) -> Result<()> {
    let mut after = 0;
    // Numbers in place of paths: a hundred thousand paths would take room.
    let mut seen = HashSet::<u64>::new();
    loop {
        let page = session.catalogue.read(move |conn| upload::confirmed_files(conn, after, PAGE)).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = last.id;
        for file in page {
            let mut hash = std::hash::DefaultHasher::new();
            std::hash::Hash::hash(&file.path, &mut hash);
            if !seen.insert(std::hash::Hasher::finish(&hash)) {
                continue;
            }
            let path = path_from_bytes(&file.path);
            if path.symlink_metadata().is_ok() && out.send(path).await.is_err() {
                return Ok(());
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
